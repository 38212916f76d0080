"""How well do other programs' rules tell copies from look-alikes? The same pairs, the rules written anew, side by side.

    python -m tests.quality.peers            the table
    python -m tests.quality.peers --worst    and the ten decisions of ours that are most wrong, explained

Strict scoring as everywhere here. What readers and feed mergers ship compares titles or links; what big readers say
they do is MinHash (Broder 1997) at .85; the rest are what open readers do or papers propose.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from aggregator.dedup import explain
from aggregator.dedup.judge import judge
from aggregator.dedup.scoring import APART, SAME, Score
from aggregator.models import CleanText
from aggregator.text import urls, words
from aggregator.text.html import plain
from tests.quality import labels, measure

Row = dict[str, Any]
Rule = Callable[[Row, Row], bool]

MINHASH_SIZE = 128
MINHASH_SHINGLE = 5
PRIME = (1 << 61) - 1
SHORT = 48
"""Words below which the open reader compares exactly."""


@cache
def _plain(html: str) -> str:
    return " ".join(plain(html).split())


def _text(row: Row) -> str:
    return _plain(row.get("content_html") or "") or _plain(row.get("summary_html") or "")


def _bare(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def same_title(one: Row, other: Row) -> bool:
    """Titles equal but for case and punctuation."""
    return bool(_bare(one["title"])) and _bare(one["title"]) == _bare(other["title"])


def same_link(one: Row, other: Row) -> bool:
    """Links equal once trackers are gone."""
    return bool(one["url"]) and urls.url_key(one["url"]) == urls.url_key(other["url"])


def _jaccard(one: set[Any], other: set[Any]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _grams(parts: list[str] | str, size: int) -> set[Any]:
    return {tuple(parts[at : at + size]) for at in range(max(1, len(parts) - size + 1))}


@cache
def _signature(text: str) -> Any:
    grams = _grams(words.tokens(text), MINHASH_SHINGLE)
    hashes = np.array([hash_of(each) for each in sorted(grams)], dtype=object)
    draw = np.random.default_rng(1997)
    factors = draw.integers(1, PRIME, MINHASH_SIZE).astype(object)
    return np.array([int(((hashes * factor) % PRIME).min()) for factor in factors], dtype=object)


def hash_of(gram: tuple[str, ...]) -> int:
    """A hash of a shingle that is the same in every run."""
    return words.token_hash(" ".join(gram)) + 1


def minhash(one: Row, other: Row) -> bool:
    """MinHash of the whole text, 128 permutations, five-word shingles, at .85."""
    return float((_signature(_text(one)) == _signature(_text(other))).mean()) >= 0.85 if _text(one) else False


def title_trigrams(one: Row, other: Row) -> bool:
    """Character trigrams of the titles, Jaccard .75."""
    return _jaccard(_grams(one["title"].lower(), 3), _grams(other["title"].lower(), 3)) >= 0.75


def significant_words(one: Row, other: Row) -> bool:
    """Words of the titles that carry content: six in ten of the shorter title's."""
    mine, theirs = (set(words.stems(words.tokens(row["title"]))) for row in (one, other))
    return len(mine & theirs) >= 0.6 * min(len(mine), len(theirs)) if mine and theirs else False


def open_reader(one: Row, other: Row) -> bool:
    """Equal titles, and four-grams of the common length at .7; short texts word by word."""
    if not same_title(one, other):
        return False
    mine, theirs = _bare(_text(one)), _bare(_text(other))
    size = min(len(mine), len(theirs))
    if not size or size < SHORT:
        return bool(size) and mine[:size] == theirs[:size]
    return _jaccard(_grams(mine[:size], 4), _grams(theirs[:size], 4)) >= 0.7


def containment(one: Row, other: Row) -> bool:
    """Three-word shingles of title and text: half of the shorter one's in the longer."""
    mine, theirs = (_grams(words.tokens(f"{row['title']} {_text(row)}"), 3) for row in (one, other))
    return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))


RULES: dict[str, Rule] = {
    "title equality": same_title,
    "canonical address": same_link,
    "MinHash .85": minhash,
    "title trigrams .75": title_trigrams,
    "significant title words .6": significant_words,
    "open reader: title, then 4-grams": open_reader,
    "raw containment .5": containment,
}


@dataclass(frozen=True, slots=True)
class Scored:
    """A rule's counts on one set of pairs."""

    name: str
    score: Score


def peers(rows: Iterable[labels.Label]) -> list[Scored]:
    """Every peer's score on these pairs."""
    items, held = labels.items(), [row for row in rows if row.label in SAME | APART]
    found = []
    for name, rule in RULES.items():
        said = [(row.label in SAME, rule(items[row.a], items[row.b])) for row in held]
        found.append(
            Scored(
                name,
                Score(
                    sum(same and yes for same, yes in said),
                    sum(yes and not same for same, yes in said),
                    sum(same and not yes for same, yes in said),
                ),
            )
        )
    return found


def _print(name: str, total: Score) -> None:
    print(f"  {name:<34} P {total.precision:.3f}  R {total.recall:.3f}  F1 {total.f1:.3f}")


def _worst(judged: Iterable[measure.Judged]) -> None:
    """Explain our ten most mistaken decisions: false merges first, then what was missed by most."""
    items, press = labels.items(), measure.Press()
    rows = {row.pair: row for row in (*labels.given(), *labels.own(), *labels.held()) if row.sure}
    wrong = [each for each in judged if each.wrong and each.pair in rows]
    for each in sorted(wrong, key=lambda one: (not one.collapsed, one.pair))[:10]:
        row = rows[each.pair]
        verdict = judge(press.print_of(items[row.a], 1), press.print_of(items[row.b], 2))
        texts = (
            CleanText(title=items[item]["title"], paragraphs=(_text(items[item]),)) for item in (row.a, row.b)
        )
        why = explain.explain(verdict, *texts)
        print(f"\n{each.pair} is {each.label}: {why.verdict}")
        print("  " + "\n  ".join(why.titles))
        chance = (
            "" if why.chance is None else f"  chance {why.chance:.2f}, asked for {why.chance_threshold:g}"
        )
        told = [f"{record.feature} {record.value:.3g}" for record in why.records if record.value]
        print(f"  {', '.join(told)}{chance}")


def main(arguments: list[str]) -> None:
    """Print the table."""
    if not labels.REAL.is_dir():
        print(f"no real items at {labels.REAL}")
        return
    judged = measure.real_pairs()
    for prefix, rows in (("", labels.given()), ("read ", labels.own()), ("held-out ", labels.held())):
        for group in dict.fromkeys(row.group for row in rows):
            print(f"{prefix}{group}")
            for each in peers(row for row in rows if row.group == group):
                _print(each.name, each.score)
            _print("this program", measure.score(each for each in judged if each.group == prefix + group))
    if "--worst" in arguments:
        _worst(judged)


if __name__ == "__main__":
    main(sys.argv[1:])
