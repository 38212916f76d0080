"""Which feeds changed since the hub was last told, and does it take the news?

What the hub was told of is remembered per document as the size and time of the file then: a run that is killed
between writing and telling leaves nothing untold. Each run tells once, within one deadline, and stops at the first sign
that the hub as a whole is not well; what it did not take is told again by the next run.

The form is that of PubSubHubbub 0.4 (``hub.mode=publish``, ``hub.url``), which hubs take: W3C WebSub §5 leaves to
publisher and hub how one tells the other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Failed, Report
from aggregator.pipeline.export.outputs import FILE_NAMES, Output
from aggregator.store import meta
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.web.post import Answer

TOPICS = tuple(FILE_NAMES[kind] for kind in ("atom", "rss", "json"))
"""What can be subscribed to through a hub."""

TOTAL_SECONDS = 15.0
"""For all that is told in one run: a hub that hangs must not keep the next run from starting."""

ONE_SECONDS = 5.0
"""For one document: hubs answer at once and fetch it later."""

CONNECT_SECONDS = 3.0

MOST_BYTES = 64 * 1024
"""Of an answer, which nobody reads: hubs say a sentence at most."""

MOST_TRIES = 12
"""Runs in which the hub refuses a document before it is left alone until its next change."""

KEY = "announced"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the last attempt to tell the hub of a document."""

    mark: str
    """The file as it was then."""
    failures: int = 0
    """Attempts in a row that failed; 0: the hub took it."""


def announce(store: Store, home: Home, config: Config, outputs: Sequence[Output], report: Report) -> None:
    """Tell the hub, where there is one, of every feed that changed; what goes wrong is a warning."""
    if not config.export.hub:
        return
    now = {topic: mark for output in outputs if output.hub for topic, mark in _documents(home, output)}
    if not now:
        report.warnings.append(
            f"the hub is told nothing: others cannot fetch the feeds from {config.export.base_url}; "
            "write their public address into [export] base_url"
        )
        return
    told = _told(store)
    due = [topic for topic, mark in now.items() if _is_due(told.get(topic), mark)]
    if not due:
        return
    done = {topic: each for topic, each in told.items() if topic in now}
    for topic, answer in _ask(config.export.hub, due):
        wrong = trouble(answer)
        done[topic] = Told(now[topic], _failures(told.get(topic), now[topic]) + 1 if wrong else 0)
        if wrong:
            report.warnings.append(f"the hub was not told of {topic}: {wrong}")
    with store.transaction():
        meta.put(store, KEY, json.dumps({topic: [each.mark, each.failures] for topic, each in done.items()}))


def _is_due(told: Told | None, mark: str) -> bool:
    return told is None or told.mark != mark or 0 < told.failures < MOST_TRIES


def _failures(told: Told | None, mark: str) -> int:
    return told.failures if told is not None and told.mark == mark else 0


def _ask(hub: str, due: Sequence[str]) -> Iterator[tuple[str, Answer | Failed]]:
    """Tell of one document after the other, as long as there is time and the hub is well."""
    from aggregator.web.post import Bounds, post  # pycurl, which a run that changed nothing need not load

    end = time.monotonic() + TOTAL_SECONDS
    for topic in due:
        left = end - time.monotonic()
        if left <= 0:
            return
        bounds = Bounds(
            seconds=min(ONE_SECONDS, left),
            connect_seconds=min(CONNECT_SECONDS, left),
            max_bytes=MOST_BYTES,
            private_networks=True,  # the hub's address is the person's own word
        )
        answer = post(hub, form(topic), headers=FORM, bounds=bounds)
        yield topic, answer
        if trouble(answer) and is_about_the_hub(answer):
            return


def form(topic: str) -> bytes:
    """What a hub is told of a document."""
    return urlencode({"hub.mode": "publish", "hub.url": topic}).encode()


def trouble(answer: Answer | Failed) -> str:
    """Why a hub did not take what it was told, empty where it did. Its own words are not repeated."""
    if isinstance(answer, Failed):
        return answer.message
    if 200 <= answer.status < 300:
        return ""
    if 300 <= answer.status < 400:
        return f"HTTP {answer.status}, it has moved; write its new address into [export] hub"
    return f"HTTP {answer.status}"


def is_about_the_hub(answer: Answer | Failed) -> bool:
    """Whether trouble with one document means trouble with all: only a plain refusal (4xx) is about the one."""
    return isinstance(answer, Failed) or not 400 <= answer.status < 500 or answer.status == 429


def _documents(home: Home, output: Output) -> Iterator[tuple[str, str]]:
    """Address and mark of each feed of an output that lies there."""
    for name in output.files:
        if name not in TOPICS:
            continue
        try:
            found = (output.directory(home) / name).stat()
        except OSError:
            continue
        yield output.base_url + name, f"{found.st_size}-{found.st_mtime_ns}"


def _told(store: Store) -> dict[str, Told]:
    return {
        topic: Told(mark, failures)
        for topic, (mark, failures) in json.loads(meta.get(store, KEY) or "{}").items()
    }
