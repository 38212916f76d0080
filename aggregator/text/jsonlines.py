"""Which object does a line of JSON Lines hold, or what is wrong with it?"""

from __future__ import annotations

import json
from typing import Any

from aggregator.errors import ParseError


def parsed(line: bytes, *, most: int, first: bool = False) -> dict[str, Any]:
    """The object on one line of at most ``most`` bytes; ``first``: it may begin with a byte order mark.

    Raises ``ParseError`` that says what is wrong.
    """
    if len(line) > most:
        raise ParseError(f"longer than {most} bytes")
    try:
        values = json.loads(line.decode("utf-8-sig" if first else "utf-8"))
    except UnicodeDecodeError as error:
        raise ParseError(f"not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error
    if not isinstance(values, dict):
        raise ParseError("not a JSON object")
    return values
