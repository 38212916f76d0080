from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest

from tests.threats.conftest import NOW, Run, commands, obeyed

HOSTILE = {
    "sql": """x'; DROP TABLE items; --" OR ""=" %_\\ UNION SELECT 1""",
    "terminal": "\x1b]0;mine\x07\x9b2J\u202e\x00".replace("\x00", ""),
    "shell": "$(touch mine) `touch mine`; touch mine | touch mine & {0.__class__} {{7*7}} %s %n ../../mine",
    "query": '"NEAR(" AND ^title: * ) OR -- {title} : coin:"; ' + "(" * 200,
}
LEFT_OUT = {"demo", "serve", "backup", "restore", "vacuum"}
"""They take the name of a file to make, which like that of a home is the person's to choose, or wait for visitors."""
USUAL = {"labels": "no-such-file", "file": "no-such-file"}
KNOWN_ENDS = {os.EX_OK, 1, 2, os.EX_TEMPFAIL}


def slots() -> list[tuple[tuple[str, ...], click.Command, click.Parameter]]:
    """Every place on a command line where a person, or a script with a stranger's words, can write text."""
    return [
        (path, command, each)
        for path, command in commands()
        if path[0] not in LEFT_OUT
        for each in command.params
        if not getattr(each, "is_flag", False)
        and not getattr(each, "count", False)
        and "--home" not in each.opts
    ]


def contents(home: Path) -> dict[str, int]:
    """Every table and view with the number of its rows."""
    with closing(sqlite3.connect(home / "aggregator.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [
            name
            for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        return {name: store.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def test_there_are_dozens_of_places_to_write_into() -> None:
    assert len(slots()) > 40
    assert {path[0] for path, _, _ in slots()} >= {
        "list",
        "search",
        "show",
        "join",
        "feeds",
        "import",
        "prune",
    }


@pytest.mark.parametrize(
    "kind",
    ["sql", "terminal", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("shell", "query"))],
)
def test_whatever_is_written_into_any_place_of_a_command_line_does_nothing(
    demo_home: Path, aggregator: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    monkeypatch.chdir(home)
    before, files = contents(home), {path.name for path in home.iterdir()}
    for path, command, slot in slots():
        line: list[str] = []
        for each in command.params:
            value = (
                HOSTILE[kind] if each is slot else USUAL.get(each.name or "", "x") if each.required else None
            )
            if value is not None:
                line += [value] if isinstance(each, click.Argument) else [each.opts[0], value]
        options = [each for each in line if each.startswith("-")]
        done = aggregator("--now", NOW, *path, *line)
        where = f"{' '.join(path)} {options} {slot.name}: {done.said[:300]!r}"
        assert done.code in KNOWN_ENDS, where
        assert not any(word in done.said for word in ("Traceback", "syntax error", "sqlite3", "no such")), (
            where
        )
        # A template is printed as it was written, colours and all; only what fills it is a stranger's.
        assert slot.name == "form" or obeyed(done.said) == set(), where
    assert contents(home) == before
    assert {path.name for path in home.iterdir()} - files <= {"aggregator.db-wal", "aggregator.db-shm"}
