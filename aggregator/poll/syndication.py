"""What does feedparser find in a document? The only place that knows it.

It runs without its two HTML passes (72 % of its time): links inside content are resolved and markup is sanitised once,
on the way out. It is given no base address: relative ids stay as they are written, and so survive a move of the feed.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import feedparser

from aggregator.models import FailureReason
from aggregator.poll.fields import MAX_TAGS, MOST_OF_AUTHOR
from aggregator.poll.unreadable import Unreadable

MOST_TAGS = 10 * MAX_TAGS
"""Of one entry, not all different: feedparser compares each with all before it, 40 s for a megabyte of them."""


def read(text: str) -> feedparser.FeedParserDict:
    """Read an XML document; raises ``Unreadable`` where its names cannot be read."""
    try:
        with _read_our_way():
            return feedparser.parse(
                io.BytesIO(text.encode("utf-8", "replace")),
                response_headers={"content-type": "application/xml; charset=utf-8"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
    except ValueError as error:
        # Blanks in the name of a name space: the standard library takes it apart at them.
        raise Unreadable(FailureReason.MALFORMED, f"its names cannot be read ({error})") from None


# --- What it does otherwise for us -----------------------------------------------------------------

_MIXIN: Any = feedparser.mixin._FeedParserMixin  # noqa: SLF001 - it has no settings for any of this
_ADD_TAG = _MIXIN._add_tag  # noqa: SLF001 - ours goes on to it
_END_CATEGORY = _MIXIN._end_category  # noqa: SLF001 - likewise


def _author(self: Any, key: str = "author") -> None:
    """Take an author as it is written, and the beginning alone.

    What feedparser takes for an e-mail address ends after four letters of ``.finance``, and the rest would be the name;
    its pattern takes 2 s for 16,000 characters. The document could not be shortened before as surely: comments,
    sections and elements part what it joins.
    """
    context = self._get_context()
    text, people = context.get(key), context.get(f"{key}s")
    if text and people and not people[-1]:
        people[-1]["name"] = text[:MOST_OF_AUTHOR]


def _tag(self: Any, *tag: Any) -> None:
    if len(self._get_context().get("tags") or ()) < MOST_TAGS:
        _ADD_TAG(self, *tag)


def _category_ends(self: Any) -> None:
    """Also in another entry than it began in, which has no tags yet."""
    self._get_context().setdefault("tags", [])
    _END_CATEGORY(self)


def _begin(key: str) -> Callable[[Any, dict[str, str]], None]:
    return lambda self, attributes: self.push_content(key, attributes, "text/plain", 1)


def _end(key: str) -> Callable[[Any], None]:
    return lambda self: self.pop_content(key)


_METHODS: Mapping[str, Callable[..., None]] = {
    "_sync_author_detail": _author,
    "_add_tag": _tag,
    "_end_category": _category_ends,
    "_end_keywords": _category_ends,
    # feedparser takes what Media RSS says of a picture for the entry's own words, and a caption for a second text.
    "_start_media_title": _begin("media_title"),
    "_end_media_title": _end("media_title"),
    "_start_media_description": _begin("media_description"),
    "_end_media_description": _end("media_description"),
}
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def _read_our_way() -> Iterator[None]:
    """Put our methods in the place of feedparser's for one document: others in this process find it as it came."""
    with _ONE_AT_A_TIME:
        theirs = {name: vars(_MIXIN).get(name) for name in _METHODS}
        for name, method in _METHODS.items():
            setattr(_MIXIN, name, method)
        try:
            yield
        finally:
            for name, method in theirs.items():
                if method is None:
                    delattr(_MIXIN, name)
                else:
                    setattr(_MIXIN, name, method)
