"""A real HTTP server on loopback that serves feeds, politely or not.

    with FeedServer() as server:
        server.pages["/feed.xml"] = Page(b"<rss…")
        server.behaviours["/drip"] = drip
        … server.url("/feed.xml") … server.requests …

It runs in a thread of its own, on a free port, and ends with the block. Every request is recorded. Pages answer
conditional requests as a good server does; behaviours do what bad ones do.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

HEAD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    host: str
    body: bytes = b""


@dataclass(slots=True)
class Page:
    """A document as a good server offers it."""

    body: bytes = b""
    content_type: str | None = "application/xml; charset=utf-8"
    status: int = 200
    etag: str | None = None
    """Sent as it is, quotes and all."""
    last_modified: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    compress: bool = False

    @classmethod
    def of(cls, body: bytes, content_type: str = "application/xml; charset=utf-8") -> Page:
        """Give a page whose ETag follows its content."""
        return cls(body, content_type, etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"')

    def response(self, request: Request) -> bytes:
        headers = dict(self.headers)
        if self.etag is not None:
            headers["ETag"] = self.etag
        if self.last_modified is not None:
            headers["Last-Modified"] = self.last_modified
        if self.status == 200 and self._is_known(request):
            return render(304, headers, b"", length=False)
        body = self.body
        if self.content_type is not None:
            headers["Content-Type"] = self.content_type
        if self.compress and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, mtime=0), "gzip"
        return render(self.status, headers, body)

    def _is_known(self, request: Request) -> bool:
        if "if-none-match" in request.headers:
            return self.etag is not None and self.etag in request.headers["if-none-match"]
        return (
            self.last_modified is not None and request.headers.get("if-modified-since") == self.last_modified
        )


def render(status: int, headers: Mapping[str, str], body: bytes, *, length: bool = True) -> bytes:
    """Give the bytes of a whole response."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    if length and "Content-Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
"""Writes what it likes; the connection is closed when it returns."""


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def stall(request: Request, writer: asyncio.StreamWriter) -> None:
    """Begin a body and fall silent."""
    writer.write(
        render(200, {"Content-Type": "application/xml", "Content-Length": "1000"}, b"<rss><channel>")
    )
    await writer.drain()
    await asyncio.Event().wait()


async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, for ever: no single read ever times out."""
    writer.write(render(200, {"Content-Type": "application/xml", "Content-Length": "100000"}, b""))
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send items without end and without saying how many."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n<rss><channel>"
    )
    item = b"<item><title>And one more</title></item>" * 2000
    while True:
        writer.write(item)
        await writer.drain()


async def truncate(request: Request, writer: asyncio.StreamWriter) -> None:
    """Promise more bytes than are sent."""
    body = b"<rss version='2.0'><channel><title>Cut</title><item><title>Half an it"
    writer.write(render(200, {"Content-Type": "application/xml", "Content-Length": "5000"}, body))


async def hang_up(request: Request, writer: asyncio.StreamWriter) -> None:
    """Close without a word."""


async def gibberish(request: Request, writer: asyncio.StreamWriter) -> None:
    """Speak another protocol."""
    writer.write(b"220 mail.example ESMTP ready\r\n")


def bomb(encoding: str, body: bytes) -> Page:
    """A page of few bytes that unpack to very many."""
    return Page(body, "application/xml", headers={"Content-Encoding": encoding})


def redirect(location: str, status: int = 302) -> Page:
    """A page that leads elsewhere."""
    return Page(b"moved", "text/plain", status=status, headers={"Location": location})


class FeedServer:
    """Serves ``pages`` and ``behaviours`` by path (without query) until it is stopped."""

    def __init__(self, hosts: Sequence[str] = ("127.0.0.1",), tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Page] = {}
        self.behaviours: dict[str, Behaviour] = {}
        self.requests: list[Request] = []
        self.most_at_once: dict[str, int] = {}
        """For each address: the greatest number of requests that were open at the same time."""
        self.connections = 0
        self._hosts = list(hosts)
        self._tls = tls
        self._open: dict[str, int] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.port = 0

    def url(self, path: str, host: str | None = None) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self._hosts[0]}:{self.port}{path}"

    def serve_directory(self, directory: Path, prefix: str = "/") -> list[str]:
        """Offer every file below a directory with validators; give the paths."""
        paths = []
        for file in sorted(directory.rglob("*")):
            if file.is_file():
                path = prefix + file.relative_to(directory).as_posix()
                kind = (
                    "application/feed+json" if file.suffix == ".json" else mimetypes.guess_type(file.name)[0]
                )
                self.pages[path] = Page.of(file.read_bytes(), kind or "application/xml")
                paths.append(path)
        return paths

    def asked(self, path: str) -> list[Request]:
        """Requests for one path, in their order."""
        return [request for request in self.requests if request.path == path]

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

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        first = await asyncio.start_server(
            self._serve_one, self._hosts[0], 0, limit=HEAD_LIMIT, backlog=512, ssl=self._tls
        )
        self.port = first.sockets[0].getsockname()[1]
        servers = [first]
        servers += [
            await asyncio.start_server(
                self._serve_one, host, self.port, limit=HEAD_LIMIT, backlog=512, ssl=self._tls
            )
            for host in self._hosts[1:]
        ]
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        # Connections accepted at the last moment become tasks a turn later.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        # The loop holds tasks weakly: one that waits for ever would be collected once its client is gone.
        self._serving.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            asyncio.CancelledError,
        ):
            pass
        finally:
            self._serving.discard(task)
            # What was written is sent when the loop turns; a client that does not read gets no more time.
            if self._stop is not None and self._stop.is_set():
                writer.transport.abort()
            else:
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        request = self._read(head, writer.get_extra_info("sockname")[0])
        if length := int(request.headers.get("content-length", 0)):
            request = replace(request, body=await reader.readexactly(length))
        self.requests.append(request)
        host = request.host
        self._open[host] = self._open.get(host, 0) + 1
        self.most_at_once[host] = max(self.most_at_once.get(host, 0), self._open[host])
        try:
            path = request.path.partition("?")[0]
            behaviour = self.behaviours.get(path)
            if behaviour is not None:
                await behaviour(request, writer)
                return False
            writer.write(self.pages.get(path, Page(b"no such page", "text/plain", 404)).response(request))
            await writer.drain()
            return request.headers.get("connection", "").lower() != "close"
        finally:
            self._open[host] -= 1

    @staticmethod
    def _read(head: bytes, host: str) -> Request:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines if line)
        return Request(method, path, {name.lower(): value.strip() for name, _, value in pairs}, host)
