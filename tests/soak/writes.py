"""Is anything lost when a write fails: any one, or all from any one on?

Each command is run once while every call that changes the disk is counted, and then once for each of them, with that
call refused: as a full disk does (from there on), or as a broken one (this once, syncs and renames too). SQLite is told
in turn that its file may not grow by a first, second, third page; and real file systems of every size from too small to
just large enough stand in for the kernel's own answer. After each the store must be sound, and the command, called
again, must make of the home what it makes of one that was left alone.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process, syscalls, versions
from tests.soak.newsroom import OUTLETS, Newsroom, archive
from tests.soak.table import Kind, Row
from tests.soak.warm import Outcome, Plan, Warm, warm

BLOCK = 4096
"""Bytes by which a tmpfs grows."""

LIKE_EACH_OTHER = {"import": 2, "vacuum": 5}
"""Of commands with long rows of the same write, every so many is refused."""

FULL, BROKEN = "full", "broken"


@dataclass(slots=True)
class Faults:
    """What came of it."""

    tried: Counter[str] = field(default_factory=Counter)
    """Command → faults it met."""
    refused: int = 0
    """Of these, commands that could not do their work and said so; the others could do without that write."""
    faults: list[str] = field(default_factory=list)
    lost: int = 0
    skipped: str = ""
    """Why it could not be tried here."""

    def told(self) -> str:
        """The numbers, in words."""
        if self.skipped:
            return f"left out: {self.skipped}"
        each = ", ".join(f"{name} {count}" for name, count in self.tried.items())
        return f"{each}; {self.refused} of them refused in one line, the others did without that write"

    def expect(self, what: str, ended: Outcome | process.Ended, *, codes: tuple[int, ...] = (0, 1)) -> None:
        """Note a wrong end, a traceback, more than one line of talk, or words that name no way on."""
        self.refused += ended.code != 0
        lines = ended.err.strip().splitlines()
        if ended.code not in codes or len(lines) != (ended.code != 0) or "Traceback" in ended.err:
            self.faults.append(f"{what}: exit {ended.code}: {ended.err[-1500:]}")


class Bench:
    """A home at a certain moment, of which every trial gets a copy."""

    def __init__(self, program: Warm, place: Path, base: Path, result: Faults) -> None:
        self.program = program
        self.base = base
        self.calm = place / "calm" / "home"
        self.tried = place / "tried" / "home"
        self.result = result

    def begin(self, command: Sequence[object]) -> Outcome:
        """Let one home alone, and count."""
        self._copy(self.calm)
        return self.program.run(self.calm, *command, plan=Plan(watch=True)).must(0)

    def _copy(self, there: Path) -> None:
        shutil.rmtree(there.parent, ignore_errors=True)
        shutil.copytree(self.base.parent, there.parent)

    def fail(self, command: Sequence[object], plan: Plan, what: str, name: str) -> None:
        """Let it meet the fault, then let it do its work."""
        self._copy(self.tried)
        self.result.tried[name] += 1
        ended = self.program.run(self.tried, *command, plan=plan)
        self.result.expect(what, ended)
        self.judge(what, command, again=ended.code != 0 or command[0] != "feeds")

    def judge(self, what: str, command: Sequence[object], *, again: bool = True) -> None:
        """Look at the store, call the command again (a feed that is gone cannot be removed twice), compare."""
        found = process.faults(self.tried / "aggregator.db")
        ended = self.program.run(self.tried, *command) if again else None
        if ended is not None and ended.code:
            found.append(f"the next time: exit {ended.code}: {ended.err[-1500:]}")
        else:
            compared = contents.compare(self.calm, self.tried)
            self.result.lost += compared.lost
            found += [*compared.told, *contents.leftovers(self.tried)]
        self.result.faults += [f"{what}: {each}" for each in found]


def _commands(newsroom: Newsroom, place: Path) -> Iterator[tuple[object, ...]]:
    at = ("--now", newsroom.now.isoformat())
    yield ("run", *at)
    yield ("import", place / "archive.jsonl", *at)
    yield ("dedup", "--rebuild", *at)
    yield ("prune", "--older-than", "2d", "--yes", *at)
    yield ("vacuum", *at)
    yield ("feeds", "add", newsroom.server.url(f"/{OUTLETS[2]}"), "-q", *at)
    yield ("feeds", "remove", newsroom.server.url(f"/{OUTLETS[0]}"), "-q", *at)


def every_write(place: Path, *, how: str, step: int = 1, commands: int | None = None) -> Faults:
    """Refuse every (``step``: every so many) call of each command, or of the first so many, in turn."""
    result = Faults()
    if not syscalls.available():
        result.skipped = "the kernel lets no process watch another's calls"
        return result
    with FeedServer() as server, warm() as program:
        newsroom, base = _home(server, program, place)
        bench = Bench(program, place, base, result)
        for command in list(_commands(newsroom, place))[:commands]:
            _refuse(bench, command, str(command[0]), how, step * LIKE_EACH_OTHER.get(str(command[0]), 1))
        if commands:
            return result
        old = place / "old" / "home"
        newsroom.subscribe(old)
        versions.first(old / "aggregator.db")
        bench = Bench(program, place, old, result)
        _refuse(bench, ("export", "--now", newsroom.now.isoformat()), "migrations", how, step * 2)
    return result


def _refuse(bench: Bench, command: Sequence[object], name: str, how: str, step: int) -> None:
    counted = refusable(bench.begin(command).calls, how)
    for number in range(1, len(counted) + 1, step):
        bench.fail(command, refusal(how, number), f"{name}, {place_of(how, number, counted)}", name)


def _among(how: str) -> Sequence[str]:
    return sorted(syscalls.ROOM) if how == FULL else ()


def refusable(calls: Sequence[str], how: str) -> list[str]:
    """Those of a command's calls that a disk may refuse in this way."""
    among = _among(how)
    return [call for call in calls if not among or call.split(" ", 1)[0] in among]


def refusal(how: str, number: int) -> Plan:
    """Refuse the call of this number among those: on a full disk every later one too."""
    return Plan(
        watch=True,
        among=_among(how),
        at=number,
        errno=errno.ENOSPC if how == FULL else errno.EIO,
        lasting=how == FULL,
    )


def place_of(how: str, number: int, counted: Sequence[str]) -> str:
    """Say where that is."""
    words = " ".join(counted[number - 1].split(" ", 2)[:2])
    return f"disk {how} at call {number} of {len(counted)} ({words})"


def every_page(place: Path, *, step: int = 1) -> Faults:
    """Let the database grow by no page, by one, by two …, until it may grow as it likes."""
    result = Faults()
    with FeedServer() as server, warm() as program:
        newsroom, base = _home(server, program, place)
        bench = Bench(program, place, base, result)
        for command in list(_commands(newsroom, place))[: 2 if step == 1 else 1]:
            bench.begin(command)
            first, last = (
                home.joinpath("aggregator.db").stat().st_size // BLOCK for home in (base, bench.calm)
            )
            for pages in range(first, last + 1, step):
                bench.fail(
                    command,
                    Plan(max_pages=pages),
                    f"{command[0]} with at most {pages} pages",
                    str(command[0]),
                )
    return result


def every_size(place: Path, *, step: int = 1) -> Faults:
    """Run on disks of so many blocks, from too small to large enough, then with room; needs the right to mount."""
    result = Faults()
    disk = place / "disk"
    disk.mkdir(parents=True)
    if not _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)):
        result.skipped = "no right to mount a small file system"
        return result
    try:
        with FeedServer() as server, warm() as program:
            newsroom, base = _home(server, program, place)
            bench = Bench(program, place, base, result)
            command = ("run", "--now", newsroom.now.isoformat())
            bench.begin(command)
            bench.tried = disk / "tried" / "home"
            refused, blocks = -1, 0
            while result.refused != refused or not blocks:
                refused = result.refused
                _mount("-o", "remount,size=64m", str(disk))
                bench._copy(bench.tried)
                used = shutil.disk_usage(disk).used
                _mount("-o", f"remount,size={used + blocks * BLOCK}", str(disk))
                what = f"a disk with {blocks} free blocks"
                result.tried["run"] += 1
                result.expect(what, program.run(bench.tried, *command))
                _mount("-o", "remount,size=64m", str(disk))  # to look at a store takes some room, too
                bench.judge(what, command)
                blocks += step
            _read_only(bench, disk, command, result)
    finally:
        subprocess.run(["umount", str(disk)], check=False)
    return result


def _read_only(bench: Bench, disk: Path, command: Sequence[object], result: Faults) -> None:
    """A disk that is mounted for reading only: what reads works, what writes says so."""
    _mount("-o", "remount,ro", str(disk))
    result.tried["read-only"] += 1
    result.expect("a read-only disk", bench.program.run(bench.tried, *command), codes=(1,))
    for reading in ("list", "stats", "dump", "doctor"):
        ended = bench.program.run(bench.tried, reading)
        if "Traceback" in ended.err or (ended.code and reading != "doctor"):
            result.faults.append(f"{reading} on a read-only disk: {ended.code} {ended.err[-1000:]}")


def _home(server: FeedServer, program: Warm, place: Path) -> tuple[Newsroom, Path]:
    """A home with a day's news read and the next day's published."""
    archive(place / "archive.jsonl", 4)
    newsroom, base = Newsroom(server, OUTLETS[:2]), place / "base" / "home"
    newsroom.publish(0)
    server.pages[f"/{OUTLETS[2]}"] = server.pages[f"/{OUTLETS[0]}"]
    newsroom.subscribe(base, "[dedup]\nwindow_days = 1\n")
    program.run(base, "run", "--now", newsroom.now.isoformat()).must(0)
    newsroom.publish(3)
    return newsroom, base


def _mount(*arguments: str) -> bool:
    if shutil.which("mount") is None or os.geteuid() != 0:
        return False
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """All ways in which a write can fail."""
    rough = {"step": 120, "commands": 1} if short else {}
    trials: tuple[tuple[str, Callable[[], Faults]], ...] = (
        (
            "disk full from each write on",
            lambda: every_write(place / "full", how=FULL, **rough),
        ),
        (
            "each write, sync, rename and removal failing once",
            lambda: every_write(place / "broken", how=BROKEN, **rough),
        ),
        ("the database full at each page", lambda: every_page(place / "pages", step=30 if short else 1)),
        (
            "real disks of every size, in blocks of 4 KB; read-only",
            lambda: every_size(place / "sizes", step=80 if short else 4),
        ),
    )
    for what, trial in trials:
        done = trial()
        yield Row(
            kind=Kind.FAULT,
            what=what,
            times=done.tried.total(),
            wrong=tuple(done.faults),
            lost=done.lost,
            told=done.told(),
        )
