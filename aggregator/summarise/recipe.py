"""Which sentences say in 300 characters what a story is about?

News puts the most important thing first, so position leads, and what the titles, the other outlets and the text
itself (sumy) dwell on corrects it: take the best sound sentence that stands on its own, fill the budget with the best
of the rest, drop what says the same twice, put the chosen back into the order of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from aggregator.models import Abstract, CleanText
from aggregator.summarise import forms, ranking
from aggregator.summarise.sound import Candidate, candidates, is_sound, words_in
from aggregator.text.sentences import join

DEFAULT_ALGORITHM = "reduction"
DEFAULT_BUDGET = 300
"""Characters, spaces included: three lines in a feed reader."""

ALGORITHMS = ("lead", *ranking.RANKINGS)

MAX_TEXTS = 8
"""Texts of one story that are read: what the first eight outlets do not say is not what the story is about."""

_DECAY = 0.06
_OPENING = 0.15
_RANK_WEIGHT = 0.6
_TITLE_WEIGHT = 0.7
_SUPPORT_WEIGHT = 0.8
_SHORT = 0.3
"""Score of a sentence: 1 / (1 + decay x position), + 0.15 for the first sound one of the text that speaks, + weights x
(centrality, words of the titles, words of the other texts' beginnings), - 0.3 for a short one.

Mean J over six sets (``bench_summarise.py rouge``), each half tuned on alone and measured on the other: an opening that
must stand and a title weight of 0.3 gave 17.8, these 18.2, decay alone 17.5, ten weights fitted to one half 17.9. The
hill is flat: decay 0.04 to 0.12, rank 0.3 to 0.6 and title 0.3 to 0.7 differ by 0.1."""

_FEW_STEMS = 8
"""Content words below which a sentence is short: "The market reacted at once."."""

_REDUNDANT = 0.5
"""Share of a sentence's content words that the abstract has already, from which on it says the same again …"""
_SAME = 0.75
"""… and the share of the shorter one's that two sentences may have in common."""

_HEAD = 400
"""Characters of another outlet's text in which a sentence finds support: its own summary of the story."""

_REPEATS_TITLE = 0.8
_MIN_NEW_WORDS = 3
"""A sentence adds to the title when less than this share of its words stands there, or so many words are new."""

_MIN_EXCERPT = 60
_MIN_EXCERPT_CJK = 25
"""Characters below which a cut text says too little."""

_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


def summarise(
    texts: Sequence[CleanText],
    *,
    title: str,
    budget: int = DEFAULT_BUDGET,
    algorithm: str = DEFAULT_ALGORITHM,
) -> Abstract | None:
    """Give whole sentences of the texts that add to the title, at most ``budget`` characters together.

    ``texts``: the one that speaks for the story first, then its copies; of the first ``MAX_TEXTS`` those are read that
    have its language. Where no whole sentence fits, the beginning of the publisher's text up to a word and "…" (method
    ``excerpt``); ``None`` rather than a bad abstract. Raises ``ValueError`` for an algorithm not in
    :data:`ALGORITHMS`.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{algorithm!r} is not an algorithm; there are {', '.join(ALGORITHMS)}")
    texts = texts[:MAX_TEXTS]
    own = [source for source, text in enumerate(texts) if text.language == texts[0].language]
    texts = [texts[source] for source in own]
    told = words_in(title)
    usable = [each for each in candidates(texts, told=told, budget=budget) if adds_to(each.stems, told)]
    if all(each.dangling and forms.NEVER_FIRST.match(each.text) for each in usable):
        return _excerpt(texts, told, budget, own)
    chosen = _fill(usable, _scores(usable, texts, told, algorithm), budget)
    text = join([each.text for each in chosen])
    return Abstract(text=text, method=algorithm, sources=tuple(own[each.source] for each in chosen))


def adds_to(stems: frozenset[str], told: frozenset[str]) -> bool:
    """Tell whether a sentence says something that the title does not."""
    new = stems - told
    return bool(stems) and (len(new) >= _MIN_NEW_WORDS or len(stems & told) < _REPEATS_TITLE * len(stems))


def _scores(
    usable: Sequence[Candidate], texts: Sequence[CleanText], told: frozenset[str], algorithm: str
) -> list[float]:
    opening = next((each for each in usable if not each.dangling), usable[0])
    lead = [1 / (1 + _DECAY * each.position) + _OPENING * (each is opening) for each in usable]
    if algorithm == "lead":
        return lead
    central = ranking.rank([each.text for each in usable], algorithm)
    titles = _title_words(told, texts)
    heads = [words_in(f"{text.title} {text.body[:_HEAD]}") for text in texts] if len(texts) > 1 else []
    return [
        first
        + _RANK_WEIGHT * centre
        + _TITLE_WEIGHT * sum(titles[stem] for stem in each.stems)
        + _SUPPORT_WEIGHT * _support(each, heads)
        - _SHORT * (len(each.stems) < _FEW_STEMS)
        for each, first, centre in zip(usable, lead, central, strict=True)
    ]


def _title_words(told: frozenset[str], texts: Sequence[CleanText]) -> Counter[str]:
    """How much each word says of the story: its share of all words of all titles."""
    titles = [told, *(words_in(text.title) for text in texts[1:])]
    counted = Counter(stem for title in titles for stem in title)
    whole = counted.total()
    return Counter({stem: count / whole for stem, count in counted.items()})


def _support(each: Candidate, heads: Sequence[frozenset[str]]) -> float:
    """Which share of a sentence do the other outlets say in their first sentences, on average?"""
    others = [head for source, head in enumerate(heads) if source != each.source]
    if not others or not each.stems:
        return 0.0
    return sum(len(each.stems & head) for head in others) / len(others) / len(each.stems)


def _fill(usable: Sequence[Candidate], scores: Sequence[float], budget: int) -> list[Candidate]:
    """Take the best sentences that fit, and put them into order: the text that speaks, then the others."""
    ranked = sorted(
        zip(scores, usable, strict=True), key=lambda each: (-each[0], each[1].source, each[1].position)
    )
    openers = [each for _, each in ranked if not forms.NEVER_FIRST.match(each.text) or not each.dangling]
    best = next((each for each in openers if not each.dangling), openers[0])
    chosen = [best]
    length = len(best.text)
    for _, each in ranked:
        if each is best or not _may_join(each, chosen):
            continue
        if length + 1 + len(each.text) <= budget:
            chosen.append(each)
            length += 1 + len(each.text)
    return sorted(chosen, key=lambda each: (each.source, each.position))


def _may_join(each: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Not when it says the same again, or points back at what was left out."""
    said = frozenset().union(*(other.stems for other in chosen))
    if len(each.stems & said) > _REDUNDANT * len(each.stems):
        return False
    if any(
        len(each.stems & other.stems) > _SAME * min(len(each.stems), len(other.stems)) for other in chosen
    ):
        return False
    before = (each.source, each.position - 1)
    return not each.dangling or any((other.source, other.position) == before for other in chosen)


# --- When no whole sentence is to be had ---------------------------------------------------------


def _excerpt(
    texts: Sequence[CleanText], told: frozenset[str], budget: int, own: Sequence[int]
) -> Abstract | None:
    """The publisher's own beginning, cut at a word, with a visible "…"; ``own``: the number of each text."""
    for source, text in zip(own, texts, strict=True):
        beginning = next((each for each in text.paragraphs if len(each) >= _MIN_EXCERPT), "")
        stops_short = text.truncated and beginning == text.paragraphs[-1]
        short = _cut(beginning, budget, stops_short=stops_short)
        if not short or not adds_to(words_in(short), told):
            continue
        if is_sound(short.removesuffix("…").rstrip(), complete=True) and not forms.NEVER_FIRST.match(short):
            return Abstract(text=short, method="excerpt", sources=(source,))
    return None


def _cut(text: str, budget: int, *, stops_short: bool) -> str:
    """The first words that fit, and "…"; "" where too little is left.

    ``stops_short``: the publisher cut it, perhaps within a word, and the last one is left out.
    """
    room = budget - 1
    short = text[:room]
    within_word = stops_short if len(text) <= room else not text[room].isspace()
    if within_word and not _CJK.match(short[-1:]):
        short = short[: max(short.rfind(" "), 0)]
    short = _without_open_bracket(short).rstrip(' ,;:–—-、，；：(（[“"«「.…。')
    least = _MIN_EXCERPT_CJK if _CJK.search(short) else _MIN_EXCERPT
    return f"{short}…" if len(short) >= least else ""


def _without_open_bracket(text: str) -> str:
    for opens, closes in (("(", ")"), ("（", "）"), ("“", "”"), ("「", "」"), ("«", "»"), ("[", "]")):
        if text.count(opens) > text.count(closes):
            text = text[: text.rfind(opens)]
    return text
