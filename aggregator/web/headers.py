"""What do HTTP response headers say about time: how long is this fresh, when may we come again?

Pure; names of headers are in lower case. Sources: RFC 9110 (Retry-After, dates), RFC 9111 (freshness).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

MAX_DELTA = timedelta(days=365)
"""RFC 9111 §1.2.2 lets a cache bound delta-seconds; longer ones only overflow the arithmetic."""

MAX_HEADERS = 100
"""Kept per response; servers send 10 to 30."""
MAX_VALUE = 2048
"""Characters kept of one header; validators and Cache-Control are far shorter."""

_MAX_AGE = re.compile(r'(?:^|[,\s])(s-maxage|max-age)\s*=\s*"?(\d{1,10})', re.IGNORECASE)
_STATUS_LINE = re.compile(rb"HTTP/[0-9.]+ (\d{3})", re.IGNORECASE)


def parse_lines(lines: Sequence[bytes]) -> dict[str, str]:
    """Turn raw header lines into a mapping; of several responses in a row (``103`` then ``200``) the last.

    Repeated headers are joined with ", " (RFC 9110 §5.3). Bytes are read as Latin-1, so that a validator
    can be sent back exactly as it came.
    """
    headers: dict[str, str] = {}
    for line in lines:
        if line[:5].upper() == b"HTTP/" and _STATUS_LINE.match(line):
            headers.clear()
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) >= MAX_HEADERS:
            continue
        key, text = name.strip().lower(), value.strip()[:MAX_VALUE]
        headers[key] = f"{headers[key]}, {text}"[:MAX_VALUE] if key in headers else text
    return headers


def http_date(text: str | None) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110 §5.6.7); None for anything else."""
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # with half of the mail library: most answers name no date

    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta | None:
    """How long the server asks us to stay away: seconds, or a date seen from the server's own clock.

    A date is measured from the ``Date`` header of the same response, so that our clock may be wrong; without
    one from ``now``; without either it cannot be measured and is ignored.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _seconds(text)
    until, since = http_date(text), http_date(headers.get("date")) or now
    if until is None or since is None:
        return None
    return min(max(until - since, timedelta(0)), MAX_DELTA)


def fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """How much longer the response is fresh (RFC 9111 §4.2): until then asking again would be pointless.

    ``s-maxage`` speaks to shared caches and is ignored. ``no-cache`` and ``no-store`` say nothing about when
    new content is due, so they give None like the absence of any word.
    """
    control = headers.get("cache-control", "")
    lowered = control.lower()
    if "no-cache" in lowered or "no-store" in lowered:
        return None
    for name, seconds in _MAX_AGE.findall(control):
        if name.lower() == "max-age":
            return max(_seconds(seconds) - _age(headers), timedelta(0))
    expires, date = http_date(headers.get("expires")), http_date(headers.get("date"))
    if expires is None or date is None:
        return None
    return min(max(expires - date - _age(headers), timedelta(0)), MAX_DELTA)


def _age(headers: Mapping[str, str]) -> timedelta:
    text = headers.get("age", "").strip()
    return _seconds(text) if text.isascii() and text.isdigit() else timedelta(0)


def _seconds(digits: str) -> timedelta:
    return timedelta(seconds=min(int(digits[:12]), int(MAX_DELTA.total_seconds())))
