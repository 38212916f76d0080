"""How do a document and what it says travel between two processes? As lines of JSON, each read by itself.

A question is a line about the document, then its bytes. An answer is a line for each entry, then one about the feed,
which alone makes it complete; or one with the reason why there is none. JSON and not pickles: who reads them must not
be made to run anything.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO, Any

from aggregator.models import Enclosure, Entry, FailureReason, Fetched, ParsedFeed
from aggregator.poll.unreadable import Unreadable


def write_question(file: IO[bytes], fetched: Fetched, *, feed_url: str) -> None:
    """Write a document down, to be read from its beginning."""
    said = {"url": fetched.url, "content_type": fetched.content_type, "feed_url": feed_url}
    file.write(json.dumps(said).encode("ascii") + b"\n")
    file.write(fetched.body)
    file.seek(0)


def read_question(file: IO[bytes]) -> tuple[Fetched, str]:
    """Give the document, and the address its feed was first subscribed under."""
    said = json.loads(file.readline())
    return Fetched(body=file.read(), url=said["url"], content_type=said["content_type"]), said["feed_url"]


def write_answer(file: IO[bytes], parsed: ParsedFeed) -> None:
    """Write down what a document says."""
    for entry in parsed.entries:
        _write(file, {"entry": asdict(entry)})
    said = {name: getattr(parsed, name) for name in ParsedFeed.__slots__ if name != "entries"}
    _write(file, {"feed": said})


def write_refusal(file: IO[bytes], reason: FailureReason, words: str) -> None:
    """Write down why a document says nothing."""
    _write(file, {"unreadable": [reason.value, words]})


def read_answer(file: IO[bytes]) -> ParsedFeed | Unreadable | None:
    """Give the answer; None where it breaks off, because the process that wrote it was stopped."""
    file.seek(0)
    entries: list[Entry] = []
    for line in file:
        if not line.endswith(b"\n"):
            return None
        said = json.loads(line)
        if "entry" in said:
            entries.append(_entry(said["entry"]))
        elif "feed" in said:
            return _feed(said["feed"], entries)
        else:
            reason, words = said["unreadable"]
            return Unreadable(FailureReason(reason), words)
    return None


def _write(file: IO[bytes], said: dict[str, object]) -> None:
    text = json.dumps(said, ensure_ascii=False, default=_plain)
    file.write(text.encode("utf-8", "surrogatepass") + b"\n")


def _plain(value: object) -> str | float:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _entry(said: dict[str, Any]) -> Entry:
    return Entry(
        **said
        | {
            "published": _moment(said["published"]),
            "updated": _moment(said["updated"]),
            "tags": tuple(said["tags"]),
            "enclosures": tuple(Enclosure(**each) for each in said["enclosures"]),
        }
    )


def _feed(said: dict[str, Any], entries: list[Entry]) -> ParsedFeed:
    period = said["min_interval"]
    return ParsedFeed(
        entries=tuple(entries),
        **said
        | {
            "min_interval": None if period is None else timedelta(seconds=period),
            "update_base": _moment(said["update_base"]),
            "skip_hours": tuple(said["skip_hours"]),
            "skip_days": tuple(said["skip_days"]),
            "warnings": tuple(said["warnings"]),
        },
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
