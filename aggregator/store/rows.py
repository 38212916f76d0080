"""How do nouns become columns, and back?

Times are stored as ISO 8601 text with a fixed width (``2026-11-22T10:00:00Z``): it sorts, SQLite's own
date functions read it, and so does a person. Lists are JSON arrays.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from aggregator.models import Feed

if TYPE_CHECKING:
    from aggregator.models import Enclosure, Item

T = TypeVar("T")


def time_to_text(moment: datetime) -> str:
    """Write an aware time as fixed-width UTC text, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def optional_time_to_text(moment: datetime | None) -> str | None:
    """Write a time that may be missing."""
    return None if moment is None else time_to_text(moment)


def text_to_time(text: str) -> datetime:
    """Read what ``time_to_text`` wrote."""
    return datetime.fromisoformat(text)


def optional_text_to_time(text: str | None) -> datetime | None:
    """Read a time that may be missing."""
    return None if text is None else datetime.fromisoformat(text)


def strings_to_json(values: tuple[str, ...]) -> str:
    """Write a list of strings, readable in the database."""
    return json.dumps(values, ensure_ascii=False)


def json_to_strings(text: str) -> tuple[str, ...]:
    """Read a list of strings."""
    return _list(text)


def enclosures_to_json(values: tuple[Enclosure, ...]) -> str:
    """Write enclosures, readable in the database."""
    return (
        json.dumps([{"url": each.url, "type": each.type, "length": each.length} for each in values])
        if values
        else "[]"
    )


def json_to_enclosures(text: str) -> tuple[Enclosure, ...]:
    """Read enclosures."""
    if text == "[]":
        return ()
    from aggregator.models import Enclosure  # few items have any

    return tuple(Enclosure(**each) for each in json.loads(text))


def _list(text: str) -> tuple[Any, ...]:
    # Most lists are empty, and every run reads some for every feed.
    return () if text == "[]" else tuple(json.loads(text))


def required(value: T | None, what: str) -> T:
    """Unwrap what the schema or an earlier statement guarantees to be there."""
    if value is None:
        raise AssertionError(f"the store promises {what}")
    return value


def _optional_seconds(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def feed_from_row(row: sqlite3.Row) -> Feed:
    """Make a ``Feed`` of a whole row of ``feeds``."""
    # A row looks for a name among all of its columns, and there are forty: a dictionary finds it at once.
    said = dict(zip(row.keys(), row, strict=True))
    return Feed(
        id=said["id"],
        url=said["url"],
        first_url=said["first_url"],
        title=said["title"],
        site_url=said["site_url"],
        language=said["language"],
        folder=json_to_strings(said["folder"]),
        tags=json_to_strings(said["tags"]),
        priority=said["priority"],
        etag=said["etag"],
        last_modified=said["last_modified"],
        validators_url=said["validators_url"],
        body_hash=said["body_hash"],
        min_interval=_optional_seconds(said["min_interval_seconds"]),
        update_base=optional_text_to_time(said["update_base"]),
        skip_hours=_list(said["skip_hours"]),
        skip_days=_list(said["skip_days"]),
        rhythm=_optional_seconds(said["rhythm_seconds"]),
        hub=said["hub"],
        moving_to=said["moving_to"],
        moves_seen=said["moves_seen"],
        churn=said["churn"],
        polls=said["polls"],
        polls_not_modified=said["polls_not_modified"],
        body_bytes=said["body_bytes"],
        bytes_saved=said["bytes_saved"],
        next_poll_at=optional_text_to_time(said["next_poll_at"]),
        last_polled_at=optional_text_to_time(said["last_polled_at"]),
        last_ok_at=optional_text_to_time(said["last_ok_at"]),
        last_new_at=optional_text_to_time(said["last_new_at"]),
        failures=said["failures"],
        last_status=said["last_status"],
        last_error=said["last_error"],
        removed=said["removed_at"] is not None,
        gone=said["gone_at"] is not None,
    )


def item_from_row(row: sqlite3.Row) -> Item:
    """Make an ``Item`` of a whole row of ``items``."""
    from aggregator.models import Item  # every run reads rows of feeds, few read items

    return Item(
        id=row["id"],
        uid=row["uid"],
        feed_id=row["feed_id"],
        guid=row["guid"],
        url=row["url"],
        title=row["title"],
        author=row["author"],
        summary_html=row["summary_html"],
        content_html=row["content_html"],
        published=optional_text_to_time(row["published"]),
        updated=optional_text_to_time(row["updated"]),
        language=row["language"],
        tags=json_to_strings(row["tags"]),
        source_url=row["source_url"],
        first_seen=text_to_time(row["first_seen"]),
        at=text_to_time(row["at"]),
    )
