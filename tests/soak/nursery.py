"""How is a process with the program loaded split into many, so that thousands of trials take minutes?

    python -m tests.soak.nursery

Reads a trial a line from stdin (JSON, ``warm.Plan``), forks for each, watches what the child asks of the kernel, and
prints how it ended. What a trial runs is the program from its entry on, in a process of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import mmap
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import aggregator
from aggregator.cli.app import main
from tests.soak import points, syscalls

LAZY = ("feedparser", "jinja2", "nh3", "numpy", "pycurl", "sqlite_utils", "sumy.summarizers.lex_rank")
"""What the program imports when there is work for it."""

PATIENCE = 120.0
"""Seconds: a trial that takes longer hangs."""


@dataclass(slots=True)
class Watch:
    """What the watcher does at which call."""

    below: str
    """Calls that concern files outside this directory go on unseen."""
    among: frozenset[str]
    """Names of calls that count; none: all that change something."""
    at: int
    """The number of the call at which it happens; 0: never."""
    errno: int
    lasting: bool
    """Refuse all that come after, too."""
    signals: tuple[int, ...]
    """Sent while that call waits, one after the other."""
    delay: float
    """Seconds between the call, the first signal, and the second."""
    hold: str
    """A file that is made then; the call waits until it is gone."""
    stage_of: mmap.mmap
    counts: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)
    due: list[tuple[float, int]] = field(default_factory=list)

    def decide(self, call: syscalls.Call) -> int | None:
        """The errno it is answered with, 0 to let it go on; None: signals are to be sent first."""
        if call.name in syscalls.LOCKS and call.name not in self.among:
            return 0
        if self.among and call.name not in self.among:
            return 0
        if not call.path.startswith(self.below):
            return 0
        self.seen.append(f"{call.name} {call.path[len(self.below) :]} {points.last(self.stage_of)[1]}")
        reached = len(self.seen) == self.at or (self.lasting and len(self.seen) > self.at > 0)
        if reached and self.errno:
            return self.errno
        if reached and self.hold:
            _hold(self.hold)
        return None if reached and self.signals else 0


def _hold(path: str) -> None:
    """Let others work until they are done."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    end = time.monotonic() + PATIENCE
    while Path(path).exists() and time.monotonic() < end:
        time.sleep(0.005)


def nurse() -> None:
    """Serve until stdin ends."""
    for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in LAZY:
        importlib.import_module(name)
    _rehearse()
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_try(json.loads(line))), flush=True)


def _rehearse() -> None:
    """Run the whole pipeline once, so that templates are compiled and tables are built."""
    with (
        tempfile.TemporaryDirectory() as place,
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        contextlib.suppress(SystemExit),
    ):
        main(["demo", f"{place}/home"])


def _try(plan: dict[str, Any]) -> dict[str, Any]:
    board = mmap.mmap(-1, 4096)
    here, there = socket.socketpair()
    since = time.monotonic()
    process = os.fork()
    if process == 0:
        here.close()
        _live(plan, board, there)
    there.close()
    watch = Watch(
        below=plan["below"],
        among=frozenset(plan["among"]),
        at=plan["at"],
        errno=plan["errno"],
        lasting=plan["lasting"],
        signals=tuple(plan["signals"]),
        delay=plan["delay"],
        hold=plan["hold"],
        stage_of=board,
    )
    with here:
        if plan["watch"]:
            _, descriptors, _, _ = socket.recv_fds(here, 1, 1)
            try:
                _attend(process, descriptors[0], watch)
            finally:
                os.close(descriptors[0])
        code = _end_of(process, since)
        passed = _rest(here) if plan["trace"] else ""
    return {
        "code": code,
        "seconds": time.monotonic() - since,
        "calls": watch.seen,
        "passed": passed.splitlines(),
        "last": list(points.last(board)),
    }


def _attend(process: int, listener: int, watch: Watch) -> None:
    """Answer the child's calls until it is gone."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now = time.monotonic()
        while watch.due and watch.due[0][0] <= now:
            os.kill(process, watch.due.pop(0)[1])
        wait = 1000 if not watch.due else max(1, int((watch.due[0][0] - now) * 1000))
        for _, event in poll.poll(wait):
            if event & select.POLLHUP:
                return
            call = syscalls.receive(listener)
            if call is None:
                continue
            answer = watch.decide(call)
            if answer is None:
                times = [now + watch.delay * (number + 1) for number in range(len(watch.signals))]
                watch.due = list(zip(times, watch.signals, strict=True))
                while watch.due and not watch.delay:
                    os.kill(process, watch.due.pop(0)[1])
            syscalls.answer(listener, call, answer or 0)


def _end_of(process: int, since: float) -> int:
    while True:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() - since > PATIENCE:
            os.kill(process, signal.SIGKILL)
        time.sleep(0.002)


def _rest(connection: socket.socket) -> str:
    parts = []
    while part := connection.recv(1 << 20):
        parts.append(part)
    return b"".join(parts).decode()


def _live(plan: dict[str, Any], board: mmap.mmap, there: socket.socket) -> NoReturn:
    """Be the program, in a process whose streams are files."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, path in enumerate((os.devnull, plan["out"], plan["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
    watched = points.Points(board, kill_at=plan["kill_at"], after=plan["after"], max_pages=plan["max_pages"])
    if plan["trace"] or plan["kill_at"] or plan["max_pages"]:
        watched.watch()
    if plan["plain"]:
        _give_up_power()
    if plan["watch"]:
        listener = syscalls.watch_me()
        socket.send_fds(there, [b"x"], [listener])
        os.close(listener)
    code: object = 70
    try:
        main(plan["arguments"])
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - shown as Python would
        sys.excepthook(*sys.exc_info())
        code = 1
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    if plan["trace"]:
        there.sendall("\n".join(watched.passed).encode())
    os._exit(code if isinstance(code, int) else 1)


def _give_up_power() -> None:
    """Let permissions hold for root as for anybody: capset(2) with none left."""
    version = 0x20080522
    header, none = (ctypes.c_uint32 * 2)(version, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, none):
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    nurse()
