"""Items for the tests of dedup, made of a few words."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.dedup.fingerprint import Fingerprint, fingerprint
from aggregator.dedup.judge import Judgement, judge
from aggregator.models import CleanText, Feed, Item

START = datetime(2026, 11, 20, 9, tzinfo=UTC)

LEAD = (
    "The Norrin bridge, which carries tokens between two smaller blockchains, was drained of about $27 million "
    "on Thursday night after somebody found a forgotten test key in a public code archive."
)
KEY = (
    "The key had been created in 2023 for a rehearsal and was never revoked. It could sign withdrawals of any "
    "size as long as they came in pieces below $200,000, so the thief made 139 of them in a little under an hour."
)
STOPPED = (
    "Maintainers noticed when the bridge's own dashboard began to show a negative balance. They stopped the "
    "contract at 23:47 UTC and have asked exchanges to freeze four addresses."
)
BODY = (LEAD, KEY, STOPPED)
TITLE = "Norrin bridge drained of $27 million after forgotten test key is found"


def parts(
    number: int = 1,
    *,
    title: str = TITLE,
    body: tuple[str, ...] | str = BODY,
    feed: str = "signalpost.example",
    url: str | None = None,
    guid: str | None = None,
    minutes: float = 0,
    language: str = "en",
    attributions: tuple[str, ...] = (),
    source_url: str | None = None,
    truncated: bool = False,
) -> tuple[Item, CleanText, Feed]:
    """An item of a feed at ``https://FEED/feed``, its text and that feed."""
    at = START + timedelta(minutes=minutes)
    address = url or f"https://{feed}/{number}"
    item = Item(
        id=number,
        uid=hashlib.sha256(f"{feed} {number}".encode()).hexdigest()[:20],
        feed_id=sum(feed.encode()),
        guid=guid or f"{feed}-{number}",
        url=address,
        title=title,
        source_url=source_url,
        first_seen=at,
        at=at,
        language=language,
    )
    text = CleanText(
        title=title,
        paragraphs=(body,) if isinstance(body, str) and body else tuple(body),
        truncated=truncated,
        attributions=attributions,
        language=language,
    )
    return (
        item,
        text,
        Feed(id=item.feed_id, url=f"https://{feed}/feed", first_url=f"https://{feed}/feed", title=feed),
    )


def made(number: int = 1, **changes: Any) -> Fingerprint:
    """The fingerprint of an item, as `parts` makes it."""
    return fingerprint(*parts(number, **changes))


def judged(one: Fingerprint, other: Fingerprint) -> Judgement:
    """The judgement, asserted to be the same whichever came first."""
    forth, back = judge(one, other), judge(other, one)
    assert forth.features == back.features
    assert (forth.rule, forth.refused) == (back.rule, back.refused)
    return forth
