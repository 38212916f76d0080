"""How is an address written where it is asked, and where it is shown?"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

_KEPT = "%/:=&?~#+!$,;'@()*[]|"
"""Characters that may stand for themselves or for an escape already made."""

_UNSENDABLE = re.compile("[\x00-\x20\x7f]")
"""Blanks and control characters: no request line can hold them."""
ASKED = 4_096
"""Addresses whose host is remembered: each is looked at several times in a run."""


def public_form(url: str) -> str:
    """Give the URL without name and password, as it may be stored, logged and shown."""
    if "@" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit((*parts[:1], parts.netloc.rpartition("@")[2], *parts[2:]))


def wire_form(url: str) -> str:
    """Give the URL in ASCII, as it goes over the wire: IDNA for the host, escapes for the rest (RFC 3987 §3.1)."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    host, colon, port = place.rpartition(":") if ":" in place else (place, "", "")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = quote(host, safe=":[]", errors="replace")
    rest = (quote(part, safe=_KEPT, errors="replace") for part in (parts.path, parts.query))
    user = quote(user, safe=_KEPT, errors="replace")
    return urlunsplit((parts.scheme, user + at + host + colon + port, *rest, ""))


_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(?::[1-5]?[0-9]{1,4})?/[!-~]*")
"""Nearly every feed's address: nothing in it can be read in two ways, so no grammar is needed to find its host."""


@lru_cache(maxsize=ASKED)
def request_host(url: str) -> str | None:
    """The host a URL asks for, in lower case; None for what cannot be fetched over HTTP."""
    plain = _PLAIN.fullmatch(url)
    if plain is not None and "@" not in url:
        return plain[1]
    return host_by_grammar(url)


def host_by_grammar(url: str) -> str | None:
    """The same for any address at all, slowly."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises on a port that is no number
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or _UNSENDABLE.search(url):
        return None
    return parts.hostname
