"""What becomes of a home of 300 feeds in a month of cron, every ten minutes, with everything that goes wrong?

    python -m tests.soak.month --days 30 --keep-days 10 --rows month.jsonl [--svg docs/month.svg]

Counts exactly: what was shown in an answer is what is stored, no more and no less; stories are held against the
truth; files are read after every run and validated every day. Prints a row for each simulated day and appends it to
a file, so that a month that is broken off has still figures.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import month_curve
from tests.soak.month_feeds import FAULTS, Press
from tests.soak.month_life import RUNS_A_DAY, Life, Month, Plan
from tests.soak.month_runs import Runner

Row = tuple[str, int, str, list[str]]
"""What was tried, how often, with what to say beside it, and everything that was wrong."""

SURE = ("verbatim", "wrapped", "excerpt")
"""Forms of copies of which none may be missed; one under another title may."""

MIDDLE = Plan(
    feeds=40,
    per_day=400,
    days=4,
    keep_days=2,
    window_days=1,
    runs_a_day=36,
    counted=36,
    every={"killed": 13, "overlapped": 17, "read": 19, "real": 29},
    timeout=2,
)
"""What `make soak` lives through: long enough that the store lets go of what it got on the first days."""


def live(place: Path, plan: Plan, record: Path | None = None) -> Month:
    """Live through all days."""
    press = Press(plan.feeds, plan.per_day, seed=plan.seed)
    hosts = [each.host for each in press.outlets]
    with FeedServer(hosts) as server, Runner() as runner:
        server.behaviours["/feed"] = press.respond
        life = Life(place, plan, press, server, runner)
        life.subscribe()
        life.live(record)
        for number in press.missed[:20]:
            life.month.faults.append(
                f"publication {number} was never asked for in time: {press.truth[number]}"
            )
        life.month.happened.update(press.met)
    return life.month


def rows(place: Path, plan: Plan = MIDDLE) -> list[Row]:
    """Live through four days of a home of 40 feeds; rows for the table of `make soak`."""
    done = live(place, plan)
    befell = ", ".join(
        f"{name} {done.happened[name]}" for name in ("killed", "overlapped", "full disk", "clock")
    )
    judged, copies = done.judgement, sum(done.judgement.copies.values())
    answers = sum(done.happened[name] for name in FAULTS)
    wrong = [f"two stories in one: publications {each}" for each in judged.examples]
    wrong += [f"{judged.missed[form]} copies not found: {form}" for form in SURE if judged.missed[form]]
    found = f"{copies - sum(judged.missed.values())} of {copies} copies found"
    counted = f"{done.shown} items shown = {done.stored} stored + {done.pruned} pruned"
    return [
        (f"runs of cron in {plan.days} days", len(done.runs), befell, done.faults),
        ("answers of feeds that fail", answers, counted, []),
        ("items held against the true stories", done.shown, found, wrong),
    ]


def main() -> int:
    """Live through it and print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--per-day", type=int, default=10_000)
    parser.add_argument("--keep-days", type=int, default=10)
    parser.add_argument("--window-days", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--counted", type=int, default=RUNS_A_DAY, help="count everything after so many runs")
    parser.add_argument("--minutes", type=float, help="start no run after so many minutes")
    parser.add_argument("--rows", type=Path, help="append a line of JSON for each day")
    parser.add_argument("--svg", type=Path, help="draw the curve")
    parser.add_argument("--place", type=Path, help="where the home is made; a temporary directory")
    asked = parser.parse_args()
    plan = Plan(
        feeds=asked.feeds,
        per_day=asked.per_day,
        days=asked.days,
        keep_days=asked.keep_days,
        window_days=asked.window_days,
        seed=asked.seed,
        counted=asked.counted,
        minutes=asked.minutes,
    )
    place = asked.place or Path(tempfile.mkdtemp(prefix="aggregator-month-"))
    try:
        month = live(place, plan, asked.rows)
    finally:
        if asked.place is None:
            shutil.rmtree(place)
    runs = [asdict(each) for each in month.runs]
    print(*month_curve.table(month.days, runs), sep="\n")
    print(", ".join(f"{name} {count}" for name, count in month.happened.most_common()))
    print(*month.faults, sep="\n")
    if asked.svg is not None:
        asked.svg.write_text(month_curve.svg(month.days, runs))
    return int(bool(month.faults))


if __name__ == "__main__":
    sys.exit(main())
