"""What happened when a target was given an input: nothing, a law broken, a crash, or too much time?"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from tests.fuzz.target import Target

SECONDS_PER_100_KB = 1.0
"""CPU seconds that an input may take."""
SMALL = 64 * 1024
"""Shorter inputs may take as long as one of this length: starts and caches have their cost, and clocks their grain."""
HANG = 20.0
"""CPU seconds after which an input is given up."""
MEASURED = 4 * 1024
"""Bytes from which on time per length says anything."""


class Hang(BaseException):
    """Not an ``Exception``, so that nothing under test takes it for one of its own."""


def limit(size: int) -> float:
    """CPU seconds for an input of ``size`` bytes."""
    return SECONDS_PER_100_KB * max(size, SMALL) / 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An input that shows a fault."""

    key: str
    """The same for inputs that show the same."""
    told: str
    data: bytes


@dataclass(slots=True)
class Watch:
    """Gives inputs to one target, and keeps the first that shows each fault."""

    target: Target
    patience: float = 1.0
    """Times the seconds an input may take: the instruments of a fuzzer make all some three to five times slower."""
    tried: int = 0
    bytes: int = 0
    cpu: float = 0.0
    slowest: float = 0.0
    """CPU milliseconds per 100 KB, of inputs of at least ``MEASURED`` bytes."""
    slowest_data: bytes = b""
    findings: dict[str, Finding] = field(default_factory=dict)

    def give(self, data: bytes) -> None:
        """Try one input; never raises but for what ends the process."""
        start = time.process_time()
        try:
            with bounded(HANG):
                self.target.run(data)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, it is a finding
            self._found(_key(wrong), "".join(traceback.format_exception(wrong, limit=-4)), data)
        except Hang:
            self._found("hang", f"more than {HANG:g} s of CPU time", data)
        self._timed(time.process_time() - start, data)

    def _timed(self, seconds: float, data: bytes) -> None:
        self.tried += 1
        self.bytes += len(data)
        self.cpu += seconds
        if len(data) >= MEASURED and seconds * 1e8 / len(data) > self.slowest:
            self.slowest, self.slowest_data = seconds * 1e8 / len(data), data
        most = self.patience * limit(len(data))
        if seconds > most and not self.findings.keys() & {"slow", "hang"}:
            again = seconds_of(self.target, data)
            if again > most:
                self._found("slow", f"{again:.2f} s of CPU time for {len(data)} bytes", data)

    def _found(self, key: str, told: str, data: bytes) -> None:
        known = self.findings.get(key)
        if known is None or len(data) < len(known.data):
            self.findings[key] = Finding(key=key, told=told, data=data)


def seconds_of(target: Target, data: bytes) -> float:
    """CPU seconds that an input takes, ``HANG`` at most; what the target makes of it does not matter."""
    start = time.process_time()
    try:
        with bounded(HANG):
            target.run(data)
    except (Exception, Hang):  # noqa: BLE001 - it is the time that is asked for
        pass
    return time.process_time() - start


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise ``Hang`` after so much CPU time; another timer than the one `poll.cpu_limit` uses."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _key(wrong: Exception) -> str:
    """Where it happened: the kind of error and the innermost line of ours."""
    frames = traceback.extract_tb(wrong.__traceback__)
    ours = [each for each in frames if "/aggregator/" in each.filename or "/fuzz/" in each.filename]
    place = (ours or frames)[-1]
    return f"{type(wrong).__name__}-{place.filename.rsplit('/', 1)[-1].removesuffix('.py')}-{place.lineno}"
