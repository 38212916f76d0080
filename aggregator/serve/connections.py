"""What happens on one connection: requests come in pieces and together, answers go out as fast as they are taken?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol, cast

from aggregator.serve import requests
from aggregator.serve.answers import Answer, of_refusal
from aggregator.serve.requests import Refusal, Request

HEAD_SECONDS = 10.0
"""For a request to arrive whole, however slowly it drips: readers send theirs in one packet."""

IDLE_SECONDS = 60.0
"""Between two requests: longer than a browser takes to come back for another document."""

SEND_SECONDS = 30.0
"""For a client to take the next 48 KiB of an answer (what lies between the marks at which asyncio stops and goes on):
a slow telephone has ten times the speed."""

LINGER_SECONDS = 2.0
"""How long what a client still sends is read and thrown away after the last answer: closing at once would make the
system throw away the answer as well (RFC 9112 §9.6)."""

LINGER_BYTES = 256 * 1024
"""How much of it."""

PIECE = 64 * 1024
"""Bytes handed to the system at a time, so that a slow reader costs us that much and not the whole document."""

IN_A_ROW = 32
"""Requests of one connection that are answered before others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request and what became of it: a line for the access log."""

    client: str
    """The other end's address."""
    method: str
    """Of a request that was not understood: empty, as the next two."""
    target: str
    agent: str
    status: int
    sent: int
    """Bytes of the body."""


TOO_MANY = Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE, words="There are too many connections; try again in a moment."
)


class Keeper(Protocol):
    """What a connection asks of the server it belongs to."""

    ending: bool
    """The server is about to stop."""
    told: Callable[[Served], None] | None
    """Who keeps an access log."""

    def answer(self, request: Request) -> Answer:
        """Answer one request."""

    def date(self) -> bytes:
        """The field that says when."""

    def opened(self, connection: Connection) -> bool:
        """Take a connection up; False: there are too many."""

    def closed(self, connection: Connection) -> None:
        """Let it go."""


class Connection(asyncio.Protocol):
    """One client; ``deadline`` is looked at by the server from time to time."""

    def __init__(self, keeper: Keeper, clock: Callable[[], float]) -> None:
        self._keeper = keeper
        self._clock = clock
        self._arrived = bytearray()
        self._rest = memoryview(b"")
        self._paused = self._last = self._over = self._lingers = False
        self._discarded = 0
        self.idle = True
        """No request has begun and no answer is under way."""
        self.deadline = clock() + HEAD_SECONDS

    # --- what the event loop calls -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet a client, or say that there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""
        if not self._keeper.opened(self):
            self._over = True
            self._send(of_refusal(TOO_MANY), b"Connection: close\r\n")
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        if self._over:
            self._discarded += len(data)
            if self._discarded > LINGER_BYTES:
                self._transport.abort()
            return
        if self.idle:
            self.idle = False
            self.deadline = self._clock() + HEAD_SECONDS
        self._arrived += data
        self._proceed()

    def eof_received(self) -> bool:
        """The client says no more; it may still wait for answers."""
        self._last = True
        if self._rest or (self._arrived and not self._over):
            self._proceed()
        else:
            self._close()
        return True

    def pause_writing(self) -> None:
        """The client takes no more for now; so neither is more read from it."""
        self._paused = True
        self.deadline = self._clock() + SEND_SECONDS
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on where we stopped: not at once, because a transport that is closed from in here closes twice."""
        self._paused = False
        asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._pump()
        self._proceed()

    def connection_lost(self, _: Exception | None) -> None:
        """Forget it all."""
        self._over = True
        self._rest = memoryview(b"")
        self._keeper.closed(self)

    # --- what the server calls -----------------------------------------------------------------------

    def expire(self) -> None:
        """Its time is up: say so to a client that never finished asking; drop one that does not listen."""
        if self._over or self._paused:
            self._transport.abort()
        elif self.idle or not self._arrived:
            self._close()
        else:
            words = f"A request must arrive within {HEAD_SECONDS:.0f} seconds."
            self._end_with(Refusal(status=HTTPStatus.REQUEST_TIMEOUT, words=words))

    def finish(self) -> None:
        """Close at once when idle, otherwise after the answer that is under way."""
        self._last = True
        if self.idle:
            self._close()

    def abort(self) -> None:
        """Close now."""
        self._transport.abort()

    # --- from requests to answers --------------------------------------------------------------------

    def _proceed(self) -> None:
        """Answer what has arrived, one after the other, as long as the client takes the answers."""
        for answered in range(IN_A_ROW):
            if self._paused or self._rest or self._over:
                return
            found = requests.read(self._arrived)
            if found is None:
                self._await_more(anew=answered > 0)
                return
            what, end = found
            del self._arrived[:end]
            if isinstance(what, Refusal):
                self._end_with(what)
                return
            self._respond(what)
        self._transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._proceed)

    def _await_more(self, *, anew: bool) -> None:
        """Wait for the rest of a request or, where nothing of one is there, for the next."""
        self._transport.resume_reading()
        if self._last:
            self._close()
        elif not self._arrived:
            self.idle = True
            self.deadline = self._clock() + IDLE_SECONDS
        elif anew:
            self.deadline = self._clock() + HEAD_SECONDS

    def _respond(self, request: Request) -> None:
        answer = self._keeper.answer(request)
        going_on = request.keep and not request.body and not self._keeper.ending
        self._send(answer, _fate(request, going_on=going_on))
        self._tell(answer, request)
        if not going_on:
            self._end(linger=request.body or bool(self._arrived))

    def _end_with(self, refusal: Refusal) -> None:
        """Say why nothing on this connection can be answered any more."""
        answer = of_refusal(refusal)
        self._send(answer, b"Connection: close\r\n")
        self._tell(answer, None)
        self._end(linger=True)

    def _send(self, answer: Answer, fate: bytes) -> None:
        start = b"".join((answer.head, self._keeper.date(), fate, b"\r\n"))
        if len(answer.body) <= PIECE:
            self._transport.write(start + answer.body)
            return
        self._transport.write(start)
        self._rest = memoryview(answer.body)
        self._pump()

    def _pump(self) -> None:
        while self._rest and not self._paused:
            piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
            self._transport.write(piece)
        if self._over and not self._rest:
            self._say_the_end()

    def _end(self, *, linger: bool) -> None:
        """No more requests: what is under way goes out, then the connection closes."""
        self._over, self._lingers = True, linger
        self._arrived.clear()
        if not self._rest:
            self._say_the_end()

    def _say_the_end(self) -> None:
        """Close; after a request that was not read to its end, wait until the client has the answer."""
        if not self._lingers:
            self._close()
            return
        self.deadline = self._clock() + LINGER_SECONDS
        self._transport.resume_reading()
        if not self._transport.is_closing():
            self._transport.write_eof()

    def _close(self) -> None:
        """Let the system send what it still has, for a while."""
        self._over = True
        self.deadline = self._clock() + SEND_SECONDS
        self._transport.close()

    def _tell(self, answer: Answer, request: Request | None) -> None:
        if self._keeper.told is None:
            return
        self._keeper.told(
            Served(
                client=self._client,
                method=request.method if request else "",
                target=request.target if request else "",
                agent=request.fields.get("user-agent", "") if request else "",
                status=answer.status,
                sent=len(answer.body),
            )
        )


def _fate(request: Request, *, going_on: bool) -> bytes:
    """The field that says what becomes of the connection, where the version's own rule is another."""
    if not going_on:
        return b"Connection: close\r\n"
    return b"" if request.minor else b"Connection: keep-alive\r\n"
