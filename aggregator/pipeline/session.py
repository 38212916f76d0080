"""Who may change the store now? One run at a time: the lock first, then the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aggregator.errors import StoreError
from aggregator.home import Home
from aggregator.models import Report
from aggregator.store.connection import Store, is_empty, open_store

Progress = Callable[[str, int, int], None]
"""Told about the course of a stage: its name, how many are done, how many there are."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Say nothing."""


@contextmanager
def writing(home: Home) -> Iterator[Store]:
    """Hold the home's lock and its open store.

    Raises ``StoreBusy`` when another run has either, ``StoreError`` when something emptied the store.
    """
    with home.lock():
        trace = trace_of_more(home)
        if trace:
            raise StoreError(
                f"{home.database}: empty, but {trace}, so it held more once; nothing was changed. `aggregator restore "
                "FILE --force` brings a backup back; without one, remove the file and run again (`aggregator doctor` "
                "tells more)"
            )
        with open_store(home.database) as store:
            yield store


def trace_of_more(home: Home) -> str:
    """What shows that a store without a byte held more once; "" where nothing does, or where there is no such store.

    A run that is killed while it makes its first store can leave an empty file, but neither a log beside it nor a
    merged feed. Going on with one would tell readers that there is nothing left.
    """
    if not is_empty(home.database):
        return ""
    from aggregator.export.channel import ATOM, JSON, PAGE, RSS

    log = home.database.with_name(f"{home.database.name}-wal")
    if log.exists() and not is_empty(log):
        return f"its log {log.name} is not"
    told = next((name for name in (ATOM, RSS, JSON, PAGE) if (home.public / name).exists()), "")
    return f"{home.public.name}/{told} is there" if told else ""


@contextmanager
def reading(home: Home) -> Iterator[Store]:
    """Hold the home's store open for looking only, which needs no lock."""
    from aggregator.store.reading import open_reading

    with open_reading(home.database) as store:
        yield store


@contextmanager
def timed(report: Report, stage: str) -> Iterator[None]:
    """Note a stage's wall seconds in the report, also when it fails."""
    start = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[stage] = round(report.seconds.get(stage, 0.0) + time.perf_counter() - start, 3)
