"""Do two articles report one event, each in its own words, or does one follow the other up?

A small logistic model over what two such articles have in common: rare words of one title that the other tells,
values, names; and over what only look-alikes have: other values under alike titles, one publisher's wording, a
title that returns. It sees nothing but the two fingerprints. Its weights stand in ``events.toml`` with their
evidence; `python -m tests.quality.train_events` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, log1p
from pathlib import Path

from aggregator.dedup.features import Features
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.text import rarity, words

MODEL = "events.toml"
RULE = "same-event"
UNSPACED = frozenset(("zh", "ja", "ko", "th"))
"""Languages whose "words" are pairs of characters: they have weights of their own."""

MAX_TITLE = 30.0
MAX_TOLD = 40.0
MAX_PAIRS = 3
MAX_DIGITS = 4
"""Beyond these a feature says no more; caps keep a very long title from deciding alone."""
YEARS = range(2020, 2032)
HOURS_A_DAY = "24"
"""Numbers that are a year or "in 24 hours" say nothing."""
COINS = {
    "BTC": "bitcoin btc 比特 ビッ",
    "ETH": "ethereum eth ether 以太 イー",
    "XRP": "xrp ripple 瑞波 リッ",
    "SOL": "solana sol ソラ",
    "BNB": "bnb",
    "DOGE": "dogecoin doge 狗狗",
    "ADA": "cardano ada",
    "TRX": "tron trx 波场",
    "AVAX": "avalanche avax",
    "LINK": "chainlink",
    "DOT": "polkadot",
    "LTC": "litecoin ltc 莱特",
    "XMR": "monero xmr",
    "XLM": "stellar xlm",
    "SHIB": "shib shiba",
    "PEPE": "pepe",
    "SUI": "sui",
    "HBAR": "hedera hbar",
    "HYPE": "hyperliquid hype",
    "PI": "pi",
}
"""Coins whose moves are told in the same words day after day, and how titles name them: two such stories about two
coins are not one. Other coins are rare words anyway."""
PROMOTIONS = "presale presales"
"""A text that speaks of one advertises: the same names return every day, hung upon whatever is the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What two articles have in common; weights are in nats (`rarity.weight`), shares 0 to 1. Symmetric."""

    told: float
    """Words of one title that the other's title or lead tells."""
    title: float
    """Words that both titles hold."""
    lead: float
    """Share of the shorter lead that the other holds."""
    rarest: float
    """The rarest of the words told."""
    pairs: int
    """Pairs of neighbouring words that both titles hold: names."""
    digits: int
    """Digits of the most exact value that both state; 0 where they share none."""
    other_values: float
    """Share of the titles' words that they share, where each title states a value that the other does not."""
    hours: float
    """Logarithm of one plus the hours between them."""
    publisher: float
    """1 where one publisher wrote both."""
    wording: float
    """The smaller share of a title that the other's lead tells, where one publisher wrote both: its wording."""
    other_coin: float
    """1 where each title names a coin of which the other article's title and lead say nothing."""
    series: float
    """1 where one title is of a kind that returns."""
    containment: float
    """Of the shorter body in the longer."""
    resemblance: float
    """Of the bodies: high in templates."""


NAMES: tuple[str, ...] = tuple(Common.__dataclass_fields__)


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
    told = _told(one, other)
    weights = rarity.weights(told)
    if sum(weights) < limits.told or max(weights) < limits.rarest:
        return None
    if rarity.weigh(_both(one, other)) < limits.title:
        return None
    return judged(common(one, other, features), models[language_class(one, other)])


def excluded(one: Fingerprint, other: Fingerprint, features: Features) -> bool:
    """Whether links of this kind are never drawn.

    Between languages (that needs other evidence), from a roundup or an advertisement, between two titles that
    return every day, and within a publisher from any of those.
    """
    roundup = one.digest or other.digest
    advertise = not (promotions().isdisjoint(one.lead) and promotions().isdisjoint(other.lead))
    returns = (one.series and other.series) or (features.series and features.same_publisher)
    return not features.same_language or roundup or returns or advertise


def judged(common: Common, weights: Model) -> Verdict:
    """The verdict on what a pair has in common."""
    shares = {name: weights.weights[name] * getattr(common, name) for name in NAMES}
    shares["intercept"] = weights.intercept
    return Verdict(
        probability=1 / (1 + exp(-sum(shares.values()))),
        threshold=weights.threshold,
        common=common,
        shares=shares,
    )


def language_class(one: Fingerprint, other: Fingerprint) -> str:
    """Which weights apply: ``spaced`` or ``unspaced``."""
    return "unspaced" if one.language in UNSPACED or other.language in UNSPACED else "spaced"


# --- Measuring -----------------------------------------------------------------------------------


def common(one: Fingerprint, other: Fingerprint, features: Features) -> Common:
    """What a pair has in common, beside what was already measured on it."""
    told = rarity.weights(_told(one, other))
    shared = rarity.weigh(_both(one, other))
    whole = rarity.weigh(one.title), rarity.weigh(other.title)
    leads = min(rarity.weigh_set(one.lead), rarity.weigh_set(other.lead))
    wording = 0.0
    if features.same_publisher:
        wording = min(
            _share(rarity.weigh(other.lead.intersection(one.title)), whole[0]),
            _share(rarity.weigh(one.lead.intersection(other.title)), whole[1]),
        )
    return Common(
        told=min(sum(told), MAX_TOLD),
        title=min(shared, MAX_TITLE),
        lead=_share(rarity.weigh(one.lead & other.lead), leads),
        rarest=max(told, default=0.0),
        pairs=min(MAX_PAIRS, len(_neighbours(one.title) & _neighbours(other.title))),
        digits=_digits(set(one.lead_numbers).intersection(other.lead_numbers)),
        other_values=_share(shared, sum(whole) - shared) if features.title_numbers_conflict else 0.0,
        hours=log1p(features.hours),
        publisher=float(features.same_publisher),
        wording=wording,
        other_coin=float(_names_other(one, other) and _names_other(other, one)),
        series=float(features.series),
        containment=features.body_containment,
        resemblance=features.body_resemblance,
    )


def _told(one: Fingerprint, other: Fingerprint) -> frozenset[int]:
    """Words of one title that the other's title or lead holds; a lead begins with its title."""
    return other.lead.intersection(one.title) | one.lead.intersection(other.title)


def _both(one: Fingerprint, other: Fingerprint) -> frozenset[int]:
    """Words that both titles hold."""
    return frozenset(one.title).intersection(other.title)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _neighbours(title: tuple[int, ...]) -> set[tuple[int, int]]:
    return {(a, b) if a < b else (b, a) for a, b in pairwise(title)}


def _names_other(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether a title names a coin that the other article does not."""
    coins = coin_words()
    named = {coins[word] for word in coins.keys() & one.title}
    return bool(named) and named.isdisjoint({coins[word] for word in coins.keys() & other.lead})


@cache
def promotions() -> frozenset[int]:
    """The words of `PROMOTIONS` by hash."""
    return frozenset(words.token_hash(words.stem(word)) for word in PROMOTIONS.split())


@cache
def coin_words() -> dict[int, str]:
    """Words of titles that stand for a coin, by hash."""
    return {
        words.token_hash(words.stem(word)): coin for coin, names in COINS.items() for word in names.split()
    }


def _digits(values: Iterable[str]) -> int:
    """Significant digits of the most exact of these values, years and months apart."""
    most = 0
    for value in values:
        digits = value.rstrip("%").replace(".", "").strip("0")
        year = len(value) == 4 and value.isdigit() and int(value) in YEARS
        if digits.isdigit() and not year and value != HOURS_A_DAY:
            most = max(most, len(digits))
    return min(most, MAX_DIGITS)


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
