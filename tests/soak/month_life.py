"""How is a home lived in, run after run, by cron and by what befalls it, and what is counted on the way?"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.feedserver import FeedServer
from tests.soak import month_checks, process
from tests.soak.month_feeds import Press
from tests.soak.month_news import DAY, START
from tests.soak.month_runs import Command, Ended, Runner

RUNS_A_DAY = 144
CALM = timedelta(hours=3)
"""At the end of all days nothing is wrong any more: longer than any server asks to be left alone."""
EVERY = {"killed": 47, "overlapped": 59, "read": 31, "real": 50}
"""One run in so many."""
JUMPS = (timedelta(hours=-5), timedelta(hours=2), timedelta(days=-1), timedelta(minutes=-30))
"""By how much the clock is wrong, for one run, one after the other."""
JUMPS_AT = 83
"""In which run of a day."""
FULL_DISK_AT = 60
"""In which run of the first day."""
FULL = 96 * 1024
"""Bytes beyond which no file may grow in that run: what it writes is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large a home, how long, which trouble."""

    feeds: int = 300
    per_day: int = 10_000
    days: int = 30
    keep_days: int = 10
    window_days: int = 5
    seed: int = 1
    runs_a_day: int = RUNS_A_DAY
    counted: int = RUNS_A_DAY
    """After so many runs everything is counted and looked through; divides the runs of a day."""
    minutes: float | None = None
    """After so many minutes of real time no more runs are started."""
    every: dict[str, int] = field(default_factory=lambda: dict(EVERY))
    timeout: int = 6
    """Seconds a feed may take. Short, because a silent server is waited for in real time."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the month, as it is written down."""

    day: int
    number: int
    kind: str
    code: int
    cpu: float
    pace: float
    """CPU seconds of a fixed piece of work just before: it takes longer where others keep the processor busy."""
    seconds: float
    peak: int
    read: int
    written: int
    new: int
    asked: int
    failed: int
    pruned: int
    stages: dict[str, float]


@dataclass(slots=True)
class Month:
    """What came of it."""

    plan: Plan
    runs: list[Run] = field(default_factory=list)
    days: list[dict[str, object]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """Everything that was wrong, in words."""
    published: int = 0
    shown: int = 0
    withheld: int = 0
    missed: int = 0
    stored: int = 0
    pruned: int = 0
    judgement: month_checks.Judgement = field(default_factory=month_checks.Judgement)
    files_read: int = 0


class Life:
    """Goes from run to run."""

    def __init__(self, place: Path, plan: Plan, press: Press, server: FeedServer, runner: Runner) -> None:
        self.plan, self.press, self.server, self.runner = plan, press, server, runner
        self.home = place / "home"
        self.month = Month(plan)
        self.ledger = month_checks.Ledger()
        self.chance = random.Random(plan.seed)
        self.usual = 1.0
        """Seconds a run took lately."""
        self.beside: dict[str, list[float]] = {"list": [], "search": []}

    @property
    def database(self) -> Path:
        return self.home / "aggregator.db"

    def subscribe(self) -> None:
        self.home.mkdir(parents=True)
        outlines = "".join(
            f'<outline text="Outlet {each.number}" xmlUrl="{self.server.url("/feed", each.host)}"/>'
            for each in self.press.outlets
        )
        (self.home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
        (self.home / "aggregator.toml").write_text(
            "[poll]\nprivate_networks = true\n"
            f"timeout_seconds = {self.plan.timeout}\nconnect_timeout_seconds = {self.plan.timeout}\n"
            f"[store]\nkeep_days = {self.plan.keep_days}\n"
            f"[dedup]\nwindow_days = {self.plan.window_days}\n"
        )

    def live(self, rows: Path | None) -> None:
        plan, began = self.plan, time.monotonic()
        end = START + plan.days * DAY
        self.press.calm_from = end - CALM
        written = 0
        for serial in range(plan.days * plan.runs_a_day):
            day, number = divmod(serial, plan.runs_a_day)
            now = START + (serial + 1) * DAY / plan.runs_a_day
            self.step(day, number, now, last=now >= end)
            spent = time.monotonic() - began
            over = plan.minutes is not None and spent > 60 * plan.minutes
            if (number + 1) % plan.counted and not over:
                continue
            row = self.close(now, self.month.runs[written:])
            self.month.days.append({**row, "wall": round(spent)})
            if rows is not None:
                _append(rows, [self.month.days[-1]])
                _append(rows.with_suffix(".runs.jsonl"), [asdict(each) for each in self.month.runs[written:]])
            written = len(self.month.runs)
            if over:
                return

    # --- One run -----------------------------------------------------------------------------

    def step(self, day: int, number: int, now: datetime, *, last: bool) -> None:
        self.press.publish(now)
        kind = self.kind_of(day, number)
        command = self.command(kind, now, force=last)
        ended = self.runner.run(command)
        self.server.requests.clear()
        self.judge(kind, ended, now)
        first = ended[0] if ended[0].code != 75 else ended[1]
        report = json.loads(first.out) if first.code == 0 and first.out else {}
        feeds, items = report.get("feeds", {}), report.get("items", {})
        self.month.happened[kind] += 1
        self.month.runs.append(
            Run(
                day,
                number,
                kind,
                first.code,
                round(first.cpu, 4),
                round(first.pace, 5),
                round(first.seconds, 3),
                first.peak,
                first.read,
                first.written,
                items.get("new", 0),
                feeds.get("due", 0),
                feeds.get("failed", 0),
                items.get("pruned", 0),
                {name: round(value, 4) for name, value in report.get("seconds", {}).items()},
            )
        )
        if kind == "plain":
            self.usual = 0.8 * self.usual + 0.2 * first.seconds
        _, wrong = (
            month_checks.looked_at(self.home / "public", killed=first.code == -9)
            if (day, number) != (0, 0)
            else (0, [])
        )
        self.month.files_read += 1
        self.fault(now, "files", wrong)

    def kind_of(self, day: int, number: int) -> str:
        """What befalls a run; the last ones of a day are left in peace, so that it can be counted."""
        every, serial = self.plan.every, day * self.plan.runs_a_day + number
        if number < 2 or number % self.plan.counted > self.plan.counted - 6:
            return "plain"
        if day == 0 and number == FULL_DISK_AT % self.plan.runs_a_day:
            return "full disk"
        if number == JUMPS_AT % self.plan.runs_a_day:
            return "clock"
        return next((kind for kind in every if serial % every[kind] == every[kind] - 1), "plain")

    def command(self, kind: str, now: datetime, *, force: bool) -> Command:
        if kind == "clock":
            now += JUMPS[self.month.happened["clock"] % len(JUMPS)]
        at = ["-C", str(self.home), "--now", now.isoformat()]
        run = ["run", "--json", *at, *(["--force"] if force else [])]
        match kind:
            case "killed":
                return Command(run, kill_after=self.chance.uniform(0, self.usual))
            case "overlapped":
                return Command(run, beside=[run])
            case "read":
                return Command(
                    run,
                    beside=[
                        ["list", "--since", "6h", "--json", *at],
                        ["search", "bitcoin custody", "--json", *at],
                    ],
                )
            case "real":
                return Command(run, real=True)
            case "full disk":
                return Command(run, file_limit=FULL)
            case _:
                return Command(run)

    def judge(self, kind: str, ended: list[Ended], now: datetime) -> None:
        """Hold the ends against what may be."""
        codes = {"killed": {0, -9}, "overlapped": {0, 75}, "full disk": {1}}.get(kind, {0})
        for each in ended:
            if each.code not in codes or "Traceback" in each.err:
                self.fault(now, kind, [f"exit {each.code}: {each.err[-1500:]}"])
            elif each.code == 0 and each.err:
                self.fault(now, kind, [f"not silent: {each.err[-500:]}"])
            if each.arguments[0] in self.beside:
                self.beside[each.arguments[0]].append(each.cpu)
                if each.code == 0:
                    json.loads(each.out)
        if kind == "overlapped" and all(each.code == 75 for each in ended):
            self.fault(now, kind, ["nobody worked"])
        if kind == "killed" and ended[0].code == -9:
            self.month.happened["killed alive"] += 1

    def fault(self, now: datetime, what: str, found: list[str]) -> None:
        self.month.faults += [f"{now:%Y-%m-%d %H:%M} {what}: {each}" for each in found]

    # --- Many runs ---------------------------------------------------------------------------

    def close(self, now: datetime, runs: list[Run]) -> dict[str, object]:
        """Count everything, look through store and files, and sum up the runs since the last time."""
        month, press = self.month, self.press
        held = self.ledger.read(self.database, press.shown)
        month.published, month.shown = len(press.truth) - 1, len(press.shown)
        month.withheld, month.missed = press.withheld, len(press.missed)
        month.stored, month.pruned = held.items, held.pruned
        month.judgement = judged = self.ledger.judge(press.truth)
        wrong = [
            *(["items are stored twice"] if held.doubled else []),
            *(["items are stored that nobody showed"] if held.unknown else []),
            *([f"{held.pending} things are still to do after a run"] if held.pending else []),
        ]
        if held.items + held.pruned != month.shown:
            wrong.append(f"{month.shown} shown, {held.items} stored and {held.pruned} pruned")
        self.fault(now, "store", [*wrong, *process.faults(self.database)])
        self.fault(now, "files", month_checks.validated(self.home / "public", now))
        plain = [each for each in runs if each.kind == "plain"]
        working = [each for each in runs if each.code == 0]
        new = sum(each.new for each in working)
        stages = Counter[str]()
        for each in working:
            stages.update(each.stages)
        beside = {name: _median(values) for name, values in self.beside.items()}
        self.beside = {name: [] for name in self.beside}
        real = [each for each in runs if each.kind == "real"]
        return {
            "day": round((now - START) / DAY, 3),
            "runs": len(runs),
            "new": new,
            "published": month.published,
            "shown": month.shown,
            "withheld": month.withheld,
            "missed": month.missed,
            "stored": held.items,
            "let_go": held.pruned,
            "stories": held.stories,
            "asked": sum(each.asked for each in working),
            "failed": sum(each.failed for each in working),
            "pruned": sum(each.pruned for each in working),
            "cpu": round(sum(each.cpu for each in runs), 1),
            "cpu_run": round(_median([each.cpu for each in plain]), 3),
            "cpu_run_most": round(max(each.cpu for each in plain), 3),
            "ms_item": round(1000 * sum(each.cpu for each in working) / max(1, new), 2),
            "cpu_real": round(_median([each.cpu for each in real]), 3),
            "peak_real": round(_median([each.peak for each in real])),
            "peak": max(each.peak for each in runs),
            "peak_median": round(_median([each.peak for each in plain])),
            "read": sum(each.read for each in runs),
            "written": sum(each.written for each in runs),
            "store": self.database.stat().st_size,
            "public": sum(
                each.stat().st_size for each in (self.home / "public").rglob("*") if each.is_file()
            ),
            "list": round(beside["list"], 3),
            "search": round(beside["search"], 3),
            "stages": {name: round(value, 1) for name, value in stages.items()},
            "pairs": judged.pairs,
            "wrong_pairs": judged.wrong_pairs,
            "wrong": dict(judged.wrong),
            "copies": dict(judged.copies),
            "missed_copies": dict(judged.missed),
            "faults": len(month.faults),
        }


def _median(values: list[float] | list[int]) -> float:
    return statistics.median(values) if values else 0.0


def _append(file: Path, rows: list[dict[str, object]]) -> None:
    with file.open("a") as stream:
        stream.writelines(json.dumps(each) + "\n" for each in rows)
