"""In what are two items alike, and in what do they differ? Measured once, judged elsewhere.

Every feature is symmetric: it does not matter which item came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.dedup import translation
from aggregator.dedup.fingerprint import SAMPLE, Fingerprint

NUMBER_TOLERANCE = 0.004
"""Relative. "$72B" and "$72.23B" are two reports of one desk (.0032); "292" and "292.8" are one purchase (.0027)."""
ROUNDED_FROM = 100.0
"""Smaller values are counts, days and parts: 3 is never 3.01."""


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
    title_run: float
    """The longest run of words that both titles hold in one order, as a share of the shorter title."""
    title_covered: float
    """Share of one title's words that stand in the other's title or lead: of the title that is covered best …"""
    title_covered_least: float
    """… and of the one that is covered least."""
    title_numbers_conflict: bool
    """Each title states a value that the other does not."""
    title_swapped: int
    """Words of each title that its own body repeats and the other's title and lead do not hold, in the title that
    has fewer of them: what one mould is filled with."""
    lead_shared: int
    lead_resemblance: float
    lead_containment: float
    lead_numbers_shared: int
    lead_numbers_conflict: int
    """Values in the leads that find no partner, on the side that has fewer of them."""
    lead_numbers_only: int
    """Values that the lead with fewer words states and the other does not."""
    names_shared: int
    """Names in both leads: words in Latin letters where a text is in another script, else all its words."""
    names_only: int
    """Names in the lead with fewer words that the other does not hold."""
    title_names_conflict: int
    """Names in each title that the other's lead does not hold, in the title that has fewer of them."""
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
    unspaced: bool
    """One of them is written without spaces."""
    japanese: bool
    """Both are Japanese: its newsrooms tell an announcement in words of their own, in the announcement's terms."""
    anchors_shared: int = 0
    """Anchors that both hold at one place; counted across languages only, like what follows."""
    translation: float = 0.0
    """Odds by anchors and paragraph lengths that one is the other's translation, as a logarithm."""
    translation_said: float = 0.0
    """The same by anchors alone: odds that both tell of one event."""


def compare(one: Fingerprint, other: Fingerprint) -> Features:
    """The features of a pair."""
    short, long_ = (one, other) if (one.length, one.uid) <= (other.length, other.uid) else (other, one)
    containment, resemblance = overlap(short, long_)
    lead_conflict, lead_numbers = _conflict(one.lead_numbers, other.lead_numbers)
    title_a, title_b = set(one.title), set(other.title)
    shared = len(title_a & title_b)
    same_language = not one.language or not other.language or one.language == other.language
    foreign = translation.NONE
    if not same_language:
        foreign = translation.compare(one.anchors, other.anchors, one.shape, other.shape)
    lead_shared = len(one.lead & other.lead)
    covered = sorted(
        (_share(len(title_a & other.lead), len(title_a)), _share(len(title_b & one.lead), len(title_b)))
    )
    said_less, said_more = (
        (one, other) if (len(one.lead), one.uid) <= (len(other.lead), other.uid) else (other, one)
    )
    less, more = _names(said_less), _names(said_more)
    return Features(
        same_page=_meet(one.pages, other.pages),
        attributed=_meet(one.pages, other.sources) or _meet(one.sources, other.pages),
        shared_source=_meet(one.sources, other.sources),
        same_text=one.text != 0 and one.text == other.text,
        same_title=one.whole_title != 0 and one.whole_title == other.whole_title,
        same_slug=one.slug != 0 and one.slug == other.slug,
        same_feed=one.feed == other.feed,
        same_publisher=one.feed == other.feed or (one.publisher != 0 and one.publisher == other.publisher),
        same_language=same_language,
        hours=abs(one.at - other.at) / 3600,
        title_shared=shared,
        title_resemblance=_share(shared, len(title_a) + len(title_b) - shared),
        title_containment=_share(shared, min(len(title_a), len(title_b))),
        title_only=min(len(title_a), len(title_b)) - shared,
        title_run=_share(_run(one.title, other.title), min(len(title_a), len(title_b))),
        title_covered=covered[1],
        title_covered_least=covered[0],
        title_numbers_conflict=_conflict(one.title_numbers, other.title_numbers)[0] > 0,
        title_swapped=min(_only_told(one, other), _only_told(other, one)),
        lead_shared=lead_shared,
        lead_resemblance=_share(lead_shared, len(one.lead) + len(other.lead) - lead_shared),
        lead_containment=_share(lead_shared, min(len(one.lead), len(other.lead))),
        lead_numbers_shared=lead_numbers,
        lead_numbers_conflict=lead_conflict,
        lead_numbers_only=len(set(said_less.lead_numbers).difference(said_more.lead_numbers)),
        names_shared=len(less & more),
        names_only=len(less - more),
        title_names_conflict=min(
            len((title_a & _names(one)) - _names(other)), len((title_b & _names(other)) - _names(one))
        ),
        body_containment=containment,
        body_resemblance=resemblance,
        body_shorter=short.length,
        body_longer=long_.length,
        opening=_share(sum(value in long_.head for value in short.opening), len(short.opening)),
        truncated=short.truncated,
        series=one.series or other.series,
        digest=one.digest != other.digest,
        unspaced=one.unspaced or other.unspaced,
        japanese=one.language == other.language == "ja",
        anchors_shared=foreign.shared,
        translation=0.0 if same_language else foreign.shaped,
        translation_said=0.0 if same_language else foreign.said,
    )


def overlap(short: Fingerprint, long_: Fingerprint) -> tuple[float, float]:
    """Containment of the shorter body in the longer, and their resemblance (Broder 1997).

    Exact where both are held whole; where only the shorter is, its shingles beyond the longer one's head
    count through the sample; estimated from the two samples otherwise.
    """
    if not short.head or not long_.head:
        return 0.0, 0.0
    if short.complete:
        met = len(short.head & long_.head)
        if not long_.complete:
            met += SAMPLE * len((short.sample - long_.head) & long_.sample)
        met = min(len(short.head), met)
        size = len(long_.head) if long_.complete else long_.length
        return met / len(short.head), met / max(1, len(short.head) + size - met)
    met = len(short.sample & long_.sample)
    return (
        _share(met, min(len(short.sample), len(long_.sample))),
        _share(met, len(short.sample) + len(long_.sample) - met),
    )


def _names(print_: Fingerprint) -> frozenset[int]:
    return print_.names if print_.unspaced else print_.lead


def _only_told(one: Fingerprint, other: Fingerprint) -> int:
    return sum(one.told >> at & 1 and word not in other.lead for at, word in enumerate(one.title))


def _run(one: Sequence[int], other: Sequence[int]) -> int:
    """The longest common run, in time proportional to both lengths' product; titles are short."""
    longest = 0
    before: dict[int, int] = {}
    places = {word: at for at, word in enumerate(other)}
    for word in one:
        at = places.get(word)
        row = {at: before.get(at - 1, 0) + 1} if at is not None else {}
        longest = max(longest, *row.values()) if row else longest
        before = row
    return longest


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _meet(one: Iterable[int], other: Iterable[int]) -> bool:
    return not set(one).isdisjoint(other)


def _conflict(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[int, int]:
    """How many values find no partner on the side with fewer of those, and how many find one."""
    mine, theirs = set(one), set(other)
    left, right = mine - theirs, theirs - mine
    if left and right:
        partners = [(a, b) for a in left for b in right if _rounded(a, b)]
        left -= {a for a, _ in partners}
        right -= {b for _, b in partners}
    return min(len(left), len(right)), min(len(mine) - len(left), len(theirs) - len(right))


def _rounded(one: str, other: str) -> bool:
    """Whether one value is the other, rounded; a share is never a sum, a month never a day."""
    if one[0] != other[0] or not one[-1].isdigit() or not other[-1].isdigit() or one[0] == "m":
        return False
    a, b = float(one), float(other)
    return abs(a - b) <= NUMBER_TOLERANCE * max(a, b) and max(a, b) >= ROUNDED_FROM
