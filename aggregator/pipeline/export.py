"""Stage 4 with the store: what are readers told now, and which files must change?

First the wording: a story's title, link and abstract are recorded as published, and its time of update moves only
when one of them does. Then the documents, from what is recorded; nothing is rendered when nothing changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator import __version__, opml
from aggregator.config import Config
from aggregator.errors import ExportError
from aggregator.home import Home
from aggregator.models import Feed, Report, Story
from aggregator.pipeline.session import Progress
from aggregator.store import feeds as feed_store
from aggregator.store import meta, reading, stories
from aggregator.store.connection import Store
from aggregator.text.titles import shown_title

if TYPE_CHECKING:
    from aggregator.export.channel import Channel

EPOCH = datetime.fromtimestamp(0, UTC)
"""The time of update of a feed without stories."""

BATCH = 500
"""Stories published per transaction."""

STORIES_READ = 2_000
"""Upper bound on the stories an export looks at: the size limit of the documents ends long before."""

FILE_NAMES = {
    "atom": "atom.xml",
    "rss": "rss.xml",
    "json": "feed.json",
    "html": "index.html",
    "opml": "feeds.opml",
}


def export(
    store: Store, home: Home, config: Config, now: datetime, report: Report, progress: Progress
) -> None:
    """Publish new wordings and write the documents that changed."""
    publish(store, now)
    feeds = feed_store.all_feeds(store)
    state = _state(store, home, config, feeds, now)
    if meta.get(store, "exported") == state:
        return
    wanted = [name for name in FILE_NAMES if name in config.export.formats]
    written = _write_documents(home, _documents(store, config, feeds, now), wanted, progress)
    report.files.extend(written)
    with store.transaction():
        meta.put(store, "exported", _state(store, home, config, feeds, now))


def publish(store: Store, now: datetime) -> None:
    """Record what readers are told from now on of each story whose words changed."""
    while due := stories.publications_due(store, limit=BATCH):
        with store.transaction():
            for each in due:
                _publish_story(store, each, now)
            stories.publications_done(store, [each.story_id for each in due])
            meta.bump_revision(store)


def _publish_story(store: Store, due: stories.PublicationDue, now: datetime) -> None:
    wording = stories.Wording(title=shown_title(due.title, due.body), url=due.url, abstract=due.abstract)
    if due.updated is None:
        updated = due.at
    elif wording == due.published:
        updated = due.updated
    else:
        updated = max(now, due.updated + timedelta(seconds=1))  # later than before, whatever the clock says
    stories.publish(store, due, wording, updated)


# --- Documents -------------------------------------------------------------------------------------


def _documents(
    store: Store, config: Config, feeds: Sequence[Feed], now: datetime
) -> dict[str, Callable[[], bytes]]:
    """Name each document and say how it is made; rendering waits until it is wanted."""
    from aggregator.export import atom, jsonfeed, page, rss
    from aggregator.export.select import select

    candidates = _window(store, config, now)
    channel = _channel(config, max((each.updated for each in candidates), default=EPOCH))
    chosen = select(candidates, channel=channel, now=now)
    return {
        "atom": lambda: atom.render(channel, chosen),
        "rss": lambda: rss.render(channel, chosen),
        "json": lambda: jsonfeed.render(channel, chosen),
        "html": lambda: page.render(channel, chosen, feeds),
        "opml": lambda: opml.write(feeds),
    }


def _window(store: Store, config: Config, now: datetime) -> list[Story]:
    """Read the newest stories: as many as the limit, or all of the last hours if those are more.

    Stories from a future that a wrong clock once brought wait until it comes.
    """
    until = now + timedelta(seconds=1)
    newest = reading.list_stories(store, reading.StoryQuery(until=until, limit=config.export.limit))
    if len(newest) < config.export.limit:
        return newest
    since = newest[0].published - timedelta(hours=config.export.min_hours)
    if newest[-1].published < since:
        return newest
    return reading.list_stories(store, reading.StoryQuery(since=since, until=until, limit=STORIES_READ))


def _channel(config: Config, updated: datetime) -> Channel:
    from aggregator.export.channel import Channel

    settings = config.export
    return Channel(
        title=settings.title,
        description=settings.description,
        base_url=settings.base_url,
        updated=updated,
        limit=settings.limit,
        min_hours=settings.min_hours,
        max_bytes=settings.max_bytes,
        documents=tuple(FILE_NAMES[kind] for kind in settings.formats),
    )


def _write_documents(
    home: Home, documents: dict[str, Callable[[], bytes]], wanted: Sequence[str], progress: Progress
) -> list[str]:
    from aggregator.export.files import write

    try:
        home.public.mkdir(exist_ok=True)
    except OSError as error:
        raise ExportError(f"{home.public}: {error.strerror}; nothing was exported") from error
    written = []
    for done, kind in enumerate(wanted, start=1):
        path = home.public / FILE_NAMES[kind]
        if write(path, documents[kind]()):
            written.append(str(path.relative_to(home.path)))
        progress("export", done, len(wanted))
    return written


def _state(store: Store, home: Home, config: Config, feeds: Sequence[Feed], now: datetime) -> str:
    """Sum up everything the documents depend on, and the documents as they lie there."""
    described = [
        (
            feed.first_url,
            feed.url,
            feed.title,
            feed.site_url,
            feed.language,
            feed.folder,
            feed.tags,
            feed.priority,
        )
        for feed in feeds
    ]
    files = [(kind, *_as_it_lies(home.public / FILE_NAMES[kind])) for kind in config.export.formats]
    waiting = stories.count_after(store, now)
    parts = [__version__, meta.get(store, "revision"), repr(config.export), described, files, waiting]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _as_it_lies(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)
