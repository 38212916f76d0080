"""How does the history of an output go on behind its live documents (RFC 5005 §4)?

Every story of an output stands in its live documents, on the open page, or on exactly one closed page. A story that
is pushed out of the live documents comes to the open page; once that holds two pages' worth, the older half is closed:
written once more, with the way to the next page, and never again. So a closed page is at least a page's worth of
stories away from the live documents, by when its stories have had their corrections and most of their copies.

What is closed is a fact of the store (``told``), the files follow from it: one that is missing is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.export import atom, jsonfeed, pages, rss
from aggregator.export.channel import Channel
from aggregator.export.place import Place
from aggregator.home import Home
from aggregator.models import Feed, Story
from aggregator.pipeline.export.documents import Live
from aggregator.pipeline.export.outputs import ARCHIVE, FILE_NAMES, Output
from aggregator.store import meta, selecting, told
from aggregator.store.connection import Store
from aggregator.store.shown import stories_by_id

BATCH = 500
"""Newly published stories taken in per transaction."""

RENDERERS: dict[str, Callable[[Channel, Sequence[Story], Place], bytes]] = {
    "atom": atom.render,
    "rss": rss.render,
    "json": jsonfeed.render,
}

Write = Callable[[str, bytes], None]
"""Makes a file, named relative to the output's directory, hold these bytes."""


def tell(store: Store, output: Output, feeds: Mapping[int, Feed], live: Sequence[Story]) -> None:
    """Note which stories the output tells: those of its live documents, and what was published since it last looked.

    The second are those that the live documents never held: older than all of them when they came, or too many at
    once. ``feeds``: all that ever brought an item.
    """
    key = f"told/{output.name}"
    number = int(meta.get(store, key) or 0)
    with store.transaction():
        told.tell(store, output.name, [story.id for story in live])
    while batch := told.published_after(store, number, limit=BATCH):
        number = batch[-1][0]
        passing = selecting.passing(store, output.selection, feeds, [story_id for _, story_id in batch])
        with store.transaction():
            told.tell(store, output.name, passing)
            meta.put(store, key, str(number))


def places(
    store: Store, home: Home, output: Output, held: Live, now: datetime, write: Write
) -> dict[str, Place]:
    """Bring the output's history up to date, and say of each format where its live document stands in it."""
    archive = Archive(store=store, home=home, output=output, channel=held.channel, now=now, write=write)
    newest = archive.bring_up_to_date(held.stories)
    departed = output.departed(store, now)
    return {kind: Place(older=newest.get(kind), departed=departed) for kind in RENDERERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The pages of one output."""

    store: Store
    home: Home
    output: Output
    channel: Channel
    now: datetime
    write: Write

    def bring_up_to_date(self, live: Sequence[Story]) -> dict[str, str]:
        """Close what is due, write what is missing, and give for each format the address of the newest page."""
        if not self.output.archives:
            return {}
        waiting = self._close_full(live)
        last = told.last_closed(self.store, self.output.name)
        self._restore(last)
        if not waiting and not last:
            return {}
        state, newest = pages.state(waiting), last + 1
        self._put(newest, waiting, closed=False, state=state)
        return {kind: self._address(kind, newest) + state for kind in self.output.archives}

    def _close_full(self, live: Sequence[Story]) -> list[Story]:
        """Close pages until what is left is an open page; give its stories, oldest first."""
        most = self.output.archive_stories
        without = [story.id for story in live]
        while True:
            ids = told.oldest_open(
                self.store, self.output.name, without=without, until=self.now, limit=2 * most + 1
            )
            full = len(ids) > 2 * most
            found = self._shown(ids[:most] if full else ids)
            fit = pages.fitting(found, channel=self.channel, formats=self.output.archives)
            if not full and fit == len(found):
                return found
            self._close(found[: min(fit, most)])

    def _shown(self, ids: Sequence[str]) -> list[Story]:
        return pages.shown(
            stories_by_id(self.store, ids),
            channel=self.channel,
            formats=self.output.archives,
            now=self.now,
        )

    def _close(self, stories: Sequence[Story]) -> None:
        page = told.last_closed(self.store, self.output.name) + 1
        # First the file: a run that is killed in between closes the page once more, and nobody was told yet.
        self._put(page, stories, closed=True)
        with self.store.transaction():
            told.close(self.store, self.output.name, page, [story.id for story in stories])

    def _restore(self, last: int) -> None:
        """Make closed pages that are missing again, from the stories that are still there.

        All of them where the feed has moved: their addresses are written in each.
        """
        key = f"archive/{self.output.name}"
        moved = meta.get(self.store, key) not in {None, self.output.base_url}
        names = set() if moved else set(self.output.pages_lying(self.home))
        for page in range(1, last + 1):
            if any(_file(kind, page) not in names for kind in self.output.archives):
                ids = told.on_page(self.store, self.output.name, page)
                self._put(page, self._shown(ids), closed=True)
        if meta.get(self.store, key) != self.output.base_url:
            with self.store.transaction():
                meta.put(self.store, key, self.output.base_url)

    def _put(self, page: int, stories: Sequence[Story], *, closed: bool, state: str = "") -> None:
        """Write a page in every format, newest story first."""
        shown = list(reversed(stories))
        updated = max((story.updated for story in shown), default=self.channel.updated)
        channel = replace(self.channel, updated=updated)
        for kind in self.output.archives:
            place = Place(
                address=self._address(kind, page) + state,
                older=self._address(kind, page - 1) if page > 1 else None,
                newer=self._address(kind, page + 1) if closed else None,
                closed=closed,
            )
            self.write(_file(kind, page), RENDERERS[kind](channel, shown, place))

    def _address(self, kind: str, page: int) -> str:
        return self.channel.address(_file(kind, page))


def _file(kind: str, page: int) -> str:
    """``archive/atom-7.xml``: where a page lies, relative to the live document."""
    stem, dot, suffix = FILE_NAMES[kind].rpartition(".")
    return f"{ARCHIVE}/{stem}-{page}{dot}{suffix}"
