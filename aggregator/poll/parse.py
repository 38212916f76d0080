"""What does a document say?"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aggregator.models import FailureReason, Fetched, ParsedFeed
from aggregator.poll import charset, document, entries, identity, jsonfeed, mend, rhythm, syndication
from aggregator.poll.cpu_limit import CpuLimitReached, cpu_limit
from aggregator.poll.fields import language
from aggregator.poll.limits import CPU_SECONDS, KEPT, READ
from aggregator.poll.unreadable import Busy, Unreadable
from aggregator.text.html import plain
from aggregator.text.urls import absolute

MAX_TTL = timedelta(days=365)
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


def _parse_xml(text: str, feed_url: str, *, cut: bool) -> ParsedFeed:
    sound = document.prepare(text, cut=cut)
    result = syndication.read(sound.text)
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
