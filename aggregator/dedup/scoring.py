"""How well do stories agree with what people said of pairs of items?

Strict scoring: a repost must be one story; independent coverage, templates and different articles must not. Light
rewrites and ambiguous pairs are counted by themselves, because readers differ on them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

SAME = frozenset(("repost",))
APART = frozenset(("independent-coverage", "template", "different", "related"))
REWRITES = frozenset(("rewrite", "derived-light-rewrite"))
LABELS = (
    "repost",
    "rewrite",
    "derived-light-rewrite",
    "related",
    "independent-coverage",
    "template",
    "different",
    "ambiguous",
)
"""``rewrite`` and ``related`` are short for the two that follow each."""
ONE_EVENT = REWRITES | {"related", "independent-coverage"}
"""Worth a link between two stories, where they are not one."""
LOOK_ALIKE = frozenset(("template", "different"))
"""Not even worth a link."""

ROUNDS = 1000
"""Of the bootstrap: percentiles 2.5 and 97.5 each rest on 25 values."""
SEED = 20261122
"""A fixed one: the same interval each time."""


class Labelled(Protocol):
    """A labelled pair and what became of it."""

    @property
    def label(self) -> str:
        """What a person said."""

    @property
    def collapsed(self) -> bool:
        """Whether the two are one story."""


class Linkable(Labelled, Protocol):
    """A labelled pair of which one also knows whether its stories are linked."""

    @property
    def linked(self) -> bool:
        """Whether the two are one story, or two that are linked as related."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts: right, wrong and missing, with the usual figures of them."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was found."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of what is right that was found; 1 where there was nothing to find."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing was found and nothing there to find."""
        whole = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / whole if whole else 1.0


FIGURES = ("precision", "recall", "f1")


def is_wrong(pair: Labelled) -> bool:
    """Whether strict scoring counts a pair against us."""
    return _outcome(pair) in {"false", "missed"}


def score(pairs: Iterable[Labelled]) -> Score:
    """Strict scoring of pairs."""
    return _counted(Counter(_outcome(each) for each in pairs))


def intervals(pairs: Iterable[Labelled], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """The middle 95 % of each figure over resampled pairs (percentile bootstrap, Efron 1979)."""
    outcomes = [_outcome(each) for each in pairs]
    if not outcomes:
        return {}
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    scores = [_counted(Counter(draw.choices(outcomes, k=len(outcomes)))) for _ in range(rounds)]
    return {figure: _middle([getattr(each, figure) for each in scores]) for figure in FIGURES}


def links(pairs: Iterable[Linkable]) -> Score:
    """Whether items of one event are linked or one story, and look-alikes neither."""
    found: Counter[str] = Counter()
    for each in pairs:
        if each.label in ONE_EVENT:
            found["hit" if each.linked else "missed"] += 1
        elif each.label in LOOK_ALIKE:
            found["false" if each.linked else ""] += 1
    return _counted(found)


def _outcome(pair: Labelled) -> str:
    if pair.label in SAME:
        return "hit" if pair.collapsed else "missed"
    return "false" if pair.label in APART and pair.collapsed else ""


def _counted(outcomes: Counter[str]) -> Score:
    return Score(outcomes["hit"], outcomes["false"], outcomes["missed"])


def _middle(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.025)], ordered[int(len(ordered) * 0.975)]
