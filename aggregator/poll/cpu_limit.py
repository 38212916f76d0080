"""How is a computation stopped that a crafted input has made endless?

Single inputs of 64 KB keep feedparser busy for 15 s (back-tracking in its pattern for e-mail addresses). The
interval timer counts CPU time of this process, so neither a slow disk nor a suspended machine sets it off, and
Python's regular expressions look for signals while they match.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class CpuLimitReached(BaseException):
    """Not an ``Exception``, so that a library's own ``except Exception`` cannot swallow it."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`CpuLimitReached` when the block has used more than ``seconds`` of CPU time.

    Signals reach the main thread only: in another one, and where the system has no such timer, there is no
    limit.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        raise CpuLimitReached

    before = signal.signal(signal.SIGVTALRM, stop)
    # Again every second, in case the first one is raised where exceptions are ignored (``__del__``).
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        finally:
            # Once more, because the last signal may have struck the line above; the next is a second away.
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before if before is not None else signal.SIG_DFL)
