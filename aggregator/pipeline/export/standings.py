"""What does the published list say of each feed, besides its address?"""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.export import health
from aggregator.models import Overview
from aggregator.opml import Standing


def standings(overview: Overview) -> Mapping[int, Standing]:
    """Feed id → its standing, of the time that the overview counts."""
    return {
        record.feed.id: Standing(
            trouble=health.trouble(record.feed, overview.newest), originality=record.originality
        )
        for record in overview.records
    }
