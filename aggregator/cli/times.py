"""Which moment does a person mean, and how is one told to them?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from aggregator.errors import UsageError

UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
WORDS = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

PRESENTS = range(1970, 3000)
"""Years it can be: from others, sums with a few years' wait or window would leave the calendar."""

LONG_IN_DAYS = 13
"""More days than these are told in weeks where there is little room."""

EXAMPLES = "write 6h, 2d, 90 minutes, yesterday, monday, 14:30, 2026-11-01 or 2026-11-01T10:00Z"


def moment(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Understand a point in the past as people write it, in UTC and whole seconds.

    ``6h``, ``2d``, ``1d12h``, ``3 weeks ago`` count back from ``now``; ``today``, ``yesterday`` and week days
    are the beginning of that day, ``14:30`` is the last time it was that late; ISO 8601 is taken as it
    stands, and a Unix number as well. Days and times without an offset are those of ``zone``, by default the
    machine's, because that is what ``list`` shows.

    Raises ``UsageError`` with examples when nothing fits.
    """
    wanted = " ".join(text.lower().split()).removesuffix(" ago")
    here = now.astimezone(zone)
    try:
        found = _named(wanted, here) or _counted(wanted, now) or _clock(wanted, here) or _iso(text, zone)
        if found is not None:
            return found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError) as far:
        raise UsageError(f"{text!r} is further away than a calendar reaches; {EXAMPLES}") from far
    raise UsageError(f"{text!r} is not a time; {EXAMPLES}")


def timestamp(text: str) -> datetime:
    """Understand a machine's timestamp: ISO 8601, where a naive one is UTC, or a Unix number."""
    try:
        found = _iso(text, UTC)
        if found is not None and found.year in PRESENTS:
            return found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        pass
    raise UsageError(f"{text!r} is not a time; write one such as 2026-11-22T12:00:00Z")


def _named(text: str, here: datetime) -> datetime | None:
    if text == "now":
        return here
    dawn = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if text in {"today", "yesterday"}:
        return dawn - timedelta(days=text == "yesterday")
    for number, day in enumerate(DAYS):
        if text in {day, day[:3]}:
            return dawn - timedelta(days=(here.weekday() - number) % 7)
    return None


def _counted(text: str, now: datetime) -> datetime | None:
    compact = text.replace(" ", "").replace(",", "").replace("and", "")
    spans = list(SPAN.finditer(compact))
    if not spans or "".join(span[0] for span in spans) != compact:
        return None
    total = timedelta()
    for span in spans:
        unit = UNITS.get(WORDS.get(span[2], span[2]))
        if unit is None:
            return None
        total += float(span[1]) * unit
    return now - total


def _clock(text: str, here: datetime) -> datetime | None:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    then = here.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return then if then <= here else then - timedelta(days=1)


def _iso(text: str, zone: tzinfo | None) -> datetime | None:
    text = text.strip()
    if re.fullmatch(r"\d{9,10}(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found
    return found.replace(tzinfo=zone) if zone is not None else found.astimezone()


# --- Telling -------------------------------------------------------------------------------------


def iso(moment: datetime | None) -> str | None:
    """As scripts want it: ``2026-11-22T10:00:00Z``."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def distance(then: datetime, now: datetime) -> str:
    """How long ago, or in how long: ``just now``, ``12 min ago``, ``3 h ago``, ``in 2 days``."""
    seconds = (now - then).total_seconds()
    span = _span(abs(seconds))
    if not span:
        return "just now"
    return f"{span} ago" if seconds > 0 else f"in {span}"


def short_span(then: datetime, now: datetime) -> str:
    """How long ago in at most seven cells: ``now``, ``12 min``, ``3 h``, ``9 days``, ``14 wk``, ``in 2 h``."""
    seconds = (now - then).total_seconds()
    days = round(abs(seconds) / 86400)
    span = f"{round(days / 7)} wk" if days > LONG_IN_DAYS else _span(abs(seconds)) or "now"
    return span if seconds >= 0 or span == "now" else f"in {span}"[:7].rstrip()


def lag(then: datetime, first: datetime) -> str:
    """How much later than the first: ``+12 min``, or ``−3 h`` for one that was earlier."""
    seconds = (then - first).total_seconds()
    span = _span(abs(seconds))
    if not span:
        return "±0"
    return f"+{span}" if seconds > 0 else f"−{span}"


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return ""
    if minutes < 60:
        return f"{minutes} min"
    hours = round(seconds / 3600)
    if hours < 48:
        return f"{hours} h"
    return f"{round(seconds / 86400)} days"


def day_name(day: datetime, now: datetime) -> str:
    """Name the day of a moment; both in the reader's zone."""
    apart = (now.date() - day.date()).days
    name = f"{DAYS[day.weekday()].capitalize()} {day.day} {MONTHS[day.month - 1]}"
    if day.year != now.year:
        name += f" {day.year}"
    return {0: "Today · ", 1: "Yesterday · "}.get(apart, "") + name


# Written out: strftime would follow the machine's locale, and the rest of the program speaks English.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
