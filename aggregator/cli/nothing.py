"""What is said to a person when there is nothing to see, and what could they do?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.cli import times
from aggregator.cli.asked import Wanted
from aggregator.cli.invocation import program
from aggregator.cli.safe import safe
from aggregator.cli.state import LONG_AGO

if TYPE_CHECKING:
    from aggregator.store.reading import Status


def line(wanted: Wanted, status: Status, now: datetime) -> str:
    """What was asked for, when news last came, what fails, what comes next."""
    if not status.items:
        return f"no stories yet; fetch your feeds: {program()} run"
    if not status.stories:
        return f"no stories yet, though {status.items} items wait for it: {program()} dedup"
    return "; ".join([safe(_asked(wanted, now)), *_news(status, now), *_next(wanted, status, now)])


def _asked(wanted: Wanted, now: datetime) -> str:
    words = ["no stories"]
    words += [f"since {_moment(wanted.since, now)}"] if wanted.since else []
    words += [f"until {_moment(wanted.until, now)}"] if wanted.until else []
    narrowed = wanted.narrowed_by()
    return " ".join([*words, *([f"with {narrowed}"] if narrowed else [])])


def _moment(text: str, now: datetime) -> str:
    """As short as it stays clear: the clock today, the day before."""
    here, at = now.astimezone(), times.moment(text, now).astimezone()
    if at.date() == here.date():
        return f"{at:%H:%M}"
    day = f"{at.day} {times.MONTHS[at.month - 1][:3]}" + (f" {at.year}" if at.year != here.year else "")
    return f"{day} {at:%H:%M}"


def _news(status: Status, now: datetime) -> Iterator[str]:
    if status.latest_at is not None:
        yield f"the newest came {times.distance(status.latest_at, now)}"
    if status.last_run_at is None:
        yield "nothing ran yet"
    else:
        yield f"last run {times.distance(status.last_run_at, now)}"


def _next(wanted: Wanted, status: Status, now: datetime) -> Iterator[str]:
    if status.failing:
        yield f"{status.failing} of {status.feeds} feeds failing: {program()} feeds list --failing"
    if status.last_run_at is None or now - status.last_run_at > LONG_AGO:
        yield f"fetch what is new: {program()} run"
    elif wanted.search:
        yield "fewer words find more, and so does the beginning of one: wal*"
    elif wanted.narrowed_by() or wanted.since or wanted.until:
        yield f"all there is: {program()} list"
