"""What is in a home before anything happens? An empty store: made once, then copied, as making it takes all migrations.

That and how a store is made is asked in ``tests/store``, and by every test that starts the program in an empty place.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from aggregator.home import Home
from aggregator.store.connection import PRIVATE, open_store


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "aggregator.db"
        with open_store(path):
            pass
        return path.read_bytes()


def store(path: Path) -> Path:
    """Lay an empty store there."""
    path.touch(PRIVATE)
    path.write_bytes(_made())
    return path


def home(path: Path) -> Home:
    """Lay an empty store into a directory, which is made unless it is there."""
    path.mkdir(parents=True, exist_ok=True)
    made = Home(path)
    store(made.database)
    return made
