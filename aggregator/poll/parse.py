"""What does a document say? The only place that knows feedparser.

feedparser runs without its two HTML passes (72 % of its time): links inside content are resolved and markup is
sanitised once, on the way out. It is given no base address: relative ids stay as they are written, and so
survive a move of the feed; relative links are resolved here.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser

from aggregator.models import FailureReason, Fetched, ParsedFeed
from aggregator.poll import charset, document, entries, identity, jsonfeed, mend, rhythm
from aggregator.poll.cpu_limit import CpuLimitReached, cpu_limit
from aggregator.poll.fields import MAX_TAGS, MOST_OF_AUTHOR, language
from aggregator.poll.limits import CPU_SECONDS, KEPT, READ
from aggregator.poll.unreadable import Busy, Unreadable
from aggregator.text.html import plain
from aggregator.text.urls import absolute

MAX_TTL = timedelta(days=365)
MOST_TAGS = 10 * MAX_TAGS
"""Of one entry, not all different: feedparser compares each with all before it, 40 s for a megabyte of them."""

_GZIP = b"\x1f\x8b"
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
"""RSS 1.0 module "syndication"."""


def parse(fetched: Fetched, *, feed_url: str, cpu_seconds: float = CPU_SECONDS) -> ParsedFeed:
    """Read a document of any feed format; raises :class:`Unreadable` (a ``ParseError``) for what is none.

    ``feed_url`` is the address as first subscribed: links are resolved against it, so that they stay the
    same when the feed moves.
    """
    body = _inflated(fetched.body)
    if not body[:READ].strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(FailureReason.EMPTY, "an empty document")
    cut = len(body) > READ
    text, warning = charset.decode(_first(body, READ) if cut else body, fetched.content_type)
    text = text.lstrip("\ufeff \t\r\n\x00")
    try:
        with cpu_limit(cpu_seconds):
            parsed = (
                _parse_json(text, feed_url)
                if text.startswith(("{", "["))
                else _parse_xml(text, feed_url, cut=cut)
            )
    except CpuLimitReached:
        raise Busy(cpu_seconds) from None
    except RecursionError:
        raise Unreadable(FailureReason.MALFORMED, "nested too deep to be read") from None
    if warning:
        parsed = replace(parsed, warnings=(warning, *parsed.warnings))
    return parsed


def _bound_feedparser() -> None:
    """Let feedparser see the beginning of an author and the first tags only: what it does with more is quadratic.

    It has no settings for that, and the document could not be shortened before it as surely: comments, sections and
    elements part what it joins. It looks for no e-mail address in an author either: what it takes for one ends after
    four letters of ``.finance``, and the rest would be the name.
    """
    mixin = feedparser.mixin._FeedParserMixin  # noqa: SLF001 - the one place in the library
    add_tag = mixin._add_tag  # noqa: SLF001

    def bounded_author(self: Any, key: str = "author") -> None:
        context = self._get_context()
        text, people = context.get(key), context.get(f"{key}s")
        if text and people and not people[-1]:
            people[-1]["name"] = text[:MOST_OF_AUTHOR]

    def bounded_tag(self: Any, *tag: Any) -> None:
        if len(self._get_context().get("tags") or ()) < MOST_TAGS:
            add_tag(self, *tag)

    mixin._sync_author_detail, mixin._add_tag = bounded_author, bounded_tag  # noqa: SLF001


def _part_media_words() -> None:
    """Keep what is said of a medium apart from what the entry says.

    feedparser takes a title, description or text in Media RSS for the entry's own, and so a picture's caption for a
    second text of it.
    """
    mixin = feedparser.mixin._FeedParserMixin  # noqa: SLF001 - the one place in the library

    def begin(key: str) -> Callable[[Any, dict[str, str]], None]:
        return lambda self, attributes: self.push_content(key, attributes, "text/plain", 1)

    def end(key: str) -> Callable[[Any], None]:
        return lambda self: self.pop_content(key)

    for key in ("media_title", "media_description"):
        setattr(mixin, f"_start_{key}", begin(key))
        setattr(mixin, f"_end_{key}", end(key))


_bound_feedparser()
_part_media_words()


def _inflated(body: bytes) -> bytes:
    """Unpack a gzip file that was sent as the document itself, as far as it is read."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, KEPT)
    except zlib.error:
        raise Unreadable(FailureReason.MALFORMED, "a gzip file that is broken") from None


def _first(body: bytes, size: int) -> bytes:
    """Give the first bytes, without breaking a UTF-8 character."""
    while size > 0 and body[size] & 0xC0 == 0x80:
        size -= 1
    return body[:size]


def _parse_json(text: str, feed_url: str) -> ParsedFeed:
    if len(text) > document.MAX_CHARACTERS:
        message = f"a JSON Feed of more than {document.MAX_CHARACTERS:,} characters"
        raise Unreadable(FailureReason.TOO_LARGE, message)
    return jsonfeed.parse(text, feed_url)


def _read_by_feedparser(text: str) -> feedparser.FeedParserDict:
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except ValueError as error:
        # Blanks in the name of a name space: the standard library takes it apart at them.
        raise Unreadable(FailureReason.MALFORMED, f"its names cannot be read ({error})") from None


def _parse_xml(text: str, feed_url: str, *, cut: bool) -> ParsedFeed:
    sound = document.prepare(text, cut=cut)
    result = _read_by_feedparser(sound.text)
    feed: dict[str, Any] = result.feed
    site_url = absolute(feed.get("link"), feed_url)
    base = feed_url if absolute(feed_url) else site_url
    atom = result.version.startswith("atom")
    # RFC 4287 §4.2.1; in RSS those who answer for the feed did not write its items.
    author = entries.author(feed) if atom else None
    found, skipped = entries.read(result.entries, base=base, atom=atom, author=author)
    if not found and sound.malformed:
        raise Unreadable(FailureReason.MALFORMED, f"no entry can be read: {sound.malformed}")
    if not found and sound.cut:
        raise Unreadable(FailureReason.TOO_LARGE, "too large, and no entry in the part of it that is read")
    named, warnings = identity.identify(
        found, not_names=(feed_url, site_url, feed.get("link"), feed.get("id"))
    )
    period, ttl = _update_period(feed), _ttl(feed.get("ttl"))
    outside = mend.outside_cdata(sound.text) if "skip" in sound.text else ""
    return ParsedFeed(
        title=plain(str(feed.get("title") or "")) or None,
        site_url=site_url,
        language=language(feed.get("language")),
        entries=named,
        malformed=sound.malformed,
        complete=sound.complete,
        min_interval=max((word for word in (period, ttl) if word is not None), default=None),
        update_base=rhythm.update_base(feed) if period and (ttl is None or ttl <= period) else None,
        skip_hours=rhythm.skip_hours(outside),
        skip_days=rhythm.skip_days(outside),
        hub=_link(feed, "hub", base),
        older_url=_link(feed, "prev-archive", base) or _link(feed, "next", base),
        warnings=(*sound.warnings, *skipped, *warnings),
    )


def _link(feed: dict[str, Any], relation: str, base: str | None) -> str | None:
    found = (link.get("href") for link in feed.get("links", ()) if link.get("rel") == relation)
    return next((url for url in (absolute(each, base) for each in found) if url), None)


def _ttl(text: object) -> timedelta | None:
    """``<ttl>`` of RSS 2.0, in minutes."""
    digits = str(text or "").strip()
    if not (digits.isascii() and digits.isdigit()) or int(digits[:9]) == 0:
        return None
    return min(timedelta(minutes=int(digits[:9])), MAX_TTL)


def _update_period(feed: dict[str, Any]) -> timedelta | None:
    """``sy:updatePeriod`` divided by ``sy:updateFrequency``."""
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    frequency = str(feed.get("sy_updatefrequency") or "1").strip()
    times = int(frequency[:6]) if frequency.isascii() and frequency.isdigit() else 1
    return period / max(times, 1)
