"""Which documents are being read in processes of their own, and what has become of them?

The document goes there and what it says comes back in files without a name, so that neither side ever waits for the
other, and what waits for its turn takes no memory.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, TypeVar

from aggregator.models import FailureReason, Fetched, ParsedFeed
from aggregator.poll.apart import letters
from aggregator.poll.limits import CPU_SECONDS
from aggregator.poll.unreadable import Busy, Unreadable

K = TypeVar("K")

MEMORY = 256 * 1024 * 1024
"""Bytes of address space for one document; the largest that is read takes 75 MB."""
WALL_SECONDS = 60.0
"""A process that gets no processor for its seconds of CPU time is given up after this time."""
LOOK_SECONDS = 0.02
"""How often to look whether a process has ended, when there is nothing else to do."""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "TMPDIR")
"""Of our environment: what a program needs to start. Keys and passwords stay here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may take."""

    cpu_seconds: float = CPU_SECONDS
    memory: int = MEMORY
    wall_seconds: float = WALL_SECONDS


@dataclass(frozen=True, slots=True)
class _Letter(Generic[K]):
    """A document that waits for its turn."""

    key: K
    question: IO[bytes]


@dataclass(frozen=True, slots=True)
class _Reading(Generic[K]):
    """A document being read."""

    key: K
    answer: IO[bytes]
    process: subprocess.Popen[bytes]
    began: float

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Apart(Generic[K]):
    """Documents being read apart, one at a time in the order given, each under the caller's name for it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._waiting: deque[_Letter[K]] = deque()
        self._reading: _Reading[K] | None = None
        self._unsent: list[tuple[K, Unreadable]] = []

    def submit(self, key: K, fetched: Fetched, *, feed_url: str) -> None:
        """Have a document read."""
        try:
            question = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its process has it
            letters.write_question(question, fetched, feed_url=feed_url)
        except OSError as error:
            self._unsent.append((key, _no_room(error)))
            return
        self._waiting.append(_Letter(key, question))
        self._start()

    def finished(self) -> Iterator[tuple[K, ParsedFeed | Unreadable]]:
        """Give what has been read by now, or the reason why it could not be."""
        while self._unsent:
            yield self._unsent.pop()
        while self._reading is not None and self._has_ended(self._reading):
            ended, self._reading = self._reading, None
            self._start()
            yield ended.key, self._outcome(ended)

    def rest(self) -> Iterator[tuple[K, ParsedFeed | Unreadable]]:
        """Give everything that is still being read, waiting for it."""
        while True:
            yield from self.finished()
            if self._reading is None and not self._unsent:
                return
            time.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """End what is still running; nobody will ask for it."""
        if self._reading is not None:
            self._reading.end()
            self._reading.answer.close()
            self._reading = None
        while self._waiting:
            self._waiting.popleft().question.close()

    def _start(self) -> None:
        while self._waiting and self._reading is None:
            letter = self._waiting.popleft()
            try:
                self._reading = self._begun(letter)
            except OSError as error:
                self._unsent.append((letter.key, _no_room(error)))
            finally:
                letter.question.close()

    def _begun(self, letter: _Letter[K]) -> _Reading[K]:
        answer = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
        limits = (f"{self.limits.cpu_seconds:g}", str(self.limits.memory))
        # -P: what lies in the current directory is not for it to import.
        command = [sys.executable, "-P", "-m", "aggregator.poll.apart.child", *limits]
        process = subprocess.Popen(  # noqa: S603 - our own program and two numbers
            command, stdin=letter.question, stdout=answer, stderr=subprocess.DEVNULL, env=_environment()
        )
        return _Reading(letter.key, answer, process, time.monotonic())

    def _has_ended(self, reading: _Reading[K]) -> bool:
        if reading.process.poll() is None and time.monotonic() - reading.began > self.limits.wall_seconds:
            reading.end()
        return reading.process.poll() is not None

    def _outcome(self, reading: _Reading[K]) -> ParsedFeed | Unreadable:
        with reading.answer as file:
            return letters.read_answer(file) or self._died(reading)

    def _died(self, reading: _Reading[K]) -> Unreadable:
        code = reading.process.returncode
        if time.monotonic() - reading.began > self.limits.wall_seconds:
            words = f"the document could not be read within {self.limits.wall_seconds:g} s"
            return Unreadable(FailureReason.MALFORMED, words)
        if code == -signal.SIGXCPU:
            return Busy(self.limits.cpu_seconds)
        words = f"was stopped (signal {-code})" if code < 0 else f"gave up (exit {code})"
        return Unreadable(FailureReason.CRASHED, f"the process that read the document {words}")


def read(fetched: Fetched, *, feed_url: str, limits: Limits | None = None) -> ParsedFeed:
    """Read one document apart and wait for it; raises :class:`Unreadable` as ``parse`` does."""
    apart: Apart[None] = Apart(limits)
    try:
        apart.submit(None, fetched, feed_url=feed_url)
        _, outcome = next(apart.rest())
    finally:
        apart.close()
    if isinstance(outcome, Unreadable):
        raise outcome
    return outcome


def _no_room(error: OSError) -> Unreadable:
    why = error.strerror or type(error).__name__
    return Unreadable(FailureReason.CRASHED, f"no process could be given the document to read: {why}")


def _environment() -> dict[str, str]:
    ours = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Where this package was found is where the other process is to find it.
    return ours | {"PYTHONPATH": str(Path(__file__).parents[3])}
