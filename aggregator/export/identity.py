"""What is a story called, for ever, and which addresses may stand in a document?

Every reader with a store keeps entries by their id: a changed id is a new, unread entry. So an id depends on
nothing but the story's own: no host name, no title, no link. Tag URIs (RFC 4151) are made for that. Their
authority would have to be a domain of ours at the date given; the project has none, so it is one that
nobody can ever own: ``.invalid`` is reserved for good (RFC 2606). The year is part of the name, not a date.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from aggregator.models import FeedRef
from aggregator.text import urls

AUTHORITY = "tag:aggregator.invalid,2026:"

_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def story_id(story: str) -> str:
    """The id of a story in every format."""
    return f"{AUTHORITY}story/{story}"


def feed_id(feed: FeedRef) -> str:
    """The ``atom:source`` id of a feed: its address, or a name that does not tell where a file lies."""
    address = uri(feed.url)
    if address is not None and address == feed_uri(feed):
        return address
    return f"{AUTHORITY}feed/{hashlib.sha256(feed.url.encode('utf-8', 'replace')).hexdigest()[:20]}"


def feed_uri(feed: FeedRef) -> str | None:
    """The address of a feed as everyone may read it: a key in it is its subscriber's, not the reader's."""
    return uri(urls.public_address(feed.url))


@lru_cache(maxsize=4096)
def uri(url: str | None, base: str | None = None) -> str | None:
    """An absolute ``http(s)`` URI by the letter of RFC 3986, which validators go by, or None.

    Browsers and `urls.absolute` let brackets in a query and a lone ``%`` pass; the RFC does not.
    """
    address = urls.absolute(url, base)
    if address is None:
        return None
    head, mark, query = address.partition("?")
    query = query.replace("[", "%5B").replace("]", "%5D")
    return _STRAY_PERCENT.sub("%25", head + mark + query)
