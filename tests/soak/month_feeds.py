"""Who serves the news of a simulated month, how badly at times, and what did each answer carry?

Every outlet has an address of its own on loopback, because pauses belong to hosts. A feed lists its newest entries
and forgets the older ones, as real feeds do. What stood in an answer of 200 is noted by publication: that is what
a reader can know of, and what must be stored, no more and no less.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.feedserver import Request, render
from tests.soak.month_news import DAY, START, News, Publication

HOUR = timedelta(hours=1)

FAULTS: dict[str, tuple[float, float, int]] = {
    "500": (1.5, 3, 6),
    "503 with Retry-After": (1.5, 2.5, 3),
    "silence": (1.5, 2, 2),
    "reset": (1.5, 2.5, 3),
    "cut short of its length": (1.5, 2.5, 3),
    "half a document": (1.5, 2.5, 3),
    "a web page instead": (1.5, 2.5, 3),
    "another protocol": (1.5, 2.5, 1),
    "down for long": (14, 26, 2),
}
"""Kind → shortest and longest in hours, how many begin each day among 300 outlets; small homes have one of each."""

AFTERMATH = 12 * HOUR
"""For so long after a fault a polite reader may still stay away (it doubles its pause each time)."""

GUIDS, VIEWS = "@guids@", "@views@"
"""Stand in prepared entries where an outlet's later habits show."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An outlet misbehaves for a while."""

    outlet: int
    kind: str
    since: datetime
    until: datetime


@dataclass(slots=True)
class Outlet:
    """One feed: what it lists, and its habits."""

    number: int
    rate: int
    """Entries a day."""
    form: str
    validators: str
    rewrites: bool = False
    """Every answer words all entries a little differently."""
    renames_on: int | None = None
    """The day on which all its guids change."""
    listed: deque[tuple[Publication, str]] = field(default_factory=deque)
    modified: datetime = START
    answers: int = 0

    @property
    def host(self) -> str:
        """Its address."""
        return f"127.0.{10 + self.number // 200}.{1 + self.number % 200}"

    @property
    def window(self) -> int:
        """How many entries it lists: eight hours of them, ten at least."""
        return max(10, self.rate // 3)


def outlets(count: int, per_day: int) -> list[Outlet]:
    """Some desks publish all day, many outlets a little; together ``per_day``."""
    desks, sites = max(1, count // 20), max(1, count * 28 // 100)
    weights = [10.0] * desks + [3.0] * sites + [1.0] * (count - desks - sites)
    rates = [max(1, int(per_day * each / sum(weights))) for each in weights]
    for number in range(per_day - sum(rates)):
        rates[number % count] += 1
    made = []
    for number, rate in enumerate(rates):
        form = ("rss", "rss", "rss", "atom", "rss", "json")[number % 6]
        validators = ("etag", "etag", "date", "etag", "none")[number % 5]
        made.append(Outlet(number, rate, form, validators))
    for number in range(max(1, count // 100)):
        made[desks + sites + number].rewrites = True
        made[-1 - number].renames_on = 0 if count < 100 else 2 + 5 * number
    return made


class Press:
    """All outlets at one moment of the pretended time."""

    def __init__(self, count: int, per_day: int, *, seed: int = 1) -> None:
        self.outlets = outlets(count, per_day)
        self.news = News([each.rate for each in self.outlets], seed)
        self.now = START
        self.truth: list[tuple[int, str, str]] = [(0, "", "")]
        """For each publication by its number: story, form, kind."""
        self.shown: set[int] = set()
        """Publications that stood in an answer."""
        self.missed: list[int] = []
        """Those that were never shown before their feed forgot them, though nothing was wrong with it."""
        self.withheld = 0
        """The same where something was."""
        self.faults: list[Fault] = []
        self.met: Counter[str] = Counter()
        """How many answers were faulty, by kind."""
        self.calm_from: datetime | None = None
        self._seed = seed
        self._by_host = {each.host: each for each in self.outlets}
        self._coming: Iterator[Publication] = iter(())
        self._next: Publication | None = None
        self._day = -1

    # --- Publishing --------------------------------------------------------------------------

    def publish(self, now: datetime) -> int:
        """Let time go on; tell how many entries came out."""
        self.now = now
        count = 0
        while True:
            if self._next is None:
                self._next = next(self._coming, None)
            if self._next is None:
                if START + (self._day + 1) * DAY > now:
                    break
                self._day += 1
                self._coming = self.news.day(self._day)
                self._plan_faults(self._day)
                continue
            if self._next.at > now:
                break
            self._add(self._next)
            self._next = None
            count += 1
        return count

    def _add(self, publication: Publication) -> None:
        outlet = self.outlets[publication.outlet]
        self.truth.append((publication.story, publication.form, publication.kind))
        outlet.listed.appendleft((publication, prepared(outlet, publication)))
        outlet.modified = publication.at
        if len(outlet.listed) > outlet.window:
            gone, _ = outlet.listed.pop()
            if gone.number not in self.shown:
                if self._was_faulty(outlet.number, gone.at - AFTERMATH, publication.at):
                    self.withheld += 1
                else:
                    self.missed.append(gone.number)

    def _was_faulty(self, outlet: int, since: datetime, until: datetime) -> bool:
        return any(
            each.outlet == outlet and each.since <= until and each.until >= since for each in self.faults
        )

    def _plan_faults(self, day: int) -> None:
        chance = random.Random(f"{self._seed} faults {day}")
        self.faults = [each for each in self.faults if each.until > self.now - 3 * DAY]
        for kind, (least, most, often) in FAULTS.items():
            for _ in range(max(1, often * len(self.outlets) // 300)):
                since = START + day * DAY + chance.uniform(0, 20) * HOUR
                until = since + chance.uniform(least, most) * HOUR
                self.faults.append(Fault(chance.randrange(len(self.outlets)), kind, since, until))

    def fault_of(self, outlet: int) -> str | None:
        """What is wrong with it now."""
        if self.calm_from is not None and self.now >= self.calm_from:
            return None
        return next(
            (
                each.kind
                for each in self.faults
                if each.outlet == outlet and each.since <= self.now < each.until
            ),
            None,
        )

    # --- Answering ---------------------------------------------------------------------------

    async def respond(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer as the outlet at this address does now."""
        outlet = self._by_host[request.host]
        fault = self.fault_of(outlet.number)
        if fault is not None:
            self.met[fault] += 1
            await self._fail(fault, outlet, writer)
            return
        outlet.answers += 1
        headers = {"Content-Type": TYPES[outlet.form], "Connection": "close"}
        body = document(outlet, self.now)
        if outlet.validators == "etag" and not outlet.rewrites:
            headers["ETag"] = f'"{zlib.crc32(body):x}"'
        if outlet.validators == "date" and not outlet.rewrites:
            headers["Last-Modified"] = format_datetime(outlet.modified, usegmt=True)
        known = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
        if any(known) and known == (headers.get("ETag"), headers.get("Last-Modified")):
            writer.write(render(304, headers, b"", length=False))
        else:
            self.shown.update(each.number for each, _ in outlet.listed)
            writer.write(render(200, headers, body))
        await writer.drain()

    async def _fail(self, kind: str, outlet: Outlet, writer: asyncio.StreamWriter) -> None:
        body = document(outlet, self.now)
        page = {"Content-Type": "text/html", "Connection": "close"}
        good = {"Content-Type": TYPES[outlet.form], "Connection": "close"}
        match kind:
            case "silence":
                await asyncio.Event().wait()
            case "reset":
                connection: socket.socket = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.write(render(200, good, body)[:300])
                writer.transport.abort()
            case "cut short of its length":
                writer.write(render(200, {**good, "Content-Length": str(len(body) + 500)}, body[:-200]))
            case "half a document":
                # Cut within the last text, so that the entries before it are whole, and JSON is none at all.
                writer.write(render(200, good, body[: body.rfind(b"<p>") + 40], length=False))
                if outlet.form != "json":
                    self.shown.update(each.number for each, _ in list(outlet.listed)[:-1])
            case "a web page instead":
                writer.write(render(200, page, b"<!doctype html><html><body><h1>Back soon</h1><p>We moved"))
            case "another protocol":
                writer.write(b"220 mail.example ESMTP ready\r\n")
            case "503 with Retry-After":
                writer.write(render(503, {**page, "Retry-After": "3600"}, b"busy"))
            case _:
                writer.write(render(500, page, b"oops"))
        await writer.drain()


# --- Documents -----------------------------------------------------------------------------------

TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}


def prepared(outlet: Outlet, publication: Publication) -> str:
    """One entry in the outlet's format."""
    guid = f"{GUIDS}{publication.number}"
    html = publication.html + (f"<p>This page was read {VIEWS} times.</p>" if outlet.rewrites else "")
    if outlet.form == "json":
        return json.dumps(
            {
                "id": guid,
                "url": publication.link,
                "title": publication.title,
                "content_html": html,
                "date_published": publication.at.isoformat(),
            }
        )
    title, text = escape(publication.title), escape(html, quote=False)
    if outlet.form == "atom":
        moment = publication.at.isoformat()
        return (
            f"<entry><id>urn:x:{guid}</id><title>{title}</title><link href='{publication.link}'/>"
            f"<published>{moment}</published><updated>{moment}</updated>"
            f"<content type='html'>{text}</content></entry>"
        )
    return (
        f"<item><title>{title}</title><link>{publication.link}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<pubDate>{format_datetime(publication.at)}</pubDate><description><![CDATA[{html}]]></description></item>"
    )


def document(outlet: Outlet, now: datetime) -> bytes:
    """The feed as it is now."""
    entries = [text for _, text in outlet.listed]
    name, site = f"Outlet {outlet.number}", f"https://outlet{outlet.number}.example/"
    if outlet.form == "json":
        head = json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "title": name, "home_page_url": site}
        )[:-1]
        whole = f'{head}, "items": [{", ".join(entries)}]}}'
    elif outlet.form == "atom":
        whole = (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><id>{site}</id><title>{name}</title>"
            f"<updated>{outlet.modified.isoformat()}</updated><link href='{site}'/>{''.join(entries)}</feed>"
        )
    else:
        whole = (
            f"<rss version='2.0'><channel><title>{name}</title><link>{site}</link>"
            f"<description>News</description>{''.join(entries)}</channel></rss>"
        )
    moved = outlet.renames_on is not None and now >= START + outlet.renames_on * DAY + 12 * HOUR
    whole = whole.replace(GUIDS, "new-" if moved else "")
    if outlet.rewrites:
        whole = whole.replace(VIEWS, str(outlet.answers))
    return whole.encode()
