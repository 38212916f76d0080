"""What are readers told of each story from now on, and since when?"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.store import meta, stories, told
from aggregator.store.connection import Store
from aggregator.text.titles import shown_title

BATCH = 500
"""Stories published per transaction."""


def publish(store: Store, now: datetime) -> None:
    """Record what readers are told from now on of each story whose words changed, and which stories left."""
    while due := stories.publications_due(store, limit=BATCH):
        with store.transaction():
            for each in due:
                _publish_story(store, each, now)
            stories.publications_done(store, [each.story_id for each in due])
            meta.bump_revision(store)
    told.settle_departures(store, now)


def _publish_story(store: Store, due: stories.PublicationDue, now: datetime) -> None:
    wording = stories.Wording(title=shown_title(due.title, due.body), url=due.url, abstract=due.abstract)
    if due.updated is None:
        updated = due.at
    elif wording == due.published:
        updated = due.updated
    else:
        updated = max(now, due.updated + timedelta(seconds=1))  # later than before, whatever the clock says
    stories.publish(store, due, wording, updated)
