"""How does a person bring their history, and take it with them? JSON Lines, one item a line (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aggregator.errors import AggregatorError, ParseError
from aggregator.models import Enclosure, Entry, Report
from aggregator.pipeline import beside, carried, values
from aggregator.pipeline.beside import Beside
from aggregator.pipeline.carried import Carried, Short, Told
from aggregator.store import feeds as feed_store
from aggregator.store import items as item_store
from aggregator.store import tombstones
from aggregator.store.connection import Store
from aggregator.store.naming import item_uid
from aggregator.text import jsonlines, urls
from aggregator.text.html import plain

BATCH = 500
"""Lines per transaction."""

BATCH_BYTES = 8 * 1024 * 1024
"""And bytes, but for one long line: what a transaction holds in memory."""

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes; a longer line is no item."""


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import did, filled in as it streams."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    pruned: int = 0
    """Items that were let go before, and stay away."""
    beside: int = 0
    """Lines about feeds, rulings, tombstones and what readers were told: all that a dump holds beside items."""
    bad: list[tuple[int, str]] = field(default_factory=list)
    """(line number from 1, what is wrong with it); good lines are kept whatever the others are."""
    report: Report = field(default_factory=Report)
    """What the later stages did with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line understood."""

    feed_url: str | None
    feed_name: str
    entry: Entry
    first_seen: datetime | None
    at: datetime | None = None
    """Its credible time, as it was settled where it was seen first."""
    changed: datetime | None = None
    known_as: tuple[str, ...] = ()
    """Later guids of it."""
    told: Told | None = None
    short: Short | None = None


def add_lines(
    store: Store, lines: Iterable[bytes], now: datetime, report: ImportReport, *, pruned: bool = False
) -> Iterator[int]:
    """Store the items of a JSON Lines file in the order given; yields lines read after each transaction.

    ``pruned``: also those that retention let go.
    """
    feeds: dict[tuple[str | None, str], tuple[int, str]] = {}
    elsewhere, others = Carried(store, now), Beside(store, now)
    for batch in _batches(lines):
        with store.transaction():
            for number, line in batch:
                if not line.strip():
                    continue
                try:
                    found = jsonlines.parsed(line, most=LINE_LIMIT, first=number == 1)
                    if beside.KIND in found:
                        others.take(found)
                        report.beside += 1
                        continue
                    record = understood(found)
                except ParseError as error:
                    report.read += 1
                    report.bad.append((number, str(error)))
                    continue
                report.read += 1
                uid = _add(store, record, now, feeds, report, pruned=pruned)
                elsewhere.take(uid, record.told, record.short)
        yield batch[-1][0]


def _batches(lines: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """Number the lines from 1 and bundle them; when reading breaks off, what was read comes first."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    try:
        for number, line in enumerate(lines, start=1):
            batch.append((number, line))
            size += len(line)
            if len(batch) == BATCH or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    except AggregatorError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _add(
    store: Store,
    record: Record,
    now: datetime,
    feeds: dict[tuple[str | None, str], tuple[int, str]],
    report: ImportReport,
    *,
    pruned: bool,
) -> str:
    key = (record.feed_url, record.feed_name)
    if key not in feeds:
        feed_id = feed_store.imported_feed(store, url=record.feed_url, name=record.feed_name, now=now)
        feeds[key] = (feed_id, feed_store.first_url(store, feed_id))
    feed_id, first_url = feeds[key]
    if pruned:
        tombstones.lift(store, feed_id, record.entry.guid)
    added = item_store.add_entries(
        store,
        feed_id=feed_id,
        feed_first_url=first_url,
        entries=[record.entry],
        now=min(record.first_seen or now, now),
        at=record.at,
    )
    report.new += added.new
    report.updated += added.updated
    report.unchanged += added.unchanged
    report.pruned += added.pruned
    uid = item_uid(first_url, record.entry.guid)
    if added.new and (record.changed or record.known_as):
        item_store.carry(store, uid, changed=record.changed, known_as=record.known_as)
    return uid


# --- Reading a line ----------------------------------------------------------------------------------


def understood(record: Mapping[str, Any]) -> Record:
    """Understand one line. Raises ``ParseError`` that says what it lacks.

    Needed: a title or a text, an id or a link, a feed or a source. Unknown keys are ignored. ``dump`` writes
    ``first_seen``, ``at``, ``changed``, ``source_url``, ``enclosures``, ``known_as``, ``abstract`` and ``told`` besides
    the contract's keys, so that a round trip loses nothing.
    """
    # What `dump` wrote is plain text already: reading "AT&amp;T" or "<b>" in it once more would change it.
    dumped = "first_seen" in record
    plainly = _folded if dumped else plain
    feed_url, feed_name = values.text(record, "feed"), plainly(values.text(record, "source"))
    if not feed_url and not feed_name:
        raise ParseError('neither "feed" nor "source": whose item is it?')
    guid, link = values.text(record, "id"), values.text(record, "url")
    title = plainly(values.text(record, "title"))
    summary, content = values.text(record, "summary_html"), values.text(record, "content_html")
    if not (title or summary.strip() or content.strip()):
        raise ParseError('neither "title" nor text ("summary_html", "content_html")')
    if not guid and not link:
        raise ParseError('neither "id" nor "url": it could not be told from other items')
    entry = Entry(
        guid=guid or link,
        url=urls.absolute(link),
        title=title,
        author=plainly(values.text(record, "author")) or None,
        summary_html=summary,
        content_html=content,
        published=values.moment(record, "published"),
        updated=values.moment(record, "updated"),
        language=values.text(record, "lang") or None,
        tags=values.strings(record, "tags"),
        source_url=urls.absolute(values.text(record, "source_url")),
        enclosures=_enclosures(record),
    )
    return Record(
        feed_url=feed_url or None,
        feed_name=feed_name,
        entry=entry,
        first_seen=values.moment(record, "first_seen"),
        at=values.moment(record, "at") if dumped else None,
        changed=values.moment(record, "changed") if dumped else None,
        known_as=values.strings(record, "known_as") if dumped else (),
        told=carried.read(record.get("told")),
        short=carried.read_abstract(record.get("abstract")) if dumped else None,
    )


def _enclosures(record: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    """Understand the key ``enclosures``; what is no use in it is left out."""
    from aggregator.poll import media

    found = record.get("enclosures")
    return media.enclosures(
        (
            media.Medium(
                address=values.sound(str(each.get("url") or "")),
                kind=str(each.get("type") or ""),
                size=each.get("length"),
            )
            for each in (found if isinstance(found, list) else ())
            if isinstance(each, Mapping)
        ),
        None,
    )


def _folded(text: str) -> str:
    return " ".join(text.split())
