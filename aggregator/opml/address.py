"""Can a feed be asked for at this address, and is it the same feed as that one?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aggregator.text.urls import public_address

_IN_BRACKETS = re.compile(r"(?:[^@]*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
"""A host that is an IPv6 address (RFC 3986 §3.2.2), with what may stand around it; Python 3.11 takes more."""


def same_feed(a: str, b: str) -> bool:
    """Whether two addresses plainly name one feed: ``http`` or ``https``, case of the host, last slash."""
    return identity(a) == identity(b)


def fault(url: str) -> str | None:
    """Say why an address cannot be subscribed to, or ``None`` when it can."""
    if not url:
        return "the address is empty"
    if re.search('[\\s\x00-\x1f\x7f<>"\ud800-\udfff]', url):
        return f"{brief(url)} has blanks or characters that no address has"
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return f"{brief(url)} is not an address"
    if "[" in parts.netloc and not _IN_BRACKETS.fullmatch(parts.netloc):
        return f"{brief(url)} is not an address"
    if parts.scheme in {"http", "https"}:
        return None if host else f"{brief(url)} lacks the name of a host"
    if parts.scheme == "file":
        return None
    if parts.scheme == "feed":
        return f"{brief(url)} is written for other programs; put https:// in place of feed:"
    if parts.scheme:
        return f"{brief(url)}: only http, https and files inside the home can be read"
    return None


def identity(url: str) -> str:
    """The form in which two spellings of one feed's address are equal; never shown, never fetched."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in {"http", "https"}:
        return url
    at = "" if port in {None, 80, 443} else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"//{parts.hostname or ''}{at}{parts.path.rstrip('/')}{query}"


def brief(text: str) -> str:
    """Shorten for a message, without what lets a subscriber in."""
    shown = public_address(text)
    return shown if len(shown) <= 100 else shown[:99] + "…"
