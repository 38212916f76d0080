"""Where does the server listen, how many does it listen to, and how does it stop?"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from aggregator.errors import ServeError
from aggregator.serve.answers import Answer
from aggregator.serve.conditions import http_date
from aggregator.serve.connections import Connection, Served
from aggregator.serve.requests import Request
from aggregator.serve.site import Site
from aggregator.web.addresses import is_loopback_literal

MOST_CONNECTIONS = 256
"""At once: a quarter of the files that a process may have open by default."""

SWEEP_SECONDS = 1.0
"""How often it is looked whose time is up: one look at all costs less than a timer for each."""

FINISH_SECONDS = 5.0
"""For answers under way when the server is told to stop."""

STOPS = (signal.SIGINT, signal.SIGTERM)


class Server:
    """Holds the sockets of one site. ``told`` hears of every answer, ``failed`` of what should not have happened."""

    def __init__(
        self,
        site: Callable[[bool], Site],
        *,
        told: Callable[[Served], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        self._make_site = site
        self.told = told
        self._failed = failed
        self.ending = False
        self._connections: set[Connection] = set()
        self._second, self._date = -1, b""
        self._empty = asyncio.Event()

    async def start(self, host: str, port: int) -> Sequence[tuple[str, int]]:
        """Listen, and tell under which addresses and ports.

        ``site`` is then made, and told whether only this machine reaches it. Raises ``ServeError`` where the
        address cannot be had.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._something_failed)
        self._clock = loop.time
        try:
            self._listening = await loop.create_server(
                lambda: Connection(self, loop.time), host, port, start_serving=False
            )
        except OSError as error:
            raise ServeError(_refused(error, host, port)) from error
        except (UnicodeError, OverflowError) as error:
            raise ServeError(
                f"{host!r} is not a name or address of this machine; leave --host out"
            ) from error
        places = [each.getsockname()[:2] for each in self._listening.sockets]
        self._site = self._make_site(all(is_loopback_literal(address) for address, _ in places))
        await self._listening.start_serving()
        self._sweeper = loop.create_task(self._sweep())
        return places

    async def stop(self) -> None:
        """Take no more connections, finish what is under way, then close."""
        self.ending = True
        self._listening.close()
        self._sweeper.cancel()
        for each in list(self._connections):
            each.finish()
        if self._connections:
            self._empty.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), FINISH_SECONDS)
        for each in list(self._connections):
            each.abort()
        with suppress(asyncio.CancelledError):
            await self._sweeper

    # --- what connections ask ------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        return self._site.answer(request, int(time.time()))

    def date(self) -> bytes:
        """The field that says when, written once a second."""
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, f"Date: {http_date(second)}\r\n".encode()
        return self._date

    def opened(self, connection: Connection) -> bool:
        """Take a connection up; where there are too many, in place of the one that has been idle longest."""
        if len(self._connections) >= MOST_CONNECTIONS:
            idle = [each for each in self._connections if each.idle]
            if not idle:
                return False
            longest = min(idle, key=lambda each: each.deadline)
            self._connections.discard(longest)
            longest.abort()
        self._connections.add(connection)
        return True

    def closed(self, connection: Connection) -> None:
        """Let it go."""
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    def sweep(self, now: float) -> None:
        """End the connections whose time is up; ``now`` by the event loop's clock."""
        for each in [each for each in self._connections if each.deadline <= now]:
            each.expire()

    # --- by itself -----------------------------------------------------------------------------------

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep(self._clock())

    def _something_failed(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """What the event loop would print with a traceback is one line; the connection it happened on ends."""
        cause = context.get("exception")
        if self._failed is not None:
            self._failed(f"{context.get('message')}: {cause!r}" if cause else str(context.get("message")))
        protocol = context.get("protocol")
        if isinstance(protocol, Connection):
            protocol.abort()


def run(server: Server, host: str, port: int, ready: Callable[[Sequence[tuple[str, int]]], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``ready`` hears where. A second signal does not wait for anybody."""

    async def until_told() -> None:
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        places = await server.start(host, port)
        for number in STOPS:
            loop.add_signal_handler(number, _once, loop, told)
        ready(places)
        await told.wait()
        await server.stop()

    asyncio.run(until_told())


def _once(loop: asyncio.AbstractEventLoop, told: asyncio.Event) -> None:
    """Ask for the end, and give the next signal back its usual meaning."""
    told.set()
    for number in STOPS:
        loop.remove_signal_handler(number)


def _refused(error: OSError, host: str, port: int) -> str:
    """Say why the address cannot be had, and what to do."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where} is taken: another server is there, perhaps this one; stop it or choose another --port"
        )
    if error.errno == errno.EACCES:
        return f"{where}: ports below 1024 belong to the system; choose another --port"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{host} is not an address of this machine; leave --host out, or say 0.0.0.0 for all it has"
    why = error.strerror or os.strerror(error.errno or 0)
    return f"{where} cannot be listened at: {why}"
