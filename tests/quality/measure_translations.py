"""How well are translations found that share neither a link nor a slug? Prints the table that DESIGN.md quotes.

    python -m tests.quality.measure_translations            both halves, as a stream, and the cost per item
    python -m tests.quality.measure_translations --wrong    with every wrong pair
    python -m tests.quality.measure_translations --foreign  also streams without any translation in them

English articles and their Ukrainian translations, addresses and guids taken away, each language of a publisher a feed
of its own; half of the stories lose one of the two. The Ukrainian items come at once, or up to six hours later.
Everything goes through the store, in order of time, as an import does. The stories are split in two by a hash of
their name: tables and weights were made on the development half alone;
the threshold was raised once after a run over both.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any

from aggregator import pipeline
from aggregator.config import Config
from aggregator.dedup import packing, translation
from aggregator.home import Home
from aggregator.models import Report
from aggregator.pipeline import history
from aggregator.pipeline.dedup_stage import dedup
from aggregator.pipeline.history import ImportReport
from aggregator.pipeline.session import no_progress, writing
from aggregator.text import anchors, words
from tests.quality import labels, measure

FILE = measure.REAL / "items" / "en_uk_translations.jsonl.gz"
HALVES = ("development", "held out")
WHOLE = "both halves"
"""Twice as many other items a day, so twice as many chances of a wrong pair."""
NOW = datetime(2027, 1, 1, tzinfo=UTC)
"""After every item."""
LATEST_HOURS = 6
"""How much later than its original a translation comes, at most."""
FOREIGN = (("en_ja_excerpts", "ja", 0), ("zh_flash", "zh", 86))
"""Streams put beside English excerpts, with the days by which their times are moved so that both are of one time:
of Chinese flashes no English item is a translation then; of Japanese ones some are, and are shown."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stream gave: for each story of the file its pairs, and the wrong ones by title."""

    found: Mapping[str, bool]
    """Story that kept both languages → whether they ended in one story of ours."""
    right: int
    """Pairs of an English and a Ukrainian item in one story of ours that are of one story of the file."""
    wrong: tuple[tuple[str, str], ...]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong)) if self.right else 1.0

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / len(self.found) if self.found else 1.0

    def interval(self, figure: str, rounds: int = 1000) -> tuple[float, float]:
        """The middle 95 % of a figure over resampled stories (percentile bootstrap, Efron 1979)."""
        draw = random.Random(20261122)  # a fixed seed: the same interval each time
        if figure == "recall":
            told: list[bool] = list(self.found.values())
        else:
            told = [True] * self.right + [False] * len(self.wrong)
        values = sorted(sum(draw.choices(told, k=len(told))) / len(told) for _ in range(rounds))
        return values[int(rounds * 0.025)], values[int(rounds * 0.975)]


# --- Streams -------------------------------------------------------------------------------------


def story(row: Row) -> str:
    """What the item and its translation have in common: the address without the language."""
    return re.sub(r"\.(?:en|uk)\.md$", "", row["url"])


def chance(name: str, purpose: str) -> int:
    """A number from 0 to 255 that a story's name and a purpose decide."""
    return hashlib.sha256(f"{purpose} {name}".encode()).digest()[0]


def half(name: str) -> str:
    """Which half a story belongs to."""
    return HALVES[hashlib.sha256(name.encode()).digest()[0] % 2]


def kept(row: Row) -> bool:
    """Half of the stories lose one of their languages."""
    name = story(row)
    lost = ("en", "uk", "", "")[chance(name, "lost") % 4]
    return bool(row["lang"] != lost)


def stripped(row: Row, number: int, hours: float) -> dict[str, Any]:
    """The item without what gives it away, ``hours`` later where it is not English."""
    at = datetime.fromisoformat(row["published"])
    if row["lang"] != "en":
        at += timedelta(hours=hours * chance(str(row["id"]), "late") / 255)
    named = {key: row[key] for key in ("title", "summary_html", "content_html", "lang")}
    return {
        **named,
        "id": f"item-{number}",
        "source": f"{row['source']} {row['lang']}",
        "published": at.isoformat(),
    }


def streamed(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Import the rows in order of time into a new store; item → story."""
    ordered = sorted(rows, key=lambda row: (datetime.fromisoformat(row["published"]), row["id"]))
    with tempfile.TemporaryDirectory() as path:
        home, report = Home(Path(path)), ImportReport()
        with writing(home) as store:
            for _ in history.add_lines(store, (json.dumps(row).encode() for row in ordered), NOW, report):
                pass
            dedup(store, Config(), NOW, Report(), rebuild=False, progress=no_progress)
        return {str(row["id"]): str(row["story"]) for row in pipeline.dump(home, items_alone=True)}


def outcome(name: str, hours: float) -> Outcome:
    """Stream one half, or the whole, translations up to ``hours`` late."""
    every = labels.stream("en_uk_translations")
    rows = [row for row in every if name in {half(story(row)), WHOLE} and kept(row)]
    made = [stripped(row, number, hours) for number, row in enumerate(rows)]
    stories = streamed(made)
    together: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(made):
        together[stories[row["id"]]].append(number)
    right, wrong, met = 0, [], set()
    for members in together.values():
        for one in (number for number in members if rows[number]["lang"] == "en"):
            for other in (number for number in members if rows[number]["lang"] == "uk"):
                if story(rows[one]) == story(rows[other]):
                    right += 1
                    met.add(story(rows[one]))
                else:
                    wrong.append((rows[one]["title"], rows[other]["title"]))
    languages: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        languages[story(row)].add(row["lang"])
    return Outcome(
        {each: each in met for each, both in languages.items() if len(both) == 2}, right, tuple(wrong)
    )


# --- Where there is no translation ---------------------------------------------------------------


def foreign(language: str, source: str, days: int, limit: int) -> list[tuple[str, str]]:
    """Titles of English and foreign items that became one story in a stream of both."""
    english = (row for row in labels.stream("en_ja_excerpts") if row["lang"] == "en")
    others = (row for row in labels.stream(source) if row["lang"] == language)
    rows = [*_moved(islice(english, limit), 0, "e"), *_moved(islice(others, limit), days, "f")]
    stories = streamed(rows)
    together: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        together[stories[row["id"]]].append(row)
    return [
        (one["title"], other["title"])
        for members in together.values()
        for one in members
        for other in members
        if one["lang"] == "en" != other["lang"]
    ]


def _moved(rows: Iterable[Row], days: int, mark: str) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows):
        at = datetime.fromisoformat(row["published"]) + timedelta(days=days)
        yield {**row, "id": f"{mark}{number}", "url": None, "published": at.isoformat()}


# --- Cost ----------------------------------------------------------------------------------------


def cost(rows: Sequence[Row]) -> str:
    """What translations cost an item: keys and bytes kept, milliseconds of making them."""
    press = measure.Press()
    prints = [press.print_of({**row, "url": ""}, number) for number, row in enumerate(rows)]
    bare = [replace(each, anchors=(), shape=b"") for each in prints]
    count = len(prints)
    keys = sum(len(each.text_keys) for each in prints), sum(len(each.anchor_keys) for each in prints)
    sizes = (sum(len(packing.encode(each)) for each in group) for group in (bare, prints))
    texts = [press.text_of(row) for row in rows]
    tokens = [words.tokens(text.body) for text in texts]
    start = process_time()
    for text, body in zip(texts, tokens, strict=True):
        anchors.anchors(text.title, translation.prose(text.paragraphs), text.language, body)
        translation.shape(text.paragraphs)
    spent = process_time() - start
    before, after = sizes
    return (
        f"keys an item {keys[0] / count:.1f}, with anchors {sum(keys) / count:.1f}; "
        f"bytes {before / count:.0f}, {after / count:.0f}; {1000 * spent / count:.2f} ms"
    )


# --- Printing ------------------------------------------------------------------------------------


def _line(name: str, hours: float, told: Outcome) -> str:
    low_p, high_p = told.interval("precision")
    low_r, high_r = told.interval("recall")
    return (
        f"{name:<12} {hours:>5.0f} {len(told.found):>6} {told.right:>6} {len(told.wrong):>6} "
        f"{told.precision:>6.4f} [{low_p:.4f}, {high_p:.4f}] {told.recall:>6.3f} [{low_r:.3f}, {high_r:.3f}]"
    )


def main(arguments: list[str]) -> None:
    """Print the tables."""
    if not FILE.exists():
        print(f"nothing to measure: no real items at {FILE}")
        return
    print(
        f"{'half':<12} {'hours':>5} {'pairs':>6} {'right':>6} {'wrong':>6} {'P':>6} {'95 %':^16} {'R':>6} {'95 %':^14}"
    )
    for name in (*HALVES, WHOLE):
        for hours in (0, LATEST_HOURS):
            told = outcome(name, hours)
            print(_line(name, hours, told), flush=True)
            for pair in told.wrong if "--wrong" in arguments else ():
                print("    " + "\n    | ".join(pair))
    for file in ("en_uk_translations", "en_fulltext", "zh_flash"):
        print(f"{file:<20} {cost(list(islice(labels.stream(file), 1000)))}")
    for source, language, days in FOREIGN if "--foreign" in arguments else ():
        pairs = foreign(language, source, days, 20_000)
        print(f"English excerpts beside {source} ({language}): {len(pairs)} pairs in one story")
        for pair in pairs:
            print("    " + "\n    | ".join(pair))


if __name__ == "__main__":
    main(sys.argv[1:])
