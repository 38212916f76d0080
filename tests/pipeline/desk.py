"""A home whose feeds a test writes and rewrites, and what its outlets have to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import fresh

from aggregator import pipeline
from aggregator.config import Config
from aggregator.models import Report, Story
from aggregator.store.reading import StoryQuery, list_stories, open_reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

BRIDGE = (
    (
        "The operators of the Pelican bridge halted withdrawals on Friday after a validator key was used to sign "
        "a transfer of 4,100 ether to an address nobody on the team recognised. "
    ),
    (
        "According to the incident report, the key belonged to a node that had been retired in spring but was "
        "never struck from the signing set. Two of the remaining nine validators noticed the odd transfer within "
        "eleven minutes and refused to countersign the following ones. "
    ),
    (
        "Users who had deposits in transit will be repaid from the treasury, the report goes on, and the bridge "
        "reopens once every key has been rotated and an outside reviewer has gone through the change. "
    ),
    (
        "Analysts at Marsh Hollow counted three comparable losses this year, all of them traced to keys that "
        "should have been switched off long before."
    ),
)
MINER = (
    (
        "Granite Peak Mining will close its oldest hall in Alberta and move four thousand machines to a hydro "
        "site up north, the company told shareholders in a letter published after the close. "
    ),
    (
        "Power at the old hall costs almost twice what the new contract asks for, and the machines there were "
        "idle for a third of the summer. The move takes six weeks and will cut the fleet's output for most of "
        "December, management expects. "
    ),
    "Shares were little changed in late trading, having lost a fifth of their value since August.",
)


def paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(text.strip())}</p>" for text in texts)


def item(guid: str, title: str, body: str, *, minutes_ago: int, host: str, path: str = "") -> str:
    moment = (NOW - timedelta(minutes=minutes_ago)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (
        f"<item><title>{escape(title)}</title><link>https://{host}/{path or guid}</link>"
        f'<guid isPermaLink="false">{guid}</guid><pubDate>{moment}</pubDate>'
        f"<description>{escape(body)}</description></item>"
    )


def feed(title: str, *items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://x.example/</link><description>d</description>{''.join(items)}"
        "</channel></rss>"
    )


ORIGINAL = item(
    "a1",
    "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether",
    paragraphs(BRIDGE),
    minutes_ago=120,
    host="origin.example",
)
REPOST = item(
    "b1",
    "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether",
    paragraphs([*BRIDGE[:3], "The post Pelican bridge halts withdrawals appeared first on Origin."]),
    minutes_ago=90,
    host="copy.example",
)
OTHER = item(
    "a2",
    "Granite Peak Mining moves four thousand machines north",
    paragraphs(MINER),
    minutes_ago=60,
    host="origin.example",
)


class Desk:
    """A home whose feeds a test writes and rewrites, polled whenever the test says so."""

    def __init__(self, path: Path) -> None:
        self.home = fresh.home(path)
        self.config = Config()
        self.now = NOW
        self.names: list[str] = []

    def publish(self, name: str, *items: str) -> None:
        (self.home.path / f"{name}.xml").write_text(feed(name.title(), *items), encoding="utf-8")
        if name not in self.names:
            self.names.append(name)
        outlines = "".join(f'<outline type="rss" text="{each}" xmlUrl="{each}.xml"/>' for each in self.names)
        self.home.opml.write_text(
            f'<opml version="2.0"><head/><body>{outlines}</body></opml>', encoding="utf-8"
        )

    def run(self, *, minutes_later: int = 60) -> Report:
        self.now += timedelta(minutes=minutes_later)
        return pipeline.run(self.home, self.config, self.now)

    def stories(self) -> list[Story]:
        with open_reading(self.home.database) as store:
            return list_stories(store, StoryQuery())

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.home.public.rglob("*") if path.is_file()}

    def derived(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything a rebuild must give again."""
        with open_reading(self.home.database) as store:
            return {
                name: [tuple(row) for row in store.execute(query)]
                for name, query in {
                    "stories": "SELECT id, founder, canonical, speaker, at FROM stories ORDER BY id",
                    "memberships": "SELECT item_id, story_id, rule, score FROM memberships ORDER BY item_id",
                    "related": "SELECT story_id, item_id FROM related ORDER BY 1, 2",
                    "matches": "SELECT older, newer, relation, rule, score, evidence FROM matches "
                    "WHERE retracted_at IS NULL ORDER BY 1, 2",
                    "texts": "SELECT * FROM texts ORDER BY item_id",
                    "abstracts": "SELECT * FROM abstracts ORDER BY story_id",
                    "publications": "SELECT * FROM publications ORDER BY story_id",
                }.items()
            }
