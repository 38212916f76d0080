"""Which texts meet a pattern of the program, and how long are they at most?

A person's word on patterns that take quadratic time on their own; ``patterns`` tries them at that length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aggregator.text import attribution, boilerplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Which texts meet a pattern."""

    longest: int
    """Characters."""
    why: str
    every: int = 0
    """Characters of an input for each time it is asked, at least; as many as the longest where nothing is said."""
    folded: bool = False
    """Without two blanks in a row."""
    method: str = ""
    """By which alone it is asked."""
    ask: Callable[[re.Pattern[Any], str], object] | None = None
    """How the program asks, where that is more than a method."""


def _block(method: str, longest: int, why: str) -> Bound:
    return Bound(longest=longest, why=why, folded=True, method=method)


_BUDGET = 2_000
_ONE_SENTENCE = Bound(
    longest=_BUDGET, why="asked of sentences within the longest abstract that can be set", folded=True
)
_FOOTER = Bound(
    longest=attribution.MAX_CREDIT,
    why="asked where its ending was found, of what may stand before that",
    folded=True,
    ask=lambda pattern, text: attribution._footer(text, attribution._AT_END.index(pattern)),
)
BOUNDED: Mapping[str, Bound] = {
    "cli.queries.PHRASE": Bound(
        longest=200, why="matched whole; tests/cli holds it to linear time", method="match"
    ),
    "config.reading._LIKE_A_KEY": Bound(longest=128, why="asked of names of at most 128 characters"),
    "dedup.headlines._OUTLET": _block("search", 1_000, "asked of titles of at most 1,000 characters"),
    "dedup.headlines._SERIES": _block("search", 1_000, "asked of the first 1,000 characters of a title"),
    "dedup.headlines._MANY": _block("search", 1_000, "asked of the first 1,000 characters of a title"),
    "poll.rhythm._SKIP_HOURS": Bound(
        longest=4_000, why="linear: each beginning looks 2,000 characters ahead"
    ),
    "poll.rhythm._SKIP_DAYS": Bound(longest=2_000, why="linear: each beginning looks 1,000 characters ahead"),
    "summarise.forms.": _ONE_SENTENCE,
    "text.attribution._AT_END": _FOOTER,
    "text.attribution._ENDS_LIKE": _block("search", 600, "asked of the last 600 characters of a block"),
    "text.attribution._READ_ON_LINE": _block("fullmatch", 600, "asked of blocks of at most 600 characters"),
    "text.attribution._SOURCE_LINE": _block("fullmatch", 600, "asked of blocks of at most 600 characters"),
    "text.attribution._TAIL_LINE": _block("search", 600, "asked of the last 600 characters of a block"),
    "text.clean._SUFFIX": _block("match", 400, "asked of titles of at most 400 characters"),
    "text.coins._AMOUNT": Bound(longest=40, every=4, why="asked of the 40 characters before a ticker"),
    "text.coins._LISTED": Bound(longest=40, every=4, why="asked of the 40 characters before a ticker"),
    "text.labels._OFFICES": Bound(longest=253, why="asked of the name of a host"),
    "text.labels._TITLE": _block("search", 400, "asked of the first 400 characters of a title"),
    "opml.outlines.TAG": Bound(longest=2_000, why="matched where expat has found a tag", method="match"),
}
"""``module.name`` of a pattern, or how it begins → which texts meet it."""


def bound_of(name: str, pattern: re.Pattern[Any]) -> Bound | None:
    """What is known of the texts that meet a pattern."""
    for rule in boilerplate.RULES:
        if rule.pattern is pattern:
            return _RULES[rule.reach]
    return next((bound for begins, bound in BOUNDED.items() if name.startswith(begins)), None)


_RULES: Mapping[boilerplate.Reach, Bound] = {
    boilerplate.Reach.BLOCK: _block("fullmatch", boilerplate.MAX_BLOCK, "asked of short blocks"),
    boilerplate.Reach.SENTENCE: _block("search", 1_500, "asked of sentences of at most 1,500 characters"),
    boilerplate.Reach.REST_OF_SENTENCE: _block(
        "search", 1_500, "asked of sentences of at most 1,500 characters"
    ),
    boilerplate.Reach.REST_OF_TEXT: _block(
        "match", boilerplate.MAX_BLOCK, "asked of the beginnings of sentences"
    ),
    boilerplate.Reach.OPENING: _block("match", 4_000, "asked six times in an article"),
}
