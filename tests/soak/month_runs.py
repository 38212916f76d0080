"""How are thousands of runs started as cron starts them, without paying each time for what Python imports?

    python -m tests.soak.month_runs

Forks a child for each command it reads (JSON, one a line), from a process that has imported what a run needs and
done nothing else. The kernel tells what each child took: CPU seconds, peak memory, bytes read and written.
Commands may be real processes as well, killed after a while, limited in the size of files, or two at once.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
WATCH = 0.02
"""Seconds between two looks at a child that is to be killed, or whose memory is looked at from outside."""
PACE_WORK = 200_000
"""Turns of a loop that is timed before each command: what a second of CPU is worth beside other work."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to start, and what shall happen to it."""

    arguments: list[str]
    real: bool = False
    """A new interpreter instead of a fork."""
    kill_after: float | None = None
    file_limit: int | None = None
    """No file may grow beyond so many bytes."""
    beside: list[list[str]] = field(default_factory=list)
    """Started at the same moment."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, and what it took."""

    arguments: list[str]
    code: int
    cpu: float
    seconds: float
    peak: int
    """Bytes."""
    read: int
    written: int
    out: str
    err: str
    pace: float
    """CPU seconds that a fixed piece of work took just before."""


class Runner:
    """Talks to the process that forks."""

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.month_runs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        return self

    def run(self, command: Command) -> list[Ended]:
        """Wait for the command and those beside it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(command)) + "\n")
        self._process.stdin.flush()
        return [Ended(**each) for each in json.loads(self._process.stdout.readline())]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


# --- The process that forks ----------------------------------------------------------------------


@dataclass(slots=True)
class _Child:
    arguments: list[str]
    pid: int
    out: int
    err: int
    since: float
    seen_peak: int = 0


def _start(arguments: list[str], *, real: bool, file_limit: int | None) -> _Child:
    out, err = (os.memfd_create(name) for name in ("out", "err"))
    since = time.monotonic()
    pid = os.fork()
    if pid:
        return _Child(arguments, pid, out, err, since)
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
        if real:
            os.execv(sys.executable, [sys.executable, "-m", "aggregator", *arguments])
        sys.argv = ["aggregator", *arguments]
        from aggregator.cli import main

        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    except BaseException:  # noqa: BLE001 - a child must never go on as its parent
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(99)


def _pace() -> float:
    since = time.process_time()
    sum(each * each for each in range(PACE_WORK))
    return time.process_time() - since


def _end(child: _Child, kill_after: float | None, *, real: bool, pace: float) -> Ended:
    flags = os.WEXITED | os.WNOWAIT
    watched = real or kill_after is not None
    while watched and os.waitid(os.P_PID, child.pid, flags | os.WNOHANG) is None:
        child.seen_peak = max(child.seen_peak, _high_water(child.pid))
        if kill_after is not None and time.monotonic() - child.since >= kill_after:
            os.kill(child.pid, signal.SIGKILL)
            break
        time.sleep(WATCH)
    os.waitid(os.P_PID, child.pid, flags)
    seconds = time.monotonic() - child.since
    read, written = _traffic(child.pid)
    _, status, usage = os.wait4(child.pid, 0)
    # What a process held before it became another program counts in the kernel's figure, so it was watched instead.
    peak = child.seen_peak if real else usage.ru_maxrss * 1024
    out, err = (_content(file) for file in (child.out, child.err))
    cpu = usage.ru_utime + usage.ru_stime
    return Ended(
        child.arguments, os.waitstatus_to_exitcode(status), cpu, seconds, peak, read, written, out, err, pace
    )


def _high_water(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _traffic(pid: int) -> tuple[int, int]:
    """Bytes read and written, files and sockets alike, from the system's books on a child that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except OSError:
        return 0, 0
    told = {name: int(value) for name, value in (line.split(": ") for line in lines)}
    return told["rchar"], told["wchar"]


def _content(file: int) -> str:
    with os.fdopen(file, "rb") as stream:
        stream.seek(0)
        return stream.read().decode(errors="replace")


def _warm() -> None:
    """Import what runs, lists and searches import, and do nothing with it."""
    import importlib
    import pkgutil

    import aggregator

    for each in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    for name in (
        "feedparser",
        "jinja2",
        "nh3",
        "numpy",
        "pycurl",
        "sqlite_utils",
        "sumy.summarizers.reduction",
    ):
        importlib.import_module(name)


def main() -> None:
    """Read commands until there are no more."""
    import gc

    _warm()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        command = Command(**json.loads(line))
        pace = _pace()
        children = [_start(command.arguments, real=command.real, file_limit=command.file_limit)]
        children += [_start(each, real=False, file_limit=None) for each in command.beside]
        ended = [_end(children[0], command.kill_after, real=command.real, pace=pace)]
        ended += [_end(each, None, real=False, pace=pace) for each in children[1:]]
        print(json.dumps([asdict(each) for each in ended]), flush=True)


if __name__ == "__main__":
    main()
