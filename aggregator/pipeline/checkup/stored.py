"""Is the store sound, how large is it, is its clock ours, and what is still to do?"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta

from aggregator.home import Home
from aggregator.pipeline.checkup.finding import Finding, fine, note, problem, warning
from aggregator.pipeline.session import trace_of_more
from aggregator.store import soundness
from aggregator.store.connection import SCHEMA_VERSION, Store

MB = 1_000_000

LEEWAY = timedelta(minutes=5)
"""Clocks of one machine do not go backwards further than this by being set right."""

ENOUGH_TO_SCALE = 1_000
"""Items from which on the size of a store tells that of a larger one."""

MUCH_UNUSED = 0.4
"""Of the database's pages: what `prune` frees is used again, so less is nothing to act on."""

WAY_BACK = (
    "aggregator restore FILE --force brings a backup back and keeps this store aside; without a backup, "
    "aggregator dump --all may still read most of it"
)


def emptied(home: Home) -> Finding:
    """What it means that the store's file has no byte in it."""
    trace = trace_of_more(home)
    if not trace:
        return note(
            "store", "there is none yet, only its empty file", advice="aggregator run makes one of it"
        )
    return problem(
        "store",
        f"{home.database}: empty, but {trace}",
        meaning="all that was stored is gone from it; nothing is polled or published until you say how to go on",
        advice="aggregator restore FILE --force brings a backup back; without one, look what emptied the file (the "
        "disk, a copy that broke off), remove it and run again: what feeds still list comes back under the same ids",
    )


def sound(store: Store, *, full: bool) -> Iterator[Finding]:
    """Whether SQLite finds the database whole."""
    faults = soundness.faults(store, full=full) or (_unreadable_prints(store) if full else [])
    how = "every page, index and reference" if full else "quickly; --full looks at indexes and references too"
    if not faults:
        yield fine("store", f"looked through ({how})")
        return
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    yield problem(
        "store",
        f"damaged: {faults[0]}{more}",
        meaning="items may be lost or wrong; the disk or what wrote to the file is at fault",
        advice=WAY_BACK,
    )


def _unreadable_prints(store: Store) -> list[str]:
    """Fingerprints that are none: only dedup knows their form. Those of another version are made anew anyway."""
    from aggregator.dedup import packing

    found = []
    for item, data in soundness.prints(store):
        try:
            packing.decode(data)
        except (UnicodeDecodeError, struct.error, IndexError):
            found.append(f"the fingerprint of item {item} cannot be read")
        except ValueError:
            continue
    return found[: soundness.FAULTS_TOLD]


def schema(store: Store) -> Iterator[Finding]:
    """Whether the store is of this version."""
    version = soundness.version(store)
    if version < SCHEMA_VERSION:
        yield note(
            "store",
            f"written by an older version (schema {version}, this one writes {SCHEMA_VERSION})",
            meaning="reading commands wait for it to be brought up to date",
            advice="aggregator backup FILE first, then aggregator run",
        )


def size(store: Store) -> Iterator[Finding]:
    """How large the store is, and how much of that nothing needs."""
    found = soundness.size(store)
    per = ""
    if found.items >= ENOUGH_TO_SCALE:
        per = f", {found.used / found.items * 100_000 / MB:,.0f} MB per 100,000 items"
    gone = f", {found.tombstones:,} pruned" if found.tombstones else ""
    what = f"{found.used / MB:,.1f} MB, {found.items:,} items in {found.stories:,} stories{gone}{per}"
    if found.unused > MUCH_UNUSED * (found.used + found.unused):
        yield note(
            "size",
            f"{what}; {found.unused / MB:,.1f} MB more are unused",
            meaning="what comes in uses them first",
            advice="aggregator vacuum gives them back to the disk",
        )
    else:
        yield fine("size", what)


def clock(store: Store, now: datetime) -> Iterator[Finding]:
    """Whether the time it is comes after all that is recorded."""
    last = soundness.last_written(store)
    if last is not None and last > now + LEEWAY:
        yield problem(
            "clock",
            f"it is {now:%Y-%m-%d %H:%M UTC}, and something is recorded at {last:%Y-%m-%d %H:%M UTC}",
            meaning="the clock went back, or ran ahead once; feeds are not due until that time, and new stories sort "
            "below what came then",
            advice="set the clock (date -u, timedatectl); once it is right, aggregator run --force polls anyway",
        )
    else:
        yield fine("clock", f"{now:%Y-%m-%d %H:%M UTC}")


def queues(store: Store, home: Home) -> Iterator[Finding]:
    """What a run left to the next."""
    found = soundness.queues(store)
    waiting = [f"{number:,} {what}" for what, number in found.items() if number]
    if not waiting:
        yield fine("queues", "nothing waits")
    elif home.holder() is not None:
        yield note("queues", f"{', '.join(waiting)} wait", meaning="a run is at work on them")
    else:
        yield warning(
            "queues",
            f"{', '.join(waiting)} wait",
            meaning="the last run was stopped, or only part of the pipeline was called",
            advice="aggregator run goes on where it was stopped",
        )
