"""A home that lives on: the demo, then hours of news, reposts, a retitle, a new canonical item, a person's words.

Every step is what a person types, in a process of its own, at a time of its own. Of each there is kept what was
served then and what ``list`` said then.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aggregator.export.files import write

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "demo"
LATER = ROOT / "tests" / "data" / "demo_later"
REPOSTS = ROOT / "tests" / "data" / "night_courier.xml"
"""A feed that copies two articles of the demo, the older one three days late."""

PRESS_RELEASE = "https://tokenstead.example/wire/corvid-same-day"
"""The canonical item of a story that another outlet founded: without it the story gets another link."""
ONE = "https://opennode.example/notes/node-count"
OTHER = "https://opennode.example/notes/pebble-recall"
"""Two stories that a person takes for one, and then thinks better of it."""

STEPS = (
    ("the demo", "12:00", (("run",),)),
    ("two hours later", "14:00", (("run",),)),
    ("reposts", "16:00", (("run",),)),
    ("a new canonical item", "17:00", (("split", PRESS_RELEASE), ("run",))),
    ("the old canonical item again", "18:00", (("split", PRESS_RELEASE, "--undo"), ("run",))),
    ("a merge", "19:00", (("join", ONE, OTHER), ("run",))),
    ("the merge undone", "20:00", (("join", ONE, OTHER, "--undo"), ("run",))),
    ("a rebuild", "21:00", (("dedup", "--rebuild"), ("run",))),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What was served at one time, and which stories there were."""

    name: str
    documents: dict[str, bytes]
    stories: dict[str, dict[str, Any]]
    """By id, as ``list --json`` prints them."""


def aggregator(home: Path, *arguments: str) -> str:
    """Run one command line as cron would; gives what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "-C", str(home), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )
    assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def live(home: Path) -> Iterator[Moment]:
    """Lead the home through all steps."""
    shutil.copytree(DEMO, home)
    for name, hour, commands in STEPS:
        if name == "two hours later":
            shutil.copytree(LATER, home, dirs_exist_ok=True)
        if name == "reposts":
            _subscribe_to_reposts(home)
        now = f"2026-11-22T{hour}:00Z"
        for command in commands:
            aggregator(home, "--now", now, *command)
        listed = json.loads(aggregator(home, "--now", now, "list", "--json", "--limit", "1000"))
        files = {path.name: path.read_bytes() for path in (home / "public").iterdir() if path.is_file()}
        yield Moment(name, files, {story["id"]: story for story in listed})


def keep(place: Path) -> None:
    """Live once, and put the moments into a file ``moments``."""
    (place / "moments").write_bytes(pickle.dumps(list(live(place / "home"))))


class Served:
    """`aggregator serve` in a process of its own, over a directory that documents are put into as a run does."""

    def __init__(self, place: Path) -> None:
        self.home, self._log = place / "served", place / "served.log"
        (self.home / "public").mkdir(parents=True)
        self._told = 0
        self.base = ""

    def put(self, name: str, data: bytes) -> None:
        write(self.home / "public" / name, data)

    def last_status(self, path: str) -> int:
        """How the latest request since the last question was answered."""
        return self._wait(rf"^127\.0\.0\.1 (\d+) \d+ GET {re.escape(path)}(?: |$)", int)

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "aggregator", "-C", str(self.home), "serve", "--port", "0", "-v"],
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        self.base = self._wait(r" at (http://[^ ]+)/ ", str)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        assert self._process.wait(20) == 0

    def _wait(self, pattern: str, kind: Callable[[str], Any]) -> Any:
        """Look for words in what it says from here on; they may be told a moment after the answer."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            said = self._log.read_text()
            if found := re.findall(pattern, said[self._told :], re.MULTILINE):
                self._told = len(said)
                return kind(found[-1])
            os.sched_yield()
        raise AssertionError(f"not told: {pattern}")


def _subscribe_to_reposts(home: Path) -> None:
    shutil.copy(REPOSTS, home / "feeds" / REPOSTS.name)
    opml = home / "feeds.opml"
    outline = f'<outline type="rss" title="Night Courier" xmlUrl="feeds/{REPOSTS.name}"/>'
    opml.write_text(opml.read_text(encoding="utf-8").replace("<body>", f"<body>{outline}"), encoding="utf-8")
