"""Command lines run in this process, what they list, and a copy of the demo's home."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aggregator.cli import app


@dataclass(frozen=True, slots=True)
class Result:
    """How a command line ended and what it printed."""

    code: int
    out: str
    err: str


@contextmanager
def hearing() -> Iterator[None]:
    """The program ends deaf to signals; who runs it in this process must go on hearing Ctrl-C."""
    heard = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in heard.items():
            signal.signal(each, handler)


@pytest.fixture(name="hearing")
def hearing_() -> Iterator[None]:
    """For tests that end a command themselves."""
    with hearing():
        yield


@pytest.fixture
def aggregator(capfd, monkeypatch) -> Callable[..., Result]:
    """Run one command line as the console script does."""
    for name in ("AGGREGATOR_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str | Path) -> Result:
        capfd.readouterr()
        with hearing(), pytest.raises(SystemExit) as ended:
            app.main([str(each) for each in arguments])
        printed = capfd.readouterr()
        return Result(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def home(tmp_path) -> Path:
    """An empty place for a home."""
    return tmp_path / "home"


@pytest.fixture
def own_demo(demo_home, tmp_path) -> Path:
    """A copy of the demo's home that a test may change."""
    place = tmp_path / "own"
    shutil.copytree(demo_home, place)
    return place


@pytest.fixture
def listed(aggregator, demo_home):
    """The stories that ``list --json`` prints for the demo."""

    def run(*arguments):
        result = aggregator("-C", demo_home, "--now", "2026-11-22T12:00:00Z", "list", "--json", *arguments)
        assert (result.code, result.err) == (0, "")
        return json.loads(result.out)

    return run
