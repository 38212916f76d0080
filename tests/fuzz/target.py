"""What is a target: one reader of strangers' bytes, and the laws its outcome keeps?

A target takes any bytes and gives an outcome, a documented refusal included; ``AssertionError`` is a law broken, any
other exception a bug. It needs no network and no clock, and keeps nothing from one input for the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What one line of plain text never holds: controls, line ends, characters that turn text around, half characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One area under test."""

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    """Sound inputs to begin with; the regression corpus is added to them."""
    words: Sequence[bytes]
    """What the grammar is made of: mutations insert these."""
    most: int = 64 * 1024
    """Bytes of one input: long enough that what takes quadratic time is seen."""


def text_of(data: bytes) -> str:
    """Any bytes as text; half characters in it stay (``\\xed\\xa0\\x80``), because JSON can write them."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def is_line(text: str) -> bool:
    """Whether this is one line of plain text."""
    return CONTROL.search(text) is None and text == text.strip()


def storable(*texts: str | None) -> bool:
    """Whether a database and a document can hold these."""
    return all(
        "\0" not in each and each == each.encode("utf-8", "replace").decode() for each in texts if each
    )
