"""Does a file stand where one is meant to be, and what is in it?

Opening a named pipe waits for whoever writes into it, which may be nobody, and a device has no end.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_OTHERS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def instead(path: Path) -> str:
    """What stands there in place of a file, such as ``a named pipe``; "" for a file, and for nothing at all."""
    try:
        return _kind(path.stat())
    except OSError:
        return ""


def content(path: Path, most: int = -1) -> bytes:
    """Give a file's first bytes, or all; raises ``OSError`` with words for what is no file, and never waits."""
    with open(path, "rb", opener=_unhurried) as file:
        return file.read(most)


def _unhurried(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    kind = _kind(os.fstat(descriptor))
    if kind:
        os.close(descriptor)
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", path)
    return descriptor


def _kind(status: os.stat_result) -> str:
    return next((words for is_one, words in _OTHERS if is_one(status.st_mode)), "")
