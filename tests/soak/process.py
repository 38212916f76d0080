"""How is the program started, stopped at any moment, and its store looked at afterwards?"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
PATIENCE = 300
"""Seconds: a command of a soak that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str
    seconds: float

    def must(self, *codes: int) -> Self:
        """Raise unless it ended as it may, without a traceback."""
        if self.code not in codes or "Traceback" in self.err:
            raise AssertionError(f"exit {self.code}, not {codes}\n{self.out[-2000:]}\n{self.err[-4000:]}")
        return self


def start(home: Path, *arguments: object, below: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start the program on a home, in a process of its own; ``below``: a command that starts the one it is given."""
    return subprocess.Popen(
        [*below, sys.executable, "-m", "aggregator", "-C", str(home), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )


def end(process: subprocess.Popen[str], since: float) -> Ended:
    """Wait for it."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Ended(process.returncode, out, err, time.monotonic() - since)


def run(home: Path, *arguments: object, below: Sequence[str] = ()) -> Ended:
    """Let it run to its end."""
    since = time.monotonic()
    return end(start(home, *arguments, below=below), since)


def interrupted(home: Path, arguments: Sequence[object], *, after: float, by: signal.Signals) -> Ended:
    """Send it a signal some seconds after its start, unless it has ended by then."""
    since = time.monotonic()
    process = start(home, *arguments)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(by)
    return end(process, since)


def faults(database: Path) -> list[str]:
    """What is wrong with a store: nothing, whatever happened. One that is not there yet is sound."""
    if not database.exists():
        return []
    with closing(sqlite3.connect(database)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"foreign key: {tuple(row)}" for row in connection.execute("PRAGMA foreign_key_check")]
        has_search = "SELECT 1 FROM sqlite_master WHERE name = 'search'"
        if connection.execute(has_search).fetchone():
            connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    return found


def listen() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, and so would be all that is started from here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
