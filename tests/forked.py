"""How is the program started as a process of its own, dozens of times, at the price of a fork each?

A process that has loaded the program waits, and forks for every start. What runs there is the program from its entry
on, with arguments, environment, streams, signals and an end of its own. How it is loaded is not seen in this way: tests
of that, and at least one of what each kind of command does, start an interpreter.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

LAZY = ("feedparser", "jinja2", "nh3", "numpy", "pycurl", "rich.console", "sumy.summarizers.lex_rank")
"""What the program imports when there is work for it."""
LONGEST = 200_000
"""Bytes of one start's arguments and environment; what Linux lets a socket of this kind send at once by default."""


class Process:
    """A run of the program that goes on by itself."""

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told)
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Nothing, if it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """How it ended, if it has."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """How it ended; a negative number is a signal. Raises ``TimeoutExpired`` where it does not, in seconds."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("aggregator", timeout)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def _end(self) -> None:
        self.returncode = int(self._told.readline())
        self._told.close()


def start(
    *arguments: str | Path,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
    env: Mapping[str, str] | None = None,
) -> Process:
    """Start the program as ``python -m aggregator`` would; streams are file descriptors."""
    asked = json.dumps(
        {
            "arguments": [str(each) for each in arguments],
            "environment": dict(os.environ if env is None else env),
            "directory": str(Path.cwd()),
        }
    ).encode()
    assert len(asked) < LONGEST
    told, tells = os.pipe()
    nothing = os.open(os.devnull, os.O_RDWR)
    streams = [nothing if each == subprocess.DEVNULL else each for each in (stdin, stdout, stderr)]
    try:
        socket.send_fds(_loaded(), [asked], [*streams, tells])
    finally:
        os.close(nothing)
        os.close(tells)
    return Process(told)


def run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Let the program run to its end, with nothing to read, and keep what it says."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = start(*arguments, stdout=out.fileno(), stderr=err.fileno(), env=env).wait()
        said = []
        for each in (out, err):
            each.seek(0)
            said.append(each.read().decode())
    return subprocess.CompletedProcess(arguments, code, *said)


@cache
def _loaded() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # a process of one thread can be split
            start_new_session=True,
        )

    def let_go() -> None:
        ours.close()
        process.wait()

    atexit.register(let_go)
    return ours


# --- In the process that waits -------------------------------------------------------------------


def _serve(channel: socket.socket) -> None:
    import aggregator

    for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
        importlib.import_module(module.name)
    for name in LAZY:
        importlib.import_module(name)
    while True:
        asked, descriptors, _, _ = socket.recv_fds(channel, LONGEST, 4)
        if not asked:
            return
        watcher = os.fork()
        if watcher == 0:
            channel.close()
            _watch(json.loads(asked), descriptors)
        for each in descriptors:
            os.close(each)
        while True:  # those that have ended meanwhile
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break


def _watch(asked: Mapping[str, object], descriptors: Sequence[int]) -> NoReturn:
    """Start the run, tell its number, and how it ended."""
    *streams, told = descriptors
    child = os.fork()
    if child == 0:
        os.close(told)
        _be(asked, streams)
    for each in {*streams, 0, 1}:
        os.close(each)
    os.write(told, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _be(asked: Mapping[str, object], streams: Sequence[int]) -> NoReturn:
    """The program, as an interpreter of its own would start and end it."""
    for number, each in enumerate(streams):
        os.dup2(each, number)
    for each in set(streams):
        os.close(each)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["directory"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # They stay open until the process ends, as an interpreter's own do.
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115 - see above
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - see above
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115 - see above
    program = importlib.import_module("aggregator.__main__")
    sys.argv = [str(program.__file__), *asked["arguments"]]
    code: object = 1
    try:
        program.main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - an interpreter prints it, whatever it is
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve(socket.socket(fileno=int(sys.argv[1])))
