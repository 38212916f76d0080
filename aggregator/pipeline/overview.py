"""What goes on behind the merged feed: how busy is it, who originates and who reposts?

The figures of `pipeline.figures`, over a time that is bounded twice, so that a run costs the same however much is
stored. They count back from the newest story: the same store gives the same figures, whenever it is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.models import FeedRecord, FeedRef, Overview, Story
from aggregator.pipeline import trends
from aggregator.store import feeds as feed_store
from aggregator.store import origins
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.pipeline.figures import FeedStats

DAYS = 7
"""A whole week: newsrooms and reposters keep different weekends."""
STORIES = 5_000
"""The newest stories that count, where a week has more: 0.2 s of CPU (``benchmarks/bench_overview.py``). Of 300
feeds each still has some sixteen."""
HOURS = 48
"""Of which the number of stories is told: today and yesterday, as far as `[export] min_hours` reaches."""


def overview(store: Store, now: datetime, *, window: timedelta) -> Overview:
    """Sum up the last week of stories, none later than ``now``. ``window``: as in ``figures.counted``."""
    feeds = {feed.id: FeedRecord(feed=feed) for feed in feed_store.all_feeds(store)}
    found = origins.reach(store, now, longest=timedelta(days=DAYS), most=STORIES)
    if found is None:
        return Overview(records=tuple(feeds.values()))
    from aggregator.pipeline import figures  # with dedup, which an export without a page does not need

    newest, since = found
    counted = figures.counted(store, since=since, until=newest + timedelta(seconds=1), window=window)
    records = {row.feed.id: _record(row) for row in counted.feeds}
    return Overview(
        records=(*records.values(), *(record for id_, record in feeds.items() if id_ not in records)),
        since=since,
        items=counted.items,
        stories=counted.stories,
        reading_saved=counted.reading_saved,
        newest=newest,
        hours=origins.founded_by_hour(store, newest, hours=HOURS),
        coins=trends.coins(store, newest, since),
    )


def of_stories(stories: Sequence[Story]) -> Overview:
    """What a merged feed of some stories has to show: their pace, and no figures of feeds.

    Those count all stories, and would change a page of which no story changed; the main page shows them.
    """
    if not stories:
        return Overview()
    newest = max(story.published for story in stories)
    last = _hour(newest)
    counted = Counter((last - _hour(story.published)) // timedelta(hours=1) for story in stories)
    reach = min(HOURS, 1 + max(counted))
    return Overview(newest=newest, hours=tuple(counted[ago] for ago in reversed(range(reach))))


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _record(row: FeedStats) -> FeedRecord:
    found, source = row.figures, row.copies_from
    return FeedRecord(
        feed=row.feed,
        own=found.own,
        reposts=found.reposts,
        doubles=found.doubles,
        originality=found.originality,
        lag=None if found.lag_median is None else timedelta(seconds=found.lag_median),
        copied=found.times_copied,
        copies_from=None
        if source is None
        else FeedRef(title=source.title, url=source.url, site_url=source.site_url),
    )
