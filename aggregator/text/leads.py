"""Does the text begin twice, and does it end before its end?

Feeds glue the teaser, the headline or the paper's name in front of the article, and cut excerpts with a mark,
in the middle of a sentence, or with nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MIN_DOUBLED = 32
"""Characters that must occur twice before a lead counts as doubled; 12 where a character is a word. In 30,000
articles shorter runs are names ("The U.S. Securities and Exchange")."""
_MIN_DOUBLED_CJK = 12
_LEAD_REACH = 2_000
"""How far into the text the second beginning is looked for."""
_MAX_BETWEEN = 150
"""Characters between teaser and second beginning: a byline, a date, a reading time."""

_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARK = re.compile(
    r"(?:\[\s?(?:…|\.{2,5}|&hellip;|&#8230;)\s?\]|\(\s?(?:…|\.{3,5})\s?\)|…|\.{3}|\[\s?\+\d{1,6} chars\]|[→»›])\s?$"
)
_LONGEST_MARK = 20
_ENDS_WHOLE = re.compile(r"[.!?。！？…:：;；][\"'”’»」』）)\]*]*\s*$|[”\"」』）)]\s*$")
_LONGEST_END = 60
"""Characters at the end of a text in which its last mark stands, with all that closes behind it."""
_LEFT_HANGING = frozenset(
    "the a an of to in on at by for from with as and or but that which who is are was were has have had been be its"
    " their his her this these those into over after before while since about between among against through than"
    " will would could can may might should not".split()
)
"""Words with which no sentence ends: a text that stops there was cut."""
_LONG_ENOUGH_TO_BE_CUT = 160
"""A single sentence without an end mark is a standfirst below this, a cut text above it (median standfirst without
an end mark in the excerpt set: 96 characters; publishers cut at 200 and more)."""


def without_title(blocks: Sequence[str], title: str, names: Sequence[str]) -> list[str]:
    """Take the headline, with or without the paper's name before it, off the beginning of the text."""
    rest = list(blocks)
    while rest and (kept := _after_title(rest[0], title, names)) != rest[0]:
        rest = [kept, *rest[1:]] if kept else rest[1:]
    return rest


def _after_title(text: str, title: str, names: Sequence[str]) -> str:
    low = text.casefold()
    if len(title) < 8 or title.casefold() not in low[: len(title) + 60]:
        return text
    for opening in (title, *(f"{name} {title}" for name in names)):
        folded = opening.casefold()
        if low.startswith(folded) and len(folded) == len(opening):
            rest = text[len(opening) :]
            # "Bitcoin falls" + " below its average": here the headline is how the sentence begins.
            if not rest or (not rest[0].isalnum() and not rest.lstrip(" .:;|–—-!?")[:1].islower()):
                return rest.lstrip(" .:;|–—-!?")
    return text


def without_doubled_lead(blocks: Sequence[str]) -> list[str]:
    """Where the text begins twice, keep the second beginning: the first is the one that is cut."""
    rest = list(blocks)
    if not rest:
        return rest
    rest[0] = _from_second_beginning(rest[0])
    for number, block in enumerate(rest[1:5], start=1):
        between = sum(map(len, rest[1:number]))
        if between <= _MAX_BETWEEN and _is_teaser_of(rest[0], block):
            return rest[number:]
    return rest


def _least(text: str) -> int:
    return _MIN_DOUBLED_CJK if len(_CJK.findall(text[:60])) > 15 else MIN_DOUBLED


def _from_second_beginning(text: str) -> str:
    least = _least(text)
    at = text.find(text[:least], least, _LEAD_REACH) if len(text) > 2 * least else -1
    if at < 0:
        return text
    return text[at:] if at - _common(text, text[at:]) <= _MAX_BETWEEN else text


def _is_teaser_of(teaser: str, block: str) -> bool:
    same = _common(teaser, block)
    return (
        same >= min(_least(teaser), max(len(block), 1))
        and same >= 12
        and len(teaser) - same <= _MAX_BETWEEN // 2
    )


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    length = min(len(one), len(other))
    for at in range(length):
        if one[at] != other[at]:
            return at
    return length


def without_repeats(blocks: Sequence[str]) -> list[str]:
    """Keep the first of several equal long blocks."""
    seen: set[str] = set()
    kept: list[str] = []
    for block in blocks:
        if len(block) >= MIN_DOUBLED:
            if block in seen:
                continue
            seen.add(block)
        kept.append(block)
    return kept


def without_cut_mark(blocks: Sequence[str]) -> tuple[list[str], bool]:
    """Take "[…]" off the end; tell whether the text stops short, with or without such a mark."""
    rest = list(blocks)
    marked = False
    while rest:
        shorter = _without_marks(rest[-1])
        marked = marked or shorter != rest[-1]
        if shorter:
            rest[-1] = shorter
            break
        rest.pop()
    return rest, marked or (bool(rest) and _stops_short(rest))


def _without_marks(text: str) -> str:
    while mark := _MARK.search(text, max(0, len(text) - _LONGEST_MARK)):
        text = text[: mark.start()].rstrip()
    return text


def _stops_short(blocks: Sequence[str]) -> bool:
    last = blocks[-1]
    if _ENDS_WHOLE.search(last, max(0, len(last) - _LONGEST_END)) or (
        len(blocks) > 1 and len(last) < _LONG_ENOUGH_TO_BE_CUT // 2
    ):
        return False
    if _CJK.search(last):
        return len(last) > _LONG_ENOUGH_TO_BE_CUT // 2 and "。" in last
    words = last.split()
    hanging = words[-1].casefold() in _LEFT_HANGING or last.endswith((",", "-", "–"))
    return hanging or re.search(r"[.!?][\"”’)]?\s", last) is not None or len(last) > _LONG_ENOUGH_TO_BE_CUT
