"""How is the list of feeds told to everyone: without secrets, with what is known of each?

What we know of a feed stands in attributes with a prefix, which OPML 2.0 lets a list have and readers pass over:
``aggregator:originality``, ``aggregator:rhythm``, ``aggregator:trouble``, ``aggregator:withheld``. They are coarse, so
that the list changes when something is worth telling and not at every poll.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from aggregator.models import Feed
from aggregator.opml.writing import PREFIX, attributes, document
from aggregator.text.urls import public_address

RHYTHMS = {
    "PT15M": timedelta(minutes=15),
    "PT30M": timedelta(minutes=30),
    "PT1H": timedelta(hours=1),
    "PT2H": timedelta(hours=2),
    "PT4H": timedelta(hours=4),
    "PT8H": timedelta(hours=8),
    "P1D": timedelta(days=1),
    "P3D": timedelta(days=3),
    "P7D": timedelta(days=7),
    "P30D": timedelta(days=30),
}
"""Steps of about twice the one before (ISO 8601): a feed's rhythm seldom moves from one to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a feed besides its address."""

    trouble: str = ""
    """Why nothing new comes from it, in words that stay the same from poll to poll; empty when all is well."""
    originality: float | None = None
    """Share of its stories of late that are its own, 0 to 1; None where it brought none."""


def publish(feeds: Iterable[Feed], standings: Mapping[int, Standing], *, title: str = "Feeds") -> bytes:
    """Write a list for others, with each feed's standing by its id; same bytes while nothing told has changed."""
    listed = []
    for feed in feeds:
        shown = replace(
            feed,
            url=public_address(feed.url),
            site_url=public_address(feed.site_url) if feed.site_url else None,
        )
        more = [
            (PREFIX + name, value)
            for name, value in _known(feed, standings.get(feed.id, Standing()))
            if value
        ]
        if shown.url != feed.url:
            more.append((f"{PREFIX}withheld", "the address is not complete: what lets you in was left out"))
        listed.append((feed.folder, [*attributes(shown, declare=False), *more]))
    return document(listed, title=title)


def _known(feed: Feed, standing: Standing) -> Iterator[tuple[str, str]]:
    yield "originality", "" if standing.originality is None else f"{standing.originality:.1f}"
    yield "rhythm", rhythm(feed.rhythm)
    yield "trouble", standing.trouble


def rhythm(between: timedelta | None) -> str:
    """The step that a feed's time between two entries is nearest to, as a ratio; empty where it is not known."""
    if between is None or between <= timedelta(0):
        return ""
    return min(RHYTHMS, key=lambda name: max(RHYTHMS[name] / between, between / RHYTHMS[name]))
