"""Does it stop cleanly when it is asked to: SIGTERM is 143, Ctrl-C is 130, in one line and with nothing lost?

Asked once or twice in a row, while a write of a chosen stage waits in the kernel or some milliseconds later.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.feedserver import FeedServer, hang
from tests.soak import contents, process
from tests.soak.newsroom import OUTLETS, Newsroom, archive
from tests.soak.table import Kind, Row
from tests.soak.warm import Outcome, Plan, Warm, warm

ASKED = {signal.SIGTERM: 143, signal.SIGINT: 130}
SAYS = "what was recorded stays"

SOON = 0.02
"""Seconds after a write within which the signal comes: there the stage computes."""


@dataclass(slots=True)
class Stops:
    """What came of it."""

    stopped: Counter[str] = field(default_factory=Counter)
    """Stage → how many stopped in it."""
    finished: int = 0
    """Those that were done before they heard of it."""
    faults: list[str] = field(default_factory=list)
    lost: int = 0

    def told(self) -> str:
        """The distribution, in words."""
        parts = "; ".join(f"{stage} {count}" for stage, count in sorted(self.stopped.items()))
        return f"asked in {parts}; {self.finished} were done before they heard of it"


def stop_everything(place: Path, *, each: int, commands: int, seed: int = 3) -> Stops:
    """Ask so many commands to stop, so often in each of their stages, and let them run to their ends afterwards."""
    chance, result = random.Random(seed), Stops()
    archive(place / "archive.jsonl", 12)
    base = place / "base" / "home"
    with FeedServer() as server, warm() as program:
        newsroom = Newsroom(server, OUTLETS[:2])
        newsroom.publish(0)
        newsroom.subscribe(base, "[dedup]\nwindow_days = 1\n")
        program.run(base, "run", "--now", newsroom.now.isoformat()).must(0)
        newsroom.publish(3)
        at = ("--now", newsroom.now.isoformat())
        tried = (
            ("run", *at),
            ("backup", "--force", str(place / "kept.db"), *at),
            ("import", str(place / "archive.jsonl"), *at),
            ("dedup", "--rebuild", *at),
            ("prune", "--older-than", "2d", "--yes", *at),
            ("vacuum", *at),
        )
        for command in tried[:commands]:
            _stop(program, base, command, each, chance, result)
    return result


def _stop(
    program: Warm, base: Path, command: tuple[str, ...], each: int, chance: random.Random, result: Stops
) -> None:
    """Try it on copies of one home, in every stage it writes in."""
    place = base.parent.parent
    calm, stopped = place / "calm" / "home", place / "stopped" / "home"
    _copy(base, calm)
    calls = program.run(calm, *command, plan=Plan(watch=True, trace=True)).must(0).calls
    stages: dict[str, list[int]] = {}
    for number, call in enumerate(calls, 1):
        stages.setdefault(call.split(" ", 2)[2].rpartition(" ")[0], []).append(number)
    for stage, numbers in stages.items():
        for turn in range(each):
            by = (signal.SIGTERM, signal.SIGINT)[turn % 2]
            plan = Plan(
                watch=True,
                at=chance.choice(numbers),
                signals=(by,) * (1 + turn // 2 % 2),
                delay=chance.choice((0.0, SOON * chance.random())),
            )
            _copy(base, stopped)
            ended = program.run(stopped, *command, plan=plan)
            what = f"{command[0]}, asked {len(plan.signals)} times by {by.name} at write {plan.at} ({stage})"
            _judge(what, stage, by, ended, result)
            result.faults += [f"{what}: {fault}" for fault in process.faults(stopped / "aggregator.db")]
            program.run(stopped, *command).must(0)
            compared = contents.compare(calm, stopped)
            result.lost += compared.lost
            result.faults += [f"{what}: {fault}" for fault in (*compared.told, *contents.leftovers(stopped))]


def _copy(base: Path, there: Path) -> None:
    shutil.rmtree(there, ignore_errors=True)
    shutil.copytree(base, there)


def _judge(what: str, stage: str, by: signal.Signals, ended: Outcome | process.Ended, result: Stops) -> None:
    if ended.code == 0 and not ended.err:
        result.finished += 1
        return
    result.stopped[stage] += 1
    lines = ended.err.strip().splitlines()
    if ended.code != ASKED[by] or len(lines) != 1 or SAYS not in lines[0]:
        result.faults.append(f"{what} ended with {ended.code}: {ended.err[-1500:]}")


def stop_while_waiting(place: Path) -> Stops:
    """Ask it to stop while all it does is wait for a server that says nothing."""
    result = Stops()
    with FeedServer() as server, warm() as program:
        newsroom = Newsroom(server, OUTLETS[:2])
        newsroom.publish(0)
        for by in ASKED:
            home = place / by.name / "home"
            newsroom.subscribe(home)
            server.behaviours["/beacon-wire"] = hang
            plan = Plan(watch=True, at=1, signals=(by, by), delay=1.5)
            ended = program.run(home, "run", plan=plan)
            _judge(f"run, waiting, asked by {by.name}", "waiting for a server", by, ended, result)
            if ended.seconds > 10:
                result.faults.append(f"{by.name}: it took {ended.seconds:.0f} s to stop")
            result.faults += process.faults(home / "aggregator.db")
    return result


def at_the_start(place: Path, *, times: int) -> Stops:
    """Ask a program that is only just being loaded: whatever it says, it shows no traceback."""
    result = Stops()
    home = place / "home"
    home.mkdir(parents=True)
    for turn in range(times):
        by = (signal.SIGTERM, signal.SIGINT)[turn % 2]
        after = 0.02 + 0.6 * turn / times
        ended = process.interrupted(home, ("doctor",), after=after, by=by)
        if ("Traceback" in ended.err and "/aggregator/" in ended.err) or ended.code not in {
            0,
            1,
            -by,
            ASKED[by],
        }:
            result.faults.append(f"{by.name} after {after:.2f} s: {ended.code}: {ended.err[-1500:]}")
        result.stopped["start"] += 1
    return result


PIPES = (
    ("list", 141),
    ("list --json", 141),
    ("list --jsonl", 141),
    ("search harbour", 141),
    ("dump", 141),
    ("stats", 141),
    ("feeds list", 141),
    ("--help", 141),
)


def early_ends(place: Path, *, commands: int) -> Stops:
    """Close the pipe that it writes to, or let that be full: it ends as other programs do, without a word of Python."""
    result = Stops()
    home = place / "home"
    with FeedServer() as server, warm() as program:
        newsroom = Newsroom(server)
        newsroom.publish(0)
        newsroom.subscribe(home)
        program.run(home, "run", "--now", newsroom.now.isoformat()).must(0)
    for command, code in PIPES[:commands]:
        words = f"{sys.executable} -m aggregator -C {home} {command} --now {newsroom.now.isoformat()}"
        for what, script, wanted in (
            ("its reader gone", f"({words}; echo $? >&3) 3>{place}/code | true", code),
            ("its reader gone and stderr too", f"({words} 2>&1; echo $? >&3) 3>{place}/code | true", code),
            ("a full disk behind stdout", f"{words} >/dev/full; echo $? >{place}/code", 1),
            ("no stdout", f"{words} >&-; echo $? >{place}/code", None),
        ):
            done = subprocess.run(
                ["bash", "-c", script], capture_output=True, text=True, cwd=process.ROOT, check=False
            )
            ended = int((place / "code").read_text())
            if "Traceback" in done.stderr or "Exception" in done.stderr or (wanted and ended != wanted):
                result.faults.append(f"{command} with {what}: {ended}: {done.stderr[-1000:]}")
            result.stopped["early end"] += 1
    return result


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """All ways to be asked, and to lose who listens."""
    done = stop_everything(place / "stages", each=1 if short else 8, commands=2 if short else 6, seed=seed)
    yield _row("SIGTERM (143) and Ctrl-C (130), once or twice, in every stage", done)
    yield _row("… while a server is silent", stop_while_waiting(place / "silent"))
    yield _row("… while the program is being loaded", at_the_start(place / "start", times=4 if short else 30))
    yield _row(
        "output that nobody reads, that has no room, that is closed",
        early_ends(place / "pipes", commands=1 if short else len(PIPES)),
    )


def _row(what: str, done: Stops) -> Row:
    told = done.told() if len(done.stopped) > 1 else ""
    times = done.stopped.total()
    return Row(kind=Kind.KILL, what=what, times=times, wrong=tuple(done.faults), lost=done.lost, told=told)
