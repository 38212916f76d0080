"""Is a backup that is made while a run is at work one moment of that run, and does what is kept stay within bounds?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import contents, process
from tests.soak.newsroom import OUTLETS, Newsroom
from tests.soak.table import Kind, Row
from tests.soak.warm import Plan, warm
from tests.soak.writes import Faults


def backups(place: Path, *, moments: int) -> Faults:
    """Hold a run at so many of its writes, back the home up meanwhile, and restore each backup elsewhere.

    The run goes on once the backup is there. A home made of the backup is sound, and one more run makes of it what the
    run that was at work has made of its own. Nobody may restore over that one while it works, nor unasked afterwards.
    """
    result = Faults()
    with FeedServer() as server, warm() as program, warm() as other:
        newsroom, base = Newsroom(server, OUTLETS[:3]), place / "base" / "home"
        newsroom.publish(0)
        newsroom.subscribe(base)
        program.run(base, "run", "--now", newsroom.now.isoformat()).must(0)
        newsroom.publish(1)
        at = ("--now", newsroom.now.isoformat())
        calm = place / "calm" / "home"
        _copied(base, calm)
        calls = len(program.run(calm, "run", *at, plan=Plan(watch=True)).must(0).calls)
        for number in range(moments):
            home, there, saved = (place / f"{number}" / name for name in ("home", "there", "saved.db"))
            _copied(base, home)
            plan = Plan(
                watch=True, at=calls * (number + 1) // (moments + 1), hold=str(place / f"{number}" / "held")
            )
            program.begin(home, "run", *at, plan=plan)
            _wait_for(Path(plan.hold))
            what = f"a backup at write {plan.at} of {calls}"
            result.tried["backup"] += 1
            ended = other.run(home, "backup", saved, *at)
            refused = other.run(home, "restore", "--force", saved, *at) if saved.exists() else ended
            Path(plan.hold).unlink()
            program.end().must(0)
            # Held where SQLite lets nobody in (opening, closing), longer than anybody waits: asked again.
            shut_out = ended.code == 75 and not saved.exists()
            if shut_out:
                ended = other.run(home, "backup", saved, *at)
            if ended.code or not (shut_out or refused.code == 75):
                result.faults.append(
                    f"{what}: {ended.code} {ended.err}; a restore beside it: {refused.code} {refused.err}"
                )
                continue
            result.refused += 1
            if other.run(home, "restore", saved, *at).code != 2:
                result.faults.append(f"{what}: a restore took a home's place unasked")
            other.run(there, "restore", saved, *at).must(0)
            result.faults += [f"{what}: {each}" for each in process.faults(there / "aggregator.db")]
            other.run(there, "run", *at).must(0)
            for each in (home, there):
                compared = contents.compare(calm, each)
                result.lost += compared.lost
                result.faults += [f"{what}: {told}" for told in compared.told if each is home or _kept(told)]
    return result


def _kept(told: str) -> bool:
    """What a backup holds: not what an earlier export wrote."""
    return not told.startswith("public/archive")


def _copied(base: Path, home: Path) -> None:
    import shutil

    shutil.copytree(base, home)


def _wait_for(path: Path) -> None:
    import time

    end = time.monotonic() + process.PATIENCE
    while not path.exists():
        if time.monotonic() > end:
            raise AssertionError("the run was never held")
        time.sleep(0.005)


def bounds(place: Path, *, days: int, keep: int = 3) -> Faults:
    """Live with ``keep_days``: the store stops growing once as many days have passed, and room is used again."""
    result = Faults()
    pages: list[int] = []
    home = place / "home"
    with FeedServer() as server, warm() as program:
        newsroom = Newsroom(server, OUTLETS[:2])
        newsroom.subscribe(home, f"[dedup]\nwindow_days = 1\n[store]\nkeep_days = {keep}\n")
        for day in range(days):
            newsroom.publish(day)
            result.tried["days"] += 1
            program.run(home, "run", "--now", newsroom.now.isoformat()).must(0)
            with closing(sqlite3.connect(home / "aggregator.db")) as connection:
                pages.append(connection.execute("PRAGMA page_count").fetchone()[0])
        result.faults += process.faults(home / "aggregator.db")
    settled = max(pages[: days // 2])
    if max(pages) > settled * 1.1:
        result.faults.append(f"{settled} pages after {days // 2} days, {max(pages)} after {days}")
    return result


def rows(place: Path, *, short: bool, seed: int) -> Iterator[Row]:
    """Both."""
    done = backups(place / "backups", moments=1 if short else 24)
    yield _row("backups while a run is at work, restored, run again", done)
    if not short:
        yield _row("days with keep_days: the store stops growing", bounds(place / "bounds", days=30))


def _row(what: str, done: Faults) -> Row:
    return Row(kind=Kind.FAULT, what=what, times=done.tried.total(), wrong=tuple(done.faults), lost=done.lost)
