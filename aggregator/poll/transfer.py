"""How is one feed asked, from the first hop to the outcome?

A :class:`Transfer` wraps one reusable libcurl handle. It decides nothing about queues; it sets the request up,
collects the response within its bounds, and follows redirects. What libcurl reports is put into words by
``curl_errors``.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import Any

import pycurl

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome
from aggregator.poll import responses
from aggregator.poll.limits import KEPT
from aggregator.web import curl_errors
from aggregator.web.addresses import is_private_literal, is_public
from aggregator.web.headers import parse_lines
from aggregator.web.wire import public_form, request_host, wire_form

ACCEPT = (
    b"Accept: application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
LARGE = 1024 * 1024
"""Bodies up to this size never wait for memory; 30 full articles of 6 KB make a feed of 0.2 MB."""
REFUSAL_BYTES = 16 * 1024
"""Kept of a body that is no document: enough to recognise a browser challenge."""
ANY_ENCODING = ""
"""libcurl's word for all it can decode: gzip, deflate, br and, where it was built so, zstd."""
_CONTROL = re.compile("[\x00-\x1f\x7f]")
SHORTEST_MS = 1
"""libcurl takes a deadline of 0 for none at all."""


@dataclass(slots=True, kw_only=True)
class Pool:
    """Bytes that all unfinished bodies hold together."""

    budget: int
    """Above it large bodies wait until another is done; together they hold no more than this and one body."""
    held: int = 0
    leader: Transfer | None = None
    """The one large body that goes on when memory is short, so that there is always progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for every request of a run."""

    timeout_seconds: float
    connect_timeout_seconds: float
    max_bytes: int
    private_networks: bool
    user_agent: str
    ca_file: str


@dataclass(slots=True)
class _Journey:
    """How far one feed has come; made anew for each."""

    feed: Feed
    host: str
    url: str
    began: float
    hops: int = 0
    permanent: bool = True
    """All redirects so far were permanent ones."""
    conditional: bool = False
    """The last request carried validators."""
    refused: str | None = None
    """The private address that was not connected to."""
    headers: list[bytes] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    """Bytes that came."""
    held: int = 0
    """Of which lie in memory."""
    beyond: Any = None
    """What the rest adds up to: a SHA-256 under way."""
    too_large: bool = False


class Transfer:
    """One feed being asked; used for another when done."""

    __slots__ = ("code", "curl", "curl_message", "journey", "paused", "pool", "terms")

    journey: _Journey

    def __init__(self, pool: Pool, terms: Terms) -> None:
        self.pool = pool
        self.terms = terms
        self.code, self.curl_message, self.paused = 0, "", False
        self.curl = pycurl.Curl()
        self._prepare()

    def _prepare(self) -> None:
        """Set what holds for every request of this handle."""
        curl, terms = self.curl, self.terms
        web = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
        options: dict[int, Any] = {
            pycurl.PROTOCOLS: web,
            pycurl.FOLLOWLOCATION: False,
            pycurl.NOSIGNAL: True,
            pycurl.NETRC: pycurl.NETRC_IGNORED,
            pycurl.CAINFO: terms.ca_file,
            pycurl.USERAGENT: terms.user_agent,
            pycurl.ACCEPT_ENCODING: ANY_ENCODING,
            # libcurl 8.20 applies this to decompressed bytes too; _write does so with any version.
            pycurl.MAXFILESIZE_LARGE: terms.max_bytes,
            pycurl.CONNECTTIMEOUT_MS: max(SHORTEST_MS, round(terms.connect_timeout_seconds * 1000)),
            pycurl.WRITEFUNCTION: self._write,
            pycurl.HTTPAUTH: pycurl.HTTPAUTH_BASIC,
        }
        if not terms.private_networks:
            options[pycurl.OPENSOCKETFUNCTION] = self._open_socket
        for option, value in options.items():
            curl.setopt(option, value)

    # --- Asking ----------------------------------------------------------------------------------

    def begin(self, feed: Feed, host: str) -> Failed | None:
        """Set up the first request; a failure is one that needs no asking."""
        self.journey = _Journey(feed=feed, host=host, url=feed.url, began=time.monotonic())
        return self._aim(feed.url)

    def _aim(self, url: str) -> Failed | None:
        """Point the handle at ``url``. Validators are sent only to the address that gave them."""
        journey = self.journey
        journey.url = url
        journey.headers, journey.chunks = [], []
        self._give_back()
        if not self.terms.private_networks and is_private_literal(request_host(url) or ""):
            return self._private()
        conditions = _conditions(journey.feed, url)
        journey.conditional = bool(conditions)
        left = self.terms.timeout_seconds - (time.monotonic() - journey.began)
        self.curl.setopt(pycurl.URL, wire_form(url))
        self.curl.setopt(
            pycurl.HTTPHEADER, [ACCEPT, *(line.encode("latin-1", "ignore") for line in conditions)]
        )
        self.curl.setopt(pycurl.HEADERFUNCTION, journey.headers.append)
        self.curl.setopt(pycurl.TIMEOUT_MS, max(SHORTEST_MS, round(left * 1000)))
        return None

    def _open_socket(self, purpose: int, address: Any) -> Any:
        """Open a socket to the address the name really resolved to, if it is a public one."""
        peer = str(address.addr[0]) if isinstance(address.addr, tuple) else ""
        if purpose != pycurl.SOCKTYPE_IPCXN or not is_public(peer):
            self.journey.refused = peer or "a local socket"
            return pycurl.SOCKET_BAD
        import socket

        return socket.socket(address.family, address.socktype, address.protocol)

    def _write(self, data: bytes) -> int | None:
        """Take a piece of the (decompressed) body; None for taken, another number to stop or wait."""
        journey, pool = self.journey, self.pool
        if journey.size + len(data) > self.terms.max_bytes:
            journey.too_large = True
            return 0
        if journey.size >= KEPT:
            self._let_go(data)
            return None
        if journey.size > LARGE and pool.held + len(data) > pool.budget:
            if pool.leader not in (None, self):
                self.paused = True
                return pycurl.WRITEFUNC_PAUSE
            pool.leader = self
        kept, rest = data[: KEPT - journey.size], data[KEPT - journey.size :]
        journey.chunks.append(kept)
        journey.size += len(kept)
        journey.held += len(kept)
        pool.held += len(kept)
        if rest:
            self._let_go(rest)
        return None

    def _let_go(self, data: bytes) -> None:
        """Only count and sum up what lies beyond the part that is read."""
        if self.journey.beyond is None:
            from hashlib import sha256

            self.journey.beyond = sha256()
        self.journey.beyond.update(data)
        self.journey.size += len(data)

    def resume(self) -> None:
        """Go on after waiting for memory (and perhaps wait again)."""
        self.paused = False
        self.curl.pause(pycurl.PAUSE_CONT)

    def end(self) -> None:
        """Let go of everything this feed's answer held."""
        self._give_back()
        self.journey.chunks = []

    def _give_back(self) -> None:
        self.pool.held -= self.journey.held
        self.journey.size = self.journey.held = 0
        self.journey.beyond = None
        self.paused = False
        if self.pool.leader is self:
            self.pool.leader = None

    # --- The answer ------------------------------------------------------------------------------

    def outcome(self) -> Outcome | None:
        """Say what the finished request means; None when a redirect leads on and the handle is set up for it."""
        status = int(self.curl.getinfo(pycurl.RESPONSE_CODE))
        headers = parse_lines(self.journey.headers)
        if status in responses.REDIRECTS and "location" in headers:
            # A redirect's own body is of no interest, not even when it is broken.
            failed = self._follow(headers["location"], status)
            return failed and replace(failed, seconds=self._seconds())
        if status == 0 or (self.code and status in responses.GOOD):
            return replace(self._broken(), seconds=self._seconds())
        return self._answered(status, headers)

    def _follow(self, location: str, status: int) -> Failed | None:
        journey = self.journey
        hop = responses.next_hop(journey.url, location, status)
        if isinstance(hop, Failed):
            return hop
        journey.hops += 1
        journey.permanent = journey.permanent and responses.is_lasting_move(journey.url, hop, status)
        if journey.hops > responses.MAX_REDIRECTS:
            words = f"sends us round in circles: more than {responses.MAX_REDIRECTS} redirects"
            return Failed(reason=FailureReason.REDIRECT, message=f"the server {words}", status=status)
        return self._aim(hop)

    def _answered(self, status: int, headers: dict[str, str]) -> Outcome:
        journey, seconds = self.journey, self._seconds()
        etag, last_modified = headers.get("etag") or None, headers.get("last-modified") or None
        moved = journey.hops > 0
        # A name and password in the subscription would be lost with a move, and the feed with them.
        lasting = moved and journey.permanent and "@" not in journey.feed.url
        if status == 304 and journey.conditional:
            return NotModified(
                url=public_form(journey.url),
                moved_permanently=lasting,
                etag=etag,
                last_modified=last_modified,
                headers=headers,
                seconds=seconds,
            )
        if status not in responses.GOOD:
            beginning = b"".join(journey.chunks)[:REFUSAL_BYTES]
            return responses.refused(status, headers, beginning, seconds)
        return Fetched(
            body=b"".join(journey.chunks),
            beyond=journey.size - journey.held,
            beyond_hash=journey.beyond.hexdigest() if journey.beyond else "",
            url=public_form(journey.url),
            status=status,
            content_type=headers.get("content-type"),
            etag=etag,
            last_modified=last_modified,
            headers=headers,
            moved_permanently=lasting,
            seconds=seconds,
        )

    def _broken(self) -> Failed:
        """Put what libcurl reports of an unfinished exchange into words."""
        journey = self.journey
        if journey.too_large or self.code == pycurl.E_FILESIZE_EXCEEDED:
            return curl_errors.too_large(self.terms.max_bytes, setting="max_bytes in [poll] bounds it")
        if journey.refused and self.code == pycurl.E_COULDNT_CONNECT:
            return self._private()
        progress = curl_errors.progress(
            self.curl, answered=bool(journey.headers), received=journey.size, seconds=self._seconds()
        )
        return curl_errors.failed(self.code, self.curl_message, progress)

    def _private(self) -> Failed:
        address = self.journey.refused or request_host(self.journey.url)
        led = "a redirect leads" if self.journey.hops else "the address leads"
        return Failed(
            reason=FailureReason.PRIVATE_ADDRESS,
            message=f"{led} to {address}, which is not on the public internet; "
            "private_networks = true in [poll] allows it",
        )

    def _seconds(self) -> float:
        return round(time.monotonic() - self.journey.began, 3)


def _conditions(feed: Feed, url: str) -> list[str]:
    """Both validators exactly as they came (RFC 9110 §13.1), for the address that gave them and no other.

    A feed's delta (RFC 3229) is asked for only beside a validator: it needs something to be one of.
    """
    giver = feed.validators_url or feed.url
    if url != giver and public_form(url) != public_form(giver):
        return []
    lines = []
    if feed.etag and _is_line(feed.etag):
        lines += [f"If-None-Match: {feed.etag}", "A-IM: feed"]
    if feed.last_modified and _is_line(feed.last_modified):
        lines.append(f"If-Modified-Since: {feed.last_modified}")
    return lines


def _is_line(value: str) -> bool:
    """Whether a stored value can be a header: a line break in it would make two."""
    return not _CONTROL.search(value)
