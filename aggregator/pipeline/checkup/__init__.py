"""What is wrong with this home, what does it mean, and what is to be done?

Looked at in the order in which one thing needs the other: the surroundings, the store, what runs did. What cannot be
looked at because something before it is broken is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from aggregator import config
from aggregator.errors import AggregatorError, StoreBusy
from aggregator.home import Home
from aggregator.pipeline.checkup import doings, stored, surroundings
from aggregator.pipeline.checkup.finding import Finding, Severity, note, problem
from aggregator.store.connection import SCHEMA_VERSION, Store, is_empty
from aggregator.store.reading import open_reading
from aggregator.store.soundness import version

__all__ = ["Finding", "Severity", "checkup"]


def checkup(home: Home, now: datetime, *, full: bool = False, network: bool = False) -> Iterator[Finding]:
    """Look at everything; writes nothing and needs no lock.

    ``full``: compare every index with its table, which reads the whole store. ``network``: fetch one feed.
    """
    yield from surroundings.home(home)
    if not home.path.is_dir():
        return
    looks = (
        surroundings.settings,
        surroundings.subscriptions,
        surroundings.keys,
        surroundings.lock,
        surroundings.disk,
    )
    for look in looks:
        yield from look(home)
    if not home.database.exists():
        yield note("store", "there is none yet", advice="aggregator run makes it")
        return
    if is_empty(home.database):
        yield stored.emptied(home)
        return
    try:
        with open_reading(home.database, older=True) as store:
            yield from _of_the_store(store, home, now, full=full, network=network)
    except StoreBusy as busy:
        yield problem("store", str(busy), advice="find out which program that is: fuser, lsof")
    except AggregatorError as broken:
        yield problem("store", str(broken), advice=stored.WAY_BACK)


def _of_the_store(store: Store, home: Home, now: datetime, *, full: bool, network: bool) -> Iterator[Finding]:
    findings = list(stored.sound(store, full=full))
    yield from findings
    if any(each.severity is Severity.PROBLEM for each in findings):
        return
    yield from stored.schema(store)
    if version(store) < SCHEMA_VERSION:
        return
    yield from stored.size(store)
    yield from stored.clock(store, now)
    yield from stored.queues(store, home)
    yield from doings.runs(store, now)
    yield from doings.feeds(store)
    try:
        settings = config.load(home.config)
    except AggregatorError:
        return  # told above
    yield from doings.files(store, home, settings, now)
    if network:
        yield from doings.network(store, settings)
