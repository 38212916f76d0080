"""Where does a person stand who types the program's name alone, and what comes next?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.cli import times
from aggregator.cli.invocation import Invocation, program
from aggregator.cli.render_report import counted
from aggregator.cli.safe import safe
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.store.reading import Status

LONG_AGO = timedelta(hours=3)
"""Since the last run: whoever has set up cron has had one by then."""


def lines(invocation: Invocation) -> Iterator[str]:
    """The state of the home in a line or two, then what to type next."""
    home = invocation.home
    yield safe(str(home.path.resolve()))
    if not home.opml.exists() and not home.database.exists():
        yield "  no home yet: neither a list of feeds nor a store"
        yield from _next(
            ("init", "write a starter list of feeds, and settings to change"),
            ("demo", "or see it all on bundled feeds first"),
        )
    elif not home.database.exists():
        yield "  a list of feeds, nothing fetched yet"
        yield from _next(("run", "poll, collapse copies, write abstracts and the merged feed"))
    else:
        yield from _stored(invocation)
    yield ""
    yield f"Every command: {program()} --help"


def _stored(invocation: Invocation) -> Iterator[str]:
    from aggregator.store import reading

    try:
        with reading.open_reading(invocation.home.database) as store:
            status = reading.status(store)
    except AggregatorError as wrong:
        yield f"  {safe(str(wrong))}"
        return
    yield "  " + " · ".join(_facts(invocation, status))
    late = status.last_run_at is None or invocation.now - status.last_run_at > LONG_AGO
    steps = [("list", "what is new"), ("search WORDS", "find a story again")]
    if status.failing:
        steps.append(("feeds list --failing", "see what is wrong with them"))
    if late:
        steps.insert(0, ("run", "fetch what is new; in cron: */10 * * * *"))
    yield from _next(*steps)


def _facts(invocation: Invocation, status: Status) -> Iterator[str]:
    failing = f", {status.failing} failing" if status.failing else ""
    yield f"{counted(status.feeds, 'feed')}{failing}"
    yield f"{counted(status.items, 'item')} in {counted(status.stories, 'story')}"
    if status.last_run_at is not None:
        yield f"last run {times.distance(status.last_run_at, invocation.now)}"
    page = invocation.home.public / "index.html"
    if page.exists():
        yield safe(f"page: {page}")


def _next(*steps: tuple[str, str]) -> Iterator[str]:
    name = program()
    wide = max(len(command) for command, _ in steps)
    yield ""
    for command, about in steps:
        yield f"  {name} {command:<{wide}}  {about}"
