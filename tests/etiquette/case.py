"""What does one server offer, what is it sent, and how is that judged?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

from tests.feedserver import Request, render

START = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 30
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CONTACT = "https://contact.example/"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as its server saw it, and what the server made of it."""

    at: datetime
    path: str
    headers: dict[str, str]
    status: int


@dataclass(slots=True)
class Reply:
    """What a case's server says."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    good: bool = True
    """A complete feed: only of such a reply validators may be kept."""
    cut: bool = False


Respond = Callable[["Case", Request, datetime], Reply]
Judge = Callable[["Case"], Iterator[str]]


@dataclass(slots=True)
class Case:
    """A server's temper, what it offered, what it was sent, and how that is judged."""

    name: str
    rule: str
    respond: Respond
    judge: Judge
    feeds: int = 1
    host: str = ""
    port: int = 0
    log: list[Seen] = field(default_factory=list)
    offered: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """For each path the validators of its last good reply."""
    stale: int = 0
    """Validators sent that this path never gave, or gave no more."""
    missing: int = 0
    """Requests without a validator that was on offer."""
    chances: int = 0
    """Requests for which a validator was on offer."""
    rude: list[str] = field(default_factory=list)
    items: int = 0
    updates: int = 0
    stored: dict[str, Any] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def answer(self, request: Request, now: datetime) -> bytes:
        """Reply to a request, and hold what it carried against what was offered."""
        sent = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
        known = self.offered.get(request.path, (None, None))
        self.stale += any(
            mine is not None and mine != theirs for mine, theirs in zip(sent, known, strict=True)
        )
        if any(known):
            self.chances += 1
            self.missing += any(theirs and not mine for mine, theirs in zip(sent, known, strict=True))
        self._look_for_rudeness(request)
        reply = self.respond(self, request, now)
        self.log.append(Seen(now, request.path, dict(request.headers), reply.status))
        given = reply.headers.get("ETag"), reply.headers.get("Last-Modified")
        if reply.status in {200, 226} and reply.good:
            self.offered[request.path] = given
        elif reply.status == 304:
            self.offered[request.path] = given[0] or known[0], given[1] or known[1]
        reply.headers.setdefault("Date", format_datetime(now, usegmt=True))
        reply.headers["Set-Cookie"] = "id=7"
        reply.headers["Connection"] = "close"
        if reply.body:
            reply.headers.setdefault("Content-Type", "application/rss+xml")
        if reply.cut:
            reply.headers["Content-Length"] = str(len(reply.body) + 100)
        return render(reply.status, reply.headers, reply.body, length=reply.status != 304)

    def _look_for_rudeness(self, request: Request) -> None:
        for name in ("cookie", "referer", "authorization"):
            if name in request.headers:
                self.rude.append(f"{name} was sent")
        if "?" in request.path:
            self.rude.append(f"a query nobody gave: {request.path}")
        if CONTACT not in request.headers.get("user-agent", ""):
            self.rude.append("no contact in the User-Agent")
        if "gzip" not in request.headers.get("accept-encoding", ""):
            self.rude.append("no compression asked for")

    def faults(self) -> list[str]:
        """Everything that was not as it should be."""
        found = list(dict.fromkeys(self.rude))
        if self.stale:
            found.append(f"{self.stale} stale or made-up validators")
        if self.missing:
            found.append(f"{self.missing} validators withheld")
        if len(self.asked()) > 1 and self.gap() < 5 * MINUTE:
            found.append(f"came again after {self.gap()}")
        return found + list(self.judge(self))

    def asked(self, path: str = "/feed") -> list[Seen]:
        return [each for each in self.log if each.path == path]

    def gaps(self, path: str = "/feed") -> list[timedelta]:
        times = [each.at for each in self.asked(path)]
        return [later - earlier for earlier, later in pairwise(times)]

    def gap(self) -> timedelta:
        return min((gap for path in {each.path for each in self.log} for gap in self.gaps(path)), default=DAY)
