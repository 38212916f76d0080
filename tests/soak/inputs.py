"""What can strangers write that breaks it? The fuzzers of `tests.fuzz`, for some seconds each."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.__main__ import _tried
from tests.fuzz.targets import TARGETS
from tests.soak.table import Kind, Row

SECONDS = 15.0
"""Of each target. Fuzzers of their own run for ten minutes each; this is to see that they still find nothing."""


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """One for all targets; the short form has tests of its own."""
    if short:
        return
    tried, wrong, told = 0, [], []
    for name in TARGETS:
        room = place / name
        room.mkdir()
        report = _tried(name, room, Namespace(seconds=SECONDS, seed=seed, own=False))
        tried += report.get("tried", 0)
        told.append(f"{name} {report.get('tried', 0):,}")
        wrong += [f"{name}, {key}: {words}" for key, words in report["findings"].items()]
    yield Row(
        kind=Kind.INPUT,
        what="inputs that nobody means well with",
        times=tried,
        wrong=tuple(wrong),
        told=", ".join(told),
    )
