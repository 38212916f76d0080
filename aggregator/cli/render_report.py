"""What did a run do, in words?"""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.cli import times
from aggregator.cli.safe import safe
from aggregator.models import Report


def summary(report: Report) -> str:
    """One line: what came in, what became of it, what was written."""
    feeds, items, stories = report.feeds, report.items, report.stories
    parts = []
    if "poll" in report.seconds or feeds["due"] or feeds["skipped"]:
        polled = f"{counted(feeds['due'], 'feed')} polled"
        unchanged = feeds["not_modified"] + feeds["unchanged"]
        aside = [
            f"{number} {what}"
            for number, what in (
                (unchanged, "unchanged"),
                (feeds["failed"], "failed"),
                (feeds["skipped"], "not due"),
            )
            if number
        ]
        parts.append(polled + (f" ({', '.join(aside)})" if aside else ""))
        updated = f", {items['updated']} updated" if items["updated"] else ""
        parts.append(f"{counted(items['new'], 'new item')}{updated}")
    if "dedup" in report.seconds or stories["new"] or stories["changed"]:
        changed = f", {stories['changed']} changed" if stories["changed"] else ""
        parts.append(f"{counted(stories['new'], 'new story', 'new stories')}{changed}")
    if report.files:
        parts.append(f"wrote {', '.join(report.files)}")
    elif "export" in report.seconds:
        parts.append("files unchanged")
    return "; ".join(parts) or "nothing to do"


def failures(report: Report) -> Iterator[str]:
    """One line per failed feed: what, why, when again."""
    for failure in report.failures:
        again = f", next try {times.iso(failure.next_poll_at)}" if failure.next_poll_at else ""
        yield safe(f"{failure.feed}: {failure.message}{again}")


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 feed``, ``2 feeds``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
