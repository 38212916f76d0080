"""Which stories does a stretch of a real stream make, imported as it came?

    python -m tests.quality.stream                       July 2025 of the English full texts
    python -m tests.quality.stream zh_flash 2026-03-01 2026-03-08

Prints how many stories, by which rules, and every one of more than three items: the place where templates and
boilerplate show first. Of the two days in which every cluster is known, also pairs and B³ (Bagga and Baldwin 1998)
over the items of clusters of two and more.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from aggregator import pipeline
from aggregator.config import Config
from aggregator.home import Home
from aggregator.store.reading import open_reading
from tests.quality import labels

FEW = 3
NOW = datetime(2027, 1, 1, tzinfo=UTC)
Stories = Mapping[str, list[tuple[str, str, str, str]]]
"""Story id → (item id, source, title, rule) of its items, in order of arrival."""


def streamed(name: str, start: str, end: str) -> dict[str, list[tuple[str, str, str, str]]]:
    """The stories that a stretch of a file makes, imported in order of time."""
    rows = sorted(
        (row for row in labels.stream(name) if start <= row["published"] < end),
        key=lambda row: row["published"],
    )
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place))
        pipeline.import_items(home, Config(), NOW, (json.dumps(row).encode() for row in rows))
        with open_reading(home.database) as store:
            found: dict[str, list[tuple[str, str, str, str]]] = {}
            for story, *item in store.execute(
                """
                SELECT memberships.story_id, items.guid, feeds.title, items.title, coalesce(memberships.rule, '')
                FROM memberships JOIN items ON items.id = memberships.item_id JOIN feeds ON feeds.id = items.feed_id
                ORDER BY items.id
                """
            ):
                found.setdefault(story, []).append((item[0], item[1], item[2], item[3]))
    return found


def b_cubed(found: Iterable[Sequence[str]], gold: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Precision and recall of B³, over the items of gold clusters."""
    ours = {item: frozenset(members) for members in found for item in members}
    parts = [(ours.get(item, frozenset((item,))), frozenset(members)) for members in gold for item in members]
    precision = sum(len(mine & right) / len(mine) for mine, right in parts) / len(parts)
    return precision, sum(len(mine & right) / len(right) for mine, right in parts) / len(parts)


def _gold(stories: Stories) -> Iterator[str]:
    gold = json.loads((labels.REAL / "labels" / "slice_2025-07-08.json").read_text())["clusters"]
    known = {item for members in gold for item in members}
    found = [[item for item, *_ in members] for members in stories.values()]
    wanted = {frozenset(pair) for members in gold for pair in combinations(members, 2)}
    ours = {
        frozenset(pair) for members in found for pair in combinations([i for i in members if i in known], 2)
    }
    precision, recall = b_cubed(found, gold)
    yield f"two known days: {len(wanted & ours)} of {len(wanted)} pairs, {len(ours - wanted)} others among these items"
    yield f"B³ precision {precision:.3f} (light rewrites that joined count against it), recall {recall:.3f}"


def main(arguments: Sequence[str]) -> None:
    """Print the stories."""
    name, start, end = arguments or ("en_fulltext", "2025-07-01", "2025-08-01")
    stories = streamed(name, start, end)
    rules = Counter(rule for members in stories.values() for *_, rule in members if rule)
    print(f"{sum(map(len, stories.values()))} items, {len(stories)} stories")
    print(", ".join(f"{rule} {count}" for rule, count in rules.most_common()))
    for members in sorted(stories.values(), key=len, reverse=True):
        if len(members) > FEW:
            print(f"{len(members)} items")
            for _, source, title, rule in members:
                print(f"    {source:<20.20} {rule or 'founder':<12} {title[:80]}")
    if not arguments:
        print(*_gold(stories), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
