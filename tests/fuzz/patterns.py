"""Which regular expression of the program takes quadratic time, or worse, on a text made against it?

    python -m tests.fuzz.patterns [MODULE…] [--seconds 10] [--total 3600] [--keep FILE]

From each pattern's own syntax tree come texts against it: what may be repeated, repeated to the bound, behind what must
come first and before what can never match. Each is tried at one length and at twice that length. Where a pattern
meets only texts of a certain length, ``BOUNDED`` says so, a person's word; it is then tried at that length, and may take
what any input may take for its bytes. A row for each module is printed as it is done; with ``--keep``, who was
interrupted or had too little time goes on where it left.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import importlib
import inspect
import itertools
import json
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aggregator
from tests.fuzz import watch
from tests.fuzz.attacks import ENDS, PUMPS, attacks
from tests.fuzz.bounds import Bound, bound_of

SIZE = 8_000
"""Characters of the shorter text."""
SUSPECT = 3.0
"""Times as long for twice the length: quadratic time takes four times, linear time two."""
NOTICED = 0.008
"""CPU seconds for the shorter text; what takes less keeps below a second per 100 KB at eight times the length, too."""
ENOUGH = 0.02
"""CPU seconds for the shorter text that leave no doubt: no worse text is looked for."""
GIVEN_UP = 5.0
"""CPU seconds after which a text is not waited for any longer: it takes much worse than quadratic time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of the texts against one pattern."""

    name: str
    key: str
    """Of the pattern and of how it was tried: with another one, it is tried anew."""
    texts: int
    """Tried, …"""
    of: int
    """… of so many; the seconds did not suffice for the others."""
    cpu: float
    worst: tuple[float, float, str] | None = None
    """CPU seconds of the text that takes more than in proportion, times as long for twice its length, the text."""

    @property
    def is_cut(self) -> bool:
        """Whether texts are left untried, though nothing was found in those that were tried."""
        return self.texts < self.of and self.worst is None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each module, and each suspect with the text against it; 1 when one has no verdict."""
    asked = _asked(arguments)
    known = _known(asked.keep)
    found = {
        name: each
        for name, each in sorted(patterns().items())
        if not asked.modules or name.startswith(tuple(asked.modules))
    }
    print(f"{'module':<34}{'patterns':>9}{'texts':>9}{'CPU s':>7}{'cut short':>10}{'suspects':>9}")
    done: list[Tried] = []
    for module, names in itertools.groupby(found, lambda name: _split(name)[0]):
        rows = []
        for name in names:
            left = asked.total - sum(each.cpu for each in (*done, *rows) if each.name not in known)
            if left <= 0:
                continue
            rows.append(_try(name, found[name], min(asked.seconds, left), known, asked.keep))
        done += rows
        if rows:
            _row(module, rows)
    missing = len(found) - len(done)
    bad = sum(each.worst is not None for each in done)
    cut = sum(each.is_cut for each in done)
    _row("all", done, suspects=False)
    print(f"{bad} take too long, {cut} cut short, {missing} not tried")
    return int(bad > 0)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--seconds", type=float, default=10.0, help="CPU seconds of each pattern")
    parser.add_argument("--total", type=float, default=3_600.0, help="CPU seconds of all")
    parser.add_argument("--keep", type=Path, help="a file for what was found; to go on from there")
    return parser.parse_args(arguments)


def _row(module: str, rows: Sequence[Tried], *, suspects: bool = True) -> None:
    bad = [each for each in rows if each.worst is not None]
    texts, cpu, cut = (
        sum(each.texts for each in rows), sum(each.cpu for each in rows), sum(each.is_cut for each in rows),
    )  # fmt: skip
    print(f"{module:<34}{len(rows):>9}{texts:>9,}{cpu:>7.0f}{cut:>10}{len(bad):>9}", flush=True)
    for each in bad if suspects else ():
        assert each.worst is not None
        seconds, growth, text = each.worst
        times = f"{growth:.1f} times for twice" if growth else "too long for that"
        length = f"{len(text):,} characters"
        print(
            f"    {each.name}: {seconds * 1000:.1f} ms for {length}, {times}: {text[:40]!r} … {text[-10:]!r}"
        )


def _try(
    name: str, pattern: re.Pattern[Any], seconds: float, known: Mapping[str, Tried], keep: Path | None
) -> Tried:
    """Take what is known of it, or find out and write that down."""
    bound = bound_of(name, pattern)
    methods = {bound.method} if bound is not None and bound.method else uses(name)
    known_of = bound and (bound.longest, bound.every, bound.folded, bound.ask is not None)
    told = (pattern.pattern, pattern.flags, sorted(methods), known_of, SIZE, SUSPECT, NOTICED, ENDS, PUMPS)
    key = hashlib.sha256(repr(told).encode()).hexdigest()[:16]
    before = known.get(name)
    if before is not None and before.key == key and not (before.is_cut and before.cpu < seconds):
        return before
    since = time.process_time()
    texts, of, worst = slowest(pattern, methods, seconds, bound)
    tried = Tried(name=name, key=key, texts=texts, of=of, cpu=time.process_time() - since, worst=worst)
    if keep is not None:
        half = keep.exists() and not keep.read_bytes().endswith(b"\n")
        with keep.open("a", encoding="utf-8") as file:
            file.write("\n" * half + json.dumps(asdict(tried)) + "\n")
    return tried


def _known(keep: Path | None) -> dict[str, Tried]:
    """What an earlier pass wrote down; the last line of a pattern counts, half a line does not."""
    known = {}
    for line in keep.read_text("utf-8").splitlines() if keep is not None and keep.exists() else ():
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        fields["worst"] = fields["worst"] and tuple(fields["worst"])
        known[fields["name"]] = Tried(**fields)
    return known


def _split(name: str) -> tuple[str, str]:
    """The module and the name of what holds the pattern there."""
    module, _, own = re.sub(r"\[.*", "", name).rpartition(".")
    while module and not _is_module(module):
        module, _, own = module.rpartition(".")
    return module, own


def _is_module(name: str) -> bool:
    return f"aggregator.{name}" in sys.modules


@functools.cache
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
    module, own = _split(name)
    if own.endswith("pattern") or "[" in name:
        return {"search"}
    last = module.rpartition(".")[2]
    used: list[str] = []
    for other, source in _sources().items():
        if other == module:
            used += re.findall(rf"\b{own}\b(?! *(?::[^=\n]+)?= |,)(?:\.(\w+)\()?", source)
        elif re.search(rf"import [^#\n]*\b{own}\b|\b{last}\.{own}\b(?!\.(?:full)?match\()", source):
            return {"search"}
        else:
            used += re.findall(rf"\b{last}\.{own}\.(\w+)\(", source)
    return set(used) if set(used) <= {"match", "fullmatch"} and used else {"search"}


@functools.cache
def _sources() -> Mapping[str, str]:
    """The source of each module of the program."""
    own = "aggregator."
    return {
        name.removeprefix(own): inspect.getsource(module)
        for name, module in sorted(sys.modules.items())
        if name.startswith(own) and not name.endswith("__main__")
    }


def slowest(
    pattern: re.Pattern[Any], methods: set[str], seconds: float, bound: Bound | None = None
) -> tuple[int, int, tuple[float, float, str] | None]:
    """Texts tried, of so many, and the one that takes longest, if it takes more than in proportion.

    ``seconds``: of CPU, after which no more is tried.
    """
    against = [(before, pump, after) for before, pump in attacks(pattern) for after in ENDS]
    worst = None
    since = time.process_time()
    for number, (before, pump, after) in enumerate(against):
        if time.process_time() - since >= seconds:
            return number, len(against), worst
        if bound is not None:
            found = _beyond(pattern, methods, _bounded_text(before, pump, after, bound), bound)
        else:
            texts = [_text(before, pump, after, size) for size in (SIZE, 2 * SIZE, 4 * SIZE)]
            found = _growing(pattern, methods, texts, worst[0] if worst else NOTICED)
        worst = found or worst
        if found and (bound is not None or found[0] > ENOUGH):
            return number + 1, len(against), worst
    return len(against), len(against), worst


def _beyond(
    pattern: re.Pattern[Any], methods: set[str], text: str, bound: Bound
) -> tuple[float, float, str] | None:
    """Whether a text of the length that can be takes more than any input may."""
    most = watch.SECONDS_PER_100_KB * (bound.every or len(text.encode())) / 100_000
    taken = 0.0
    for _ in range(3):  # the shortest counts: the machine may be busy
        taken = _seconds(pattern, methods, text, bound.ask)
        if taken <= most:
            return None
    return taken, 0.0, text


def _growing(
    pattern: re.Pattern[Any], methods: set[str], texts: Sequence[str], least: float
) -> tuple[float, float, str] | None:
    """Whether a text takes more than in proportion, and more than so many seconds."""
    short, long, longest = texts
    taken = _seconds(pattern, methods, short)
    if taken <= least:
        return None
    if taken >= GIVEN_UP:
        return taken, 0.0, short
    # The shortest of some counts: a busy machine makes some longer, none shorter.
    taken = min(taken, *(_seconds(pattern, methods, short) for _ in range(3)))
    if taken <= least:
        return None
    growth = min(_seconds(pattern, methods, long) for _ in range(3)) / taken
    # Once more, at four times the length: one number may be chance.
    if growth < SUSPECT or _seconds(pattern, methods, longest) < SUSPECT**2 * taken:
        return None
    return taken, growth, short


def _bounded_text(before: str, pump: str, after: str, bound: Bound | None) -> str:
    if bound is None:
        return _text(before, pump, after, SIZE)
    text = _text(before, pump, "", bound.longest)
    text = text[: max(0, bound.longest - len(after))] + after
    return " ".join(text.split()) if bound.folded else text


def _text(before: str, pump: str, after: str, size: int) -> str:
    return before + pump * (size // len(pump)) + after


def _seconds(
    pattern: re.Pattern[Any],
    methods: set[str],
    text: str,
    ask: Callable[[re.Pattern[Any], str], object] | None = None,
) -> float:
    given: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    with contextlib.suppress(watch.Hang), watch.bounded(GIVEN_UP):
        if ask is not None:
            ask(pattern, text)
            return time.process_time() - start
        for method in methods:
            for _ in pattern.finditer(given) if method == "search" else (getattr(pattern, method)(given),):
                pass
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
