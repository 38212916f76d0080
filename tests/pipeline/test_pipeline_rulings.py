"""Laws of a person's word: whatever was said, in whatever order, it holds until it is taken back."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator import pipeline
from aggregator.config import Config
from aggregator.errors import UsageError
from aggregator.home import Home
from aggregator.models import Verdict
from aggregator.store.reading import open_reading
from aggregator.store.rulings import in_force

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ARTICLES = (
    (
        "Ferry line Osprey pays its captains in stablecoins from the first of March",
        "The ferry line Osprey will pay its forty captains in stablecoins from the first of March, its works council "
        "said after a vote on Friday. Nine of ten had asked for it, because banks on the islands close at noon.",
    ),
    (
        "Quarry town Ashdown sells the heat of its mining hall to the public baths",
        "The quarry town of Ashdown heats its public baths with the exhaust air of a mining hall since last week. The "
        "operator gets four cents for each kilowatt hour, which the council calls a third of what gas had cost.",
    ),
    (
        "Museum of money in Larkhill lends out its first hardware wallet",
        "The museum of money in Larkhill lends its first hardware wallet, a grey box of 2014, to a fair in the port. "
        "Nobody remembers what is on it, and the insurer has asked that nobody try to find out before May.",
    ),
)
COUNT = 9
"""Three articles at three outlets each."""


@contextmanager
def newsroom() -> Iterator[Home]:
    """A home with three stories of three copies each."""
    path = Path(tempfile.mkdtemp(prefix="rulings-"))
    try:
        home = fresh.home(path)
        lines = [
            {
                "id": f"{outlet}-{number}",
                "source": outlet,
                "title": title,
                "content_html": text,
                "published": (NOW - timedelta(hours=6, minutes=-number - 10 * at)).isoformat(),
            }
            for number, (title, text) in enumerate(ARTICLES)
            for at, outlet in enumerate(("Alder", "Beech", "Cherry"))
        ]
        pipeline.import_items(home, Config(), NOW, [json.dumps(line).encode() for line in lines])
        yield home
    finally:
        shutil.rmtree(path)


def partition(home: Home) -> dict[str, str]:
    """Which item is in which story."""
    with open_reading(home.database) as store:
        rows = store.execute(
            "SELECT uid, story_id FROM items JOIN memberships ON item_id = items.id ORDER BY items.id"
        )
        return dict(tuple(row) for row in rows)


def say(home: Home, uids: list[str], operation: tuple[str, int, int]) -> None:
    """One word of the person's; a word about nothing is refused and changes nothing."""
    kind, one, other = operation
    with suppress(UsageError):
        match kind:
            case "join":
                pipeline.join(home, Config(), NOW, uids[one], uids[other])
            case "split":
                pipeline.split(home, Config(), NOW, uids[one])
            case "withdraw":
                pipeline.withdraw(home, Config(), NOW, uids[one])
            case "withdraw a pair":
                pipeline.withdraw(home, Config(), NOW, uids[one], uids[other])


numbers = st.integers(0, COUNT - 1)
operations = st.lists(
    st.tuples(st.sampled_from(["join", "join", "split", "withdraw", "withdraw a pair"]), numbers, numbers),
    min_size=1,
    max_size=7,
)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(operations)
def test_every_word_in_force_holds_survives_a_rebuild_and_taken_back_leaves_no_trace(operations) -> None:
    with newsroom() as home:
        before = partition(home)
        assert len(set(before.values())) == len(ARTICLES)
        for operation in operations:
            say(home, list(before), operation)
            held = partition(home)
            with open_reading(home.database) as store:
                words = in_force(store)
            for word in words:
                together = held[word.one.uid] == held[word.other.uid]
                assert together == (word.verdict is Verdict.SAME)
        pipeline.dedup(home, Config(), NOW, rebuild=True)
        assert partition(home) == held
        for word in words:
            pipeline.withdraw(home, Config(), NOW, word.one.uid, word.other.uid)
        assert partition(home) == before
