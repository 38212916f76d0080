"""What can go wrong, and which exit code it means.

::

    AggregatorError            1
    ├── UsageError             2   the command line asked for something that does not exist
    ├── ConfigError            1   aggregator.toml or feeds.opml: file, line or key, what to write instead
    ├── StoreError             1   the database: missing, damaged, of a newer version
    │   └── StoreBusy         75   another run holds the lock (EX_TEMPFAIL: cron may simply try again)
    ├── ExportError            1   a file could not be written; the old one is untouched
    ├── ServeError             1   an address that cannot be listened at
    └── ParseError             –   becomes a ``Failed`` value at the worker boundary of the poll

What cannot be fetched is a ``Failed`` value from the start. A message says what, where, and what to do next, in one
line a person can act on.
"""


class AggregatorError(Exception):
    """Anything this program refuses to do; its message is meant for a person."""

    exit_code = 1


class UsageError(AggregatorError):
    """The command line asked for something that does not exist."""

    exit_code = 2


class ConfigError(AggregatorError):
    """A file the person wrote cannot be understood: says which, where, and what to write instead."""


class StoreError(AggregatorError):
    """The database is missing, damaged, or was written by a newer version."""


class StoreBusy(StoreError):  # noqa: N818 - "busy" is the state, named as sqlite names it
    """Another run holds the lock; nothing was changed."""

    exit_code = 75


class ExportError(AggregatorError):
    """An output file could not be written; the one that was there is untouched."""


class ServeError(AggregatorError):
    """The server cannot listen where it was told to."""


class ParseError(AggregatorError):
    """A document is not a feed that can be read."""
