"""What does a finished HTTP response mean for the feed?

Pure: status, headers and the first bytes in, an outcome or the next hop out. The words a person will read in
``feeds list`` are chosen here, so that each kind of failure says what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from aggregator.models import Failed, FailureReason
from aggregator.web.headers import retry_after
from aggregator.web.wire import request_host

GOOD = frozenset({200, 203, 226})
"""Complete documents; 226 is a delta that holds the new entries only (RFC 3229)."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
MAX_REDIRECTS = 5
"""Real feeds need one to three (http → https → www → feed host)."""
MAX_URL = 4096

_CHALLENGE_MARKS = (
    b"/cdn-cgi/challenge-platform",
    b"_cf_chl_opt",
    b"<title>Just a moment...",
    b"cf-error-details",
)

_WORDS = {
    400: "the server calls the request bad",
    401: "the feed asks for a name and a password",
    402: "the feed asks for payment",
    403: "the server refuses us",
    404: "there is no feed at this address",
    405: "the server refuses to be read",
    406: "the server has no form of it that we accept",
    408: "the server got tired of waiting for us",
    410: "the publisher says it is gone for good; not asked again until subscribed anew",
    429: "we come too often for this server",
    451: "withheld for legal reasons",
    500: "the server is broken",
    502: "the server behind the proxy is broken",
    503: "the server is overloaded or in maintenance",
    504: "the server behind the proxy does not answer",
}


def is_challenge(headers: Mapping[str, str], beginning: bytes) -> bool:
    """Whether a page that tests for a browser (Cloudflare's) stands where the feed should be."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    return "cloudflare" in headers.get("server", "").lower() and any(m in beginning for m in _CHALLENGE_MARKS)


def refused(status: int, headers: Mapping[str, str], beginning: bytes, seconds: float) -> Failed:
    """Put a status that brings no document into words. ``beginning``: the first bytes of the body."""
    reason, words = FailureReason.HTTP, _WORDS.get(status) or _standard_phrase(status)
    if status == 410:
        reason = FailureReason.GONE
    elif status in {204, 205}:
        reason, words = FailureReason.EMPTY, "the server sends nothing"
    elif is_challenge(headers, beginning):
        words = "a Cloudflare challenge lets only browsers through; ask the publisher to let feed readers in"
    return Failed(
        reason=reason,
        message=f"HTTP {status}: {words}",
        status=status,
        retry_after=retry_after(headers),
        seconds=seconds,
    )


def _standard_phrase(status: int) -> str:
    from http import HTTPStatus  # a table of sixty, for what is rare

    try:
        return HTTPStatus(status).phrase.lower()
    except ValueError:
        return "a status that HTTP does not know"


def next_hop(url: str, location: str | None, status: int) -> str | Failed:
    """Where a redirect leads, or why it is not followed. Only ``http(s)``; never a file, never a script.

    A name and password in ``url`` go along to the same server only; those in ``location`` are dropped.
    """
    try:
        target = urlsplit(urljoin(url, (location or "").strip()))
        port = target.port
    except ValueError:
        return _bad_hop("leads to something that is no address", status)
    if not location:
        return _bad_hop("leads nowhere: the address is missing", status)
    if target.scheme not in {"http", "https"}:
        return _bad_hop(f"leads out of the web, to {target.scheme[:20]}:", status)
    host = target.hostname
    if not host or len(location) > MAX_URL:
        return _bad_hop("leads to something that is no address", status)
    here = urlsplit(url)
    place = f"[{host}]" if ":" in host else host
    if port is not None:
        place = f"{place}:{port}"
    if "@" in here.netloc and _server(here) == _server(target):
        place = f"{here.netloc.rpartition('@')[0]}@{place}"
    hop = urlunsplit((target.scheme, place, target.path or "/", target.query, "")).replace(" ", "%20")
    return hop if request_host(hop) else _bad_hop("leads to something that is no address", status)


def is_lasting_move(url: str, hop: str, status: int) -> bool:
    """Whether a redirect may be remembered: a permanent one that does not give up encryption."""
    return status in PERMANENT and (hop.startswith("https:") or not url.startswith("https:"))


def _server(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _bad_hop(words: str, status: int) -> Failed:
    return Failed(reason=FailureReason.REDIRECT, message=f"a redirect (HTTP {status}) {words}", status=status)
