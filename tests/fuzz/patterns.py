"""Which regular expression of the program takes quadratic time, or worse, on a text made against it?

    python -m tests.fuzz.patterns [MODULE…]

From each pattern's own syntax tree come texts against it: what may be repeated, repeated to the bound, behind what must
come first and before what can never match. Each is tried at one length and at twice that length. Which texts can reach
a pattern, and how long they can be, is for a person to judge: ``BOUNDED`` holds those verdicts.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import time
from collections.abc import Iterator, Mapping
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import aggregator

SIZE = 2_000
"""Characters of the shorter text."""
SUSPECT = 3.0
"""Times as long for twice the length: quadratic time takes four times, linear time two."""
NOTICED = 0.003
"""CPU seconds for the shorter text; what takes less is not worth measuring."""
ENOUGH = 0.02
"""CPU seconds for the shorter text that leave no doubt: no worse text is looked for."""
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

BOUNDED: Mapping[str, str] = {
    "cli.queries.PHRASE": "matched whole; tests/cli holds it to linear time",
    "config.reading._LIKE_A_KEY": "asked of names of at most 128 characters",
    "dedup.headlines._OUTLET": "asked of titles of at most 1,000 characters, whose white space is folded",
    "dedup.headlines._SERIES": "asked of the first 1,000 characters of a title",
    "dedup.headlines._MANY": "asked of the first 1,000 characters of a title",
    "opml.editing.ENCODING": "matched once, at the beginning of a file",
    "opml.outlines.TAG": "matched where expat has found a tag",
    "poll.rhythm._SKIP_HOURS": "linear: each beginning looks 2,000 characters ahead",
    "poll.rhythm._SKIP_DAYS": "linear: each beginning looks 1,000 characters ahead",
}
"""``module.name`` of a pattern that takes quadratic time on its own → why no stranger's text makes it take any."""


def main() -> int:
    """Print each suspect with the text against it; 1 when there is one without a verdict."""
    checked = found = 0
    wanted = tuple(sys.argv[1:]) or ("",)
    for name, pattern in sorted(patterns().items()):
        if not name.startswith(wanted):
            continue
        checked += 1
        worst = slowest(pattern, uses(name))
        if worst is None:
            continue
        why = BOUNDED.get(name)
        found += why is None
        seconds, growth, text = worst
        print(
            f"{name}: {seconds * 1000:.0f} ms, {growth:.1f} times for twice: {text[:40]!r} … {text[-10:]!r}"
        )
        print(f"    {why or pattern.pattern[:200]!r}", flush=True)
    print(f"{checked} patterns, {found} without a verdict")
    return int(found > 0)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every compiled pattern that the modules of the program hold, by ``module.name``."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            for path, pattern in _inside(value, name, 4):
                found.setdefault(f"{module.name.removeprefix('aggregator.')}.{path}", pattern)
    seen: dict[int, str] = {}
    return {name: each for name, each in found.items() if seen.setdefault(id(each), name) == name}


def _inside(value: Any, path: str, depth: int) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield path, value
    elif depth == 0 or isinstance(value, (str, bytes)):
        return
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _inside(each, f"{path}[{key}]", depth - 1)
    elif isinstance(value, (tuple, list)):
        for number, each in enumerate(value):
            yield from _inside(each, f"{path}[{number}]", depth - 1)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _inside(getattr(value, name), f"{path}.{name}", depth - 1)


def uses(name: str) -> set[str]:
    """By which methods a pattern is used: where it must begin at a place, fewer texts harm it."""
    module, _, own = re.sub(r"\[.*", "", name).rpartition(".")
    if not own.startswith("_") or own.endswith("pattern"):
        return {"search"}
    source = inspect.getsource(importlib.import_module(f"aggregator.{module}"))
    used = re.findall(rf"\b{own}\b(?! *(?::[^=\n]+)?= |,)(?:\.(\w+)\()?", source)
    return set(used) if set(used) <= {"match", "fullmatch"} and used else {"search"}


def slowest(pattern: re.Pattern[Any], methods: set[str]) -> tuple[float, float, str] | None:
    """The text that takes longest, if it takes more than in proportion: seconds, growth, text."""
    worst = None
    for before, pump in _attacks(pattern):
        for after in ENDS:
            text = _text(before, pump, after, SIZE)
            seconds = _seconds(pattern, methods, text)
            if seconds < NOTICED or (worst is not None and seconds <= worst[0]):
                continue
            growth = _seconds(pattern, methods, _text(before, pump, after, 2 * SIZE)) / seconds
            if growth >= SUSPECT:
                worst = seconds, growth, text
                if seconds > ENOUGH:
                    return worst
    return worst


def _text(before: str, pump: str, after: str, size: int) -> str:
    return before + pump * (size // len(pump)) + after


def _seconds(pattern: re.Pattern[Any], methods: set[str], text: str) -> float:
    given: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    for method in methods:
        for _ in pattern.finditer(given) if method == "search" else (getattr(pattern, method)(given),):
            pass
    return time.process_time() - start


def _attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
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


if __name__ == "__main__":
    sys.exit(main())
