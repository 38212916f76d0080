"""What is true of a merged feed as a whole, whatever its format?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.export.chars import line, visible

ATOM = "atom.xml"
RSS = "rss.xml"
JSON = "feed.json"
PAGE = "index.html"
OPML = "feeds.opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One merged feed: where it lives, what it is called, how much it holds."""

    title: str = "Crypto news, each story once"
    description: str = "Stories from many feeds; copies of one story are collapsed into it."
    base_url: str = "http://127.0.0.1:8080/"
    """Public address of the directory the documents stand in; absolute, ends with ``/``."""
    hub: str = ""
    """Address of the WebSub hub that is told of changes; empty: none."""
    language: str = "en"
    """BCP 47, of the title and of our own words; each entry carries its own."""
    documents: tuple[str, ...] = (ATOM, RSS, JSON, PAGE, OPML)
    """Which of the files are written: the page links to no other."""
    updated: datetime
    """When the newest of its stories last changed; aware, UTC. Never the time of the export."""
    limit: int = 100
    """Entries, unless ``min_hours`` asks for more."""
    min_hours: int = 48
    """However busy the news, a reader that comes back within this time has missed nothing."""
    max_bytes: int = 512 * 1024
    """No document grows beyond this; beats the two above. Some readers refuse feeds of more."""

    @property
    def name(self) -> str:
        """The title as one line, never empty: every format asks for one."""
        title = line(self.title)
        return title if visible(title) else "News"

    @property
    def about(self) -> str:
        """The description, likewise."""
        description = line(self.description)
        return description if visible(description) else self.name

    def address(self, name: str) -> str:
        """Where the document of this name is found; where no page is written, its directory stands for it."""
        return self.base_url if name == PAGE and PAGE not in self.documents else self.base_url + name
