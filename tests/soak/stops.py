"""Does it stop cleanly when it is asked to: SIGTERM is 143, Ctrl-C is 130, in one line and with nothing lost?"""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass, field
from pathlib import Path

from tests.feedserver import FeedServer, hang
from tests.soak import contents, process
from tests.soak.newsroom import Newsroom, archive

ASKED = {signal.SIGTERM: 143, signal.SIGINT: 130}

READY = 0.4
"""Seconds after which the program has read its command line on most machines; before, nothing has been done yet."""


@dataclass(slots=True)
class Stops:
    """What came of it."""

    stopped: int = 0
    finished: int = 0
    """Those that had ended before they were asked."""
    early: int = 0
    """Those that were asked before they had begun, and ended as any program does."""
    faults: list[str] = field(default_factory=list)


def stop_everything(place: Path, *, times: int, seed: int = 3) -> Stops:
    """Ask each command to stop at a random moment, look at its end, and let it run to its end afterwards."""
    chance, result = random.Random(seed), Stops()
    _listen()
    archive(place / "archive.jsonl", 400)
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        calm, stopped = place / "calm", place / "stopped"
        newsroom.subscribe(calm)
        newsroom.subscribe(stopped)
        at = ("--now", newsroom.now.isoformat())
        commands = [("run", *at), ("import", str(place / "archive.jsonl"), *at), ("dedup", "--rebuild", *at)]
        for command in commands:
            seconds = process.run(calm, *command).must(0).seconds
            for number in range(times):
                by = (signal.SIGTERM, signal.SIGINT)[number % 2]
                after = chance.uniform(min(READY, seconds), max(READY, seconds))
                ended = process.interrupted(stopped, command, after=after, by=by)
                _judge(command[0], by, ended, result)
                result.faults += process.faults(stopped / "aggregator.db")
            process.run(stopped, *command).must(0)
        # A rebuild that was stopped has begun anew with other numbers of nothing that is compared.
        result.faults += contents.differences(calm, stopped)
    return result


def stop_while_waiting(place: Path) -> Stops:
    """Ask it to stop while all it does is wait for a server that says nothing."""
    result = Stops()
    _listen()
    with FeedServer() as server:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        for by in ASKED:
            home = place / by.name
            newsroom.subscribe(home)
            server.behaviours["/beacon-wire"] = hang
            ended = process.interrupted(home, ("run",), after=2.5, by=by)
            _judge("run", by, ended, result)
            if ended.seconds > 10:
                result.faults.append(f"{by.name}: it took {ended.seconds:.0f} s to stop")
            result.faults += process.faults(home / "aggregator.db")
    return result


def _listen() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, and so would be all that is started from here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _judge(name: str, by: signal.Signals, ended: process.Ended, result: Stops) -> None:
    if ended.code == 0:
        result.finished += 1
        return
    if ended.code == -by:
        result.early += 1
        return
    result.stopped += 1
    lines = ended.err.strip().splitlines()
    if ended.code != ASKED[by] or len(lines) != 1 or "what was recorded stays" not in lines[0]:
        result.faults.append(f"{name} asked by {by.name} ended with {ended.code}: {ended.err[-1500:]}")
