"""Which calls of the kernel change what is on the disk, and how is one of them made to fail?

By seccomp's user notifications: the kernel asks the process that watches before it does what the watched one wants, and
the answer is "go on" or an errno. So every single write can be counted and refused, those inside SQLite included,
without another library in the process and without rights. Linux alone has it: see seccomp_unotify(2).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import struct
from dataclasses import dataclass

# seccomp(2), prctl(2) and linux/filter.h
_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_NEW_LISTENER = 8
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_SET, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_GO_ON = 1
_FIRST_ARGUMENT = 16
"""Bytes into what a filter sees: number, architecture and address of the call come first."""

_STANDARD_STREAMS = 2
_LOCKING = 6
"""F_SETLK: how SQLite locks."""

_NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "seccomp": 317,
        "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296, "ftruncate": 77, "fallocate": 285,
        "fsync": 74, "fdatasync": 75, "openat": 257, "mkdir": 83, "mkdirat": 258, "rename": 82, "renameat": 264,
        "renameat2": 316, "link": 86, "linkat": 265, "unlink": 87, "unlinkat": 263, "fchmod": 91,
        "flock": 73, "fcntl": 72,
    },
    "aarch64": {
        "seccomp": 277,
        "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "ftruncate": 46, "fallocate": 47,
        "fsync": 82, "fdatasync": 83, "openat": 56, "mkdirat": 34, "renameat": 38,
        "renameat2": 276, "linkat": 37, "unlinkat": 35, "fchmod": 52,
        "flock": 32, "fcntl": 25,
    },
}  # fmt: skip

_CONDITIONS = {
    "write": (0, _JUMP_GREATER, _STANDARD_STREAMS),
    "openat": (2, _JUMP_SET, os.O_CREAT),
    "fcntl": (1, _JUMP_EQUAL, _LOCKING),
}
"""Of a call, what one of its arguments must be to be of interest."""

_PATH_ARGUMENT = {
    "openat": 1, "mkdir": 0, "mkdirat": 1, "rename": 0, "renameat": 1, "renameat2": 1,
    "link": 0, "linkat": 1, "unlink": 0, "unlinkat": 1,
}  # fmt: skip
"""Calls that name a file; the others have it open."""

LOCKS = frozenset({"flock", "fcntl"})
ROOM = frozenset(
    {"write", "pwrite64", "writev", "pwritev", "fallocate", "openat", "mkdir", "mkdirat", "link", "linkat"}
)
"""Those that a full disk refuses."""


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("then", ctypes.c_ubyte),
        ("otherwise", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


@dataclass(frozen=True, slots=True)
class Call:
    """One call that waits for an answer."""

    id: int
    name: str
    path: str


def _numbers() -> dict[str, int]:
    return _NUMBERS[platform.machine()]


def available() -> bool:
    """Whether calls can be watched here: a process of its own tries."""
    if platform.machine() not in _NUMBERS or platform.system() != "Linux":
        return False
    process = os.fork()
    if process == 0:
        try:
            watch_me()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def watch_me() -> int:
    """Let this process and its children be watched from now on; gives what the watcher needs."""
    library, numbers = ctypes.CDLL(None, use_errno=True), _numbers()
    steps = [_Step(_LOAD, 0, 0, 0)]
    for name, number in numbers.items():
        if name in _CONDITIONS:
            argument, jump, value = _CONDITIONS[name]
            steps += [
                _Step(_JUMP_EQUAL, 0, 4, number),
                _Step(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * argument),
                _Step(jump, 0, 1, value),
                _Step(_RETURN, 0, 0, _NOTIFY),
                _Step(_RETURN, 0, 0, _ALLOW),
            ]
        elif name != "seccomp":
            steps += [_Step(_JUMP_EQUAL, 0, 1, number), _Step(_RETURN, 0, 0, _NOTIFY)]
    steps.append(_Step(_RETURN, 0, 0, _ALLOW))
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    library.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    listener = library.syscall(numbers["seccomp"], _SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp is not to be had")
    return int(listener)


def receive(listener: int) -> Call | None:
    """Take the next call that waits; None when the one that made it is gone."""
    notice = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notice)
    except OSError:
        return None
    number, process, _, call, _, _, *arguments = _NOTICE.unpack(notice)
    name = next(name for name, each in _numbers().items() if each == call)
    return Call(number, name, _path(process, name, arguments))


def answer(listener: int, call: Call, errno: int = 0) -> None:
    """Let it go on, or fail."""
    said = bytearray(_ANSWER.pack(call.id, 0, -errno, 0 if errno else _GO_ON))
    try:
        fcntl.ioctl(listener, _SEND, said)
    except FileNotFoundError:
        return  # it was killed meanwhile


def _path(process: int, name: str, arguments: list[int]) -> str:
    try:
        if name not in _PATH_ARGUMENT:
            return os.readlink(f"/proc/{process}/fd/{arguments[0] & 0xFFFFFFFF}")  # noqa: PTH115 - as it is
        with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no file of ours
            memory.seek(arguments[_PATH_ARGUMENT[name]])
            return os.fsdecode(memory.read(4096).split(b"\0", 1)[0])
    except OSError:
        return ""
