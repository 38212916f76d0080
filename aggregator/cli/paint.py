"""May this terminal be coloured, how wide is it, and what colour means what?"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TextIO

NARROWEST, WIDEST = 40, 120
"""Columns used at most: longer lines of prose lose the eye on its way back."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Marks text up for a terminal. Only the eight colours a person's theme defines: it knows their background."""

    colour: bool = False
    links: bool = False

    def title(self, text: str) -> str:
        """What the eye looks for."""
        return self._sgr("1", text)

    def mark(self, text: str) -> str:
        """What was looked for: also where it stands in a title, which is bold already."""
        return self._sgr("1;4", text)

    def source(self, text: str) -> str:
        """Who says it."""
        return self._sgr("32", text)

    def time(self, text: str) -> str:
        """When."""
        return self._sgr("36", text)

    def count(self, text: str) -> str:
        """How many more say it."""
        return self._sgr("1;35", text)

    def coin(self, text: str) -> str:
        """What it is about."""
        return self._sgr("33", text)

    def rule(self, text: str) -> str:
        """What divides."""
        return self._sgr("1;36", text)

    def faint(self, text: str) -> str:
        """What is there for those who look for it."""
        return self._sgr("2", text)

    def good(self, text: str) -> str:
        """All is well."""
        return self._sgr("32", text)

    def bad(self, text: str) -> str:
        """Something to look at."""
        return self._sgr("1;31", text)

    def link(self, text: str, url: str | None) -> str:
        """Make a text clickable (OSC 8); ``url`` has to be safe already. Web addresses only."""
        if not (self.links and url and url.startswith(("https://", "http://"))):
            return text
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def paint_for(stream: TextIO) -> Paint:
    """What this stream can show: nothing when it is no terminal, or the person said no (https://no-color.org)."""
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    colour = stream.isatty() and not dumb and not os.environ.get("NO_COLOR")
    return Paint(colour=colour, links=colour and _knows_links())


def _knows_links() -> bool:
    """Terminals say nothing about OSC 8; these are known to have it, the others might print it."""
    names = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"}
    terms = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")
    vte = os.environ.get("VTE_VERSION", "")
    return (
        os.environ.get("TERM_PROGRAM") in names
        or os.environ.get("TERM", "").startswith(terms)
        or any(name in os.environ for name in ("WT_SESSION", "KONSOLE_VERSION", "DOMTERM"))
        or (vte.isdigit() and int(vte) >= 5000)
    )


def columns() -> int:
    """How many columns to write in."""
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))


def on_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person is looking."""
    return (stream or sys.stdout).isatty()
