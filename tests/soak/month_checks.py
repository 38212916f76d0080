"""Does a home hold what it was shown, are its stories the true ones, and can everybody read its files?"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.soak.month_news import number_of

sys.path.append(str(Path(__file__).parents[1] / "export"))

import export_validity

ATOM = "{http://www.w3.org/2005/Atom}"
MAX_BYTES = 512 * 1024
"""What the feeds stay below by default."""


def looked_at(public: Path, *, killed: bool = False) -> tuple[int, list[str]]:
    """A quick look at the files after each run: all there, well formed, bounded, the same stories in each format.

    Each file is replaced as a whole; a run that is ``killed`` between two of them leaves the rest to the next run.
    Gives the number of stories, and what is wrong.
    """
    wrong: list[str] = []
    ids: dict[str, list[str | None]] = {}
    try:
        atom = ET.fromstring((public / "atom.xml").read_bytes())
        ids["atom"] = [each.findtext(f"{ATOM}id") for each in atom.iter(f"{ATOM}entry")]
        rss = ET.fromstring((public / "rss.xml").read_bytes())
        ids["rss"] = [each.findtext("guid") for each in rss.iter("item")]
        ids["json"] = [each["id"] for each in json.loads((public / "feed.json").read_bytes())["items"]]
        ET.fromstring((public / "feeds.opml").read_bytes())
    except (OSError, ET.ParseError, ValueError, KeyError) as broken:
        return 0, [f"unreadable: {broken}"]
    for name, found in ids.items():
        if len(set(found)) != len(found) or None in found:
            wrong.append(f"{name}: {len(found) - len(set(found))} ids twice")
    shortest = min(ids.values(), key=len)
    if not killed:
        wrong += [
            f"{name} begins with other stories" for name in ids if ids[name][: len(shortest)] != shortest
        ]
    for name in ("atom.xml", "rss.xml", "feed.json"):
        if (public / name).stat().st_size > MAX_BYTES:
            wrong.append(f"{name} is too large")
    if not (public / "index.html").read_bytes().rstrip().endswith(b"</html>"):
        wrong.append("index.html is cut")
    return len(ids["atom"]), wrong


def validated(public: Path, now: datetime) -> list[str]:
    """A thorough look: the grammar of each format and the rules of validators."""
    return [
        *(f"atom.xml: {each}" for each in export_validity.atom((public / "atom.xml").read_bytes(), now=now)),
        *(f"rss.xml: {each}" for each in export_validity.rss((public / "rss.xml").read_bytes(), now=now)),
        *(
            f"feed.json: {each}"
            for each in export_validity.json_feed((public / "feed.json").read_bytes(), now=now)
        ),
        *(f"feeds.opml: {each}" for each in export_validity.opml((public / "feeds.opml").read_bytes())),
    ]


@dataclass(slots=True)
class Held:
    """What a store holds now."""

    items: int
    pruned: int
    """Items of which tombstones tell; one whose feed renamed it has a tombstone for each name."""
    stories: int
    pending: int
    """Waiting for dedup or an abstract: none after a run."""
    doubled: int
    """Publications stored more than once."""
    unknown: int
    """Items that were stored and never shown."""


@dataclass(slots=True)
class Judgement:
    """The stories against the truth."""

    pairs: int = 0
    wrong_pairs: int = 0
    """Two publications in one story that are two stories."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Publications that stand in another's story, by the kind of what they tell."""
    copies: Counter[str] = field(default_factory=Counter)
    """How many copies there are to be found, by form."""
    missed: Counter[str] = field(default_factory=Counter)
    """Copies that stand apart from the rest of their story, by form."""
    examples: list[tuple[int, ...]] = field(default_factory=list)
    """Publications of stories that were merged wrongly."""


class Ledger:
    """Remembers in which story each publication stands, also when both have been pruned."""

    def __init__(self) -> None:
        self.story: dict[int, str] = {}

    def read(self, database: Path, shown: set[int]) -> Held:
        """Take down what the store says."""
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                """
                SELECT items.url, memberships.story_id
                FROM items LEFT JOIN memberships ON memberships.item_id = items.id
                """
            ).fetchall()
            pruned, stories, pending = connection.execute(
                """
                SELECT (SELECT count(*) FROM (SELECT DISTINCT feed_id, title, link FROM tombstones)),
                       (SELECT count(*) FROM stories),
                       (SELECT count(*) FROM pending_items)
                       + (SELECT count(*) FROM stories WHERE summary_due OR publication_due)
                """
            ).fetchone()
        numbers = [number_of(url) for url, _ in rows]
        self.story.update((number, story) for number, (_, story) in zip(numbers, rows, strict=True) if story)
        return Held(
            len(rows),
            pruned,
            stories,
            pending,
            len(numbers) - len(set(numbers)),
            sum(number not in shown for number in numbers),
        )

    def judge(self, truth: list[tuple[int, str, str]]) -> Judgement:
        """Hold every story against the truth."""
        result = Judgement()
        told: dict[int, list[int]] = defaultdict(list)
        found: dict[str, list[int]] = defaultdict(list)
        for number, story in self.story.items():
            told[truth[number][0]].append(number)
            found[story].append(number)
        for members in found.values():
            true = Counter(truth[number][0] for number in members)
            result.pairs += len(members) * (len(members) - 1) // 2
            if len(true) == 1:
                continue
            right = sum(count * (count - 1) // 2 for count in true.values())
            result.wrong_pairs += len(members) * (len(members) - 1) // 2 - right
            main = true.most_common(1)[0][0]
            result.wrong.update(truth[number][2] for number in members if truth[number][0] != main)
            result.examples.append(tuple(members))
        for members in told.values():
            if len(members) == 1:
                continue
            groups = Counter(self.story[number] for number in members)
            main_story = groups.most_common(1)[0][0]
            result.copies.update(truth[number][1] for number in members[1:])
            result.missed.update(truth[number][1] for number in members if self.story[number] != main_story)
        return result
