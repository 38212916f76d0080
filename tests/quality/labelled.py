"""How many real items say that they are paid for or a press release, and is it true? Figures that DESIGN.md quotes.

python -m tests.quality.labelled [NAME…]              counts for each file of real items
python -m tests.quality.labelled [NAME…] --read N     and N labelled and N other items, drawn by a fixed seed
python -m tests.quality.labelled [NAME…] --sources    and the counts of each source
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import UTC, datetime
from time import process_time

from aggregator.models import Item
from aggregator.text import clean
from aggregator.text.labels import labels
from tests.quality.labels import stream

SEED = 11
FILES = ("en_fulltext", "en_ja_excerpts", "en_rss_summaries", "zh_flash")
SHOWN = 150
"""Characters of either end that are printed."""


def read(name: str, sources: Counter[tuple[str, str]]) -> list[tuple[tuple[str, ...], str]]:
    """Label every item of a file: (labels, what a person needs to judge them)."""
    found = []
    seconds = 0.0
    for number, row in enumerate(stream(name)):
        item = as_item(number, row)
        edges = clean.draft(item).edges
        start = process_time()
        told = labels(item, edges)
        seconds += process_time() - start
        text = " ".join((*edges.first, *edges.last)).replace("\n", " ")
        shown = f"{row['source']} | {item.url} | {item.title}\n    < {text[:SHOWN]}\n    > {text[-SHOWN:]}"
        found.append((told, shown))
        for label in told:
            sources[label, row["source"]] += 1
    counts = Counter(label for told, _ in found for label in told)
    both = sum(len(told) > 1 for told, _ in found)
    print(
        f"{name}: {len(found):,} items, {counts['press-release']} press releases, {counts['sponsored']} "
        f"sponsored, {both} both; {1e6 * seconds / max(1, len(found)):.0f} µs an item"
    )
    return found


def as_item(number: int, row: dict[str, str]) -> Item:
    now = datetime.now(UTC)
    return Item(
        id=number,
        uid=row["id"],
        feed_id=1,
        guid=row["id"],
        url=row.get("url"),
        title=row.get("title") or "",
        summary_html=row.get("summary_html") or "",
        content_html=row.get("content_html") or "",
        language=row.get("lang"),
        first_seen=now,
        at=now,
    )


def main(arguments: list[str]) -> None:
    wanted = int(arguments[arguments.index("--read") + 1]) if "--read" in arguments else 0
    named = [each for each in arguments if each in FILES]
    sources: Counter[tuple[str, str]] = Counter()
    found = [each for name in named or FILES for each in read(name, sources)]
    if "--sources" in arguments:
        for (label, source), count in sources.most_common():
            print(f"{count:6} {label:14} {source}")
    drawn = random.Random(SEED)
    for labelled in (True, False):
        among = [each for each in found if bool(each[0]) is labelled]
        for told, shown in drawn.sample(among, min(wanted, len(among))):
            print(", ".join(told) or "-", "|", shown)


if __name__ == "__main__":
    main(sys.argv[1:])
