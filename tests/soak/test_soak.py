"""The short form of `make soak`: every kind of trial, at fewer points."""

from __future__ import annotations

import ast
import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import aggregator
from tests.soak import table
from tests.soak.__main__ import where


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="aggregator-soak-", dir=where()) as made:
        yield Path(made)


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["kills", "stops", "crowd", "writes", "keeping", "machine", "locks", "damage", "moving"]
)
def test_nothing_is_lost_whatever_happens(part: str, place: Path) -> None:
    rows = list(importlib.import_module(f"tests.soak.{part}").rows(place, short=True, seed=1))
    assert [each for row in rows for each in row.wrong] == []
    assert sum(row.lost for row in rows) == 0
    assert all(row.times for row in rows if "left out" not in row.told)


def test_the_table_counts_what_was_survived_and_names_what_was_not() -> None:
    rows = (
        table.Row(kind=table.Kind.KILL, what="kills", times=200),
        table.Row(
            kind=table.Kind.FAULT, what="faults", times=10, wrong=("it broke\nTraceback\nat line 5",), lost=7
        ),
    )
    assert table.foot(rows) == "kills survived: 200, faults survived: 9, bytes lost: 7"
    assert (
        table.line(rows[1], 2.0).splitlines()[-1] == "    WRONG it broke … it broke | Traceback | at line 5"
    )


READS_THE_CLOCK = {
    "api.py",
    "cli/invocation.py",
    "cli/watch.py",
    "pipeline/checkup/surroundings.py",
    "serve/server.py",
}
"""What a run does is done at one time, whatever becomes of the clock meanwhile: it is read when it begins."""


def test_the_wall_clock_is_read_once_at_the_door() -> None:
    package = Path(aggregator.__file__).parent
    reading = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"datetime.now", "datetime.utcnow", "time.time"}
    }
    assert reading == READS_THE_CLOCK
