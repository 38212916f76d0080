"""Do two articles report one event, each in its own words, or does one follow the other up?

A small logistic model over what two such articles have in common: rare words of one title that the other tells,
values, names; and over what only look-alikes have: other values under alike titles, one publisher's wording, a
title that returns. It sees nothing but the two fingerprints. Its weights stand in ``events.toml`` with their
evidence; `python -m tests.quality.train_events` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from aggregator.dedup.common import NAMES, Common, both, measure, other_coins, told
from aggregator.dedup.features import Features
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.text import rarity, words

MODEL = "events.toml"
RULE = "same-event"
INTERCEPT = "intercept"
"""Under this name the shares of a verdict hold what is there before anything is weighed."""
UNSPACED = frozenset(("zh", "ja", "ko", "th"))
"""Languages whose "words" are pairs of characters: they have weights of their own."""

PROMOTIONS = "presale presales"
"""A text that speaks of one advertises: the same names return every day, hung upon whatever is the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The weights for one class of languages."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    """Probability from which on two articles are linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is asked of a pair before anything is weighed."""

    hours: float
    """Between two reports of one event, at most."""
    title: float
    """Weight of the words that both titles hold, at least: "bitcoin" alone is less."""
    told: float
    """Weight of the words told, at least: below it two titles share common words only."""
    rarest: float
    """Weight of the rarest of them, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the model says of a pair, with the share of every feature in it."""

    probability: float
    threshold: float
    common: Common
    shares: Mapping[str, float]
    """Weight times value of each feature, in log-odds; with ``intercept`` they add up."""

    @property
    def related(self) -> bool:
        """Whether the two report one event."""
        return self.probability >= self.threshold

    @property
    def evidence(self) -> dict[str, float]:
        """The verdict as numbers to keep: the shares that count, under the names of the features."""
        kept = {f"event_{name}": round(share, 2) for name, share in self.shares.items() if abs(share) >= 0.05}
        return {**kept, "event_threshold": self.threshold}


# --- Deciding ------------------------------------------------------------------------------------


def weigh(one: Fingerprint, other: Fingerprint, features: Features) -> Verdict | None:
    """What the model says of a pair, or None where it is not even asked (`excluded`, `Limits`)."""
    limits, models = model()
    if excluded(one, other, features) or features.hours > limits.hours:
        return None
    weights = rarity.weights(told(one, other))
    if sum(weights) < limits.told or max(weights) < limits.rarest:
        return None
    if rarity.weigh(both(one, other)) < limits.title:
        return None
    return judged(measure(one, other, features), models[language_class(one, other)])


def excluded(one: Fingerprint, other: Fingerprint, features: Features) -> bool:
    """Whether links of this kind are never drawn.

    Between languages (that needs other evidence), from a roundup or an advertisement, between titles about two
    coins, between two titles that return every day, and within a publisher from any of those.
    """
    roundup = one.digest or other.digest
    advertise = not (promotions().isdisjoint(one.lead) and promotions().isdisjoint(other.lead))
    returns = (one.series and other.series) or (features.series and features.same_publisher)
    if not features.same_language or roundup or returns or advertise:
        return True
    return other_coins(one, other)


def judged(common: Common, weights: Model) -> Verdict:
    """The verdict on what a pair has in common."""
    shares = {name: weights.weights[name] * getattr(common, name) for name in NAMES}
    shares[INTERCEPT] = weights.intercept
    return Verdict(
        probability=1 / (1 + exp(-sum(shares.values()))),
        threshold=weights.threshold,
        common=common,
        shares=shares,
    )


def language_class(one: Fingerprint, other: Fingerprint) -> str:
    """Which weights apply: ``spaced`` or ``unspaced``."""
    return "unspaced" if one.language in UNSPACED or other.language in UNSPACED else "spaced"


@cache
def promotions() -> frozenset[int]:
    """The words of `PROMOTIONS` by hash."""
    return frozenset(words.token_hash(words.stem(word)) for word in PROMOTIONS.split())


# --- The model -----------------------------------------------------------------------------------


@cache
def model() -> tuple[Limits, dict[str, Model]]:
    """The limits, and the weights by class of languages; read from the package at the first question."""
    return parse(Path(__file__).with_name(MODEL).read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Limits, dict[str, Model]]:
    """The limits and weights that a file of the form of ``events.toml`` states."""
    import tomllib

    found = tomllib.loads(text)
    models = {
        name: Model(
            intercept=table["intercept"],
            threshold=table["threshold"],
            weights={each: float(table["weights"][each]) for each in NAMES},
        )
        for name, table in found["classes"].items()
    }
    return Limits(**found["limits"]), models
