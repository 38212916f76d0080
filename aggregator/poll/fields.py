"""What is a single field of a feed worth: a date, a language, a list of tags?

What both readers (feedparser's results and JSON Feed) need to judge the same way.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator.text.html import plain

EARLIEST, LATEST = 1990, 2100
"""Years in which news can be dated: before the web and long after us stand defaults and typing errors."""
MAX_TAGS = 50
MAX_TAG = 100
"""Characters; longer ones are sentences or lists pasted into one field."""
MAX_AUTHOR = 200
MOST_OF_AUTHOR = 2 * MAX_AUTHOR
"""Characters of an author that are looked at: a name, and an e-mail address that is not shown."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_EMAIL = re.compile(r"[^\s<>()@]{1,64}@[^\s<>()@]{1,255}\.[^\s<>()@]{1,63}")
_ADDRESS_ONLY = re.compile(r"\S[^\s@]*+@\S++")
_UNIX_SECONDS = re.compile(r"1\d{9}")
_UNIX_MILLISECONDS = re.compile(r"1\d{12}")


def date(raw: object, parsed: object = None) -> datetime | None:
    """Read a date; None rather than one that the text does not say.

    ``parsed`` is feedparser's reading (a UTC time tuple), believed only when it agrees with the text: lenient
    parsers make a date of anything. A time without zone is UTC.
    """
    text = str(raw or "").strip()
    for found in (_from_tuple(parsed), _from_text(text)):
        if found is not None and EARLIEST <= found.year <= LATEST and _agrees(found, text):
            return found
    return None


def _agrees(found: datetime, text: str) -> bool:
    """Whether the year, or the day where it is written the ISO way, stands in the text.

    A zone can carry an evening into the next day, and the last one of a year into the next year.
    """
    iso = _ISO_DAY.match(text)
    if iso is not None:
        try:
            day = datetime.fromisoformat(iso.group()).replace(tzinfo=UTC)
        except ValueError:
            return False
        return abs(found - day) <= timedelta(days=2)
    years = [int(year) for year in _YEAR.findall(text)]
    return not years or any(abs(found.year - year) <= 1 for year in years)


def _from_tuple(parsed: object) -> datetime | None:
    if not isinstance(parsed, tuple) or len(parsed) < 6:
        return None
    year, month, day, hour, minute, second = (int(part) for part in tuple(parsed)[:6])
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _from_text(text: str) -> datetime | None:
    if len(text) > 64:
        return None
    try:
        if _UNIX_SECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text), UTC)
        if _UNIX_MILLISECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text) // 1000, UTC)
        return _utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError, OSError):
        pass
    try:
        return _utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def language(raw: object) -> str | None:
    """Give a language tag as written, if it has the form of one (RFC 5646, loosely)."""
    text = str(raw or "").strip()
    return text if _LANGUAGE.fullmatch(text) else None


def tags(raw: Iterable[object]) -> tuple[str, ...]:
    """Plain, distinct tags in their order."""
    found = dict.fromkeys(plain(each)[:MAX_TAG].rstrip() for each in raw if isinstance(each, str))
    found.pop("", None)
    return tuple(found)[:MAX_TAGS]


def author(names: Iterable[object]) -> str | None:
    """Names joined by commas; an e-mail address is no byline."""
    texts = (plain(each) for each in names if isinstance(each, str))
    found = dict.fromkeys(_name(text) for text in texts if not _ADDRESS_ONLY.fullmatch(text))
    return ", ".join(name for name in found if name)[:MAX_AUTHOR].strip() or None


def _name(text: str) -> str:
    """Leave out the address that RSS 2.0 wants in front of a name in brackets, and mail programs write behind one."""
    name, addresses = _EMAIL.subn("", text[:MOST_OF_AUTHOR])
    if not addresses:
        return name
    name = name.replace("()", "").replace("<>", "").strip(" ,;")
    return name[1:].replace(")", "", 1).strip() if name.startswith("(") else name


def html_of_text(text: str) -> str:
    """Give plain text the form of HTML: escaped, a paragraph where a blank line stood."""
    parts = re.split(r"\n\s*\n", text.strip())
    return "\n".join(f"<p>{html.escape(part, quote=False)}</p>" for part in parts if part.strip())
