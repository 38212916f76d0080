"""How do servers answer: the good, the odd, and the broken?"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

from tests.etiquette.case import DAY, HOUR, MINUTE, START, Case, Reply, Respond
from tests.etiquette.publishing import fresh, rss, tag
from tests.feedserver import Request


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


def hubbed(_case: Case, request: Request, now: datetime) -> Reply:
    """One hub in the headers, another in the document."""
    body = rss(now, 8 * HOUR, head="<link xmlns='http://www.w3.org/2005/Atom' rel='hub' href='/other'/>")
    return fresh(request, body, etag=tag(body), Link='</feed>; rel="self", </hub>; rel="hub"')


def rewriting(case: Case, request: Request, now: datetime) -> Reply:
    return Reply(200, {}, rss(START, DAY, text=f"Read {len(case.log)} times."))


def replatformed(_case: Case, request: Request, now: datetime) -> Reply:
    return Reply(200, {}, rss(now, DAY, guid="new:" if now >= START + 10 * DAY else "old:"))


def renaming(case: Case, request: Request, now: datetime) -> Reply:
    return Reply(200, {}, rss(now, DAY, guid=f"{len(case.log)}-"))
