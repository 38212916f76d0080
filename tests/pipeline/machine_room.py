"""A desk with a model that writes abstracts, and what a good one writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from desk import BRIDGE, Desk, item, paragraphs
from model_server import (
    ModelServer,
    Reply,
    completion,
)

from aggregator.config import Config, MachineConfig
from aggregator.models import Story
from aggregator.store.reading import open_reading

BRIDGE_SAID = (
    "The Pelican bridge stopped withdrawals after a retired validator key signed away 4,100 ether; users with deposits "
    "in transit will be repaid from the treasury."
)
BRIDGE_AGAIN = (
    "Users of the Pelican bridge with deposits in transit will be repaid from the treasury, a report says."
)
MINER_SAID = (
    "Granite Peak Mining leaves a hall in Alberta for a hydro site because power there costs almost twice as much, and "
    "expects lower output for most of December."
)
LATER = "A validator from Marsh Hollow has since asked the operators for a second review of every key."


def knowing(question: dict[str, Any]) -> Reply:
    """A good model that knows both stories."""
    said = BRIDGE_SAID if "Pelican" in question["messages"][-1]["content"] else MINER_SAID
    return completion(json.dumps({"abstract": said}))


class Newsroom(Desk):
    """A desk with a model."""

    def __init__(self, path: Path, server: ModelServer) -> None:
        super().__init__(path)
        self.server = server
        self.set()

    def set(self, **settings: object) -> None:
        values: dict[str, Any] = {"model": "m", "url": self.server.url, "timeout_seconds": 5.0, **settings}
        self.config = Config(machine=MachineConfig(**values))

    def bridge(self) -> Story:
        return next(story for story in self.stories() if "Pelican" in story.title)

    def told(self) -> dict[str, str]:
        """For each story of the merged feed, its time of update as readers see it."""
        entries = re.findall(r"<entry.*?</entry>", self.files()["atom.xml"].decode(), re.DOTALL)
        return {
            re.findall(r"<id>(.*?)</id>", each)[0]: re.findall(r"<updated>(.*?)</updated>", each)[0]
            for each in entries
        }

    def used(self) -> tuple[int, int]:
        with open_reading(self.home.database) as store:
            row = store.execute("SELECT sum(requests), sum(tokens) FROM model_usage").fetchone()
        return int(row[0] or 0), int(row[1] or 0)


def repost(body: list[str] | tuple[str, ...] = BRIDGE, *, minutes_ago: int = 30, name: str = "c1") -> str:
    title = "Pelican bridge halts withdrawals after a retired key signs away 4,100 ether"
    return item(name, title, paragraphs(body), minutes_ago=minutes_ago, host=f"{name}.example")


def other(number: int) -> tuple[str, ...]:
    """A story of its own for each number."""
    words = "quartz amber cobalt velvet copper willow harbour meadow".split()
    word = words[number]
    return (
        f"The {word} hall in Alberta closes on Friday, the {word} company told its {word} shareholders in a letter. ",
        f"Power at the {word} hall costs more than {word} miners can pay, and its {word} machines will move to a site "
        f"that the {word} owners bought in spring for a sum which nobody in the {word} trade would name. ",
        f"Neighbours of the {word} hall were told at a {word} meeting, where the {word} mayor spoke for an hour about "
        f"what becomes of the {word} building, of its {word} roof, and of everyone who worked below it.",
    )
