"""How does a list stay on the screen and follow what comes?

What an unchanged store costs is one question to SQLite (``PRAGMA data_version``, which moves when another process has
written); once a minute the same stories are drawn anew, because they have grown older.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from aggregator.cli import cells
from aggregator.cli.paint import Paint
from aggregator.store.connection import translated
from aggregator.store.reading import connected

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?25h\x1b[?1049l"
"""The screen beside the usual one, without a cursor; and back (xterm)."""

HOME, REST_OF_LINE, REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"

T = TypeVar("T")


def watch(
    path: Path,
    seconds: int,
    *,
    clock: Callable[[], datetime],
    read: Callable[[datetime], T],
    draw: Callable[[T, datetime], Sequence[str]],
    paint: Paint,
) -> None:
    """Show what ``read`` finds as ``draw`` lays it out, until a signal ends it; the screen is given back then.

    ``seconds`` between two looks at the store.
    """
    with translated(path), closing(connected(path)) as store, _screen(), _woken() as wait:
        version, stories, drawn = _version(store), read(clock()), ""
        while True:
            now = clock()
            seen = _version(store)
            if seen != version:
                version, stories = seen, read(now)
            screen = _screenful(draw(stories, now), _bottom(now, seconds, paint))
            if screen != drawn:
                sys.stdout.write(screen)
                sys.stdout.flush()
                drawn = screen
            wait(seconds)


def _version(store: sqlite3.Connection) -> int:
    return int(store.execute("PRAGMA data_version").fetchone()[0])


def _bottom(now: datetime, seconds: int, paint: Paint) -> str:
    text = f"{now.astimezone():%H:%M} · every {seconds} s · Ctrl-C ends"
    return paint.faint(cells.fit(text, shutil.get_terminal_size().columns - 1))


def _screenful(lines: Sequence[str], bottom: str) -> str:
    """As many lines as fit, and the last one of the screen."""
    height = shutil.get_terminal_size().lines
    shown = [f"{line}{REST_OF_LINE}" for line in lines[: height - 1]]
    return HOME + "\r\n".join(shown) + REST_OF_SCREEN + f"\x1b[{height};1H" + bottom


@contextmanager
def _screen() -> Iterator[None]:
    sys.stdout.write(ENTER)
    sys.stdout.flush()
    try:
        yield
    finally:
        sys.stdout.write(LEAVE)
        sys.stdout.flush()


@contextmanager
def _woken() -> Iterator[Callable[[float], None]]:
    """Give a way to wait that a resized window ends early."""
    heard, tell = os.pipe()
    os.set_blocking(heard, False)
    os.set_blocking(tell, False)
    before = signal.signal(signal.SIGWINCH, lambda *_: None)
    old = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)

    def wait(seconds: float) -> None:
        if select.select([heard], [], [], seconds)[0]:
            os.read(heard, 4096)

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(old)
        signal.signal(signal.SIGWINCH, before)
        os.close(heard)
        os.close(tell)


def present() -> datetime:
    """Now, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
