"""How is text cut up for full-text search, when some scripts put no spaces between words?"""

from __future__ import annotations

import re
import unicodedata

SPACELESS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0e7f"
"""Characters of scripts without spaces (CJK, Thai), and Hangul, whose particles cling to their words."""

MARKS = r"\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331"
"""Accents that stand by themselves behind their letter and belong to it: those of SQLite's ``unicode61`` (masks of
``sqlite3Fts5UnicodeIsdiacritic``). It takes every other for a space between words."""

PIECE = re.compile(rf"[{SPACELESS}]+|[^\W_{SPACELESS}](?:[^\W_{SPACELESS}]|[{MARKS}])*")
"""A run of such characters, or a word as SQLite's tokenizer ``unicode61`` sees one: letters and digits."""

_RUN = re.compile(rf"[{SPACELESS}]+")
_ACCENTED = re.compile(rf"([a-z])[{MARKS}]+")


def segment(text: str) -> str:
    """Write runs of characters without spaces as their pairs, so that each pair is a token of its own.

    Pairs find Chinese and Japanese as well as words from a dictionary do (Nie and Ren 1999), and an index that
    keeps no places can tell a word of two characters by them. The last character stands alone behind its pair, so
    that as a token or as the beginning of one every single character is found.
    """
    return _RUN.sub(lambda run: f" {' '.join(pairs(run[0]))} ", text)


def pairs(run: str) -> list[str]:
    """``比特币`` → ``比特``, ``特币``, ``币``."""
    return [run[at : at + 2] for at in range(len(run))]


def is_run(piece: str) -> bool:
    """Whether a piece is of a script without spaces."""
    return _RUN.match(piece) is not None


def folded(text: str) -> str:
    """Lower case, Latin letters without accents: as the index compares (``remove_diacritics``)."""
    low = text.lower()
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFD", low)
    if apart == low and unicodedata.is_normalized("NFC", low):
        return low  # no accent in it: a tenth of the time
    return unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", apart))
