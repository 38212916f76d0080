"""What did a run do, in words?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from aggregator.cli import times
from aggregator.cli.safe import safe
from aggregator.models import Report

MANY_ALIKE = 6
"""As many feeds as can fail of one cause and still be named one by one on half a screen, whatever else failed."""
NAMES_THEM = "aggregator feeds list --failing names them"


def summary(report: Report) -> str:
    """One line: what came in, what became of it, what was written."""
    feeds, items, stories = report.feeds, report.items, report.stories
    parts = []
    if feeds["due"]:
        parts += [_polled(feeds), _changed(items, "new item", "updated")]
    elif "poll" in report.seconds:
        parts.append("no feed was due")
    if "dedup" in report.seconds or stories["new"] or stories["changed"]:
        parts.append(_changed(stories, "new story", "changed"))
    if "pruned" in items:
        parts.append(f"{counted(items['pruned'], 'old item')} pruned")
    if report.files:
        parts.append(f"wrote {', '.join(report.files)}")
    elif "export" in report.seconds:
        parts.append("files unchanged")
    return "; ".join(parts) or "nothing to do"


def _polled(feeds: Mapping[str, int]) -> str:
    unchanged = feeds["not_modified"] + feeds["unchanged"]
    numbers = ((unchanged, "unchanged"), (feeds["failed"], "failed"), (feeds["skipped"], "not due"))
    aside = ", ".join(f"{number:,} {what}" for number, what in numbers if number)
    return f"{counted(feeds['due'], 'feed')} polled" + (f" ({aside})" if aside else "")


def _changed(counts: Mapping[str, int], one: str, other: str) -> str:
    new = counted(counts["new"], one)
    return f"{new}, {counts[other]:,} {other}" if counts[other] else new


def failures(report: Report) -> Iterator[str]:
    """One line per failed feed: what, why, when again; one for all where many failed alike.

    Without a network a hundred feeds fail of one cause, and a hundred lines would bury it.
    """
    alike = Counter(failure.message for failure in report.failures)
    told: set[str] = set()
    for failure in report.failures:
        if alike[failure.message] < MANY_ALIKE:
            again = f", next try {times.iso(failure.next_poll_at)}" if failure.next_poll_at else ""
            yield safe(f"{failure.feed}: {failure.message}{again}")
        elif failure.message not in told:
            told.add(failure.message)
            yield safe(f"{counted(alike[failure.message], 'feed')}: {failure.message} ({NAMES_THEM})")


def counted(number: int, one: str) -> str:
    """``1 feed``, ``2 feeds``, ``3 stories``."""
    many = one.removesuffix("y") + "ies" if one.endswith("y") else one + "s"
    return f"{number:,} {one if number == 1 else many}"
