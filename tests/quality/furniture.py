"""What do real feeds repeat, how much of it is learned, and what does learning cost? Figures that DESIGN.md quotes.

    python -m tests.quality.furniture [FILE…]           figures for each file of real items
    python -m tests.quality.furniture [FILE…] --read    with every sentence learned and left, source by source
    python -m tests.quality.furniture --pairs           the labelled pairs, cleaned by rules alone and as in a stream

Items of a source are replayed in order of time, as if they had arrived one by one. *Left* are sentences that
stand in at least five unrelated items of a source and were never taken off.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import process_time
from typing import Any

from aggregator.models import CleanText
from aggregator.text import clean, learned
from aggregator.text.sentences import split
from tests.quality import labels, measure

UNRELATED = 5
"""Items in which a sentence that was left must stand to be counted."""
KEPT = 300
"""Occurrences of a sentence that are looked at."""
SHORTEST = 20
"""Characters of a sentence that is counted as left."""


@dataclass(slots=True)
class Learner:
    """One source, item by item."""

    held: deque[learned.Wording] = field(default_factory=lambda: deque(maxlen=learned.REMEMBERED))
    seconds: float = 0.0
    """CPU spent on learning alone."""
    size: int = 0
    """Bytes of wordings."""

    def take(self, draft: clean.Draft) -> frozenset[int]:
        """Learn from an item, and tell what of it is furniture."""
        start = process_time()
        parts = learned.parts(draft.blocks)  # made by the draft already: here for its time
        wording = learned.wording(draft.title, parts)
        data = learned.encode(wording)
        found = learned.repeated(wording, self.held) | learned.inserted(wording, parts, self.held)
        learned.without(draft.blocks, parts, found)
        self.held.append(learned.decode(data))
        self.seconds += process_time() - start
        self.size += len(data)
        return found


def cleaned(rows: Iterable[Mapping[str, Any]], wanted: Collection[str]) -> dict[str, CleanText]:
    """The texts of some items as a stream would have cleaned them, by id; earlier items are read as far as needed."""
    found: dict[str, CleanText] = {}
    for items in _by_source(rows).values():
        at = [number for number, row in enumerate(items) if row["id"] in wanted]
        needed = {each for number in at for each in range(max(0, number - learned.REMEMBERED), number + 1)}
        learner = Learner()
        for number in sorted(needed):
            draft = _draft(items[number])
            furniture = learner.take(draft)
            if items[number]["id"] in wanted:
                found[items[number]["id"]] = clean.finished(draft, furniture)
    return found


def _draft(row: Mapping[str, Any]) -> clean.Draft:
    item, feed = measure.Press().item_of(row, 1)
    return clean.draft(item, feed_title=feed.title)


def _by_source(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    sources: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: str(row["published"])):
        sources.setdefault(row["source"], []).append(row)
    return sources


# --- Figures -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Source:
    """What became of one source's items."""

    items: int = 0
    touched: int = 0
    emptied: int = 0
    characters: int = 0
    gone: int = 0
    seconds: float = 0.0
    size: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    """By sentence, in how many unrelated items it stands."""


def replay(items: Iterable[Mapping[str, Any]]) -> Source:
    """Read the items of one source in order."""
    source, learner = Source(), Learner()
    stands: dict[str, list[learned.Wording]] = defaultdict(list)
    for row in items:
        draft = _draft(row)
        found = learner.take(draft)
        kept = learned.without(draft.blocks, draft.parts, found)
        before, after = sum(map(len, draft.blocks)), sum(map(len, kept))
        source.items += 1
        source.characters += before
        source.gone += before - after
        source.touched += after < before
        source.emptied += bool(draft.blocks) and not kept
        still = {sentence for text in kept for sentence in split(text)}
        source.taken.update({each for text in draft.blocks for each in split(text)} - still)
        for sentence in still:
            if len(sentence) >= SHORTEST and len(stands[sentence]) < KEPT:
                stands[sentence].append(learner.held[-1])
    for sentence, wordings in stands.items():
        apart = _apart(wordings) if len(wordings) >= UNRELATED else 0
        if apart >= UNRELATED and not source.taken[sentence]:
            source.left[sentence] = apart
    source.seconds, source.size = learner.seconds, learner.size
    return source


def _apart(wordings: Iterable[learned.Wording]) -> int:
    found: list[learned.Wording] = []
    for each in wordings:
        if not any(learned.related(each, known) for known in found):
            found.append(each)
    return len(found)


def _lines(name: str, sources: Mapping[str, Source], *, read: bool) -> Iterator[str]:
    total = sum(each.items for each in sources.values())
    touched = sum(each.touched for each in sources.values())
    gone = sum(each.gone for each in sources.values()) / max(1, sum(s.characters for s in sources.values()))
    yield (
        f"{name:<18} {total:>6} {len(sources):>4} {touched:>6} {100 * gone:>6.2f} % "
        f"{sum(each.emptied for each in sources.values()):>6} "
        f"{sum(len(each.taken) for each in sources.values()):>6} {sum(len(s.left) for s in sources.values()):>6} "
        f"{1000 * sum(each.seconds for each in sources.values()) / total:>8.3f} ms "
        f"{sum(each.size for each in sources.values()) / total:>6.0f} B"
    )
    for source, each in sorted(sources.items()):
        if read and (each.taken or each.left):
            yield f"  {source}: {each.touched} of {each.items} items, {100 * each.gone / each.characters:.2f} %"
            yield from (f"    - {count:>4} {text[:200]}" for text, count in each.taken.most_common())
            yield from (f"    + {count:>4} {text[:200]}" for text, count in each.left.most_common())


def pairs() -> None:
    """Print the figures of the labelled pairs, cleaned both ways, and every pair on which these differ."""
    labels = (measure.REAL / "labels" / "pairs_dev.jsonl").read_text().splitlines()
    wanted = {json.loads(line)[side] for line in labels for side in "ab"}
    texts: dict[str, CleanText] = {}
    for name in labels.FILES:
        texts |= cleaned(labels.stream(name), wanted)
    plain, streamed = measure.real_pairs(), measure.real_pairs(texts)
    for how, judged in (("rules alone", plain), ("as in a stream", streamed)):
        for group in dict.fromkeys(each.group for each in judged):
            figures = measure.score(each for each in judged if each.group == group)
            print(f"{group:<14} {how:<16} {figures.precision:.3f} {figures.recall:.3f} {figures.f1:.3f}")
    for before, after in zip(plain, streamed, strict=True):
        if before.relation != after.relation:
            print(
                f"{before.pair} {before.label}: {before.relation} {before.rule} → {after.relation} {after.rule}"
            )


def main(arguments: list[str]) -> None:
    """Print the table."""
    if not measure.REAL.is_dir():
        print(f"no real items at {measure.REAL}: nothing measured")
        return
    if "--pairs" in arguments:
        pairs()
        return
    names = [each for each in arguments if not each.startswith("--")] or labels.FILES
    print(
        f"{'file':<18} {'items':>6} {'from':>4} {'less':>6} {'gone':>8} {'empty':>6} {'known':>6} {'left':>6}"
    )
    for name in names:
        sources = {source: replay(items) for source, items in _by_source(labels.stream(name)).items()}
        for line in _lines(name, sources, read="--read" in arguments):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
