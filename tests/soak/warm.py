"""How is the program started a thousand times, each time with something befalling it?"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.soak.process import ROOT, Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What befalls one run of the program. By itself, nothing."""

    trace: bool = False
    """Tell the points it passes."""
    kill_at: int = 0
    """The point (``points``) at which it is killed, …"""
    after: float = 0.0
    """… or so many seconds after it."""
    max_pages: int = 0
    """Beyond which SQLite may not let the database grow."""
    watch: bool = False
    """Count the calls by which it changes the disk; what follows needs it."""
    among: Sequence[str] = ()
    """Count only these."""
    at: int = 0
    """The call at which something happens: …"""
    errno: int = 0
    """… it is refused, …"""
    lasting: bool = False
    """… and every one after it; or …"""
    signals: Sequence[int] = ()
    """… these are sent, …"""
    delay: float = 0.0
    """… so many seconds after it and after each other."""
    hold: str = ""
    """A file that is made when that call comes; the call waits until it is gone again."""
    plain: bool = False
    """Without what root may do where others may not."""


CALM = Plan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Ended):
    """How a run ended, and what it came by."""

    calls: list[str]
    """Name, file below the home, stage and place of each call that was counted."""
    passed: list[str]
    """Stage and place of each point."""
    last: str
    """The point before its end."""


class Warm:
    """A process with the program loaded, which forks for every run."""

    def __init__(self, process: subprocess.Popen[str], place: Path) -> None:
        self._process = process
        self._place = place
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        read = self._process.stdout.readline().strip()
        if not read:
            raise AssertionError("the nursery died")
        return read

    def close(self) -> None:
        """Let the process go."""
        self._process.communicate()

    def begin(self, home: Path, *arguments: object, plan: Plan = CALM) -> None:
        """Start a run; one at a time."""
        given = {
            **asdict(plan),
            "arguments": ["-C", str(home), *map(str, arguments)],
            "below": str(home.parent),
            "out": str(self._place / "out"),
            "err": str(self._place / "err"),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(given) + "\n")
        self._process.stdin.flush()

    def end(self) -> Outcome:
        """Wait for the run that was started."""
        told = json.loads(self._line())
        return Outcome(
            code=told["code"],
            out=(self._place / "out").read_text(errors="replace"),
            err=(self._place / "err").read_text(errors="replace"),
            seconds=told["seconds"],
            calls=told["calls"],
            passed=told["passed"],
            last=told["last"][1],
        )

    def run(self, home: Path, *arguments: object, plan: Plan = CALM) -> Outcome:
        """Let the program run to its end, whatever befalls it."""
        self.begin(home, *arguments, plan=plan)
        return self.end()


_IDLE: list[Warm] = []
_PLACE = tempfile.TemporaryDirectory(prefix="aggregator-warm-")


@contextmanager
def warm() -> Iterator[Warm]:
    """Load the program once, for whoever asks next, too."""
    program = _IDLE.pop() if _IDLE else _loaded()
    try:
        yield program
    except BaseException:
        program.close()
        raise
    _IDLE.append(program)


def _loaded() -> Warm:
    place = Path(tempfile.mkdtemp(dir=_PLACE.name))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", "OPENBLAS_NUM_THREADS": "1", "SQLITE_TMPDIR": str(place)},
    )
    return Warm(process, place)


def close() -> None:
    """Let all go that wait for work."""
    while _IDLE:
        _IDLE.pop().close()


atexit.register(close)
