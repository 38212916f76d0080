"""How is the month lived through?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from aggregator import opml
from aggregator.config import Config, PollConfig
from aggregator.home import Home
from aggregator.models import Report, Subscription
from aggregator.pipeline.poll_stage import poll
from aggregator.pipeline.session import no_progress
from aggregator.store.connection import open_store
from tests.etiquette.case import CONTACT, DAY, DAYS, MINUTE, START, Case
from tests.etiquette.everything import Everything
from tests.etiquette.rules import every_rule
from tests.feedserver import FeedServer, Request


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
    cases = every_rule()
    for number, case in enumerate(cases):
        case.host = f"127.0.1.{number + 1}"
    with FeedServer(hosts=[case.host for case in cases]) as server:
        by_host = {case.host: case for case in cases}

        async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
            data = by_host[request.host].answer(request, Clock.now)
            writer.write(data)
            await writer.drain()

        server.behaviours = Everything(serve)
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
