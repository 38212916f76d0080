"""Which file below ``public/`` does an address name, if it may name one at all?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, unquote_to_bytes

from aggregator.serve.requests import Refusal

INDEX = "index.html"
"""What stands for a directory."""

_NEVER = re.compile(r"%2f|%5c|%00|\\|%(?![0-9a-f]{2})", re.IGNORECASE)
"""Separators and an end of text in disguise, and a percent sign that encodes nothing."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

MOST_BYTES = 255
"""Of one name: what file systems take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an address names: the names on the way down from ``public/``, none of them able to lead out of it."""

    parts: tuple[str, ...]
    directory: bool
    """The address ends with a slash: the page of a directory is asked for."""

    @property
    def address(self) -> str:
        """The path of the address, spelt in one way; never begins with two slashes."""
        return "/" + "/".join(quote(part, safe="!$'()*+,;=:@") for part in self.parts)


def named(path: str) -> Named | Refusal:
    """Decode the path of an address, once. Names are judged after decoding, as they would reach the disk.

    A name that begins with a dot is never served: runs write ``.atom.xml.new`` beside what they replace.
    """
    if _NEVER.search(path):
        return _unsound()
    try:
        decoded = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return _unsound()
    first, *parts = decoded.split("/")
    if first or not parts or _CONTROL.search(decoded):
        return _unsound()
    if parts[-1] == "":
        parts.pop()
    if any(part in {".", ".."} for part in parts):
        return _unsound()
    if any(not part or part.startswith(".") or len(part.encode()) > MOST_BYTES for part in parts):
        return missing()
    return Named(parts=tuple(parts), directory=decoded.endswith("/"))


def missing() -> Refusal:
    """What is said of an address behind which there is nothing, or nothing for others."""
    return Refusal(status=HTTPStatus.NOT_FOUND, words="There is no document at this address.")


def _unsound() -> Refusal:
    return Refusal(status=HTTPStatus.BAD_REQUEST, words="No document can have such an address.")
