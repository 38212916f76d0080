"""The feed aggregator that knows a repost when it sees one.

For scripts: ``from aggregator import open_home`` (:mod:`aggregator.api`).
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for typing's; the first thing that is loaded is loaded at once
if TYPE_CHECKING:
    from aggregator.api import (
        AggregatorError,
        ConfigError,
        Reader,
        StoreBusy,
        StoreError,
        UsageError,
        open_home,
        run,
    )

__version__ = "0.1.0"

__all__ = [
    "AggregatorError",
    "ConfigError",
    "Reader",
    "StoreBusy",
    "StoreError",
    "UsageError",
    "__version__",
    "open_home",
    "run",
]

# A type checker that saw it would take any name for one of the package's.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the door for scripts when it is asked for: the command line does without."""
        if name in __all__:
            from aggregator import api

            return getattr(api, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
