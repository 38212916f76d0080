"""How well are reports of one event linked? Prints the figures that DESIGN.md quotes.

    python -m tests.quality.measure_related            by set of labelled pairs
    python -m tests.quality.measure_related --wrong    with every pair that was judged wrongly
    python -m tests.quality.measure_related --days     events of whole days with ``collapse = "event"``

Labels are ids of real items (`tests/data/related_pairs.jsonl`) and need those items. They were made by reading: of
300 items drawn at random from ten slices of days, the nearest others by words of title and lead (``neighbour``),
and links drawn at random from what the judge made of those days and of three more (``link``). One reader, not
blind; what could be called either is left out. Slices of ``dev`` were used to choose features and train weights,
those of ``held-out`` were not.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from aggregator.dedup import cluster, judge
from aggregator.dedup.candidates import KEY_CAP, LIMIT, MIN_SHARED
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.models import Cluster, Match, Relation
from tests.quality import labels, measure

LABELS = labels.ROOT / "tests" / "data" / "related_pairs.jsonl"
SAME = frozenset(("same-event", "independent-coverage", "derived-light-rewrite"))
APART = frozenset(("different", "template"))
ROUNDS = 1000
DAYS = (("en_fulltext", "2025-06-03"), ("en_fulltext", "2025-07-14"), ("zh_flash", "2026-03-25"))
"""Days of which whole events are shown. Links were drawn from them when all was done; nothing was tuned on them."""
LARGE = 8
"""Items from which an event is listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A labelled pair of real items, and what was judged of it."""

    a: dict[str, Any]
    b: dict[str, Any]
    prints: tuple[Fingerprint, Fingerprint]
    group: str
    same: bool
    judgement: judge.Judgement

    @property
    def linked(self) -> bool:
        return self.judgement.match is not None


@dataclass(frozen=True, slots=True)
class Rate:
    """A precision or recall: so many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else 1.0


def precision(pairs: Iterable[Labelled]) -> Rate:
    """Of the linked pairs, those that are one event."""
    linked = [each for each in pairs if each.linked]
    return Rate(sum(each.same for each in linked), len(linked))


def recall(pairs: Iterable[Labelled]) -> Rate:
    """Of the pairs of one event, those linked."""
    same = [each for each in pairs if each.same]
    return Rate(sum(each.linked for each in same), len(same))


def interval(figure: Callable[[Iterable[Labelled]], Rate], pairs: Sequence[Labelled]) -> tuple[float, float]:
    """The middle 95 % of a figure over resampled pairs (percentile bootstrap, Efron 1979)."""
    draw = random.Random(20261126)  # a fixed seed: the same interval each time
    values = sorted(figure(draw.choices(pairs, k=len(pairs))).value for _ in range(ROUNDS))
    return values[int(ROUNDS * 0.025)], values[int(ROUNDS * 0.975)]


# --- Labelled pairs ------------------------------------------------------------------------------


@cache
def labelled(*, own: bool) -> tuple[Labelled, ...]:
    """The labelled pairs, judged: our ``own`` readings, or those that came with the items. Reposts are left out."""
    rows = list(_own_rows() if own else _given_rows())
    wanted = {row[side] for row in rows for side in "ab"}
    found = (item for name in labels.FILES for item in labels.stream(name))
    items = {item["id"]: item for item in found if item["id"] in wanted}
    press = measure.Press()
    prints = {each: press.print_of(items[each], number) for number, each in enumerate(sorted(items), 1)}
    return tuple(_judged(row, items, prints) for row in rows)


def _judged(row: dict[str, str], items: dict[str, Any], prints: dict[str, Fingerprint]) -> Labelled:
    older, newer = sorted((prints[row["a"]], prints[row["b"]]), key=lambda each: each.item)
    return Labelled(
        a=items[row["a"]],
        b=items[row["b"]],
        prints=(older, newer),
        group=row["group"],
        same=row["label"] in SAME,
        judgement=judge.judge(older, newer),
    )


def _given_rows() -> Iterator[dict[str, str]]:
    for line in (measure.REAL / "labels" / "pairs_dev.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["label"] in SAME | APART:
            yield {**row, "group": f"pairs_dev {row['set']}"}


def _own_rows() -> Iterator[dict[str, str]]:
    for line in LABELS.read_text().splitlines():
        row = json.loads(line)
        yield {**row, "group": f"{row['half']} {row['set']} {row['drawn']}"}


def groups() -> dict[str, list[Labelled]]:
    """The labelled pairs by where they come from, and all that came with the items together."""
    found: dict[str, list[Labelled]] = {"pairs_dev": list(labelled(own=False))}
    for each in (*labelled(own=False), *labelled(own=True)):
        found.setdefault(each.group, []).append(each)
    return dict(sorted(found.items()))


# --- Whole days ----------------------------------------------------------------------------------


def stream(rows: Sequence[dict[str, Any]]) -> tuple[dict[int, Fingerprint], list[Match]]:
    """The fingerprints of items in order, and the matches that their candidates make, as in a store."""
    press = measure.Press()
    prints: dict[int, Fingerprint] = {}
    held: dict[int, list[int]] = {}
    matches: list[Match] = []
    for number, row in enumerate(rows, 1):
        fresh = prints[number] = press.print_of(row, number)
        matches += [
            match for other in _candidates(fresh, held) if (match := judge.judge(prints[other], fresh).match)
        ]
        for key in {*fresh.exact_keys, *fresh.text_keys}:
            held.setdefault(key, []).append(number)
    return prints, matches


def _candidates(fresh: Fingerprint, held: dict[int, list[int]]) -> list[int]:
    shared: dict[int, int] = {}
    for key in fresh.text_keys:
        found = held.get(key, ())
        if len(found) <= KEY_CAP:
            for each in found:
                shared[each] = shared.get(each, 0) + 1
    exact = {each for key in fresh.exact_keys for each in held.get(key, ())[:KEY_CAP]}
    enough = sorted((-count, each) for each, count in shared.items() if count >= MIN_SHARED)
    return sorted(exact | {each for _, each in enough[:LIMIT]})


def events(name: str, day: str) -> tuple[dict[int, dict[str, Any]], tuple[Cluster, ...]]:
    """The items of a day with the days around it, and their stories with ``collapse = "event"``."""
    rows = sorted((row for row in labels.stream(name) if _near(row["published"], day)), key=_published)
    prints, matches = stream(rows)
    return dict(enumerate(rows, 1)), cluster.cluster(prints, matches, collapse=Relation.RELATED)


def _near(moment: str, day: str) -> bool:
    return abs((measure.datetime.fromisoformat(moment[:10]) - measure.datetime.fromisoformat(day)).days) <= 1


def _published(row: dict[str, Any]) -> str:
    return str(row["published"])


# --- Printing ------------------------------------------------------------------------------------


def main(arguments: list[str]) -> None:
    """Print the tables."""
    print(f"{'pairs':<36} {'same':>4} {'apart':>5}   P [95 %]               R [95 %]")
    for name, pairs in groups().items():
        same = sum(each.same for each in pairs)
        figures = []
        for figure in (precision, recall):
            rate, (low, high) = figure(pairs), interval(figure, pairs)
            figures.append(f"{rate.value:.3f} [{low:.3f}, {high:.3f}]")
        print(f"{name:<36} {same:>4} {len(pairs) - same:>5}   {'   '.join(figures)}")
        if "--wrong" in arguments:
            for each in (each for each in pairs if each.linked != each.same):
                _print_wrong(each)
    if "--days" in arguments:
        for name, day in DAYS:
            _print_day(name, day)


def _print_wrong(pair: Labelled) -> None:
    said = pair.judgement.rule or pair.judgement.refused or "no rule"
    print(f"  {'missed' if pair.same else 'FALSE'}: {said} {pair.judgement.event}")
    for item in (pair.a, pair.b):
        print(f"    {item['published'][5:16]} {item['source'][:20]}: {item['title']}")


def _print_day(name: str, day: str) -> None:
    items, stories = events(name, day)
    sizes = sorted((len(each.members) for each in stories), reverse=True)
    print(f"{name} {day} ± 1 day: {len(items)} items, {len(stories)} stories, largest {sizes[:10]}")
    for each in stories:
        if len(each.members) >= LARGE:
            print(f"  {len(each.members)} items:")
            for member in each.members:
                print(f"    {items[member]['published'][5:16]} {items[member]['title'][:110]}")


if __name__ == "__main__":
    main(sys.argv[1:])
