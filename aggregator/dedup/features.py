"""In what are two items alike, and in what do they differ? Measured once, judged elsewhere.

Every feature is symmetric: it does not matter which item came first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.dedup.fingerprint import SAMPLE, Fingerprint

NUMBER_TOLERANCE = 0.004
"""Relative. "$72B" and "$72.23B" are two reports of one desk (.0032); "292" and "292.8" are one purchase (.0027)."""
OPENING = 24
"""Shingles of the shorter body's beginning that are looked for in the longer one's head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What was measured on a pair; shares are 0 to 1."""

    same_page: bool
    attributed: bool
    """One names the other's page as its source."""
    shared_source: bool
    """Both name the same source."""
    same_text: bool
    same_title: bool
    same_slug: bool
    same_feed: bool
    same_publisher: bool
    same_language: bool
    hours: float
    """Between their credible times."""
    title_shared: int
    """Content words that both titles hold."""
    title_resemblance: float
    title_containment: float
    title_only: int
    """Content words of the title that has fewer words of its own: 0 where one title says all the other says."""
    title_numbers_conflict: bool
    """Each title states a value that the other does not."""
    lead_shared: int
    lead_resemblance: float
    lead_containment: float
    lead_numbers_shared: int
    lead_numbers_conflict: int
    """Values in the leads that find no partner, on the side that has fewer of them."""
    body_containment: float
    body_resemblance: float
    body_shorter: int
    """Tokens of the shorter body."""
    body_longer: int
    opening: float
    """Share of the shorter body's first `OPENING` shingles that stand in the longer one's head."""
    truncated: bool
    """The shorter text visibly stops short."""
    series: bool
    digest: bool
    """Exactly one of the two announces several stories."""


def compare(one: Fingerprint, other: Fingerprint) -> Features:
    """The features of a pair."""
    short, long_ = (one, other) if (one.length, one.uid) <= (other.length, other.uid) else (other, one)
    containment, resemblance = overlap(short, long_)
    lead_conflict, lead_numbers = _conflict(one.lead_numbers, other.lead_numbers)
    title_a, title_b = set(one.title), set(other.title)
    shared = len(title_a & title_b)
    lead_a, lead_b = set(one.lead), set(other.lead)
    lead_shared = len(lead_a & lead_b)
    opening = short.head[:OPENING]
    return Features(
        same_page=_meet(one.pages, other.pages),
        attributed=_meet(one.pages, other.sources) or _meet(one.sources, other.pages),
        shared_source=_meet(one.sources, other.sources),
        same_text=one.text != 0 and one.text == other.text,
        same_title=one.whole_title != 0 and one.whole_title == other.whole_title,
        same_slug=one.slug != 0 and one.slug == other.slug,
        same_feed=one.feed == other.feed,
        same_publisher=one.feed == other.feed or (one.publisher != 0 and one.publisher == other.publisher),
        same_language=not one.language or not other.language or one.language == other.language,
        hours=abs(one.at - other.at) / 3600,
        title_shared=shared,
        title_resemblance=_share(shared, len(title_a | title_b)),
        title_containment=_share(shared, min(len(title_a), len(title_b))),
        title_only=min(len(title_a), len(title_b)) - shared,
        title_numbers_conflict=_conflict(one.title_numbers, other.title_numbers)[0] > 0,
        lead_shared=lead_shared,
        lead_resemblance=_share(lead_shared, len(lead_a | lead_b)),
        lead_containment=_share(lead_shared, min(len(lead_a), len(lead_b))),
        lead_numbers_shared=lead_numbers,
        lead_numbers_conflict=lead_conflict,
        body_containment=containment,
        body_resemblance=resemblance,
        body_shorter=short.length,
        body_longer=long_.length,
        opening=_share(len(set(opening) & set(long_.head)), len(set(opening))),
        truncated=short.truncated,
        series=one.series or other.series,
        digest=one.digest != other.digest,
    )


def overlap(short: Fingerprint, long_: Fingerprint) -> tuple[float, float]:
    """Containment of the shorter body in the longer, and their resemblance (Broder 1997).

    Exact where both are held whole; where only the shorter is, its shingles beyond the longer one's head
    count through the sample; estimated from the two samples otherwise.
    """
    if not short.head or not long_.head:
        return 0.0, 0.0
    if short.complete:
        mine, head = set(short.head), set(long_.head)
        in_head = mine & head
        sampled = {value for value in mine - in_head if value % SAMPLE == 0}
        beyond = 0 if long_.complete else len(sampled & set(long_.sample)) * SAMPLE
        met = min(len(mine), len(in_head) + beyond)
        size = len(head) if long_.complete else long_.length
        return met / len(mine), met / max(1, len(mine) + size - met)
    mine, theirs = set(short.sample), set(long_.sample)
    met = len(mine & theirs)
    return _share(met, min(len(mine), len(theirs))), _share(met, len(mine | theirs))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _meet(one: Iterable[int], other: Iterable[int]) -> bool:
    return not set(one).isdisjoint(other)


def _conflict(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[int, int]:
    """How many values find no partner on the side with fewer of those, and how many find one."""
    if not one or not other:
        return 0, 0
    left = [value for value in one if not any(_equal(value, each) for each in other)]
    right = [value for value in other if not any(_equal(value, each) for each in one)]
    return min(len(left), len(right)), min(len(one) - len(left), len(other) - len(right))


def _equal(one: str, other: str) -> bool:
    """Whether two values are one, rounding allowed; a share is never a sum, a month never a day."""
    if one == other:
        return True
    if one.startswith("month") or other.startswith("month") or one.endswith("%") != other.endswith("%"):
        return False
    a, b = float(one.rstrip("%")), float(other.rstrip("%"))
    return abs(a - b) <= NUMBER_TOLERANCE * max(abs(a), abs(b)) and max(a, b) >= 100
