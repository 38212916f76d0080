"""Is a home, or a backup, ever half there because a write of `backup`, `restore` or `init` failed?

As in `writes`: each command is run once while every call that changes the disk is counted, then once for each of them
with that call refused, by a full disk or a broken one. These commands promise more than that the next run mends it:
what stood there before stands there still, and the name that was asked for is taken by all of it or by nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process, syscalls
from tests.soak.newsroom import OUTLETS, Newsroom
from tests.soak.table import Kind, Row
from tests.soak.warm import Outcome, Plan, Warm, warm
from tests.soak.writes import BROKEN, FULL, Faults, place_of, refusable, refusal

TEXTS = ("feeds.opml", "aggregator.toml")
WORDS = (
    "No space left on device",
    "disk is full",
    "Input/output error",
    "I/O error",
    "unable to open database file",
    "cannot be opened",
    "readonly database",
)
"""One of these tells a person what is the matter; SQLite has words of its own."""

LIKE_EACH_OTHER = 12
"""Of a row of writes to the same file, every so many is refused."""

ASIDE = ".before-restore-"

Faulty = Iterator[str]
"""What is wrong, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A command in a place of its own, and what it promises there."""

    name: str
    command: Sequence[object]
    """With ``saved.db`` for the backup's path."""
    base: Path
    """A directory with what is there before: ``home``, ``saved.db``."""
    refused: Callable[[Path, Path], Faulty]
    """Given what was there before and what is there after it was refused."""
    done: Callable[[Path, Path], Faulty]
    """Given what it makes of an undisturbed place, and what it made of this one."""


def _backup_refused(before: Path, after: Path) -> Faulty:
    yield from _same_home(before, after)
    yield from _same_file(before / "saved.db", after / "saved.db")


def _backup_done(calm: Path, made: Path) -> Faulty:
    yield from _same_home(calm, made)
    yield from process.faults(made / "saved.db")
    if _whole(calm / "saved.db") != _whole(made / "saved.db"):
        yield "the backup holds something else"
    yield from _leftovers(made)


def _restore_refused(before: Path, after: Path) -> Faulty:
    yield from _same_home(before, after)
    yield from _same_file(before / "saved.db", after / "saved.db")


def _restore_done(calm: Path, made: Path) -> Faulty:
    yield from _same_home(calm, made)
    for name in sorted(path.name for path in (calm / "home").iterdir() if ASIDE in path.name):
        one, two = calm / "home" / name, made / "home" / name
        if not two.exists():
            yield f"{name} is gone"
        elif name.startswith("aggregator.db") and _whole(one) != _whole(two):
            yield f"{name} is not what stood there before"
    yield from _leftovers(made)


def _init_refused(_before: Path, after: Path) -> Faulty:
    for name in TEXTS:
        path = after / "home" / name
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            yield f"{name} is half there: {path.stat().st_size} bytes"


def _init_done(calm: Path, made: Path) -> Faulty:
    for name in TEXTS:
        yield from _same_file(calm / "home" / name, made / "home" / name)
    yield from _leftovers(made)


def _same_home(one: Path, two: Path) -> Faulty:
    """The same store, sound, and the same texts; nothing where there was nothing."""
    here, there = one / "home" / "aggregator.db", two / "home" / "aggregator.db"
    yield from process.faults(there)
    if here.exists() != there.exists():
        yield f"the store is there: {here.exists()} and {there.exists()}"
    elif here.exists():
        yield from (each[:200] for each in contents.compare(one / "home", two / "home").told[:1])
    for name in TEXTS:
        yield from _same_file(one / "home" / name, two / "home" / name)


def _same_file(one: Path, two: Path) -> Faulty:
    here, there = (path.read_bytes() if path.exists() else None for path in (one, two))
    if here != there:
        sizes = ["nothing" if each is None else f"{len(each):,} bytes" for each in (here, there)]
        yield f"{two.name}: {sizes[0]} and {sizes[1]}"


def _whole(database: Path) -> tuple[object, ...]:
    """All that a backup or a store holds."""
    with closing(sqlite3.connect(database)) as connection:
        kept = "SELECT 1 FROM sqlite_master WHERE name = 'home_files'"
        files = "SELECT name, content FROM home_files ORDER BY name"
        texts = connection.execute(files).fetchall() if connection.execute(kept).fetchone() else []
    return contents.store(database), texts


def _leftovers(made: Path) -> Faulty:
    yield from (f"left behind: {path.name}" for path in made.iterdir() if path.name.startswith(".saved"))
    for path in (made / "home").iterdir():
        if path.name not in contents.KEPT and not (ASIDE in path.name and not path.name.endswith(".new")):
            yield f"left behind: {path.name}"


def trials(place: Path, newsroom: Newsroom, program: Warm) -> Iterator[Trial]:
    """The commands, each where it has most to lose."""
    at = ("-q", "--now", newsroom.now.isoformat())
    older, newer = place / "older", place / "newer"
    newsroom.publish(0)
    newsroom.subscribe(older / "home")
    program.run(older / "home", "run", "--now", newsroom.now.isoformat()).must(0)
    program.run(older / "home", "vacuum", *at).must(0)
    shutil.copytree(older, newer)
    program.run(older / "home", "backup", older / "saved.db", *at).must(0)
    newsroom.publish(1)
    at = ("-q", "--now", newsroom.now.isoformat())
    program.run(newer / "home", "run", "--now", newsroom.now.isoformat()).must(0)
    with (newer / "home" / "aggregator.toml").open("a") as settings:
        settings.write("# a word of its own\n")
    (newer / "home" / "feeds.opml").write_text("<opml version='2.0'><head/><body/></opml>\n")
    over = place / "over"
    shutil.copytree(newer, over)
    shutil.copy(older / "saved.db", over / "saved.db")
    empty, nowhere = place / "empty", place / "nowhere"
    empty.mkdir()
    shutil.copy(older / "saved.db", empty / "saved.db")
    nowhere.mkdir()
    backup, restore = ("backup", "saved.db"), ("restore", "saved.db")
    kept = {"refused": _backup_refused, "done": _backup_done}
    put = {"refused": _restore_refused, "done": _restore_done}
    yield Trial(name="backup", command=(*backup, *at), base=newer, **kept)
    yield Trial(name="backup --force", command=(*backup, "--force", *at), base=over, **kept)
    yield Trial(name="restore", command=(*restore, *at), base=empty, **put)
    yield Trial(name="restore --force", command=(*restore, "--force", *at), base=over, **put)
    yield Trial(name="init", command=("init", *at), base=nowhere, refused=_init_refused, done=_init_done)


def every_write(place: Path, *, how: str, step: int = 1) -> Faults:
    """Refuse every (``step``: every so many) call of each command in turn."""
    result = Faults()
    if not syscalls.available():
        result.skipped = "the kernel lets no process watch another's calls"
        return result
    with FeedServer() as server, warm() as program:
        for trial in trials(place, Newsroom(server, OUTLETS[:2]), program):
            _refuse(trial, program, place, how, step, result)
    return result


def _refuse(trial: Trial, program: Warm, place: Path, how: str, step: int, result: Faults) -> None:
    calm, tried = place / "calm", place / "tried"
    _copy(trial.base, calm)
    counted = refusable(_run(trial, program, calm, Plan(watch=True)).must(0).calls, how)
    for number in _telling([call.split(" ", 2)[:2] for call in counted], step):
        _copy(trial.base, tried)
        result.tried[trial.name] += 1
        what = f"{trial.name}, {place_of(how, number, counted)}"
        ended = _run(trial, program, tried, refusal(how, number))
        result.expect(what, ended)
        found = list(_after(trial, program, calm, tried, ended))
        result.faults += [f"{what}: {each}" for each in found]


def _telling(calls: Sequence[object], step: int) -> list[int]:
    """The numbers of the calls to be refused: of a row of the same, the first, the last and some between."""
    numbers = []
    since = 0
    for number, call in enumerate(calls, 1):
        is_last = number == len(calls) or calls[number] != call
        if since % (LIKE_EACH_OTHER * step) == 0 or (is_last and step == 1):
            numbers.append(number)
        since = 0 if is_last else since + 1
    return numbers[::step]


def _after(trial: Trial, program: Warm, calm: Path, tried: Path, ended: Outcome) -> Faulty:
    """What it promises of a refusal, and of the next try."""
    if ended.code:
        if not any(each in ended.err for each in WORDS):
            yield f"it does not say why: {ended.err}"
        yield from trial.refused(trial.base, tried)
        again = _run(trial, program, tried, Plan())
        if again.code:
            yield f"the next time: exit {again.code}: {again.err[-1500:]}"
            return
    yield from trial.done(calm, tried)


def _copy(base: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(base, place)


def _run(trial: Trial, program: Warm, place: Path, plan: Plan) -> Outcome:
    words = [place / each if each == "saved.db" else each for each in trial.command]
    return program.run(place / "home", *words, plan=plan)


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """Both kinds of disk."""
    for how, what in (
        (FULL, "backup, restore, init: disk full from each write on"),
        (BROKEN, "backup, restore, init: each write failing once"),
    ):
        done = every_write(place / how, how=how, step=15 if short else 1)
        yield Row(
            kind=Kind.FAULT,
            what=what,
            times=done.tried.total(),
            wrong=tuple(done.faults),
            lost=done.lost,
            told=done.told(),
        )
