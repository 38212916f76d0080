"""How well does the judge tell copies from look-alikes? Prints the table that DESIGN.md quotes.

    python -m tests.quality.measure            our own pairs, also by language, and the real ones where they are
    python -m tests.quality.measure --wrong    with every pair that was judged wrongly

Strict scoring, as in the label files: a repost against independent coverage, templates and different articles;
light rewrites and ambiguous pairs are left out of the first table and reported by themselves.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

from aggregator.dedup import cluster, fingerprint, judge
from aggregator.dedup.scoring import APART, intervals, is_wrong, score
from aggregator.models import CleanText, Feed, Item, Relation
from aggregator.text import clean
from tests.quality import labels

OWN = labels.ROOT / "tests" / "data" / "quality_pairs.jsonl"
REAL = labels.REAL

COLLAPSED = (Relation.REPOST, Relation.REWRITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled pair and what the judge made of it."""

    pair: str
    group: str
    language: str
    """Of the newer item: what a translation was translated into."""
    label: str
    relation: Relation | None
    rule: str
    refused: str
    titles: tuple[str, str]

    @property
    def collapsed(self) -> bool:
        return self.relation in COLLAPSED

    @property
    def linked(self) -> bool:
        return self.relation is not None

    @property
    def wrong(self) -> bool:
        return is_wrong(self)


def by_language(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """The pairs of each language, the one with most pairs first."""
    found: dict[str, list[Judged]] = {}
    for each in judged:
        found.setdefault(each.language, []).append(each)
    return dict(sorted(found.items(), key=lambda of: (-len(of[1]), of[0])))


def rewrites_collapsed(judged: Iterable[Judged]) -> tuple[int, int]:
    """Light rewrites that the judge collapses, and all of them."""
    found = [each.collapsed for each in judged if "rewrite" in each.label]
    return sum(found), len(found)


def linked(judged: Iterable[Judged], label: str) -> tuple[int, int]:
    """Pairs of a label that the judge collapses or links as related, and all of them."""
    found = [each.linked for each in judged if each.label == label]
    return sum(found), len(found)


# --- Pairs ---------------------------------------------------------------------------------------


class Press:
    """Makes items of rows, one feed per source, ids in order."""

    def __init__(self, texts: Mapping[str, CleanText] | None = None) -> None:
        self.feeds: dict[str, Feed] = {}
        self.texts = texts or {}
        """What was cleaned elsewhere, by id."""

    def print_of(self, row: Mapping[str, Any], number: int) -> fingerprint.Fingerprint:
        """The fingerprint of a row as if it had just been polled."""
        item, feed = self.item_of(row, number)
        text = self.texts.get(str(row.get("id"))) or clean.clean(item, feed_title="")
        return fingerprint.fingerprint(item, text, feed)

    def text_of(self, row: Mapping[str, Any]) -> CleanText:
        """The row's cleaned text."""
        return clean.clean(self.item_of(row, 1)[0], feed_title="")

    def item_of(self, row: Mapping[str, Any], number: int) -> tuple[Item, Feed]:
        """The item of a row, and its feed."""
        name = row.get("feed") or row["source"]
        url = name if "://" in name else f"https://{name.lower().replace(' ', '-')}.invalid/feed"
        feed = self.feeds.setdefault(name, Feed(id=len(self.feeds) + 1, url=url, first_url=url, title=name))
        at = datetime.fromisoformat(row.get("at") or row["published"])
        guid = row.get("guid") or row.get("id") or row["url"]
        item = Item(
            id=number,
            uid=hashlib.sha256(f"{name} {guid} {number}".encode()).hexdigest()[:20],
            feed_id=feed.id,
            guid=guid,
            url=row["url"] or None,
            title=row["title"],
            summary_html=row.get("summary_html") or "",
            content_html=row.get("html") or row.get("content_html") or "",
            published=at,
            language=row["lang"],
            source_url=row.get("source_url"),
            first_seen=at,
            at=at,
        )
        return item, feed


def own_pairs() -> list[Judged]:
    """Our own labelled pairs, judged."""
    press, found = Press(), []
    for line in OWN.read_text().splitlines():
        row = json.loads(line)
        verdict = judge.judge(press.print_of(row["a"], 1), press.print_of(row["b"], 2))
        found.append(_judged(row, row["shows"], verdict, (row["a"], row["b"])))
    return found


def real_pairs(texts: Mapping[str, CleanText] | None = None) -> list[Judged]:
    """The hand-labelled pairs of real items, judged: those that lie with the items, and those read for this project.

    ``texts`` are items cleaned elsewhere, by id.
    """
    press, items = Press(texts), labels.items()
    prints = {item: press.print_of(row, 1) for item, row in items.items()}
    found = []
    for prefix, rows in (("", labels.given()), ("read ", labels.own()), ("held-out ", labels.held())):
        for row in rows:
            verdict = judge.judge(prints[row.a], replace(prints[row.b], item=2))
            told = {"pair": row.pair, "label": row.label}
            found.append(_judged(told, prefix + row.group, verdict, (items[row.a], items[row.b])))
    return found


def _judged(
    row: Mapping[str, Any],
    group: str,
    verdict: judge.Judgement,
    items: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Judged:
    older, newer = items
    relation = verdict.match.relation if verdict.match else None
    return Judged(
        pair=row["pair"],
        group=group,
        language=newer["lang"],
        label=row["label"],
        relation=relation,
        rule=verdict.rule,
        refused=verdict.refused,
        titles=(older["title"], newer["title"]),
    )


# --- Two days of items, every cluster known ------------------------------------------------------


def slice_pairs() -> tuple[int, int, int, int]:
    """Pairs of the gold clusters, those we find, those of ours within one gold cluster, and rewrites of ours.

    Rewrites are "don't care" in the gold clusters. Candidates are all pairs that share a key, as in a store
    without caps.
    """
    gold = json.loads((REAL / "labels" / "slice_2025-07-08.json").read_text())
    rows = [row for row in labels.stream("en_fulltext") if gold["from"] <= row["published"][:10] < gold["to"]]
    rows.sort(key=lambda row: row["published"])
    press = Press()
    prints = {number: press.print_of(row, number) for number, row in enumerate(rows, 1)}
    by_key: dict[int, list[int]] = {}
    for number, print_ in prints.items():
        for key in {*print_.exact_keys, *print_.text_keys}:
            by_key.setdefault(key, []).append(number)
    pairs = {pair for held in by_key.values() if len(held) <= 60 for pair in combinations(held, 2)}
    judged = (judge.judge(prints[one], prints[other]).match for one, other in sorted(pairs))
    clusters = cluster.cluster(prints, [match for match in judged if match])
    wanted = {frozenset(pair) for group in gold["clusters"] for pair in combinations(group, 2)}
    found = right = rewrites = 0
    for each in clusters:
        for one, other in combinations(each.members, 2):
            same = frozenset((rows[one - 1]["id"], rows[other - 1]["id"])) in wanted
            via = each.via.get(other) or each.via.get(one)
            rewrite = not same and via is not None and via.relation is Relation.REWRITE
            rewrites += rewrite
            found += not rewrite
            right += same
    return len(wanted), found, right, rewrites


# --- Printing ------------------------------------------------------------------------------------


def _line(name: str, judged: list[Judged]) -> str:
    total = score(judged)
    low, high = intervals(judged).get("f1", (0.0, 0.0))
    return (
        f"{name:<28} {total.hits + total.missed:>4} {sum(each.label in APART for each in judged):>5} "
        f"{total.precision:>6.3f} {total.recall:>6.3f} {total.f1:>6.3f}  [{low:.3f}, {high:.3f}]"
    )


def _languages(judged: list[Judged]) -> Iterator[str]:
    figures = f"{'same':>4} {'apart':>5} {'P':>6} {'R':>6} {'F1':>6}"
    yield f"{'own pairs, by language':<28} {figures}  rewrites collapsed, related linked, different linked"
    for language, held in by_language(judged).items():
        total = score(held)
        counts = (rewrites_collapsed(held), linked(held, "related"), linked(held, "different"))
        apart = sum(each.label in APART for each in held)
        yield (
            f"  {language:<26} {total.hits + total.missed:>4} {apart:>5} "
            f"{total.precision:>6.3f} {total.recall:>6.3f} {total.f1:>6.3f}  "
            + ", ".join(f"{some} of {every}" for some, every in counts)
        )


def main(arguments: list[str]) -> None:
    """Print the tables."""
    sets = {"own": own_pairs()}
    if REAL.is_dir():
        for each in real_pairs():
            sets.setdefault(each.group, []).append(each)
    print(f"{'pairs':<28} {'same':>4} {'apart':>5} {'P':>6} {'R':>6} {'F1':>6}  95 % interval of F1")
    for name, judged in sets.items():
        print(_line(name, judged))
        some, every = rewrites_collapsed(judged)
        print(f"{'  light rewrites collapsed':<28} {some} of {every}")
        if "--wrong" in arguments:
            for each in (
                each for each in judged if each.wrong or (each.label == "rewrite" and not each.collapsed)
            ):
                print(f"  {each.pair} is {each.label}, judged {each.relation} {each.rule} {each.refused}")
                print("    " + "\n    ".join(each.titles))
    print(*_languages(sets["own"]), sep="\n")
    if REAL.is_dir():
        wanted, found, right, rewrites = slice_pairs()
        print(f"two days, every cluster known: {right} of {wanted} pairs found, {found - right} besides,")
        print(f"and {rewrites} pairs joined by a light rewrite, which the gold clusters leave open")


if __name__ == "__main__":
    main(sys.argv[1:])
