"""A home that strangers, and people with keys to their feeds, had a hand in; every command is run on it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from aggregator.cli import app

NOW = "2026-11-27T12:00:00Z"


@dataclass(frozen=True, slots=True)
class Result:
    """How a command line ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


Run = Callable[..., Result]


@pytest.fixture
def aggregator(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line as the console script does; an exception that nobody catches fails the test."""
    for name in ("AGGREGATOR_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str | Path) -> Result:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main([str(each) for each in arguments])
        printed = capfd.readouterr()
        code = ended.value.code
        return Result(code if isinstance(code, int) else os.EX_OK, printed.out, printed.err)

    return run


def commands(
    group: click.Group = app.cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command there is, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def obeyed(text: str) -> set[str]:
    """Characters that a terminal would obey or that turn a line around."""
    return {
        repr(each)
        for each in text
        if (unicodedata.category(each) in {"Cc", "Cs"} and each not in "\n\t")
        or each in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    }
