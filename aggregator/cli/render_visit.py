"""How is told what one poll of a feed shows?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.cli import times
from aggregator.cli.render_report import counted
from aggregator.cli.safe import address, safe
from aggregator.models import Fetched, ParsedFeed

if TYPE_CHECKING:
    from aggregator.pipeline.visit import Visit

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def lines(visit: Visit, now: datetime) -> Iterator[str]:
    """Everything a poll shows, in plain words, one thing a line."""
    yield address(visit.feed.url)
    for said in _said(visit, now):
        yield safe(f"  {said}")


def _said(visit: Visit, now: datetime) -> Iterator[str]:
    if visit.fetched is not None:
        yield from _answer(visit.fetched, visit)
    if visit.failed is not None:
        yield f"no feed: {visit.failed.message}"
        return
    if visit.parsed is not None:
        yield from _document(visit.parsed, visit, now)
        yield from _coming_back(visit.parsed, visit, now)
        yield from (f"mended or skipped: {each}" for each in visit.parsed.warnings)


def _answer(fetched: Fetched, visit: Visit) -> Iterator[str]:
    kind = fetched.content_type or "no type given"
    packed = fetched.headers.get("content-encoding")
    packing = f", sent as {packed}" if packed else ", sent unpacked"
    yield f"answers with {fetched.size:,} bytes ({kind}{packing}) in {fetched.seconds:.1f} s"
    if fetched.url != visit.feed.url and fetched.url.startswith("http"):
        word = "has moved for good to" if fetched.moved_permanently else "leads on, for now, to"
        yield f"{word} {address(fetched.url)}"
    if visit.parsed is None:
        return
    given = [name for name, value in _validators(fetched) if value]
    if not given:
        yield "gives no validators: every poll fetches it whole"
    else:
        kept = "and keeps its word" if visit.answers_304 else "but sends it whole all the same"
        yield f"gives {' and '.join(given)} {kept} when asked again"


def _validators(fetched: Fetched) -> tuple[tuple[str, str | None], ...]:
    return ("an ETag", fetched.etag), ("Last-Modified", fetched.last_modified)


def _document(parsed: ParsedFeed, visit: Visit, now: datetime) -> Iterator[str]:
    about = ", ".join(each for each in (parsed.language, parsed.site_url) if each)
    yield f"“{parsed.title or 'without a title'}”" + (f" ({about})" if about else "")
    age = f", the newest from {times.distance(visit.newest, now)}" if visit.newest else ", none with a date"
    yield f"{counted(len(parsed.entries), 'entry').replace('entrys', 'entries')}{age if parsed.entries else ''}"
    if visit.pace is not None:
        yield f"something new every {span(visit.pace)}"
    if parsed.malformed:
        yield f"malformed: {parsed.malformed}; such a document adds entries and revises none"
    if not parsed.complete:
        yield "cut short: its end is missing"
    if parsed.older_url:
        yield f"has older pages, which the first poll follows: {parsed.older_url}"
    if parsed.hub:
        yield f"would announce news at a WebSub hub, which needs a public address to subscribe: {parsed.hub}"


def _coming_back(parsed: ParsedFeed, visit: Visit, now: datetime) -> Iterator[str]:
    if visit.fresh:
        yield f"its server says it is fresh for {span(visit.fresh)}"
    if parsed.min_interval:
        yield f"asks to be read every {span(parsed.min_interval)} at most"
    if parsed.skip_hours:
        yield f"asks to be left alone at {', '.join(f'{hour}:00' for hour in parsed.skip_hours)} UTC"
    if parsed.skip_days:
        yield f"asks to be left alone on {', '.join(DAYS[day] for day in parsed.skip_days)}"
    if visit.next_poll_at:
        yield f"a run would come again {times.distance(visit.next_poll_at, now)}"


def span(length: timedelta) -> str:
    """A length of time: ``12 min``, ``3 h``, ``5 days``."""
    seconds = length.total_seconds()
    if seconds < 120 * 60:
        return f"{max(1, round(seconds / 60))} min"
    return f"{round(seconds / 3600)} h" if seconds < 48 * 3600 else f"{round(seconds / 86400)} days"


def as_json(visit: Visit) -> Mapping[str, object]:
    """The same for scripts."""
    fetched, parsed, failed = visit.fetched, visit.parsed, visit.failed
    return {
        "url": address(visit.feed.url),
        "ok": parsed is not None,
        "error": None if failed is None else {"class": failed.reason.value, "message": failed.message},
        "final_url": address(fetched.url) if fetched else None,
        "moved_permanently": fetched.moved_permanently if fetched else None,
        "bytes": fetched.size if fetched else None,
        "etag": fetched.etag if fetched else None,
        "last_modified": fetched.last_modified if fetched else None,
        "answers_304": visit.answers_304,
        "title": parsed.title if parsed else None,
        "entries": len(parsed.entries) if parsed else None,
        "newest": times.iso(visit.newest),
        "rhythm_seconds": round(visit.pace.total_seconds()) if visit.pace else None,
        "malformed": parsed.malformed if parsed else None,
        "hub": parsed.hub if parsed else None,
        "older_url": parsed.older_url if parsed else None,
        "warnings": list(parsed.warnings) if parsed else [],
        "next_poll": times.iso(visit.next_poll_at),
    }
