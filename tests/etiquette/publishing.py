"""What do good servers publish?"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from email.utils import format_datetime

from tests.etiquette.case import START, Reply
from tests.feedserver import Request


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
