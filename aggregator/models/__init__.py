"""The nouns: values that flow between the stages, each made once and never changed.

Which way they flow::

    Subscription → Feed → Fetched | NotModified | Failed → ParsedFeed(Entry…) → Item → CleanText
        → Fingerprint (dedup's own) → Match → Cluster → Story → documents

All times are timezone-aware UTC with whole seconds. All text is Unicode with the markup the publisher
used where the name ends in ``_html``, plain text everywhere else.

Every noun has its name here. The room it lives in is entered when the name is first asked for: making a dataclass
takes a millisecond, there are thirty of them, and a poll that finds nothing new needs eight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.rooms import doors

if TYPE_CHECKING:
    from aggregator.models.answers import Failed, FailureReason, Fetched, NotModified, Outcome
    from aggregator.models.documents import Entry, ParsedFeed
    from aggregator.models.enclosures import Enclosure
    from aggregator.models.feeds import Feed, Subscription
    from aggregator.models.items import CleanText, Item
    from aggregator.models.judgements import Cluster, Match, Ruling
    from aggregator.models.outputs import Selection
    from aggregator.models.overview import CoinTrend, FeedRecord, Overview
    from aggregator.models.relations import Relation, Verdict
    from aggregator.models.reports import FeedFailure, Report
    from aggregator.models.stories import LABELS, Abstract, Copy, FeedRef, RelatedStory, Story

__all__ = [
    "LABELS",
    "Abstract",
    "CleanText",
    "Cluster",
    "CoinTrend",
    "Copy",
    "Enclosure",
    "Entry",
    "Failed",
    "FailureReason",
    "Feed",
    "FeedFailure",
    "FeedRecord",
    "FeedRef",
    "Fetched",
    "Item",
    "Match",
    "NotModified",
    "Outcome",
    "Overview",
    "ParsedFeed",
    "RelatedStory",
    "Relation",
    "Report",
    "Ruling",
    "Selection",
    "Story",
    "Subscription",
    "Verdict",
]

_ROOMS = {
    "answers": ("Failed", "FailureReason", "Fetched", "NotModified", "Outcome"),
    "documents": ("Entry", "ParsedFeed"),
    "enclosures": ("Enclosure",),
    "feeds": ("Feed", "Subscription"),
    "items": ("CleanText", "Item"),
    "judgements": ("Cluster", "Match", "Ruling"),
    "outputs": ("Selection",),
    "overview": ("CoinTrend", "FeedRecord", "Overview"),
    "relations": ("Relation", "Verdict"),
    "reports": ("FeedFailure", "Report"),
    "stories": ("LABELS", "Abstract", "Copy", "FeedRef", "RelatedStory", "Story"),
}

if not TYPE_CHECKING:
    __getattr__ = doors(__name__, _ROOMS)
