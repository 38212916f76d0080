"""What does a person see who types a command at a terminal?"""

from __future__ import annotations

import os
import pty
from contextlib import suppress

import forked


def on_terminal(*arguments: str, columns: int = 80, **environment: str) -> str:
    """What a person sees who types this at a terminal."""
    ours, theirs = pty.openpty()
    values = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "TZ": "UTC"}
    for name in ("NO_COLOR", "TERM_PROGRAM"):
        values.pop(name, None)
    values |= {"PAGER": "cat"} | environment
    process = forked.start(*arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=values)
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # Linux says EIO, not end of file, when the last process has closed its side
        while chunk := os.read(ours, 65536):
            seen += chunk
    process.wait()
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")
