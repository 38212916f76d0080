"""Which merged feeds are there, where do they stand, and what is each allowed to hold?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aggregator.config import Config
from aggregator.home import Home

FILE_NAMES = {
    "atom": "atom.xml",
    "rss": "rss.xml",
    "json": "feed.json",
    "html": "index.html",
    "opml": "feeds.opml",
}
"""What each format's document is called; the order they are written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One merged feed: a directory of documents about the same stories."""

    name: str
    """Of its directory below ``public/``; empty for the main one, which is ``public/`` itself."""
    title: str
    description: str
    base_url: str
    """Public address of its directory; absolute, ends with ``/``."""
    limit: int
    min_hours: int
    max_bytes: int
    formats: tuple[str, ...]
    """Of ``FILE_NAMES``, in their order."""

    def directory(self, home: Home) -> Path:
        """Where its documents lie."""
        return home.public / self.name if self.name else home.public

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its documents, in the order they are written in."""
        return tuple(FILE_NAMES[kind] for kind in self.formats)


def outputs(config: Config) -> list[Output]:
    """Every output that the settings ask for, the main one first."""
    return [_main(config)]


def _main(config: Config) -> Output:
    settings = config.export
    return Output(
        name="",
        title=settings.title,
        description=settings.description,
        base_url=settings.base_url,
        limit=settings.limit,
        min_hours=settings.min_hours,
        max_bytes=settings.max_bytes,
        formats=tuple(kind for kind in FILE_NAMES if kind in settings.formats),
    )
