"""Is the home as a run needs it: directory, settings, list of feeds, lock, disk?"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aggregator import config, opml
from aggregator.errors import AggregatorError
from aggregator.home import Home
from aggregator.pipeline.checkup.finding import Finding, fine, note, problem, warning
from aggregator.text.urls import public_address

MB = 1_000_000

SCARCE_BYTES = 64 * MB
"""Free bytes below which the next run may not get through: its log alone grows to some megabytes."""

LONG_RUN = timedelta(hours=2)
"""A first run over a hundred feeds takes a minute, an import of a million items some hours."""

OPML_PROBLEMS_SHOWN = 5


def home(place: Home) -> Iterator[Finding]:
    """Whether there is a home, and whether it can be written to."""
    if not place.path.is_dir():
        yield problem(
            "home",
            f"{place.path} is no directory",
            advice=f"aggregator -C {place.path} init makes a home there; -C or $AGGREGATOR_HOME names another",
        )
    elif not os.access(place.path, os.W_OK | os.X_OK):
        yield problem(
            "home",
            f"{place.path} cannot be written to",
            meaning="no run can store or export anything",
            advice="mend its owner and permissions (chown, chmod), or run as the user it belongs to",
        )
    else:
        yield fine("home", str(place.path))


def settings(place: Home) -> Iterator[Finding]:
    """Whether the settings can be read, and whether one is still to be made."""
    try:
        read = config.load(place.config)
    except AggregatorError as wrong:
        yield problem("config", str(wrong), meaning="every command refuses to work", advice="mend that line")
        return
    if not place.config.exists():
        yield note("config", "there is no aggregator.toml: every default holds")
    else:
        yield fine("config", place.config.name)
    if read.export.base_url == config.ExportConfig().base_url:
        yield note(
            "config",
            f"[export] base_url is still {read.export.base_url}",
            meaning="the feeds name themselves by an address that only this machine knows",
            advice="say under which address public/ is served, if it is",
        )


def subscriptions(place: Home) -> Iterator[Finding]:
    """Whether the list of feeds can be read, and what in it cannot."""
    try:
        read = opml.read(place.opml)
    except AggregatorError as wrong:
        yield problem("feeds.opml", str(wrong), meaning="no feed is polled", advice="mend the file, or init")
        return
    for each in read.problems[:OPML_PROBLEMS_SHOWN]:
        yield warning(
            "feeds.opml", f"line {each.line}: {each.message}", advice="mend the line, or take it out"
        )
    if read.subscriptions:
        yield fine("feeds.opml", f"{len(read.subscriptions):,} feeds")
    else:
        yield problem("feeds.opml", "no feeds in it", advice="aggregator feeds add URL")


def keys(place: Home) -> Iterator[Finding]:
    """Whether others on this machine can read what opens a feed."""
    try:
        listed = opml.read(place.opml).subscriptions
    except AggregatorError:
        return  # told above
    locked = sum(1 for each in listed if public_address(each.url) != each.url)
    read_by_others = [
        path.name
        for path in (place.opml, place.database)
        if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    ]
    if locked and read_by_others:
        names = " and ".join(read_by_others)
        yield warning(
            "feeds.opml",
            f"{locked:,} of the addresses hold a password or a key, and other users of this machine may read {names}",
            advice=f"chmod 600 {' '.join(read_by_others)}",
        )


def lock(place: Home) -> Iterator[Finding]:
    """Who is at work, and since when by this machine's clock."""
    holder = place.holder()
    if holder is None:
        yield fine("lock", "free")
        return
    since = datetime.fromtimestamp(holder.since, UTC)
    who = f"process {holder.process}" if holder.process else "another process"
    what = f"{who} has been at work here since {since:%Y-%m-%d %H:%M:%S UTC}"
    if datetime.now(UTC) - since < LONG_RUN:
        yield note("lock", what, meaning="commands that write end with 75 until it is done")
    else:
        yield warning(
            "lock",
            what,
            meaning="commands that write end with 75 until it is done",
            advice=f"see what it does (ps -fp {holder.process or 'PID'}); ending it loses nothing that was recorded",
        )


def disk(place: Home) -> Iterator[Finding]:
    """Whether there is room to work, and for what needs the store's size twice."""
    try:
        free = shutil.disk_usage(place.path).free
    except OSError:
        return
    size = place.database.stat().st_size if place.database.exists() else 0
    what = f"{free / MB:,.0f} MB are free"
    if free < SCARCE_BYTES:
        yield problem(
            "disk",
            what,
            meaning="a run that meets a full disk keeps nothing of its last step",
            advice="make room; aggregator prune lets old stories go, aggregator vacuum needs room first",
        )
    elif free < 2 * size + SCARCE_BYTES:
        yield warning(
            "disk",
            f"{what}, the store takes {size / MB:,.0f} MB",
            meaning="there is no room for a vacuum, which needs twice the store's size, nor for many backups",
            advice="make room, or let old stories go: aggregator prune --older-than 180d --dry-run",
        )
    else:
        yield fine("disk", what)
