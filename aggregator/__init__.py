"""The feed aggregator that knows a repost when it sees one.

For scripts: ``from aggregator import open_home`` (:mod:`aggregator.api`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.api import Reader, open_home, run

__version__ = "0.1.0"

__all__ = ["Reader", "__version__", "open_home", "run"]


def __getattr__(name: str) -> Any:
    """Import the door for scripts when it is asked for: the command line does without."""
    if name in {"Reader", "open_home", "run"}:
        from aggregator import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
