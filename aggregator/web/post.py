"""What does one server answer to one POST, within bounds?

For the few things the program says to others: a ping to a hub, a question to a model. One deadline for the whole
exchange, one for the connection, a size bound on the answer, certificates checked, no redirect followed (what is
posted is for the address it was meant for), no cookie or password taken from anywhere. What goes wrong is a
:class:`Failed` value in plain words, without the address and without what was sent.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

import pycurl

from aggregator import __version__
from aggregator.models import Failed, FailureReason
from aggregator.web import curl_errors
from aggregator.web.addresses import is_private_literal, is_public
from aggregator.web.curl import certificates, wait
from aggregator.web.headers import parse_lines
from aggregator.web.wire import request_host, wire_form

LOOK_SECONDS = 0.25
"""At most this long between two looks at the transfer, so that Ctrl-C and SIGTERM are heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of our time and memory a server may take, and where it may be."""

    seconds: float
    """For the whole exchange: name, connection, sending, answer."""
    connect_seconds: float
    max_bytes: int
    """Of the answer's body."""
    private_networks: bool = False
    """Whether loopback, private and link-local addresses may be asked: only what the person wrote down themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete HTTP response of any status; a redirect is one too."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    seconds: float


def post(url: str, body: bytes, *, headers: Mapping[str, str], bounds: Bounds) -> Answer | Failed:
    """Send ``body`` to an ``http(s)`` address and give what came back.

    ``headers`` must say the ``Content-Type``. Raises ``ValueError`` for a header that would be two lines, without
    showing its value: it may be a secret.
    """
    lines = [_line(name, value) for name, value in headers.items()]
    host = request_host(url)
    if host is None:
        return Failed(reason=FailureReason.CONNECT, message="not an http or https address")
    own = is_private_literal(host)
    if own and not bounds.private_networks:
        return _private(host)
    exchange = _Exchange(bounds)
    with closing(pycurl.Curl()) as curl, closing(pycurl.CurlMulti()) as multi:
        exchange.prepare(curl, wire_form(url), body, lines)
        if own:
            curl.setopt(pycurl.PROXY, "")  # a proxy in the environment is for the world outside
        multi.add_handle(curl)
        try:
            code, message = _driven(multi)
            return exchange.outcome(curl, code, message)
        finally:
            with suppress(pycurl.error):
                multi.remove_handle(curl)


def _line(name: str, value: str) -> bytes:
    text = f"{name}: {value}"
    if any(not " " <= character < "\x7f" for character in text):
        raise ValueError(f"the value of {name} cannot be sent in a header")
    return text.encode("ascii")


def _driven(multi: pycurl.CurlMulti) -> tuple[int, str]:
    """Move the one transfer on to its end; give libcurl's error code (0: none) and message."""
    while True:
        multi.perform()
        _, good, bad = multi.info_read()
        if good:
            return 0, ""
        if bad:
            return bad[0][1], bad[0][2]
        due = multi.timeout()
        seconds = LOOK_SECONDS if due < 0 else min(due / 1000, LOOK_SECONDS)
        wait(multi, seconds)


def _private(address: str) -> Failed:
    return Failed(
        reason=FailureReason.PRIVATE_ADDRESS,
        message=f"the address leads to {address}, which is not on the public internet",
    )


@dataclass(slots=True)
class _Exchange:
    """What has come so far."""

    bounds: Bounds
    head: list[bytes] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    too_large: bool = False
    refused: str | None = None

    def prepare(self, curl: pycurl.Curl, url: str, body: bytes, lines: list[bytes]) -> None:
        options: dict[int, Any] = {
            pycurl.URL: url,
            pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
            pycurl.FOLLOWLOCATION: False,
            pycurl.NOSIGNAL: True,
            pycurl.NETRC: pycurl.NETRC_IGNORED,
            pycurl.CAINFO: certificates(),
            pycurl.USERAGENT: f"aggregator/{__version__}",
            pycurl.CONNECTTIMEOUT_MS: max(1, round(self.bounds.connect_seconds * 1000)),
            pycurl.TIMEOUT_MS: max(1, round(self.bounds.seconds * 1000)),
            pycurl.POST: True,
            pycurl.POSTFIELDSIZE_LARGE: len(body),
            pycurl.COPYPOSTFIELDS: body,
            # "Expect: 100-continue" would cost a round trip, and a second where a server does not know it.
            pycurl.HTTPHEADER: [*lines, b"Expect:"],
            pycurl.HEADERFUNCTION: self.head.append,
            pycurl.WRITEFUNCTION: self._write,
        }
        if not self.bounds.private_networks:
            options[pycurl.OPENSOCKETFUNCTION] = self._open_socket
        for option, value in options.items():
            curl.setopt(option, value)

    def _write(self, data: bytes) -> int | None:
        if self.size + len(data) > self.bounds.max_bytes:
            self.too_large = True
            return 0
        self.chunks.append(data)
        self.size += len(data)
        return None

    def _open_socket(self, purpose: int, address: Any) -> Any:
        """Open a socket to the address the name really resolved to, if it is a public one."""
        peer = str(address.addr[0]) if isinstance(address.addr, tuple) else ""
        if purpose != pycurl.SOCKTYPE_IPCXN or not is_public(peer):
            self.refused = peer or "a local socket"
            return pycurl.SOCKET_BAD
        return socket.socket(address.family, address.socktype, address.protocol)

    def outcome(self, curl: pycurl.Curl, code: int, message: str) -> Answer | Failed:
        seconds = round(float(curl.getinfo(pycurl.TOTAL_TIME)), 3)
        status = int(curl.getinfo(pycurl.RESPONSE_CODE))
        if self.too_large:
            return curl_errors.too_large(self.bounds.max_bytes)
        if self.refused and code == pycurl.E_COULDNT_CONNECT:
            return _private(self.refused)
        if code or not status:
            return curl_errors.failed(
                code,
                message,
                curl_errors.progress(curl, answered=bool(self.head), received=self.size, seconds=seconds),
            )
        return Answer(
            status=status, headers=parse_lines(self.head), body=b"".join(self.chunks), seconds=seconds
        )
