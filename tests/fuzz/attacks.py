"""Which texts make a regular expression slow? Those that its own syntax tree tells.

What may be repeated, repeated, behind what must come first and before what can never match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ENDS = ("", "\x00", "!", "\n", "<", "¤ 1")
PUMPS = (
    " ",
    "<",
    "&",
    "a",
    "A",
    "1",
    '"',
    "'",
    "[",
    "(",
    "-",
    ".",
    "/",
    "a ",
    "A ",
    "1,",
    "\n",
    "。",
    "<a ",
    "<!--",
    "a.",
    "A.",
    "a-",
)


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """What comes first, and what is then repeated."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree = parser.parse(
        source,
        pattern.flags & ~re.UNICODE & ~re.DEBUG if isinstance(pattern.pattern, bytes) else pattern.flags,
    )
    seen = set()
    for before, pump in (*_repeats(tree, ""), *(("", each) for each in PUMPS)):
        if pump and (before, pump) not in seen:
            seen.add((before, pump))
            yield before, pump
            if before:
                yield "", before + pump


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Each repetition in a pattern, behind one text that leads to it."""
    for code, value in tree:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            _, most, body = value
            yield from _repeats(body, before)
            if most > 20:
                for sample in _samples(body):
                    yield before, sample
        else:
            for inner in _bodies(code, value):
                yield from _repeats(inner, before)
        before += _sample([(code, value)])


def _bodies(code: Any, value: Any) -> list[Any]:
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.ATOMIC_GROUP:
        return [value]
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [value[1]]
    return []


def _samples(tree: Any) -> set[str]:
    """A few texts that match: with each alternative, and with different characters of a set."""
    return {_sample(tree, choice) for choice in range(6)} - {""}


def _sample(tree: Any, choice: int = 0) -> str:
    """One text that matches, or nearly."""
    parts = []
    for code, value in tree:
        if code is codes.LITERAL:
            parts.append(chr(value))
        elif code is codes.NOT_LITERAL:
            parts.append("a" if value != 97 else "b")
        elif code is codes.ANY:
            parts.append("a. 1<A"[choice % 6])
        elif code is codes.IN:
            parts.append(_of_set(value, choice))
        elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            least, _, body = value
            parts.append(_sample(body, choice) * max(1 if least or choice else 0, min(least, 50)))
        elif code is codes.BRANCH:
            parts.append(_sample(value[1][choice % len(value[1])], choice))
        elif code is codes.SUBPATTERN:
            parts.append(_sample(value[3], choice))
        elif code is codes.ATOMIC_GROUP:
            parts.append(_sample(value, choice))
    return "".join(parts)


CATEGORIES = {
    codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a1A_é一",
    codes.CATEGORY_NOT_DIGIT: "a ", codes.CATEGORY_NOT_SPACE: "a.1<", codes.CATEGORY_NOT_WORD: " .-",
}  # fmt: skip


def _of_set(items: Any, choice: int) -> str:
    if items and items[0][0] is codes.NEGATE:
        allowed = [each for each in 'a 1.A-<"é一\n' if not any(_in(each, item) for item in items[1:])]
        return allowed[choice % len(allowed)] if allowed else "\x01"
    found: list[str] = []
    for code, value in items:
        if code is codes.LITERAL:
            found.append(chr(value))
        elif code is codes.RANGE:
            found.append(chr(value[0]))
        elif code is codes.CATEGORY:
            found += CATEGORIES[value]
    return found[choice % len(found)] if found else ""


def _in(character: str, item: Any) -> bool:
    code, value = item
    if code is codes.LITERAL:
        return ord(character) == value
    if code is codes.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    return code is codes.CATEGORY and character in CATEGORIES[value]
