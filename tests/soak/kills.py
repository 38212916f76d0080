"""Is anything lost when the process is killed, at any moment, again and again?

Two homes read the same feeds, step by step at the same pretended times. One is left alone, and tells which points its
commands pass; in the other every command is killed (SIGKILL) at such points or some milliseconds after, again and
again, until it gets through once. Points where nothing was killed yet are chosen first, in the stages hit least. After
each kill the store must be sound; after each step both homes must hold the same, row by row and file by file.
"""

from __future__ import annotations

import random
import shutil
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process, versions
from tests.soak.newsroom import OUTLETS, Newsroom, archive
from tests.soak.table import Kind, Row
from tests.soak.warm import Outcome, Plan, Warm, warm

ATTEMPTS = 6
"""Kills of one command at most; the next attempt begins where the killed one was."""

RARE = {"import": 3, "prune": 3, "vacuum": 2, "backup": 2, "restore": 2}
"""Commands of few days are killed so many times as often."""

SOON = 0.004
"""Seconds after a point within which the kill comes where it does not come at the point itself: within a statement,
or between two."""

SETTINGS = "[dedup]\nwindow_days = 1\n"
"""Days are few, and what may still be compared is not pruned."""

STAGES = (
    "poll", "dedup", "summarise", "export", "import", "prune", "backup", "restore", "vacuum",
)  # fmt: skip
"""Each must have been hit; migrations have a trial of their own."""


@dataclass(slots=True)
class Kills:
    """What came of it."""

    landed: Counter[str] = field(default_factory=Counter)
    """Stage and place → kills that met the process alive there."""
    faults: list[str] = field(default_factory=list)
    """Everything that was wrong, in words."""
    lost: int = 0
    late: int = 0
    """Kills that came after the end: none of them counts."""

    @property
    def total(self) -> int:
        """All that count."""
        return self.landed.total()

    def stages(self) -> dict[str, tuple[int, int]]:
        """Of each stage, the kills and the places at which they came."""
        kills: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for where, count in self.landed.items():
            stage = where.rpartition(" ")[0]
            kills[stage] += count
            places[stage] += 1
        return {stage: (kills[stage], places[stage]) for stage in kills}

    def told(self) -> str:
        """The distribution, in words."""
        parts = [f"{stage} {kills} at {places}" for stage, (kills, places) in sorted(self.stages().items())]
        return f"kills at distinct places: {'; '.join(parts)}; {self.late} came too late and are not counted"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the day, on either home."""

    arguments: tuple[object, ...]

    def on(self, home: Path) -> tuple[object, ...]:
        """Its words for one of the two homes."""
        return tuple(str(each).replace("{home}", str(home)) for each in self.arguments)


def steps(day: int, now: datetime, place: Path) -> Iterator[Step]:
    """What is called on a day: the stages one by one, or all by `run`, and on some days what is called now and then."""
    at = ("--now", now.isoformat())
    if day % 3 == 2:
        yield Step(("run", *at))
    else:
        yield from (Step((stage, *at)) for stage in ("poll", "dedup", "summarise", "export"))
    if day % 4 == 1:
        yield Step(("import", place / "archive.jsonl", *at))
    if day % 4 == 2:
        yield Step(("dedup", "--rebuild", *at))
        yield Step(("run", *at))
    if day % 4 == 3:
        yield Step(("prune", "--older-than", "2d", "--yes", *at))
        yield Step(("vacuum", *at))
    if day % 2:
        yield Step(("backup", "--force", "{home}.backup", *at))
    if day % 4 == 3:
        yield Step(("restore", "--force", "{home}.backup", *at))
        yield Step(("run", *at))


def survive(
    place: Path, *, days: int, since: int = 0, attempts: int = ATTEMPTS, seed: int = 1, outlets: int
) -> Kills:
    """Live through so many days; those before ``since`` in peace."""
    chance, result = random.Random(seed), Kills()
    calm, killed = place / "calm" / "home", place / "killed" / "home"
    archive(place / "archive.jsonl", 6 * outlets)
    with FeedServer() as server, warm() as program:
        newsroom = Newsroom(server, OUTLETS[:outlets])
        newsroom.subscribe(calm, SETTINGS)
        newsroom.subscribe(killed, SETTINGS)
        for day in range(days):
            newsroom.publish(day)
            if day < since:
                for home in (calm, killed):
                    program.run(home, "run", "--now", newsroom.now.isoformat()).must(0)
                continue
            for step in steps(day, newsroom.now, place):
                undisturbed = program.run(calm, *step.on(calm), plan=Plan(trace=True, watch=True)).must(0)
                often = attempts * RARE.get(str(step.arguments[0]), 1)
                _until_done(program, killed, step, undisturbed, chance, result, often)
                _tidy(killed, step)
                compared = contents.compare(calm, killed)
                result.lost += compared.lost
                result.faults += [f"day {day}, {step.arguments[0]}: {each}" for each in compared.told]
                result.faults += contents.leftovers(killed)
    return result


def _tidy(home: Path, step: Step) -> None:
    """What a restore kept is the person's; it is looked at, and thrown away."""
    if step.arguments[0] != "restore":
        return
    for each in home.glob("*.before-restore-*"):
        each.unlink()


def _until_done(
    program: Warm, home: Path, step: Step, calm: Outcome, chance: random.Random, result: Kills, attempts: int
) -> None:
    inside = [each.split(" ", 2)[2] for each in calm.calls]
    for _ in range(attempts):
        match chance.randrange(3):
            case 0:
                plan = Plan(trace=True, kill_at=_choose(calm.passed, chance, result))
            case 1:
                plan = Plan(
                    trace=True, kill_at=_choose(calm.passed, chance, result), after=SOON * chance.random()
                )
            case _:
                at = _choose(inside, chance, result)
                plan = Plan(trace=True, watch=True, at=at, signals=(signal.SIGKILL,))
        ended = program.run(home, *step.on(home), plan=plan)
        if ended.code != -signal.SIGKILL:
            ended.must(0)
            result.late += 1
            return
        result.landed[ended.last] += 1
        found = process.faults(home / "aggregator.db")
        result.faults += [f"after a kill at {ended.last}: {each}" for each in found]
    program.run(home, *step.on(home)).must(0)


def _choose(places: list[str], chance: random.Random, result: Kills) -> int:
    """A point (from 1) of the stage that was hit least, where nothing was hit yet if there is such a place."""
    stages = result.stages()
    fewest = min(stages.get(each.rpartition(" ")[0], (0, 0))[0] for each in places)
    there = [each for each in places if stages.get(each.rpartition(" ")[0], (0, 0))[0] == fewest]
    rarest = min(result.landed[each] for each in there)
    where = chance.choice(sorted({each for each in there if result.landed[each] == rarest}))
    return chance.choice([number for number, each in enumerate(places, 1) if each == where])


def survive_migration(place: Path, *, step: int = 1) -> Kills:
    """Kill what brings a store of the first version up to date at every (``step``: every so many) point of that.

    Each kill is on a fresh copy; the next run must make of it what it makes of one that was left alone.
    """
    result = Kills()
    old = place / "old" / "home"
    with FeedServer() as server, warm() as program:
        newsroom = Newsroom(server, OUTLETS[:1])
        newsroom.publish(0)
        newsroom.subscribe(old)
        versions.first(old / "aggregator.db")
        run = ("export", "--now", newsroom.now.isoformat())  # any command that writes brings it up to date
        calm, killed = place / "calm" / "home", place / "killed" / "home"
        shutil.copytree(old, calm)
        passed = program.run(calm, *run, plan=Plan(trace=True)).must(0).passed
        points = [number for number, each in enumerate(passed, 1) if each.startswith("migration ")]
        for number in points[::step]:
            shutil.rmtree(killed, ignore_errors=True)
            shutil.copytree(old, killed)
            ended = program.run(killed, *run, plan=Plan(trace=True, kill_at=number)).must(-signal.SIGKILL)
            result.landed[f"{ended.last},{number}"] += 1
            result.faults += process.faults(killed / "aggregator.db")
            program.run(killed, *run).must(0)
            compared = contents.compare(calm, killed)
            result.lost += compared.lost
            result.faults += [f"a migration killed at point {number}: {each}" for each in compared.told]
    return result


def serve(place: Path, *, times: int, seed: int = 5) -> Kills:
    """Kill the server, with a client at it or not; the next one must get the same port at once."""
    chance, result = random.Random(seed), Kills()
    home = place / "home"
    (home / "public").mkdir(parents=True)
    (home / "public" / "atom.xml").write_bytes(b"<feed>" + b"x" * 4_000_000 + b"</feed>")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    for number in range(times):
        running = process.start(home, "serve", "--port", port)
        assert running.stderr is not None
        said = running.stderr.readline()
        if "serving" not in said:
            result.faults.append(
                f"after {number} kills it did not serve: {said} {running.communicate()[1][-500:]}"
            )
            return result
        client = socket.create_connection(("127.0.0.1", port))
        if number % 2:
            client.sendall(b"GET /atom.xml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            client.recv(1000)
        time.sleep(chance.random() * SOON)
        running.kill()
        running.communicate()
        client.close()
        result.landed[f"serve {('with an idle client', 'while it sends')[number % 2]}"] += 1
    result.faults += contents.leftovers(home)
    return result


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """All kinds of kills."""
    if short:
        days = survive(place / "days", days=4, since=3, attempts=1, seed=seed, outlets=2)
    else:
        days = survive(place / "days", days=8, seed=seed, outlets=3)
    hit = {stage for stage, _ in days.stages().items()}
    missed = () if short else tuple(f"no kill landed in {each}" for each in STAGES if each not in hit)
    yield _row("SIGKILL within the stages, at and between statements, in writes", days, missed)
    yield _row(
        "SIGKILL at each statement of the migrations",
        survive_migration(place / "old", step=25 if short else 1),
    )
    yield _row("SIGKILL of `serve`", serve(place / "serve", times=2 if short else 10))


def _row(what: str, done: Kills, missed: tuple[str, ...] = ()) -> Row:
    return Row(
        kind=Kind.KILL,
        what=what,
        times=done.total,
        wrong=(*done.faults, *missed),
        lost=done.lost,
        told=done.told(),
    )
