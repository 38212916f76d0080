"""The feed aggregator that knows a repost when it sees one."""

__version__ = "0.1.0"
