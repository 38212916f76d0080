"""Is one of two texts in different languages the other's translation, or do they tell of one event?

Wording cannot be compared across languages, three other things can: which anchors both hold (`text.anchors`),
whether these stand at one place, and whether the paragraphs are as long, one by one. A translation's lengths
follow the original's with a spread of a tenth; those of two articles on one event do not (Gale and Church 1993
align sentences by it). All of it is added up in the logarithm of odds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from aggregator.text import anchors

MAX_SHAPE = 32
"""Paragraphs whose lengths are kept."""
STEPS = 16
"""Steps per doubling in which a length is kept: one is 4 %, a translation's own spread 5 to 11 %."""
MIN_SHAPE = 4
"""Paragraphs from which their lengths are compared; fewer are alike by chance."""
_LINE = 60
"""A line of fewer characters without an end mark is a heading or a label: its capitals name nothing."""
_ENDS = tuple(".!?…:;。！？：；”»\"')")

NAMED_KEYS = 6
SHAPED_KEYS = 6
"""Candidate keys: the rarest anchors by themselves; others with the number of paragraphs, which makes a common
anchor rare."""
_RARITY = {
    anchors.EXACT: 0,
    anchors.HANDLE: 0,
    anchors.PAIR: 1,
    anchors.NAME: 2,
    anchors.ROUND: 3,
    anchors.KNOWN: 4,
    anchors.WORD: 5,
}


# --- Kept of an item -----------------------------------------------------------------------------


def shape(paragraphs: Iterable[str]) -> bytes:
    """The lengths of the first ``MAX_SHAPE`` paragraphs, a byte each: ``STEPS`` times the binary logarithm."""
    sizes = (len(paragraph) for paragraph in paragraphs if paragraph)
    return bytes(min(255, round(STEPS * math.log2(size))) for size in islice(sizes, MAX_SHAPE))


def prose(paragraphs: Iterable[str]) -> str:
    """The paragraphs without headings and labels."""
    return "\n".join(each for each in paragraphs if len(each) >= _LINE or each.endswith(_ENDS))


def keys(found: Sequence[int], shape_: bytes) -> Iterator[int]:
    """Numbers that a translation likely shares: of the rarest anchors, and of others with the paragraphs' count.

    Which ones are taken depends on the anchors' own values, so that both texts take the same.
    """
    named = map(anchors.name, found)
    ranked = sorted(named, key=lambda anchor: (_RARITY[anchors.kind(anchor)], anchor))
    yield from ranked[:NAMED_KEYS]
    if len(shape_) >= MIN_SHAPE:
        common = [anchor for anchor in ranked if _RARITY[anchors.kind(anchor)] >= 3]
        for anchor in sorted(common, key=_mixed)[:SHAPED_KEYS]:
            yield _mixed(anchor) << 8 | len(shape_)


def _mixed(anchor: int) -> int:
    """The anchor's bits stirred, so that order by it is no order by kind (Knuth's multiplicative hash)."""
    return anchor * 0x9E3779B1 & 0xFFFFFFFF


# --- Compared --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for a translation, in the logarithm of odds; 0 is even."""

    shared: int
    """Anchors that both hold, at one place."""
    said: float
    """By the anchors alone, whatever the paragraphs are like."""
    shaped: float
    """By the anchors and the lengths of the paragraphs."""


NONE = Likeness(0, -9.0, -9.0)

_Weights = dict[str | int, float]
_SAID: _Weights = {
    anchors.WORD: 1.7,
    anchors.KNOWN: 1.8,
    anchors.NAME: 2.2,
    anchors.HANDLE: 2.2,
    anchors.ROUND: 3.9,
    anchors.PAIR: 4.3,
    anchors.EXACT: 3.3,
    "elsewhere": -0.5,
    "apart": -2.8,
    "silent": -2.6,
    "contradicted": -12.0,
    "names alone": -2.0,
    "bias": -6.4,
}
_SHAPED: _Weights = {
    anchors.WORD: 1.7,
    anchors.KNOWN: 1.8,
    anchors.NAME: 2.4,
    anchors.HANDLE: 2.4,
    anchors.ROUND: 2.7,
    anchors.PAIR: 2.8,
    anchors.EXACT: 2.4,
    "elsewhere": 0.0,
    "apart": -2.2,
    "silent": -1.6,
    "contradicted": -12.0,
    "bias": -6.3,
}
"""What each shared anchor of a kind says where both texts hold it at one place, and elsewhere; each value that only
one text holds (of 1,478 translations 1,431 hold exactly the same); values in one text and none in the other. Fitted
by logistic regression to those translations and 276,000 other pairs of three days around.

Two are not from there: more values against each other than shared are a template's next edition, whatever else is
alike; and names alone say less, since some people are in the news each day. So weighted, English excerpts beside
Chinese flashes of other months gave 2 links in 20,000 items, where names alone had given 10."""
_SHAPE = 0.86
"""Weight of the lengths: neighbouring paragraphs are not independent."""
_MOST = 4
"""How often each is counted: a list of prices is one piece of evidence, not ten."""
_NEAR = 1
"""Places apart that are one: 94 of 100 shared anchors of translations, 18 of other pairs."""


def compare(one: Sequence[int], other: Sequence[int], one_shape: bytes, other_shape: bytes) -> Likeness:
    """Compare two texts by their anchors and paragraph lengths; symmetric."""
    places = {anchors.name(anchor): anchors.place(anchor) for anchor in other}
    counts: Counter[str | int] = Counter()
    for anchor in one:
        place = places.get(anchors.name(anchor))
        if place is not None:
            near = abs(place - anchors.place(anchor)) <= _NEAR
            counts[anchors.kind(anchor) if near else "elsewhere"] += 1
    if not counts:
        return NONE
    shared = counts.total() - counts["elsewhere"]
    mine, theirs = _values(one), _values(other)
    apart = sorted((len(mine - theirs), len(theirs - mine)))
    cut = max(len(one), len(other)) >= anchors.MAX_ANCHORS
    counts["apart"] = apart[0] if cut else sum(apart)
    counts["silent"] = bool(mine) != bool(theirs)
    counts["bias"] = 1
    values = sum(counts[kind] for kind in (anchors.ROUND, anchors.PAIR, anchors.EXACT))
    counts["contradicted"] = apart[0] > values
    counts["names alone"] = values == 0
    said, shaped = (
        sum(weight * min(_MOST, counts[each]) for each, weight in weights.items())
        for weights in (_SAID, _SHAPED)
    )
    if min(len(one_shape), len(other_shape)) < MIN_SHAPE:
        return Likeness(shared, said, said - SHAPELESS_ODDS)
    return Likeness(shared, said, shaped + _SHAPE * _alike(one_shape, other_shape))


def _values(found: Sequence[int]) -> set[int]:
    return {anchors.name(anchor) for anchor in found if anchors.kind(anchor) >= anchors.ROUND}


_OWN_VARIANCE = 0.004
"""The variance of the logarithm of the ratio of a paragraph's length to its translation's: so much and one over the
characters. Measured on 20,000 paragraphs: a spread of .11 at 64 characters, .085 at 128, .068 at 256, .051 at 512."""
_ANY = ((0.8, 0.23**2), (0.2, 1.2**2))
"""The same of two paragraphs at one place in different texts, as a mixture: most are as long as the desk likes
them (.22 to .3), some nothing of the kind."""
_SLIP = 0.02
"""Share of paragraphs that an edition splits, joins or cuts."""
_SCRIPTS_APART = 1.3
"""Chinese and Japanese take a third of the characters: the mean ratio of lengths may reach this logarithm."""


_UNLIKE = -9.0
"""What different numbers of paragraphs say: 1,476 of 1,478 translations have as many."""


def _alike(one: bytes, other: bytes) -> float:
    """The logarithm of the likelihood ratio of two shapes: a translation's, or any two texts'."""
    if len(one) != len(other):
        return _UNLIKE
    step = math.log(2) / STEPS
    drawn: list[tuple[float, float]] = []
    for a, b in zip(one, other, strict=True):
        size = 2 ** ((a + b) / 2 / STEPS)
        drawn.append(((b - a) * step, 1 / size + _OWN_VARIANCE))
    weight = sum(1 / variance for _, variance in drawn)
    mean = sum(ratio / variance for ratio, variance in drawn) / weight
    if abs(mean) > _SCRIPTS_APART:
        return _UNLIKE
    total = sum(_told(ratio - mean, variance) for ratio, variance in drawn)
    return max(_UNLIKE, total * (len(drawn) - 1) / len(drawn))


def _told(gap: float, variance: float) -> float:
    """What one paragraph says: the logarithm of how much likelier its length is in a translation."""
    any_ = sum(share * _normal(gap, max(spread, variance)) for share, spread in _ANY)
    own = (1 - _SLIP) * _normal(gap, variance) + _SLIP * _normal(gap, _ANY[1][1])
    return math.log(own / any_)


def _normal(gap: float, variance: float) -> float:
    return math.exp(-gap * gap / (2 * variance)) / math.sqrt(variance)


# --- Judged ----------------------------------------------------------------------------------------

REPOST_ODDS = 2.0
"""Odds from which a pair of one hour is a translation. Of the 1,478 translations .936 are found so, and wrongly 2 of
all other pairs of two days around; at 0, .954 and 3; at 3, .899 and none. Raised from 1 to 2
when a stream of twice as many items had brought 16 wrong pairs among 1,405."""
PER_DAY = 1.5
"""Asked on top for each day between them: most other pairs are days apart, translations hours."""
REPOST_HOURS = 48
SERIES_ODDS = 2.0
"""Asked on top of a title that returns: yesterday's part names the same coins in the same order."""
SHAPELESS_ODDS = 3.0
"""Asked on top where there are no paragraphs to compare: reports of one event in other words share as many anchors."""
MIN_ANCHORS = 2
"""Anchors that both must hold at one place: paragraphs alone are alike by chance in one pair of 10,000."""
RELATED_ODDS = -1.0
"""Odds by anchors alone from which two items tell of one event: seen so little in the regression's other pairs, they
are a translation's or another report's. Of 13 pairs of English and Japanese excerpts found so, 13 told of one event;
of 16 of English and Ukrainian articles 9, the others of one coin, person or place on one day."""
RELATED_HOURS = 36


def is_repost(odds: float, shared: int, hours: float, *, series: bool) -> bool:
    """Whether so much evidence makes one item the other's translation."""
    asked = REPOST_ODDS + PER_DAY * hours / 24 + (SERIES_ODDS if series else 0)
    return odds >= asked and shared >= MIN_ANCHORS and hours <= REPOST_HOURS


def is_related(said: float, shared: int, hours: float) -> bool:
    """Whether the anchors make two items reports of one event."""
    return said >= RELATED_ODDS and shared >= MIN_ANCHORS and hours <= RELATED_HOURS


_SCALE = 4.0
"""Odds by which a score moves on: unscaled, all from seven on would be one."""


def score(odds: float) -> float:
    """The odds as a share, 0 to 1, that orders them (no probability)."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds)) / _SCALE))
