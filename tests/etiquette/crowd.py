"""Is one host with many feeds left to breathe? Polled in real time, without a pretended clock."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from aggregator.models import Feed
from aggregator.poll.fetch import FetchLimits, fetch
from tests.etiquette.case import DAY, START, Case, Seen
from tests.etiquette.everything import Everything
from tests.etiquette.tempers import steady
from tests.feedserver import FeedServer, Request, render

CROWD = 9
"""Feeds of one host, all due at once."""
SPACING = 0.06
"""Seconds between two requests: the crowd then takes a second of real time."""
ANSWER = 0.15
"""Seconds a request stays open: longer than the spacing, so that more would overlap if they were allowed to."""


def crowd() -> list[Case]:
    """Poll one host's many feeds, in real time, as every host but this machine itself is polled."""
    arrived: list[float] = []

    async def slowly(_request: Request, writer: asyncio.StreamWriter) -> None:
        arrived.append(time.monotonic())
        await asyncio.sleep(ANSWER)
        writer.write(render(304, {"Connection": "close"}, b"", length=False))
        await writer.drain()

    host = "127.0.2.1"
    with FeedServer(hosts=[host]) as server:
        server.behaviours = Everything(slowly)
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
