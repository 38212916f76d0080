"""Which feeds bring news, and which only copy?

Counted per story, not per item, so that a feed that sends a story twice is not twice as original. Of one house
(publisher) only the first copy counts: its other feeds with the same story are *doubles*, which are neither its own
news nor taken from elsewhere.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from aggregator.dedup.origin import Copy, looks_like_a_clock, origin

PRIOR = 2
"""Stories of its own, and as many reposts, that a feed is taken to have brought before it brought any: one that
brought two stands in the middle, and not above one that brought a thousand and copied fifty."""
COPIER_SHARE = 0.5
"""Part of a feed's stories taken from elsewhere, from which on others had better speak for them …"""
COPIER_STORIES = 10
"""… once it has brought so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFigures:
    """What one feed brought. ``stories`` is the sum of ``alone``, ``first``, ``reposts`` and ``doubles``."""

    feed: int
    items: int
    stories: int
    alone: int
    """Stories nobody but its house brought."""
    first: int
    """Stories others brought too, and had from here: see `dedup.origin`."""
    reposts: int
    """Stories another house had first."""
    doubles: int
    """Stories another feed of its own house had first."""
    lag_median: int | None
    """Seconds its reposts came behind the story's origin; None without a lag that can be believed."""
    lag_p90: int | None
    lags_left_out: int
    """Reposts whose lag is negative, longer than the window or as long as clocks are wrong: who knows what it is."""
    times_copied: int
    """Houses that took up one of its stories, summed over the stories."""
    copied_by: int
    """Feeds that did."""
    copies_from: int | None
    """The feed most of its reposts come from."""
    copies_from_times: int
    credited: int
    """Stories in which a copy of another house names its copy as the source."""

    @property
    def own(self) -> int:
        """Stories it was the first to tell, or the only one."""
        return self.alone + self.first

    @property
    def originality(self) -> float:
        """How much of what it brings is its own: (own + 2) / (own + reposts + 4), between 0 and 1.

        A share drawn towards the half as far as few stories leave it uncertain: the middle of the interval that
        holds the true share with 95 % (Agresti and Coull 1998, "add two successes and two failures").
        """
        return (self.own + PRIOR) / (self.own + self.reposts + 2 * PRIOR)

    @property
    def share_elsewhere(self) -> float | None:
        """Part of its stories, doubles apart, that were first seen elsewhere; None where it has none."""
        counted = self.own + self.reposts
        return self.reposts / counted if counted else None

    @property
    def mostly_copies(self) -> bool:
        """Whether others had better speak for the stories it brings."""
        share = self.share_elsewhere
        return share is not None and share >= COPIER_SHARE and self.own + self.reposts >= COPIER_STORIES


@dataclass(slots=True)
class _Tally:
    """The figures of one feed while they grow."""

    items: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    lags: list[int] = field(default_factory=list)
    left_out: int = 0
    copied: int = 0
    copiers: set[int] = field(default_factory=set)
    sources: Counter[int] = field(default_factory=Counter)
    credited: int = 0


class Ledger:
    """Takes stories one by one and keeps the figures; its size depends on the feeds and reposts alone."""

    def __init__(self, *, longest_lag: int) -> None:
        self.longest_lag = longest_lag
        """Seconds; a copy that comes later had a wrong clock or is a page's revival."""
        self.items = 0
        self.stories = 0
        self.tokens_saved = 0
        """Tokens of the bodies of all copies but the origins."""
        self._tallies: dict[int, _Tally] = defaultdict(_Tally)

    def add(self, story: Sequence[Copy]) -> None:
        """Count a story, given as all its copies."""
        if len(story) == 1 and not story[0].credited:
            self._add_alone(story[0])
            return
        source = origin(story)
        self.items += len(story)
        self.stories += 1
        self.tokens_saved += sum(each.length for each in story) - source.length
        leads: dict[int, Copy] = {}
        for each in sorted(story, key=lambda each: (each is not source, each.at, each.item)):
            leads.setdefault(each.house, each)
            self._tallies[each.feed].items += 1
        for feed in {each.feed for each in story if each.credited}:
            self._tallies[feed].credited += 1
        for each in leads.values():
            self._count_lead(each, source, alone=len(leads) == 1)
        for feed in {each.feed for each in story} - {each.feed for each in leads.values()}:
            self._tallies[feed].roles["double"] += 1

    def _add_alone(self, only: Copy) -> None:
        """What `add` comes to for a story without copies, as most are."""
        self.items += 1
        self.stories += 1
        tally = self._tallies[only.feed]
        tally.items += 1
        tally.roles["alone"] += 1

    def _count_lead(self, copy: Copy, source: Copy, *, alone: bool) -> None:
        tally = self._tallies[copy.feed]
        if copy is source:
            tally.roles["alone" if alone else "first"] += 1
            return
        tally.roles["repost"] += 1
        tally.sources[source.feed] += 1
        lag = copy.at - source.at
        if 0 <= lag <= self.longest_lag and not looks_like_a_clock(lag):
            tally.lags.append(lag)
        else:
            tally.left_out += 1
        self._tallies[source.feed].copied += 1
        self._tallies[source.feed].copiers.add(copy.feed)

    def figures(self) -> list[FeedFigures]:
        """All feeds, the most original first; of equals the one that brought more of its own."""
        found = [_figures(feed, tally) for feed, tally in self._tallies.items()]
        return sorted(found, key=lambda each: (-each.originality, -each.own, -each.items, each.feed))


def _figures(feed: int, tally: _Tally) -> FeedFigures:
    favourite = min(tally.sources.items(), key=lambda pair: (-pair[1], pair[0]), default=(None, 0))
    return FeedFigures(
        feed=feed,
        items=tally.items,
        stories=tally.roles.total(),
        alone=tally.roles["alone"],
        first=tally.roles["first"],
        reposts=tally.roles["repost"],
        doubles=tally.roles["double"],
        lag_median=quantile(tally.lags, 0.5),
        lag_p90=quantile(tally.lags, 0.9),
        lags_left_out=tally.left_out,
        times_copied=tally.copied,
        copied_by=len(tally.copiers),
        copies_from=favourite[0],
        copies_from_times=favourite[1],
        credited=tally.credited,
    )


def quantile(values: Sequence[int], share: float) -> int | None:
    """The least value that so great a share does not exceed (nearest rank); None of nothing."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None
