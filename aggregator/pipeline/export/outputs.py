"""Which merged feeds are there, where do they stand, and what is each allowed to hold?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.config import Config, Filters, OutputConfig
from aggregator.home import Home
from aggregator.models import Selection
from aggregator.store import told
from aggregator.store.connection import Store
from aggregator.web.addresses import is_loopback_literal

FILE_NAMES = {
    "atom": "atom.xml",
    "rss": "rss.xml",
    "json": "feed.json",
    "html": "index.html",
    "opml": "feeds.opml",
}
"""What each format's document is called; the order they are written in."""

OUTPUTS_OPML = "outputs.opml"
"""All outputs as a list to subscribe to, beside the main one where there are others."""

ARCHIVE = "archive"
"""Directory of the pages of history, in that of their output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One merged feed: a directory of documents about the same stories."""

    name: str
    """Of its directory below ``public/``; empty for the main one, which is ``public/`` itself."""
    title: str
    description: str
    base_url: str
    """Public address of its directory; absolute, ends with ``/``."""
    hub: str
    """Address of the WebSub hub that is told of changes; empty: none."""
    limit: int
    min_hours: int
    max_bytes: int
    formats: tuple[str, ...]
    """Of ``FILE_NAMES``, in their order."""
    archives: tuple[str, ...]
    """Those of its formats that have pages of history."""
    archive_stories: int
    """How many stories a closed page holds."""
    deleted_entries: bool
    selection: Selection
    per_feed: int
    """The most stories that one feed may speak for; 0: any number."""
    lists: tuple[tuple[str, str], ...] = ()
    """Title and feed of every output, for the main one to list where there are others."""

    def directory(self, home: Home) -> Path:
        """Where its documents lie."""
        return home.public / self.name if self.name else home.public

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its documents, in the order they are written in."""
        names = tuple(FILE_NAMES[kind] for kind in self.formats)
        return (*names, OUTPUTS_OPML) if self.lists and "opml" in self.formats else names

    def pages_lying(self, home: Home) -> list[str]:
        """Names of the files of history that lie in its directory, relative to that."""
        try:
            return sorted(f"{ARCHIVE}/{each.name}" for each in (self.directory(home) / ARCHIVE).iterdir())
        except OSError:  # none, or none that can be seen: whoever is to write there will be told why not
            return []

    def departed(self, store: Store, now: datetime) -> tuple[tuple[str, datetime], ...]:
        """Ids of stories that it is to say have left, and since when."""
        if not self.deleted_entries:
            return ()
        return tuple((each.story, each.at) for each in told.departures(store, self.name, now))


def outputs(config: Config) -> list[Output]:
    """Every output that the settings ask for, the main one first."""
    main = _main(config)
    named = [_named(name, each, config) for name, each in config.outputs.items()]
    known = [(each.title, feed_address(each)) for each in (main, *named)] if named else []
    return [replace(main, lists=tuple((title, url) for title, url in known if url)), *named]


def feed_address(output: Output) -> str | None:
    """Where a reader subscribes to an output: in the first format it has of Atom, RSS and JSON Feed."""
    kind = next((kind for kind in ("atom", "rss", "json") if kind in output.formats), None)
    return output.base_url + FILE_NAMES[kind] if kind else None


def _main(config: Config) -> Output:
    settings = config.export
    return Output(
        name="",
        title=settings.title,
        description=settings.description,
        base_url=settings.base_url,
        hub=hub(config),
        limit=settings.limit,
        min_hours=settings.min_hours,
        max_bytes=settings.max_bytes,
        formats=_formats(settings.formats),
        archives=_archives(settings.formats, config),
        archive_stories=config.export.archive_stories,
        deleted_entries=config.export.deleted_entries,
        selection=_selection(settings),
        per_feed=settings.per_feed,
    )


def _named(name: str, settings: OutputConfig, config: Config) -> Output:
    selection = _selection(settings)
    return Output(
        name=name,
        title=settings.title or f"{config.export.title} · {name}",
        description=settings.description or in_words(selection),
        base_url=f"{config.export.base_url}{name}/",
        hub=hub(config),
        limit=settings.limit,
        min_hours=settings.min_hours,
        max_bytes=config.export.max_bytes,
        formats=_formats(settings.formats),
        archives=_archives(settings.formats, config),
        archive_stories=config.export.archive_stories,
        deleted_entries=config.export.deleted_entries,
        selection=selection,
        per_feed=settings.per_feed,
    )


def hub(config: Config) -> str:
    """The hub that is told of changes: none while the feeds name this machine, where nobody else can fetch them."""
    host = urlsplit(config.export.base_url).hostname or ""
    return "" if is_loopback_literal(host) else config.export.hub


def _formats(wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for kind in FILE_NAMES if kind in wanted)


def _archives(wanted: tuple[str, ...], config: Config) -> tuple[str, ...]:
    return tuple(kind for kind in _formats(wanted) if kind in config.export.archives)


def _selection(settings: Filters) -> Selection:
    return Selection(**{each.name: getattr(settings, each.name) for each in fields(Selection)})


def in_words(selection: Selection) -> str:
    """Say which stories a selection lets through, in one line."""
    return (
        f"Stories{','.join(_conditions(selection))}; each once."
        if selection != Selection()
        else "All stories."
    )


def _conditions(selection: Selection) -> Iterator[str]:
    for words, values in (
        ("about", selection.coins),
        ("tagged", selection.tags),
        ("in the language", selection.languages),
        ("carried by", selection.feeds),
        ("from the folder", selection.folders),
        ("that say", selection.words),
        ("that do not say", selection.without_words),
    ):
        if values:
            yield f" {words} {' or '.join(values)}"
    if selection.min_outlets > 1:
        yield f" that {selection.min_outlets} publishers or more carry"
    if selection.originals:
        yield " that are not second-hand"
    if not selection.sponsored:
        yield " that nobody paid for"
    if not selection.press_releases:
        yield " that are no press releases"
