"""What is wrong with settings that are not TOML, and what is to be done?

The standard library names the place. What people get wrong most often, saying a thing twice, it tells in its own terms;
any other fault, and any words a later version has for these, stay as they are.
"""

from __future__ import annotations

import ast
import re

_TWICE = re.compile(r"Cannot declare (\(.*\)) twice \(at (?:line (\d+)|end)")
_OVERWRITTEN = re.compile(r"Cannot overwrite a value \(at (?:line (\d+)|end)")
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")
SHOWN = 60
"""Characters of a name."""


def words(said: str, text: str) -> str:
    """Put the standard library's words for a fault in ``text`` into ours."""
    lines = text.splitlines()
    if twice := _TWICE.search(said):
        name, number = ".".join(ast.literal_eval(twice[1])), int(twice[2] or len(lines))
        place = _places(number, _first(lines[: number - 1], _HEADER, name))
        return (
            f"[{name[:SHOWN]}] stands twice{place}; put all its keys below one of them and remove the other"
        )
    if overwritten := _OVERWRITTEN.search(said):
        number = int(overwritten[1] or len(lines))
        key = _KEY.match(lines[number - 1]) if number <= len(lines) else None
        if key is not None:
            start = max((n for n in range(number - 1) if _HEADER.match(lines[n])), default=0)
            first = _first(lines[start : number - 1], _KEY, key[1])
            place = _places(number, first and first + start)
            return f"{key[1][:SHOWN]} is set twice{place}; keep one of them"
    return f"not TOML: {said}"


def _first(lines: list[str], form: re.Pattern[str], name: str) -> int | None:
    """The line, counted from 1, in which this name stands first."""
    found = (
        number for number, line in enumerate(lines, 1) if (it := form.match(line)) and it[1].strip() == name
    )
    return next(found, None)


def _places(second: int, first: int | None) -> str:
    return (
        f", the second time in line {second}" if first is None else f", in line {first} and in line {second}"
    )
