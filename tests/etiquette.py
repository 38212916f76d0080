"""A month of cron against servers of every temper, scored: which rules of good manners does polling keep?

    python tests/etiquette.py

Real HTTP on loopback, one address per case, and a pretended clock: cron comes every minute on the first day and
every half hour for the rest of the month. Each server notes what it was sent and when; nothing is asked of
the program's own records but what was stored.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from feedserver import FeedServer, Request, render

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


# --- What they publish ---------------------------------------------------------------------------


def rss(
    now: datetime, every: timedelta, *, head: str = "", guid: str = "", text: str = "", entries: int = 5
) -> bytes:
    """A feed that has an entry for each full ``every`` since long ago, the latest of them."""
    latest = int((now - START) / every // 1)
    items = "".join(
        f"<item><title>Report {number}</title><link>http://site.example/{number}</link>"
        f"<guid isPermaLink='false'>{guid}{number}</guid>"
        f"<pubDate>{format_datetime(START + number * every, usegmt=True)}</pubDate>"
        f"<description>What was found in part {number}. {text}</description></item>"
        for number in range(latest, latest - entries, -1)
    )
    return f"<rss version='2.0'><channel><title>Site</title>{head}{items}</channel></rss>".encode()


def tag(body: bytes) -> str:
    return f'"{zlib.crc32(body):x}"'


def fresh(
    request: Request, body: bytes, *, etag: str | None = None, modified: str | None = None, **headers: str
) -> Reply:
    """Reply as a good server does, with 304 where the validators are the current ones."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if etag:
        given["ETag"] = etag
    if modified:
        given["Last-Modified"] = modified
    same = etag and request.headers.get("if-none-match") == etag
    if same or (not etag and modified and request.headers.get("if-modified-since") == modified):
        return Reply(304, given)
    return Reply(200, given, body)


def steady(every: timedelta, *, weak: bool = False, **headers: str) -> Respond:
    def respond(_case: Case, request: Request, now: datetime) -> Reply:
        body = rss(now, every)
        return fresh(request, body, etag=("W/" if weak else "") + tag(body), **headers)

    return respond


def by_date(_case: Case, request: Request, now: datetime) -> Reply:
    moment = START + (now - START) // (12 * HOUR) * (12 * HOUR)
    return fresh(request, rss(now, 12 * HOUR), modified=format_datetime(moment, usegmt=True))


def unquoted(_case: Case, request: Request, now: datetime) -> Reply:
    moment = START + (now - START) // (8 * HOUR) * (8 * HOUR)
    etag, modified = f"rev:{moment:%d%H}", format_datetime(moment).replace("+0000", "GMT")
    return fresh(request, rss(now, 8 * HOUR), etag=etag, modified=modified)


def restless(case: Case, request: Request, now: datetime) -> Reply:
    """A new ETag with every document, though no entry changes."""
    return Reply(200, {"ETag": f'"{len(case.log)}"'}, rss(START, DAY))


def new_on_304(case: Case, request: Request, now: datetime) -> Reply:
    if request.headers.get("if-none-match"):
        return Reply(304, {"ETag": f'"n{len(case.log)}"'})
    return Reply(200, {"ETag": '"first"'}, rss(START, DAY))


def stops_validating(_case: Case, request: Request, now: datetime) -> Reply:
    body = rss(now, 12 * HOUR)
    return Reply(200, {"ETag": tag(body)} if now < START + 3 * DAY else {}, body)


def sometimes_not_a_feed(_case: Case, request: Request, now: datetime) -> Reply:
    bad = {
        3: Reply(200, {"ETag": '"html"', "Content-Type": "text/html"}, b"<html><body>Back soon", good=False),
        6: Reply(200, {"ETag": '"empty"'}, b"", good=False),
        9: Reply(200, {"ETag": '"cut"'}, rss(now, DAY)[:700], good=False, cut=True),
        12: Reply(200, {"ETag": '"halved"'}, rss(now, DAY)[:900], good=False),
        15: Reply(500, {"ETag": '"broken"'}, b"oops", good=False),
    }.get((now - START).days)
    return bad or steady(6 * HOUR)(_case, request, now)


def redirecting(status: int, *more: int, to_feed: bool = True) -> Respond:
    hops = (status, *more)

    def respond(case: Case, request: Request, now: datetime) -> Reply:
        number = 0 if request.path == "/feed" else int(request.path[1:])
        if number < len(hops):
            return Reply(hops[number], {"Location": f"/{number + 1}", "ETag": '"hop"'}, good=False)
        if not to_feed:
            return Reply(200, {"ETag": '"page"', "Content-Type": "text/html"}, b"<html>Hello", good=False)
        return steady(DAY)(case, request, now)

    return respond


def gone(case: Case, request: Request, now: datetime) -> Reply:
    return Reply(410) if now >= START + 2 * DAY else steady(2 * HOUR)(case, request, now)


def refusing(status: int) -> Respond:
    return lambda _case, _request, _now: Reply(status, body=b"no")


def pausing(status: int, *, date: bool) -> Respond:
    """Ask for six hours' peace at noon of each third day, whichever feed comes first."""

    def respond(case: Case, request: Request, now: datetime) -> Reply:
        if (
            now.day % 3 == 0
            and now.hour >= 12
            and not any(each.status == status and now - each.at < DAY for each in case.log)
        ):
            until = format_datetime(now + 6 * HOUR, usegmt=True) if date else str(6 * 3600)
            return Reply(status, {"Retry-After": until}, b"busy")
        return steady(DAY)(case, request, now)

    return respond


def saying(every: timedelta, head: str) -> Respond:
    def respond(_case: Case, request: Request, now: datetime) -> Reply:
        body = rss(now, every, head=head)
        return fresh(request, body, etag=tag(body))

    return respond


def expiring(_case: Case, request: Request, now: datetime) -> Reply:
    later = format_datetime(now + 4 * HOUR, usegmt=True)
    body = rss(now, 8 * HOUR)
    return fresh(request, body, etag=tag(body), Expires=later, Age="3600")


def breaking(case: Case, request: Request, now: datetime) -> Reply:
    down = START + 3 * DAY <= now < START + 6 * DAY
    return Reply(500, body=b"oops") if down else steady(8 * HOUR)(case, request, now)


def rushing(_case: Case, request: Request, now: datetime) -> Reply:
    """An entry every three minutes for a day, then silence."""
    body = rss(min(now, START + DAY), 3 * MINUTE, entries=10)
    return fresh(request, body, etag=tag(body))


def delta(case: Case, request: Request, now: datetime) -> Reply:
    """RFC 3229: who asks for it gets only what is new since."""
    body = rss(now, 12 * HOUR)
    etag = tag(body)
    if request.headers.get("if-none-match") == etag:
        return Reply(304, {"ETag": etag})
    if request.headers.get("a-im") == "feed" and "if-none-match" in request.headers:
        head, _, rest = body.partition(b"<item>")
        newest = b"<item>" + rest.split(b"<item>")[0].replace(b"</channel></rss>", b"")
        return Reply(226, {"ETag": etag, "IM": "feed"}, head + newest + b"</channel></rss>")
    return Reply(200, {"ETag": etag}, body)


def rewriting(case: Case, request: Request, now: datetime) -> Reply:
    return Reply(200, {}, rss(START, DAY, text=f"Read {len(case.log)} times."))


def replatformed(_case: Case, request: Request, now: datetime) -> Reply:
    return Reply(200, {}, rss(now, DAY, guid="new:" if now >= START + 10 * DAY else "old:"))


def renaming(case: Case, request: Request, now: datetime) -> Reply:
    return Reply(200, {}, rss(now, DAY, guid=f"{len(case.log)}-"))


# --- What is asked of us -------------------------------------------------------------------------


def fine(_case: Case) -> Iterator[str]:
    """Validators, gaps and headers are all there is to judge."""
    yield from ()


def never_304(case: Case) -> Iterator[str]:
    if any(each.status == 304 for each in case.log):
        yield "a stale validator was taken"


def at_least(wait: timedelta) -> Judge:
    def judge(case: Case) -> Iterator[str]:
        if case.gap() < wait:
            yield f"came again after {case.gap()}, not {wait}"

    return judge


def at_most(requests: int) -> Judge:
    def judge(case: Case) -> Iterator[str]:
        if len(case.log) > requests:
            yield f"{len(case.log)} requests, {requests} are enough"

    return judge


def stays(case: Case) -> Iterator[str]:
    if len(case.asked()) < 90:
        yield "a move that is not for good was remembered"


def moves(case: Case) -> Iterator[str]:
    if len(case.asked()) != 3:
        yield f"the old address was asked {len(case.asked())} times"
    if case.stored["first_url"] != case.url("/feed"):
        yield "the first address was forgotten"


def stops(case: Case) -> Iterator[str]:
    after = [each for each in case.log if each.at >= START + 2 * DAY]
    if len(after) != 1:
        yield f"{len(after)} requests after it was gone"


def leaves_the_host_alone(case: Case) -> Iterator[str]:
    pauses = [each.at for each in case.log if each.status in {429, 503}]
    if len(pauses) < 9:
        yield f"only {len(pauses)} pauses were asked for"
    for began in pauses:
        inside = [each for each in case.log if began < each.at < began + 6 * HOUR]
        if inside:
            yield f"{len(inside)} requests in a pause"


def skips(case: Case) -> Iterator[str]:
    # The first document says it; the first request cannot know.
    for each in case.log[1:]:
        if each.at.hour in range(6) or each.at.weekday() == 6:
            yield f"came at {each.at:%A %H:%M}"


def backs_off(case: Case) -> Iterator[str]:
    down = [each for each in case.log if each.status == 500]
    if len(down) > 12:
        yield f"{len(down)} requests in three days of errors"
    if case.log[-1].status >= 400:
        yield "never recovered"


def loses_nothing(case: Case) -> Iterator[str]:
    if case.items < 480:
        yield f"only {case.items} of its entries were seen"
    late = [each for each in case.log if each.at > START + 12 * DAY]
    if len(late) > 20:
        yield f"{len(late)} requests in 18 days of silence"


def takes_deltas(case: Case) -> Iterator[str]:
    if sum(each.status == 200 for each in case.log) > 1:
        yield "a whole document where a delta was on offer"
    if case.items < 60:
        yield f"only {case.items} entries came through the deltas"


def settles(case: Case) -> Iterator[str]:
    if case.updates > 30:
        yield f"{case.updates} updates of five entries that never changed"


def announces_nothing_twice(case: Case) -> Iterator[str]:
    if case.items > 5 + DAYS:
        yield f"{case.items} items of {5 + DAYS} entries"


def every_rule() -> list[Case]:
    """Each rule with the server that puts it to the test."""
    return [
        Case("weak ETag", "sent back as it came", steady(8 * HOUR, weak=True), fine),
        Case("Last-Modified", "sent back as it came", by_date, fine),
        Case("both, unquoted", "both sent, verbatim", unquoted, fine),
        Case("restless ETag", "replaced by every good document", restless, never_304),
        Case("ETag on a 304", "taken from it", new_on_304, fine),
        Case("no ETag any more", "dropped", stops_validating, fine),
        Case("page, nothing, cut", "no validator of a bad body", sometimes_not_a_feed, fine),
        Case("302", "never remembered", redirecting(302), stays),
        Case("303, 307", "never remembered", redirecting(303, 307), stays),
        Case("301, 308", "remembered after three polls", redirecting(301, 308), moves),
        Case("301, 302", "not permanent to its end", redirecting(301, 302), stays),
        Case("301 to a page", "no good feed, back-off", redirecting(301, to_feed=False), at_most(2 * 60)),
        Case("redirect loop", "slowed down", redirecting(*[302] * 9), at_most(7 * 50)),
        Case("410", "never asked again", gone, stops),
        Case("404", "slowed down", refusing(404), at_most(40)),
        Case("403", "slowed down", refusing(403), at_most(40)),
        Case("401", "slowed down", refusing(401), at_most(40)),
        Case(
            "429, seconds", "the host is left alone", pausing(429, date=False), leaves_the_host_alone, feeds=3
        ),
        Case("503, date", "the host is left alone", pausing(503, date=True), leaves_the_host_alone, feeds=3),
        Case("500 for days", "backs off, recovers", breaking, backs_off),
        Case("max-age", "6 h kept", steady(12 * HOUR, Cache_Control="max-age=21600"), at_least(6 * HOUR)),
        Case("Expires, Age", "3 h kept", expiring, at_least(3 * HOUR)),
        Case("no-cache", "no hurry", steady(12 * HOUR, Cache_Control="no-cache"), at_least(2 * HOUR)),
        Case("ttl", "3 h kept", saying(8 * HOUR, "<ttl>180</ttl>"), at_least(3 * HOUR)),
        Case(
            "skipHours, skipDays",
            "not at night, not on Sunday",
            saying(
                8 * HOUR,
                f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(6))}</skipHours>"
                "<skipDays><day>Sunday</day></skipDays>",
            ),
            skips,
        ),
        Case(
            "sy:updatePeriod",
            "4 h kept",
            saying(
                8 * HOUR,
                "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily"
                "</sy:updatePeriod><sy:updateFrequency "
                "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>6</sy:updateFrequency>",
            ),
            at_least(4 * HOUR),
        ),
        Case("monthly feed", "daily at most", steady(30 * DAY), at_most(DAYS + 5)),
        Case("a rush, then silence", "nothing lost, then seldom", rushing, loses_nothing),
        Case("A-IM: feed", "226 taken", delta, takes_deltas),
        Case("counter in the text", "stops being an update", rewriting, settles),
        Case("new platform", "old entries not announced", replatformed, announces_nothing_twice),
        Case("random guids", "entries not announced twice", renaming, announces_nothing_twice),
    ]


# --- The month -----------------------------------------------------------------------------------


class Clock:
    """The time that everybody believes it is."""

    now = START


def ticks() -> Iterator[datetime]:
    """Cron: every minute on the first day, then every half hour."""
    now = START
    while now < START + DAYS * DAY:
        yield now
        now += MINUTE if now < START + DAY else 30 * MINUTE


def simulate(home: Path) -> list[Case]:
    """Live through the month; gives the cases with everything that happened."""
    from aggregator import opml
    from aggregator.config import Config, PollConfig
    from aggregator.home import Home
    from aggregator.models import Report, Subscription
    from aggregator.pipeline.poll_stage import poll
    from aggregator.pipeline.session import no_progress
    from aggregator.store.connection import open_store

    cases = every_rule()
    for number, case in enumerate(cases):
        case.host = f"127.0.1.{number + 1}"
    with FeedServer(hosts=[case.host for case in cases]) as server:
        by_host = {case.host: case for case in cases}

        async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
            data = by_host[request.host].answer(request, Clock.now)
            writer.write(data)
            await writer.drain()

        server.behaviours = _Everything(serve)
        paths = [
            (case, "/feed" if not number else f"/feed{number}")
            for case in cases
            for number in range(case.feeds)
        ]
        for case in cases:
            case.port = server.port
        text = opml.write([Subscription(url=case.url(path)) for case, path in paths])
        (home / "feeds.opml").write_bytes(text)
        config = Config(poll=PollConfig(private_networks=True, contact=CONTACT, host_spacing_seconds=0.0))
        with open_store(home / "aggregator.db") as store:
            following, updates = START, 0
            for now in ticks():
                # Cron's calls at which nothing is due are a matter of the schedule's own tests.
                if now < following:
                    continue
                Clock.now = now
                report = Report()
                poll(store, Home(home), config, now, report, force=False, progress=no_progress)
                updates += report.items["updated"]
                row = store.execute(
                    "SELECT min(next_poll_at) FROM feeds WHERE gone_at IS NULL AND removed_at IS NULL"
                ).fetchone()
                following = datetime.fromisoformat(row[0])
            for case in cases:
                row = store.execute(
                    """
                    SELECT feeds.*, (SELECT count(*) FROM items WHERE feed_id = feeds.id) AS items
                    FROM feeds WHERE first_url = ?
                    """,
                    (case.url("/feed"),),
                ).fetchone()
                case.stored = dict(row)
                # Only one case ever changes what it has published.
                case.items, case.updates = row["items"], updates
    return cases


# --- A host with many feeds ----------------------------------------------------------------------

CROWD = 9
"""Feeds of one host, all due at once."""
SPACING = 0.06
"""Seconds between two requests: the crowd then takes a second of real time."""
ANSWER = 0.15
"""Seconds a request stays open: longer than the spacing, so that more would overlap if they were allowed to."""


def crowd() -> list[Case]:
    """Poll one host's many feeds, in real time, as every host but this machine itself is polled."""
    from aggregator.models import Feed
    from aggregator.poll.fetch import FetchLimits, fetch

    arrived: list[float] = []

    async def slowly(_request: Request, writer: asyncio.StreamWriter) -> None:
        arrived.append(time.monotonic())
        await asyncio.sleep(ANSWER)
        writer.write(render(304, {"Connection": "close"}, b"", length=False))
        await writer.drain()

    host = "127.0.2.1"
    with FeedServer(hosts=[host]) as server:
        server.behaviours = _Everything(slowly)
        paths = [*range(CROWD), 0]  # the first address twice, under two names
        feeds = [
            Feed(id=number, url=server.url(f"/{path}"), first_url=server.url(f"/{path}"), title=f"{number}")
            for number, path in enumerate(paths)
        ]
        limits = FetchLimits(private_networks=True, per_host=2, spacing_seconds=SPACING)
        answered = [feed.id for feed, _ in fetch(feeds, limits=limits)]
        asked = Counter(each.path for each in server.requests)
        most = server.most_at_once[host]
    gaps = [later - earlier for earlier, later in pairwise(arrived)]

    def two_at_a_time(_case: Case) -> Iterator[str]:
        if most != 2:
            yield f"{most} requests at once"

    def spaced(_case: Case) -> Iterator[str]:
        if min(gaps) < SPACING * 0.8:  # the server's thread may note one late and the next in time
            yield f"{min(gaps):.3f} s between two requests"

    def once(_case: Case) -> Iterator[str]:
        if asked["/0"] != 1 or sorted(answered) != list(range(len(feeds))):
            yield f"one address was asked {asked['/0']} times, {len(answered)} feeds were answered"

    judged = (
        (f"{CROWD} feeds, one host", "two connections at most", two_at_a_time),
        (f"{CROWD} feeds, one host", "spaced", spaced),
        ("two names, one URL", "asked once, both told", once),
    )
    return [
        Case(name, rule, steady(DAY), judge, log=[Seen(START, path, {}, 304) for path in asked])
        for name, rule, judge in judged
    ]


class _Everything(dict[str, Any]):
    """One behaviour for every path."""

    def __init__(self, behaviour: Any) -> None:
        super().__init__()
        self.behaviour = behaviour

    def get(self, _path: str, _default: object = None) -> Any:
        return self.behaviour


def table(cases: list[Case]) -> Iterator[str]:
    """One line for each rule."""
    yield f"{'case':22} {'rule':32} {'requests':>8} {'conditional':>11} {'shortest gap':>13} {'stale':>5}  kept"
    for case in cases:
        share = f"{1 - case.missing / case.chances:.0%}" if case.chances else "–"
        gap = str(case.gap()) if len(case.log) > 1 and case.gap() < DAY else "–"
        faults = case.faults()
        yield (
            f"{case.name:22} {case.rule:32} {len(case.log):8} {share:>11} {gap:>13} {case.stale:5}  "
            f"{'; '.join(faults) or 'yes'}"
        )
    yield f"{sum(not case.faults() for case in cases)} of {len(cases)} rules kept"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for line in table([*simulate(Path(place)), *crowd()]):
            print(line)
