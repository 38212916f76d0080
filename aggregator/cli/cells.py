"""How wide is a text on a terminal, and where may its lines break?

A terminal has cells, not characters: a Chinese character fills two, an accent none. Chinese and Japanese break
between any two characters, save that no line begins with a closing mark or ends with an opening one
(the core of the rules in JIS X 4051).
"""

from __future__ import annotations

import re

WIDE = (
    "\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
"""Chinese and Japanese, their punctuation and full-width forms; not Korean, which breaks between words."""

OPENING = "（「『【《〈〔［｛“‘"
CLOSING = "、。，．・！？：；）」』】》〉〕］｝”’…ー々％"
ATOM = re.compile(
    rf"\s+|[{re.escape(OPENING)}]*(?:[{WIDE}]|[^\s{WIDE}]+)[{re.escape(CLOSING)}]*",
)


def width(text: str) -> int:
    """Count the cells a text fills."""
    if text.isascii():
        return len(text)
    # rich brings the tables of Unicode; 15 ms, so only for texts that need them.
    from rich.cells import cell_len

    return cell_len(text)


def wrap(text: str, columns: int) -> list[str]:
    """Break one line into lines of at most so many cells."""
    lines: list[str] = []
    line, used = "", 0
    for atom in ATOM.findall(text):
        cells = width(atom)
        if used + cells > columns and not atom.isspace():
            if line.strip():
                lines.append(line.rstrip())
            *full, line = _chopped(atom, columns)
            lines += full
            used = width(line)
        elif line or not atom.isspace():
            line += atom
            used += cells
    return [*lines, line.rstrip()] if line.strip() else lines


def _chopped(atom: str, columns: int) -> list[str]:
    """Cut what has no place to break and is too long all the same, such as an address."""
    pieces = [""]
    for character in atom:
        if pieces[-1] and width(pieces[-1] + character) > columns:
            pieces.append("")
        pieces[-1] += character
    return pieces


def fit(text: str, columns: int) -> str:
    """Shorten to at most so many cells, with an ellipsis where something is missing."""
    if width(text) <= columns:
        return text
    kept = text[:columns]
    while kept and width(kept) > columns - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill with blanks to so many cells; numbers stand to the right."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks
