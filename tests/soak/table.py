"""What came of a trial, and how do many become one table?

Every part of the soak tells its figures as rows; a part is a module with ``rows(place, short=…, seed=…)``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

FAULTS_SHOWN = 20


class Kind(StrEnum):
    """What is counted, as the last lines of the table name it."""

    KILL = "kills survived"
    FAULT = "faults survived"
    INPUT = "bad inputs tried"
    LOAD = "runs under load"
    COUNT = "items counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of trial, with all that was wrong."""

    kind: Kind
    what: str
    times: int
    wrong: tuple[str, ...] = ()
    """In words; none is good."""
    lost: int = 0
    """Bytes of what an undisturbed home holds and the disturbed one does not."""
    told: str = ""
    """Figures to say beside it."""


class Part(Protocol):
    """A module that tries something."""

    def rows(self, place: Path, *, short: bool, seed: int) -> Iterator[Row]:
        """Try it in an empty directory; ``short``: within seconds, as every change is tested."""


def head() -> str:
    """Name the columns."""
    return f"{'what happened':<58}{'times':>7}{'wrong':>7}{'lost':>6}{'s':>6}"


def line(row: Row, seconds: float) -> str:
    """Tell a row, with what was wrong below it."""
    first = f"{row.what:<58}{row.times:>7,}{len(row.wrong):>7}{row.lost:>6}{seconds:>6.0f}"
    told = [f"    {each}" for each in _folded(row.told)]
    return "\n".join([first, *told, *(f"    WRONG {_short(each)}" for each in row.wrong[:FAULTS_SHOWN])])


def _short(fault: str) -> str:
    """What was tried and the last word of a traceback."""
    lines = fault.strip().splitlines()
    return lines[0] if len(lines) == 1 else f"{lines[0][:300]} … {' | '.join(lines[-3:])[-600:]}"


def foot(rows: Iterable[Row]) -> str:
    """Sum up by kind; what was wrong does not count as survived."""
    sums: Counter[Kind] = Counter()
    lost = 0
    for row in rows:
        sums[row.kind] += row.times - min(row.times, len(row.wrong))
        lost += row.lost
    counted = ", ".join(f"{kind}: {sums[kind]:,}" for kind in Kind if kind in sums)
    return f"{counted}, bytes lost: {lost:,}"


def _folded(text: str, width: int = 110) -> list[str]:
    import textwrap

    return [each for part in text.splitlines() for each in textwrap.wrap(part, width)]
