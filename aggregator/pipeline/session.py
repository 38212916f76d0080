"""Who may change the store now? One run at a time: the lock first, then the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aggregator.home import Home
from aggregator.models import Report
from aggregator.store.connection import Store, open_store

Progress = Callable[[str, int, int], None]
"""Told about the course of a stage: its name, how many are done, how many there are."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Say nothing."""


@contextmanager
def writing(home: Home) -> Iterator[Store]:
    """Hold the home's lock and its open store. Raises ``StoreBusy`` when another run has either."""
    with home.lock(), open_store(home.database) as store:
        yield store


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
