"""A real HTTP/2 server on loopback, as small as RFC 9113 allows: it says what it is told, to every request.

    with Http2Server(tls, [head(1, b"…"), data(b"…", last=True)]) as server:
        … server.url("/feed.xml") … server.spoken …

Header fields go out as literals without indexing (RFC 7541 §6.2.2), so that nothing need be known of HPACK's tables;
what the client sent is not decoded, only its frames are counted.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
ACK = END_STREAM = 1
END_HEADERS = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

Frames = Callable[[int], bytes]
"""What is written for a stream of this number."""


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """RFC 9113 §4.1."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def literal(text: str) -> bytes:
    """A string of fewer than 127 octets, as it is (RFC 7541 §5.2)."""
    assert len(text) < 127
    return bytes([len(text)]) + text.encode("ascii")


def head(status: int, *, last: bool = False, **fields: str) -> Frames:
    """The head of a response."""
    lines = {":status": str(status)} | {name.replace("_", "-"): value for name, value in fields.items()}
    block = b"".join(b"\x00" + literal(name) + literal(value) for name, value in lines.items())
    return lambda stream: frame(HEADERS, END_HEADERS | (END_STREAM if last else 0), stream, block)


def data(body: bytes, *, last: bool = True) -> Frames:
    """A piece of a body."""
    return lambda stream: frame(DATA, END_STREAM if last else 0, stream, body)


def broken_off(error: int = 2) -> Frames:
    """The end of a stream before its time: INTERNAL_ERROR unless told otherwise."""
    return lambda stream: frame(RST_STREAM, 0, stream, error.to_bytes(4, "big"))


def going_away(error: int = 0) -> Frames:
    """The end of the connection; no stream was looked at."""
    return lambda _stream: frame(GOAWAY, 0, 0, bytes(4) + error.to_bytes(4, "big"))


class Http2Server:
    """Writes the same frames for every request, until it is stopped."""

    def __init__(self, tls: ssl.SSLContext, answer: Sequence[Frames]) -> None:
        tls.set_alpn_protocols(["h2"])
        self.answer = list(answer)
        self.requests = 0
        self.spoken: set[str | None] = set()
        """Protocols that clients agreed to."""
        self.port = 0
        self._tls = tls
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve_one, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.spoken.add(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        try:
            assert await reader.readexactly(len(PREFACE)) == PREFACE
            writer.write(frame(SETTINGS, 0, 0))
            while True:
                await self._take(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beginning = await reader.readexactly(9)
        length, kind, flags = int.from_bytes(beginning[:3], "big"), beginning[3], beginning[4]
        stream = int.from_bytes(beginning[5:], "big") & 0x7FFFFFFF
        await reader.readexactly(length)
        if kind == SETTINGS and not flags & ACK:
            writer.write(frame(SETTINGS, ACK, 0))
        elif kind == HEADERS:
            self.requests += 1
            for each in self.answer:
                writer.write(each(stream))
            await writer.drain()
