"""What did a new subscription publish before? Paged and archived feeds (RFC 5005, JSON Feed's ``next_url``).

Followed once, at the first good poll, page after page for all such feeds together, and never far: history is
welcome, but nobody's whole archive is taken uninvited. A page that fails ends its feed's walk and fails nothing
else: the feed itself is fine.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.models import Feed, Fetched, ParsedFeed
from aggregator.pipeline.intake import Intake, Unusable, parsed_or_unusable
from aggregator.text import urls

if TYPE_CHECKING:
    from aggregator.poll.fetch import FetchLimits

MAX_PAGES = 10
"""Behind the first document: with WordPress's 10 entries a page a hundred, with most others some months."""


def follow(intake: Intake, limits: FetchLimits) -> None:
    """Fetch the pages that ``intake.older`` names, and those that they name, and store what they hold."""
    seen = {url for _, url in intake.older} | {feed.url for feed, _ in intake.older}
    for _ in range(MAX_PAGES):
        walking, intake.older = [pair for pair in intake.older if _stays_home(*pair)], []
        if not walking:
            return
        from aggregator.poll import fetch

        feeds = {feed.id: feed for feed, _ in walking}
        pages = [_page(feed, url) for feed, url in walking]
        for page, outcome in fetch.fetch(pages, limits=limits):
            if not isinstance(outcome, Fetched):
                continue
            feed = feeds[page.id]
            parsed = _taken_in(intake, feed, outcome)
            if parsed is not None and parsed.older_url and parsed.older_url not in seen:
                seen.add(parsed.older_url)
                intake.older.append((feed, parsed.older_url))
    intake.older.clear()


def _page(feed: Feed, url: str) -> Feed:
    """A page as something to ask: without validators, which belong to the feed's own address."""
    return replace(feed, url=url, etag=None, last_modified=None)


def _stays_home(feed: Feed, url: str) -> bool:
    """Only the feed's own host may say what the feed said before."""
    return urls.host(url) in {urls.host(feed.url), urls.host(feed.first_url)}


def _taken_in(intake: Intake, feed: Feed, page: Fetched) -> ParsedFeed | None:
    try:
        parsed = parsed_or_unusable(page, feed)
    except Unusable:
        return None
    # What a page of history says of entries we know is older than what we know.
    with intake.store.transaction():
        intake.add(feed, replace(parsed, malformed=parsed.malformed or "a page of history"))
    return parsed
