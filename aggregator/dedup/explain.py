"""Why are two items one story, or why not — in words and numbers a person can check?

An explanation is a list of records, which the command line lays out for people and `as_json` for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from difflib import SequenceMatcher

from aggregator.dedup.events import INTERCEPT, Verdict
from aggregator.dedup.features import Features
from aggregator.dedup.judge import Judgement
from aggregator.dedup.misses import Miss
from aggregator.dedup.thresholds import Settings
from aggregator.dedup.weights import FEATURE_OF, Weighed, kind, weigh
from aggregator.models import CleanText, Relation
from aggregator.text import words

PASSAGE_UNITS = 3000
"""Words per text in which the shared passage is looked for; comparing longer ones takes seconds."""
PASSAGE_SHOWN = 400
"""Characters of it that are shown: enough to recognise, not to read twice."""
MIN_PASSAGE = 4
"""Fewer words in a row are shared by chance."""

_UNIT = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|"
    r"[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)

_SAID = {
    Relation.REPOST: "the same article",
    Relation.REWRITE: "one outlet's light rewrite of the other's article",
    Relation.RELATED: "two reports of one event, linked and not merged",
}
_NAMES = {
    "same_page": ("one address", None),
    "attributed": ("one names the other as its source", None),
    "shared_source": ("both name the same source", None),
    "same_text": ("one text, word by word", None),
    "same_title": ("one title, word by word", None),
    "same_slug": ("the same words in the address", None),
    "same_feed": ("from one feed", None),
    "same_publisher": ("from one publisher", None),
    "same_language": ("in one language, as far as known", None),
    "hours": ("hours between them", None),
    "title_resemblance": ("resemblance of the titles", "title_resemblance"),
    "title_shared": ("words that both titles hold", "title_words"),
    "title_containment": ("containment of the shorter title in the longer", None),
    "title_only": ("words only the one title has, and only the other", None),
    "title_numbers_conflict": ("the titles state different values", None),
    "lead_containment": ("containment of title and lead", "lead_containment"),
    "lead_resemblance": ("resemblance of title and lead", "lead_resemblance"),
    "lead_shared": ("words that title and lead share", "lead_words"),
    "lead_numbers_shared": ("values that both leads state", None),
    "lead_numbers_conflict": ("values that contradict each other", None),
    "body_containment": ("containment of the shorter text in the longer", "containment"),
    "body_resemblance": ("resemblance of the texts", "resemblance"),
    "title_run": ("the longest run of words that both titles hold", None),
    "title_covered": ("the better covered title found in the other's title and lead", None),
    "title_covered_least": ("the worse covered title found there", None),
    "title_names_conflict": ("names in each title that the other's lead lacks", None),
    "title_swapped": ("words that only the one tells, and only the other, in title and text", None),
    "lead_numbers_only": ("values that only the shorter lead states", None),
    "names_shared": ("names that both leads hold", None),
    "names_only": ("names that only the shorter lead holds", None),
    "unspaced": ("written without spaces between words", None),
    "japanese": ("both in Japanese", None),
    "opening": ("the shorter text's beginning found at the longer one's", None),
    "body_shorter": ("words of the shorter text", None),
    "body_longer": ("words of the longer text", None),
    "truncated": ("the shorter text stops short", None),
    "series": ("a title of a kind that returns", None),
    "digest": ("one of them tells several stories", None),
    "anchors_shared": ("names and values that both texts hold at one place", None),
    "translation": ("odds of a translation, as a logarithm", None),
    "translation_said": ("the same by names and values alone", None),
}
_EVENT = {
    "told": "one event: weight of the words of one title that the other text begins with",
    "title": "one event: weight of the words of both titles",
    "lead": "one event: share of the shorter lead's weight that the other holds",
    "rarest": "one event: weight of the rarest word told",
    "pairs": "one event: neighbouring words of both titles",
    "digits": "one event: digits of the most exact value that both state",
    "other_values": "one event: alike titles that state other values",
    "hours": "one event: logarithm of the hours between",
    "publisher": "one event: one publisher",
    "wording": "one event: one publisher's wording",
    "series": "one event: a title of a kind that returns",
    "containment": "one event: containment of the texts",
    "resemblance": "one event: resemblance of the texts, high in templates",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that was measured."""

    feature: str
    meaning: str
    value: float | int | bool
    threshold: float | None = None
    """What the value is held against, where there is one threshold."""
    weight: float | None = None
    """What it adds to the odds that the two are one article, or report one event, in log-odds; None: not weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why, or why not."""

    verdict: str
    relation: str | None
    rule: str
    score: float | None
    titles: tuple[str, str]
    records: tuple[Record, ...]
    passage: str
    """The longest run of words that both texts share, as the first writes it; empty where it is short."""
    chance: float | None = None
    """The probability that the two are one article, all weighed; None for a pair in two languages."""
    chance_threshold: float | None = None
    nearest: Miss | None = None
    """Of a pair that is not found: which rule came nearest, and what it would have taken."""


def explain(
    judgement: Judgement, one: CleanText, other: CleanText, nearest: Miss | None = None
) -> Explanation:
    """Explain a judgement, of a match or of a non-match, with the texts of the two items."""
    match = judgement.match
    weighed = weigh(judgement.features) if judgement.features.same_language else None
    if match is not None:
        verdict = f"{_SAID[match.relation]} (rule {match.rule}, score {match.score:.2f})"
    elif judgement.refused:
        verdict = f"kept apart: {judgement.refused}"
    else:
        verdict = "kept apart: no rule finds enough in common"
    return Explanation(
        verdict=verdict,
        relation=match.relation.value if match else None,
        rule=judgement.rule,
        score=match.score if match else None,
        titles=(one.title, other.title),
        records=(
            *_records(judgement.features, judgement.settings, weighed),
            *_event_records(judgement.event),
        ),
        passage=shared_passage(one.body, other.body),
        chance=round(weighed.chance, 3) if weighed else None,
        chance_threshold=getattr(judgement.settings, f"chance_{kind(judgement.features)}")
        if weighed
        else None,
        nearest=nearest,
    )


def as_json(explanation: Explanation) -> dict[str, object]:
    """The explanation as JSON values."""
    return asdict(explanation)


def shared_passage(one: str, other: str) -> str:
    """The longest run of words that both texts hold, as the first writes it."""
    mine, theirs = list(_units(one)), list(_units(other))
    matcher = SequenceMatcher(
        None, [key for key, _, _ in mine], [key for key, _, _ in theirs], autojunk=False
    )
    block = matcher.find_longest_match()
    if block.size < MIN_PASSAGE:
        return ""
    passage = " ".join(one[mine[block.a][1] : mine[block.a + block.size - 1][2]].split())
    return passage if len(passage) <= PASSAGE_SHOWN else passage[:PASSAGE_SHOWN].rsplit(" ", 1)[0] + " …"


def _units(text: str) -> Iterator[tuple[str, int, int]]:
    """Words, and characters of unspaced scripts, in the form compared, with where they stand."""
    for count, match in enumerate(_UNIT.finditer(text)):
        if count >= PASSAGE_UNITS:
            return
        key = "".join(words.tokens(match.group()))
        if key:
            yield key, match.start(), match.end()


def _records(features: Features, settings: Settings, weighed: Weighed | None) -> Iterator[Record]:
    """Every feature, also what is false or zero: of a pair that is kept apart it says most."""
    added: dict[str, float] = {}
    for name, odds in weighed.contributions.items() if weighed else ():
        feature = FEATURE_OF.get(name, name)
        added[feature] = round(added.get(feature, 0.0) + odds, 2)
    unnamed = [each.name for each in fields(features) if each.name not in _NAMES]
    for name in (*_NAMES, *unnamed):
        meaning, limit = _NAMES.get(name, (name.replace("_", " "), None))
        yield Record(
            feature=name,
            meaning=meaning,
            value=getattr(features, name),
            threshold=getattr(settings, limit) if limit else None,
            weight=added.get(name),
        )


def _event_records(verdict: Verdict | None) -> Iterator[Record]:
    """What the model of events saw, each with its share, and last what comes of it."""
    if verdict is None:
        return
    for name, meaning in _EVENT.items():
        value = getattr(verdict.common, name)
        if value:
            yield Record(
                feature=f"event_{name}", meaning=meaning, value=value, weight=round(verdict.shares[name], 3)
            )
    yield Record(
        feature="event",
        meaning="probability that they report one event",
        value=verdict.probability,
        threshold=verdict.threshold,
        weight=round(verdict.shares[INTERCEPT], 3),
    )
