"""A real server of a directory, in a thread of its own, and a client that sends what it likes.

with Serving(public) as serving:
    assert serving.get("/atom.xml").status == 200
    assert b" 400 " in serving.raw(b"nonsense\\r\\n\\r\\n")
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from aggregator.serve.answers import Links
from aggregator.serve.documents import Documents
from aggregator.serve.hosts import Hosts
from aggregator.serve.server import Server
from aggregator.serve.site import Site

LONG_AGO = 1_700_000_000
"""Seconds: documents have dates that can be trusted."""

ATOM = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    + b"<entry/>" * 500
    + b"</feed>\n"
)


def lay(path: Path, data: bytes, *, seconds: float = LONG_AGO) -> Path:
    """Put a document somewhere, the way a run does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    os.utime(beside, (seconds, seconds))
    return beside.replace(path)


PATIENCE = 20.0
"""Seconds until a test that waits for an answer fails."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    fields: Mapping[str, str]
    """Names in lower case."""
    body: bytes


def parse(data: bytes, *, head: bool = False) -> tuple[Response, bytes]:
    """The first response in what came, and what is behind it."""
    top, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    status = int(first.split(" ")[1])
    size = 0 if head or status == 304 else int(fields["content-length"])
    assert len(rest) >= size
    return Response(status, fields, rest[:size]), rest[size:]


def responses(data: bytes) -> list[Response]:
    found = []
    while data:
        one, data = parse(data)
        found.append(one)
    return found


class Serving:
    """The server of one directory on a free port."""

    def __init__(self, public: Path, *, links: Links | None = None, host: str = "127.0.0.1") -> None:
        self.told = []
        self.failures = []
        self.host = host
        self._links = links or Links()
        self._public = public
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.server = Server(self._site, told=self.told.append, failed=self.failures.append)
        ((_, self.port), *_) = self.call(self.server.start(self.host, 0))
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        self.call(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        if error is None:
            assert self.failures == [], self.failures

    def _site(self, private: bool) -> Site:
        self.private = private
        return Site(Documents(self._public), Hosts(frozenset({"news.example"}), any=not private), self._links)

    def call(self, work):
        """Do something where the server lives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def sweep(self, seconds: float) -> None:
        """Let it look at its connections as if so much time had passed."""

        async def later() -> None:
            self.server.sweep(self._loop.time() + seconds)

        self.call(later())

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=PATIENCE)

    def raw(self, data: bytes, *, end: bool = True) -> bytes:
        """Send bytes and read until the server closes; ``end``: say first that nothing else comes."""
        with self.connect() as client:
            client.sendall(data)
            if end:
                client.shutdown(socket.SHUT_WR)
            return read_all(client)

    def ask(self, path: str, *, method: str = "GET", **fields: str) -> Response:
        """One request on a connection of its own; ``If_None_Match="…"`` becomes a field."""
        given = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"}
        given |= {name.replace("_", "-"): value for name, value in fields.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        answer, rest = parse(self.raw("\r\n".join(lines).encode("latin-1")), head=method == "HEAD")
        assert rest == b""
        return answer


def read_all(client: socket.socket) -> bytes:
    data = b""
    while piece := client.recv(1 << 16):
        data += piece
    return data


def read_some(client: socket.socket, *, ending: bytes = b"\r\n\r\n") -> bytes:
    data = b""
    while not data.endswith(ending):
        piece = client.recv(1 << 16)
        assert piece, data
        data += piece
    return data
