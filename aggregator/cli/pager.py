"""How does a person read what is longer than their screen?"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable

DEFAULT = "less"
LESS = "FRX"
"""Options of less where a person has set none, as git gives them: end at once where one screen holds it all (F), let
colours through (R), leave the text standing (X)."""

_LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
"""Pagers before less 566 print them."""

PLAIN = ("", "cat")
"""Values of PAGER that mean none."""


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on a terminal, through $PAGER where they are more than it holds and somebody can press a key."""
    told = list(lines)
    long = len(told) >= shutil.get_terminal_size().lines
    command = _command() if long and sys.stdin.isatty() else []
    text = "".join(f"{line}\n" for line in told)
    if not command or not _through(command, text):
        sys.stdout.write(text)


def _command() -> list[str]:
    """The pager's words, none where there is none: no such program, a quote without its second."""
    wanted = os.environ.get("PAGER", DEFAULT).strip()
    if wanted in PLAIN or os.environ.get("TERM", "dumb") == "dumb":
        return []
    try:
        words = shlex.split(wanted)
    except ValueError:
        return []
    return words if words and shutil.which(words[0]) else []


def _through(command: list[str], text: str) -> bool:
    """Let a pager show it; whether it could be started. Ctrl-C is the pager's while it runs."""
    environment = {**os.environ, "LESS": os.environ.get("LESS", LESS), "LESSCHARSET": "utf-8"}
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        reader = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - the person's own
        reader.communicate(_LINK.sub("", text).encode(errors="backslashreplace"))
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True
