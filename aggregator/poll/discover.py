"""Where does a web page say its feeds are?

Pure. A page names its feeds in ``<link rel="alternate">`` (https://blog.whatwg.org/feed-autodiscovery); where it
does not, common places are worth a try. Feeds of comments come last: nobody means them who names a site.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from aggregator.text.html import plain
from aggregator.text.urls import absolute

READ_CHARACTERS = 512 * 1024
"""The head of a page is at its beginning; some inline their styles before the links."""
MAX_FOUND = 20
COMMON_PATHS = ("/feed/", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json")
"""Where WordPress, Ghost, Jekyll, Hugo, Hexo and most others put it, the most frequent first."""

_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/feed+json application/rdf+xml "
    "application/json application/xml text/xml".split()
)
_COMMENTS = ("comment", "kommentar", "comentario", "commentaire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that a page names, not fetched yet."""

    url: str
    title: str = ""

    @property
    def of_comments(self) -> bool:
        """Whether it carries what readers wrote, not the site's own articles."""
        said = f"{urlsplit(self.url).path} {self.title}".lower()
        return any(word in said for word in _COMMENTS)


def candidates(page: str, url: str) -> tuple[Candidate, ...]:
    """Feeds that a page names, its own articles before comments. ``url``: the page's, after redirects."""
    reader = _Links(url)
    reader.feed(page[:READ_CHARACTERS])
    found: dict[str, Candidate] = {}
    for each in reader.found:
        found.setdefault(each.url, each)
    ordered = sorted(found.values(), key=lambda each: each.of_comments)
    return tuple(ordered[:MAX_FOUND])


def common_places(url: str) -> tuple[Candidate, ...]:
    """Addresses worth a try on a site that names no feed: below the page's own path, then at its root."""
    here = url if url.endswith("/") else url + "/"
    below = [] if urlsplit(url).path in {"", "/"} else [urljoin(here, "feed/")]
    places = [*below, *(urljoin(url, path) for path in COMMON_PATHS)]
    return tuple(Candidate(url=place) for place in dict.fromkeys(places))


class _Links(HTMLParser):
    """Collects links to feeds; the first ``<base>`` holds for those behind it, others are none (HTML §4.2.3)."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.base: str | None = None
        self.found: list[Candidate] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "base" and said.get("href") and self.base is None:
            self.base = absolute(said["href"], self.url) or self.url
        if tag != "link" or "alternate" not in said.get("rel", "").lower().split():
            return
        if said.get("type", "").partition(";")[0].strip().lower() not in _TYPES:
            return
        # WordPress names its own programming interface so, which is no feed.
        url = absolute(said.get("href"), self.base or self.url)
        if url is not None and "/wp-json/" not in url and "oembed" not in url:
            self.found.append(Candidate(url=url, title=plain(said.get("title", ""))))

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - as it is called
        """Skip ``<![…>`` as browsers do (HTML standard, "bogus comment"); the library refuses unknown kinds."""
        return self.parse_bogus_comment(i)
