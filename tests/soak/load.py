"""Does it go on for days as on the first? Some simulated days of a larger home, out of `tests.soak.month`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from tests.soak.table import Kind, Row

KINDS = (Kind.LOAD, Kind.FAULT, Kind.COUNT)
"""Of its rows: runs of cron, answers that were none, items held against the truth."""


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """Its three rows; the short form has tests of its own."""
    if short or importlib.util.find_spec("tests.soak.month") is None:
        return
    from tests.soak import month

    for kind, (what, times, told, wrong) in zip(KINDS, month.rows(place), strict=True):
        yield Row(kind=kind, what=what, times=times, told=told, wrong=tuple(wrong))
