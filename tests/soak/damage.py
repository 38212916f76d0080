"""What when the store is damaged: bytes turned over in any of its pages, an end that is missing, a log gone or spoilt?

Page after page of a store is spoilt, one at a time, at its head or in its middle, as a failing disk does. No command
may show a traceback; one that cannot work must name `doctor`, that must tell the way back, and the way must work.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import OUTLETS, Newsroom
from tests.soak.table import Kind, Row
from tests.soak.warm import Plan, Warm, warm
from tests.soak.writes import Faults

PAGE = 4096

SPOILT = 64
"""Bytes turned over: a sector's worth would hit more, and be found more easily."""

COMMANDS = ("run", "list", "dump", "doctor")


def _head(page: bytearray, _: random.Random) -> None:
    for place in range(SPOILT):
        page[place] ^= 0xFF


def _middle(page: bytearray, chance: random.Random) -> None:
    start = chance.randrange(SPOILT, PAGE - SPOILT)
    for place in range(start, start + SPOILT):
        page[place] ^= 0xFF


def _bit(page: bytearray, chance: random.Random) -> None:
    page[chance.randrange(PAGE)] ^= 1 << chance.randrange(8)


def _nothing(page: bytearray, _: random.Random) -> None:
    page[:] = bytes(PAGE)


WAYS: dict[str, Callable[[bytearray, random.Random], None]] = {
    "its head": _head,
    "its middle": _middle,
    "one bit of it": _bit,
    "all of it made zero": _nothing,
}


def pages(place: Path, *, seed: int, ways: int, step: int = 1) -> Faults:
    """Spoil each page (``step``: every so many), in each of so many ways, on a fresh copy each."""
    chance, result = random.Random(seed), Faults()
    with FeedServer() as server, warm() as program:
        newsroom, base, saved = _home(server, program, place)
        at = ("--now", newsroom.now.isoformat())
        whole = (base / "aggregator.db").read_bytes()
        home = place / "tried" / "home"
        names = _names(base / "aggregator.db")
        for number in range(0, len(whole) // PAGE, step):
            for way, spoil in list(WAYS.items())[:ways]:
                page = bytearray(whole[number * PAGE : (number + 1) * PAGE])
                spoil(page, chance)
                what = f"page {number + 1} ({names.get(number + 1, 'free')}), {way}"
                result.tried[way] += 1
                _meet(
                    program,
                    base,
                    home,
                    whole[: number * PAGE] + page + whole[(number + 1) * PAGE :],
                    at,
                    what,
                    result,
                )
        ended = program.run(home, "restore", "--force", saved, *at)
        if ended.code or process.faults(home / "aggregator.db"):
            result.faults.append(f"the way back did not work: {ended.err[-1000:]}")
    return result


def _meet(
    program: Warm, base: Path, home: Path, spoilt: bytes, at: tuple[str, str], what: str, result: Faults
) -> None:
    """Let every command meet a spoilt store; each gets it as it was spoilt."""
    told = False
    for command in COMMANDS:
        shutil.rmtree(home.parent, ignore_errors=True)
        shutil.copytree(base, home)
        (home / "aggregator.db").write_bytes(spoilt)
        words = (command, "--full") if command == "doctor" else (command,)
        ended = program.run(home, *words, *at)
        if "Traceback" in ended.err or ended.code not in {0, 1}:
            result.faults.append(f"{command}, {what}: exit {ended.code}: {ended.err[-1800:]}")
            continue
        if command != "doctor" and ended.code:
            told = True
            result.refused += 1
            if "aggregator doctor" not in ended.err:
                result.faults.append(f"{command}, {what}: it does not name doctor: {ended.err}")
        if command == "doctor" and told and "aggregator restore" not in ended.out:
            result.faults.append(f"doctor, {what}: it does not tell the way back: {ended.out}")


def _names(database: Path) -> dict[int, str]:
    """Which page belongs to which table or index."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT pageno, name FROM dbstat").fetchall())


def files(place: Path, *, step: int) -> Faults:
    """Cut the store short, take its log away or spoil it; ``step``: every so many ways."""
    result = Faults()
    with FeedServer() as server, warm() as program:
        newsroom, base, _ = _home(server, program, place)
        at = ("--now", newsroom.now.isoformat())
        whole = (base / "aggregator.db").read_bytes()
        home = place / "tried" / "home"
        end = len(whole)
        for size in (50, 100, 1000, PAGE, PAGE + 1, 3 * PAGE, end // 2, end - PAGE, end - 1)[::step]:
            result.tried["cut short"] += 1
            _meet(program, base, home, whole[:size], at, f"cut to {size:,} of {len(whole):,} bytes", result)
        for what, data in (("text", b"no database " * 1000), ("noise", random.Random(1).randbytes(50_000))):
            result.tried["no database"] += 1
            _meet(program, base, home, data, at, what, result)
        _logs(program, base, home, at, result, step)
    return result


LOGS: tuple[tuple[str, str, Callable[[bytes], bytes | None]], ...] = (
    ("the log lost", "-wal", lambda _: None),
    ("the log empty", "-wal", lambda _: b""),
    ("the log cut", "-wal", lambda data: data[: len(data) // 2 + 17]),
    ("the log's head spoilt", "-wal", lambda data: b"\xa5" * 32 + data[32:]),
    (
        "the log's middle spoilt",
        "-wal",
        lambda data: data[: len(data) // 2] + b"\xa5" * 500 + data[len(data) // 2 + 500 :],
    ),
    ("noise in place of the log", "-wal", lambda data: random.Random(2).randbytes(len(data))),
    ("the log's index lost", "-shm", lambda _: None),
    ("noise in place of the log's index", "-shm", lambda data: random.Random(3).randbytes(len(data))),
)


def _logs(program: Warm, base: Path, home: Path, at: tuple[str, str], result: Faults, step: int) -> None:
    """Kill a run in the middle, and lose or spoil what it left beside the store."""
    calm = home.parent.parent / "calm" / "home"
    shutil.copytree(base, calm)
    points = program.run(calm, "run", *at, plan=Plan(trace=True)).must(0).passed
    killed = home.parent.parent / "killed" / "home"
    shutil.copytree(base, killed)
    program.run(killed, "run", *at, plan=Plan(kill_at=len(points) * 3 // 4)).must(-signal.SIGKILL)
    for what, ending, change in LOGS[::step]:
        shutil.rmtree(home.parent, ignore_errors=True)
        shutil.copytree(killed, home)
        path = home / f"aggregator.db{ending}"
        changed = change(path.read_bytes())
        path.unlink()
        if changed is not None:
            path.write_bytes(changed)
        result.tried["logs"] += 1
        listed = program.run(home, "list", *at)
        if "Traceback" in listed.err or listed.code not in {0, 1}:
            result.faults.append(f"list, {what}: {listed.code} {listed.err[-1000:]}")
        # What the log held and no checkpoint had taken over is polled and derived anew.
        ended = program.run(home, "run", "--force", *at)
        result.expect(what, ended, codes=(0,))
        result.faults += [f"{what}: {each}" for each in process.faults(home / "aggregator.db")]
        mine, theirs = contents.store(calm / "aggregator.db"), contents.store(home / "aggregator.db")
        for table in ("memberships", "stories", "published"):
            if mine[table] != theirs[table]:
                result.faults.append(f"{what}: {table} differ")


def _home(server: FeedServer, program: Warm, place: Path) -> tuple[Newsroom, Path, Path]:
    """A home with a day's news read and saved, and the next day's published."""
    newsroom, base = Newsroom(server, OUTLETS[:3]), place / "base" / "home"
    newsroom.publish(0)
    newsroom.subscribe(base)
    at = ("--now", newsroom.now.isoformat())
    program.run(base, "run", *at).must(0)
    program.run(base, "vacuum", *at).must(0)
    saved = place / "saved.db"
    program.run(base, "backup", saved, *at).must(0)
    newsroom.publish(1)
    return newsroom, base, saved


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """All kinds of damage."""
    done = pages(place / "pages", seed=seed, ways=2 if short else len(WAYS), step=40 if short else 1)
    yield _row("each page of a store spoilt in turn", done)
    yield _row("a store cut short, its log lost or spoilt", files(place / "files", step=5 if short else 1))


def _row(what: str, done: Faults) -> Row:
    told = f"{done.refused} commands refused, naming doctor; the others never met it"
    times = done.tried.total()
    return Row(kind=Kind.FAULT, what=what, times=times, wrong=tuple(done.faults), lost=done.lost, told=told)
