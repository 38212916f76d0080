"""What when others hold the store, a dead process had the lock, or the file system knows no locks?"""

from __future__ import annotations

import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, syscalls
from tests.soak.machine import copied, home_of, home_store
from tests.soak.table import Kind, Row
from tests.soak.warm import Plan, Warm, warm
from tests.soak.writes import Faults


def locks(place: Path, *, tools: int) -> Faults:
    """Other tools at the store, for a second and for ever; lock files of the dead; file systems without locks."""
    result = Faults()
    with FeedServer() as server, warm() as program:
        newsroom, base = home_of(server, program, place)
        calm, home = place / "calm" / "home", place / "tried" / "home"
        command = ("run", "--now", newsroom.now.isoformat())
        copied(base, calm)
        program.run(calm, *command).must(0)
        for what, held, codes, says in HELD[:tools]:
            copied(base, home)
            result.tried[what] += 1
            with held(home):
                ended = program.run(home, *command)
                result.expect(what, ended, codes=codes)
            if ended.code and says not in ended.err:
                result.faults.append(f"{what}: it does not say {says!r}: {ended.err}")
            _goes_on(program, calm, home, command, what, result)
        if not syscalls.available():
            return result
        for call, number in (
            ("flock", errno.ENOLCK),
            ("flock", errno.EOPNOTSUPP),
            ("flock", errno.EIO),
            ("fcntl", errno.EOPNOTSUPP),
        ):
            what = f"a file system whose {call} says {errno.errorcode[number]}"
            copied(base, home)
            result.tried["no locks"] += 1
            plan = Plan(watch=True, among=(call,), at=1, errno=number, lasting=True)
            ended = program.run(home, *command, plan=plan)
            result.expect(what, ended, codes=(1, 75))
            if "lock" not in ended.err:
                result.faults.append(f"{what}: it does not speak of locks: {ended.err}")
            _goes_on(program, calm, home, command, what, result)
    return result


def _goes_on(
    program: Warm, calm: Path, home: Path, command: tuple[str, ...], what: str, result: Faults
) -> None:
    again = program.run(home, *command)
    if again.code:
        result.faults.append(f"{what}, and the next time: {again.code} {again.err[-500:]}")
        return
    compared = contents.compare(calm, home)
    result.lost += compared.lost
    result.faults += [f"{what}: {each}" for each in compared.told]


class _Held:
    """Another tool that keeps the store locked while the block lasts, or for some seconds of it."""

    def __init__(self, *statements: str, seconds: float = 0.0) -> None:
        self.statements = statements
        self.seconds = seconds

    def __call__(self, home: Path) -> _Held:
        self.home = home
        return self

    def __enter__(self) -> None:
        self.connection = sqlite3.connect(
            home_store(self.home), isolation_level=None, check_same_thread=False
        )
        for each in self.statements:
            self.connection.execute(each).fetchall()
        if self.seconds:
            threading.Timer(self.seconds, self.connection.close).start()

    def __exit__(self, *_: object) -> None:
        time.sleep(self.seconds)
        self.connection.close()


class _Dead:
    """A lock file that says who had it; nobody has."""

    def __call__(self, home: Path) -> _Dead:
        (home / "aggregator.lock").write_text("999999\n")
        return self

    def __enter__(self) -> None:
        """Nothing more."""

    def __exit__(self, *_: object) -> None:
        """Nothing more."""


HELD = (
    ("locked for a second", _Held("BEGIN EXCLUSIVE", seconds=1), (0,), ""),
    ("locked for ever", _Held("BEGIN EXCLUSIVE"), (75,), "keeps the database locked"),
    (
        "locked for ever against readers, too",
        _Held("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "DELETE FROM meta WHERE 0"),
        (75,),
        "keeps the database locked",
    ),
    ("a lock file of a dead process", _Dead(), (0,), ""),
)


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """One for all."""
    done = locks(place, tools=1 if short else len(HELD))
    yield Row(
        kind=Kind.FAULT,
        what="locks of other tools, of the dead, and none at all",
        times=done.tried.total(),
        wrong=tuple(done.faults),
        lost=done.lost,
        told=f"{done.refused} refused in one line",
    )
