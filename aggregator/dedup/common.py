"""What have two articles in common that may report one event? Rare words, names, values; and what look-alikes have.

Weights of words are in nats (`rarity`): what a word says by being there. Every measure is symmetric.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import log1p

from aggregator.dedup.features import Features
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.text import rarity, words

KEPT = 4096
"""Titles and leads of which a part of the measure is remembered: each is compared with two dozen others."""
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
    series: float
    """1 where one title is of a kind that returns."""
    containment: float
    """Of the shorter body in the longer."""
    resemblance: float
    """Of the bodies: high in templates."""


NAMES: tuple[str, ...] = tuple(Common.__dataclass_fields__)


def measure(one: Fingerprint, other: Fingerprint, features: Features) -> Common:
    """What a pair has in common, beside what was already measured on it."""
    weights = rarity.weights(told(one, other))
    shared = rarity.weigh(both(one, other))
    leads = min(rarity.weigh_set(one.lead), rarity.weigh_set(other.lead))
    return Common(
        told=min(sum(weights), MAX_TOLD),
        title=min(shared, MAX_TITLE),
        lead=_share(rarity.weigh(one.lead & other.lead), leads),
        rarest=max(weights, default=0.0),
        pairs=min(MAX_PAIRS, len(_neighbours(one.title) & _neighbours(other.title))),
        digits=_digits(set(one.lead_numbers).intersection(other.lead_numbers)),
        other_values=_resemblance(one, other, shared) if features.title_numbers_conflict else 0.0,
        hours=log1p(features.hours),
        publisher=float(features.same_publisher),
        wording=_wording(one, other) if features.same_publisher else 0.0,
        series=float(features.series),
        containment=features.body_containment,
        resemblance=features.body_resemblance,
    )


def told(one: Fingerprint, other: Fingerprint) -> frozenset[int]:
    """Words of one title that the other's title or lead holds; a lead begins with its title."""
    return other.lead.intersection(one.title) | one.lead.intersection(other.title)


def both(one: Fingerprint, other: Fingerprint) -> frozenset[int]:
    """Words that both titles hold."""
    return frozenset(one.title).intersection(other.title)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _resemblance(one: Fingerprint, other: Fingerprint, shared: float) -> float:
    """Of the titles, by weight."""
    return _share(shared, rarity.weigh(one.title) + rarity.weigh(other.title) - shared)


def _wording(one: Fingerprint, other: Fingerprint) -> float:
    """The smaller share of a title that the other's title or lead tells."""
    return min(
        _share(rarity.weigh(other.lead.intersection(one.title)), rarity.weigh(one.title)),
        _share(rarity.weigh(one.lead.intersection(other.title)), rarity.weigh(other.title)),
    )


@lru_cache(maxsize=KEPT)
def _neighbours(title: tuple[int, ...]) -> frozenset[tuple[int, int]]:
    return frozenset((a, b) if a < b else (b, a) for a, b in pairwise(title))


def other_coins(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether each title names a coin of which the other article's title and lead say nothing."""
    return _names_other(one, other) and _names_other(other, one)


def _names_other(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether a title names a coin that the other article does not."""
    named = _coins(frozenset(one.title))
    return bool(named) and named.isdisjoint(_coins(other.lead))


@lru_cache(maxsize=KEPT)
def _coins(text: frozenset[int]) -> frozenset[str]:
    known = coin_words()
    return frozenset(known[word] for word in text if word in known)


@cache
def coin_words() -> dict[int, str]:
    """Words of titles that stand for a coin, by hash."""
    return {
        words.token_hash(words.stems([word])[0]): coin
        for coin, names in COINS.items()
        for word in names.split()
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
