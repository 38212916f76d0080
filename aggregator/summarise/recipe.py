"""Which sentences say in 300 characters what a story is about?

News puts the most important thing first, so position leads, and centrality (sumy) only orders what follows:
anchor on the first sound sentence, fill the budget with the best of the rest, drop what says the same twice, put
the chosen back into the order of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.models import Abstract, CleanText
from aggregator.summarise import ranking
from aggregator.summarise.sound import Candidate, candidates, is_sound, words_in
from aggregator.text.sentences import join

VERSION = 1
"""Raised whenever the same texts would give another abstract."""

DEFAULT_ALGORITHM = "reduction"
DEFAULT_BUDGET = 300
"""Characters, spaces included: three lines in a feed reader."""

ALGORITHMS = ("lead", *ranking.RANKINGS)

_RANK_WEIGHT = 0.5
_TITLE_WEIGHT = 0.3
_SUPPORT_WEIGHT = 0.2
_DECAY = 0.06
"""Score of a sentence: 1 / (1 + decay x position) + weights x (centrality, title words, said by other texts).

Mean J over six sets (``bench_summarise.py rouge``): decay 0.25 and no weights 17.5, these 17.8, plain Reduction 16.4,
the first three sentences as far as they fit 16.3. The hill is flat: 0.04 to 0.08 and 0.3 to 0.6 differ by 0.1."""

_REDUNDANT = 0.5
"""Share of a sentence's content words that the abstract has already, from which on it says the same again."""

_REPEATS_TITLE = 0.8
_MIN_NEW_WORDS = 3
"""A sentence adds to the title when less than this share of its words stands there, or so many words are new."""

_MIN_EXCERPT = 40
_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


def summarise(
    texts: Sequence[CleanText],
    *,
    title: str,
    budget: int = DEFAULT_BUDGET,
    algorithm: str = DEFAULT_ALGORITHM,
) -> Abstract | None:
    """Give whole sentences of the texts that add to the title, at most ``budget`` characters together.

    ``texts``: the one that speaks for the story first, then its copies. Where no whole sentence fits, the beginning
    of the publisher's text up to a word and "…" (method ``excerpt``); ``None`` rather than a bad abstract. Raises
    ``ValueError`` for an algorithm not in :data:`ALGORITHMS`.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{algorithm!r} is not an algorithm; there are {', '.join(ALGORITHMS)}")
    told = words_in(title)
    usable = [each for each in candidates(texts, budget=budget) if adds_to(each.stems, told)]
    anchor = _anchor(usable)
    if anchor is None:
        return _excerpt(texts, told, budget)
    scores = _scores(usable, told, algorithm, len(texts))
    chosen = _fill(usable, scores, anchor, budget)
    text = join([each.text for each in chosen])
    return Abstract(text=text, method=algorithm, sources=tuple(each.source for each in chosen))


def adds_to(stems: frozenset[str], told: frozenset[str]) -> bool:
    """Tell whether a sentence says something that the title does not."""
    new = stems - told
    return bool(stems) and (len(new) >= _MIN_NEW_WORDS or len(stems & told) < _REPEATS_TITLE * len(stems))


def _anchor(usable: Sequence[Candidate]) -> Candidate | None:
    """The first sentence that stands on its own, the speaker's text before the others'."""
    free = next((each for each in usable if not each.dangling), None)
    return free or (usable[0] if usable else None)


def _scores(usable: Sequence[Candidate], told: frozenset[str], algorithm: str, texts: int) -> list[float]:
    lead = [1 / (1 + _DECAY * each.position) for each in usable]
    if algorithm == "lead":
        return lead
    central = ranking.rank([each.text for each in usable], algorithm)
    scores = []
    for each, first, centre in zip(usable, lead, central, strict=True):
        support = len({other.source for other in usable if _alike(each, other)} - {each.source})
        of_title = len(each.stems & told) / max(1, len(told))
        said = support / max(1, texts - 1)
        scores.append(first + _RANK_WEIGHT * centre + _TITLE_WEIGHT * of_title + _SUPPORT_WEIGHT * said)
    return scores


def _alike(one: Candidate, other: Candidate) -> bool:
    """Two texts say the same: half of the shorter sentence's content words stand in the other."""
    if one.source == other.source:
        return False
    return len(one.stems & other.stems) >= 0.5 * min(len(one.stems), len(other.stems))


def _fill(
    usable: Sequence[Candidate], scores: Sequence[float], anchor: Candidate, budget: int
) -> list[Candidate]:
    """Take the best sentences that fit, beside the anchor, and put them into the order of their text."""
    chosen = [anchor]
    length = len(anchor.text)
    ranked = sorted(
        zip(scores, usable, strict=True), key=lambda each: (-each[0], each[1].source, each[1].position)
    )
    for _, each in ranked:
        if each is anchor or not _may_join(each, chosen):
            continue
        if length + 1 + len(each.text) <= budget:
            chosen.append(each)
            length += 1 + len(each.text)
    return [
        anchor,
        *sorted(chosen[1:], key=lambda each: (each.source != anchor.source, each.source, each.position)),
    ]


def _may_join(each: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Not when it says the same again, comes before the anchor, or points back at what was left out."""
    anchor = chosen[0]
    if each.source == anchor.source and each.position < anchor.position:
        return False
    said = frozenset().union(*(other.stems for other in chosen))
    if len(each.stems & said) > _REDUNDANT * len(each.stems):
        return False
    before = (each.source, each.position - 1)
    return not each.dangling or any((other.source, other.position) == before for other in chosen)


# --- When no whole sentence is to be had ---------------------------------------------------------


def _excerpt(texts: Sequence[CleanText], told: frozenset[str], budget: int) -> Abstract | None:
    """The publisher's own beginning, cut at a word, with a visible "…"."""
    for source, text in enumerate(texts):
        beginning = next((each for each in text.paragraphs if len(each) >= _MIN_EXCERPT), "")
        short = _cut(beginning, budget)
        if not short or not adds_to(words_in(short), told):
            continue
        if is_sound(short.removesuffix("…").rstrip(), complete=True):
            return Abstract(text=short, method="excerpt", sources=(source,))
    return None


def _cut(text: str, budget: int) -> str:
    """The first words that fit, and "…"; "" where too little is left."""
    room = budget - 1
    short = text[:room]
    if len(text) > room and not _CJK.match(text[room : room + 1]) and not text[room].isspace():
        short = short[: max(short.rfind(" "), 0)]
    short = short.rstrip(' ,;:–—-、，；(（[“"«「.…。')
    return f"{short}…" if len(short) >= _MIN_EXCERPT or (_CJK.search(short) and len(short) >= 20) else ""
