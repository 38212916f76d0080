"""What stands under a key of a line of JSON, in the type it should have? ``ParseError`` says which key is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import ParseError

Values = Mapping[str, Any]

MOST_SHOWN = 60
"""Characters of a wrong value that are repeated to whoever wrote it."""
MOST_NUMBER = 2**53
"""Up to here all programs that read JSON agree on whole numbers (RFC 8259 §6)."""


def text(values: Values, key: str) -> str:
    """Text, or a whole number written as such; "" where the key is missing."""
    value = values.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ParseError(f'"{key}" is not text')
    return sound(str(value))


def sound(value: str) -> str:
    """Leave out what no database or document can hold: halves of characters (lone surrogates) and NUL."""
    return value.encode("utf-8", "replace").decode().replace("\0", "")


def strings(values: Values, key: str) -> tuple[str, ...]:
    """A list of texts; empty where the key is missing."""
    value = values.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ParseError(f'"{key}" is not a list of texts')
    return tuple(sound(each) for each in value)


def whole(values: Values, key: str, *, least: int = 0) -> int | None:
    """A whole number from ``least`` on; None where the key is missing."""
    value = values.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_NUMBER:
        raise ParseError(f'"{key}" is not a whole number from {least} on')
    return value


def moment(values: Values, key: str) -> datetime | None:
    """A time: ISO 8601 (a naive one is UTC) or Unix seconds; None where the key is missing."""
    value = values.get(key)
    if value is None or value == "":
        return None
    found = _number_time(value, key) if isinstance(value, (int, float)) else _text_time(value, key)
    return found.astimezone(UTC).replace(microsecond=0)


def _number_time(value: float, key: str) -> datetime:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ParseError(f'"{key}": {str(value)[:MOST_SHOWN]} is no Unix time') from error


def _text_time(value: object, key: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(value).strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ParseError(f'"{key}": {str(value)[:40]!r} is not an ISO 8601 time') from error
    return found
