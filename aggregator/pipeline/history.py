"""How does a person bring their history, and take it with them? JSON Lines, one item a line (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import AggregatorError, ParseError
from aggregator.models import Entry, Report
from aggregator.pipeline import carried
from aggregator.pipeline.carried import Carried, Told
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
    told: Told | None = None


def add_lines(
    store: Store, lines: Iterable[bytes], now: datetime, report: ImportReport, *, pruned: bool = False
) -> Iterator[int]:
    """Store the items of a JSON Lines file in the order given; yields lines read after each transaction.

    ``pruned``: also those that retention let go.
    """
    feeds: dict[tuple[str | None, str], tuple[int, str]] = {}
    elsewhere = Carried(store, now)
    for batch in _batches(lines):
        with store.transaction():
            for number, line in batch:
                if not line.strip():
                    continue
                report.read += 1
                try:
                    record = parse_line(line, first=number == 1)
                except ParseError as error:
                    report.bad.append((number, str(error)))
                    continue
                uid = _add(store, record, now, feeds, report, pruned=pruned)
                elsewhere.take(uid, record.told)
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
    )
    report.new += added.new
    report.updated += added.updated
    report.unchanged += added.unchanged
    report.pruned += added.pruned
    return item_uid(first_url, record.entry.guid)


# --- Reading a line ----------------------------------------------------------------------------------


def parse_line(line: bytes, *, first: bool = False) -> Record:
    """Understand one line. Raises ``ParseError`` that says what it lacks.

    Needed: a title or a text, an id or a link, a feed or a source. Unknown keys are ignored. ``dump`` writes
    ``first_seen``, ``source_url`` and ``told`` besides the contract's keys, so that a round trip loses nothing.
    """
    return _record(jsonlines.parsed(line, most=LINE_LIMIT, first=first))


def _record(values: Mapping[str, Any]) -> Record:
    # What `dump` wrote is plain text already: reading "AT&amp;T" or "<b>" in it once more would change it.
    plainly = _folded if "first_seen" in values else plain
    feed_url, feed_name = _text(values, "feed"), plainly(_text(values, "source"))
    if not feed_url and not feed_name:
        raise ParseError('neither "feed" nor "source": whose item is it?')
    guid, link = _text(values, "id"), _text(values, "url")
    title = plainly(_text(values, "title"))
    summary, content = _text(values, "summary_html"), _text(values, "content_html")
    if not (title or summary.strip() or content.strip()):
        raise ParseError('neither "title" nor text ("summary_html", "content_html")')
    if not guid and not link:
        raise ParseError('neither "id" nor "url": it could not be told from other items')
    entry = Entry(
        guid=guid or link,
        url=urls.absolute(link),
        title=title,
        author=plainly(_text(values, "author")) or None,
        summary_html=summary,
        content_html=content,
        published=_time(values, "published"),
        updated=_time(values, "updated"),
        language=_text(values, "lang") or None,
        tags=_strings(values, "tags"),
        source_url=urls.absolute(_text(values, "source_url")),
    )
    return Record(
        feed_url=feed_url or None,
        feed_name=feed_name,
        entry=entry,
        first_seen=_time(values, "first_seen"),
        told=carried.read(values.get("told")),
    )


def _folded(text: str) -> str:
    return " ".join(text.split())


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ParseError(f'"{key}" is not text')
    # A lone surrogate is half a character: no database or document can hold it.
    return str(value).encode("utf-8", "replace").decode().replace("\0", "")


def _strings(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = values.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ParseError(f'"{key}" is not a list of texts')
    return tuple(each.encode("utf-8", "replace").decode() for each in value)


def _time(values: Mapping[str, Any], key: str) -> datetime | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    moment = _number_time(value, key) if isinstance(value, (int, float)) else _text_time(value, key)
    return moment.astimezone(UTC).replace(microsecond=0)


def _number_time(value: float, key: str) -> datetime:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ParseError(f'"{key}": {value} is no Unix time') from error


def _text_time(value: object, key: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value).strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ParseError(f'"{key}": {str(value)[:40]!r} is not an ISO 8601 time') from error
    return moment
