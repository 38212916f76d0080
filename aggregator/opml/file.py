"""What stands in a subscription list's file, not yet understood?"""

from __future__ import annotations

from pathlib import Path

from aggregator import regular
from aggregator.errors import ConfigError

MAX_BYTES = 16 * 1024 * 1024
"""About 80,000 feeds; the largest lists in public collections have a few thousand."""


def content(path: Path) -> bytes:
    """Give a list's bytes, not yet understood; raises ``ConfigError`` where there are none to be had."""
    try:
        return regular.content(path, MAX_BYTES + 1)
    except FileNotFoundError as missing:
        raise ConfigError(f"{path} does not exist; `aggregator init` writes one to start from") from missing
    except OSError as refused:
        raise ConfigError(f"{path}: cannot be read: {refused.strerror}") from refused
