"""Where in its work is the program at this moment?

Within the process under trial: each SQL statement as it begins, those of the word index and of triggers too, and each
file that is opened for writing, renamed, removed or locked is a point. A point has a stage and a place in the code.
"""

from __future__ import annotations

import mmap
import os
import signal
import sqlite3
import struct
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PACKAGE = str(Path(__file__).parents[2] / "aggregator") + os.sep

_STAGES = {
    "pipeline/poll": "poll",
    "pipeline/dedup_stage": "dedup",
    "pipeline/backlog": "dedup",
    "pipeline/summarise": "summarise",
    "pipeline/machine": "summarise",
    "pipeline/export/": "export",
    "pipeline/history": "import",
    "pipeline/retention": "prune",
}
_FUNCTIONS = {
    ("pipeline/safekeeping", "backup"): "backup",
    ("pipeline/safekeeping", "restore"): "restore",
    ("pipeline/safekeeping", "vacuum"): "vacuum",
    ("store/connection", "_migrate"): "migration",
    ("cli/serve", "serve"): "serve",
}
ELSEWHERE = "opening, closing"

_FILES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate", "fcntl.flock"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_HEAD = struct.Struct("=QH")
PLACE_BYTES = 200


@dataclass(slots=True)
class Points:
    """Counts them, leaves word of the last where a kill cannot take it away, and kills at one if told to."""

    board: mmap.mmap
    kill_at: int = 0
    after: float = 0.0
    """Seconds from that point to the kill."""
    max_pages: int = 0
    """Of the database: SQLite is told that it may not grow beyond (0: it may)."""
    passed: list[str] = field(default_factory=list)
    _count: int = 0
    _known: dict[CodeType, tuple[str, str]] = field(default_factory=dict)

    def watch(self) -> None:
        """From now on, every connection to a database and every file."""
        connect = sqlite3.connect

        def watched(*given: Any, **named: Any) -> sqlite3.Connection:
            connection = connect(*given, **named)
            connection.set_trace_callback(lambda _: self.reach())
            if self.max_pages:
                connection.execute(f"PRAGMA max_page_count = {self.max_pages}").fetchone()
            return connection

        sqlite3.connect = watched
        sys.addaudithook(self._heard)

    def _heard(self, event: str, given: tuple[Any, ...]) -> None:
        if event in _FILES or (event == "open" and isinstance(given[2], int) and given[2] & _WRITES):
            self.reach()

    def reach(self) -> None:
        """Note a point."""
        self._count += 1
        where = self._where(sys._getframe(2))
        self.passed.append(where)
        text = where.encode()[:PLACE_BYTES]
        self.board[: _HEAD.size + len(text)] = _HEAD.pack(self._count, len(text)) + text
        if self._count == self.kill_at:
            if self.after:
                killer = threading.Timer(self.after, os.kill, (os.getpid(), signal.SIGKILL))
                killer.daemon = True  # who has come to the end is not killed
                killer.start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    def _where(self, frame: FrameType | None) -> str:
        """The stage, by the outermost function that is one, and the innermost line of the program."""
        stage, place = ELSEWHERE, ""
        while frame is not None:
            code = frame.f_code
            known = self._known.get(code)
            if known is None:
                known = self._known[code] = _of(code)
            module, of = known
            if module and not place:
                place = f"{module}:{frame.f_lineno}"
            stage = of or stage
            frame = frame.f_back
        return f"{stage} {place}"


def _of(code: CodeType) -> tuple[str, str]:
    """The module of the program, and the stage it is the door of."""
    if not code.co_filename.startswith(PACKAGE):
        return "", ""
    module = code.co_filename[len(PACKAGE) : -3]
    stage = _FUNCTIONS.get((module, code.co_name), "")
    return module, stage or next((name for door, name in _STAGES.items() if module.startswith(door)), "")


def last(board: mmap.mmap) -> tuple[int, str]:
    """The number of the last point that was reached, and where that is."""
    count, length = _HEAD.unpack(board[: _HEAD.size])
    return count, board[_HEAD.size : _HEAD.size + length].decode(errors="replace")
