"""Does the client have the document already, and does it take it packed?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
"""RFC 9110 §8.8.3; whether it is weak does not matter to If-None-Match (§13.1.2)."""

_CODING = re.compile(
    r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?", re.IGNORECASE
)

KEPT = 256
"""Readers send the few dates they were given, and accept the same codings each time: read once each."""


def known_tag(fields: Mapping[str, str], tags: Sequence[str], modified: int | None) -> str | None:
    """Give the tag under which the client has the document, ``None`` where it has not.

    ``tags`` are those of all its codings, quotes and all, the one that would be sent first: whoever has it
    unpacked need not be sent it packed. ``modified``: seconds since 1970, ``None`` where no date can be trusted.
    A date is only looked at where there is no tag (RFC 9110 §13.2.2).
    """
    wanted = fields.get("if-none-match")
    if wanted is not None:
        if wanted.strip() == "*":
            return tags[0]
        theirs = set(_TAG.findall(wanted))
        return next((tag for tag in tags if tag in theirs), None)
    since = fields.get("if-modified-since")
    if since is None or modified is None:
        return None
    moment = seconds(since)
    return tags[0] if moment is not None and modified <= moment else None


@lru_cache(maxsize=KEPT)
def takes_gzip(accepted: str | None) -> bool:
    """Whether ``Accept-Encoding`` lets us pack (RFC 9110 §12.5.3); where it is missing we do not."""
    weights: dict[str, float] = {}
    for each in (accepted or "").split(","):
        found = _CODING.fullmatch(each)
        if found:
            weights[found[1].lower()] = float(found[2] or 1)
    weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return weight > 0 and weight >= weights.get("identity", 0.0)


@lru_cache(maxsize=KEPT)
def seconds(date: str) -> int | None:
    """Read an HTTP date in any of its three forms (RFC 9110 §5.6.7); ``None`` for what is none."""
    try:
        moment = parsedate_to_datetime(date)
        return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


@lru_cache(maxsize=KEPT)
def http_date(moment: int) -> str:
    """Write seconds since 1970 as an HTTP date."""
    return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)
