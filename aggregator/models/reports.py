"""What did one run do?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailure:
    """One feed that brought nothing in a run."""

    feed: str
    reason: str
    message: str
    status: int | None
    next_poll_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Report:
    """What one run did; the only mutable noun, filled in by each stage in turn (contract: DESIGN §5)."""

    feeds: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("due", "fetched", "not_modified", "unchanged", "failed", "skipped"), 0
        )
    )
    items: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "updated"), 0))
    stories: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed"), 0))
    files: list[str] = field(default_factory=list)
    """Names of the files written, relative to the home; an unchanged file is not written."""
    failures: list[FeedFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    machine: dict[str, int] = field(default_factory=dict)
    """Of a model that was to write abstracts: requests and tokens used; answers known, accepted, refused; stories
    for which it failed, or was left unasked. Empty where there was nothing to ask."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall seconds per stage."""

    def as_json(self) -> dict[str, object]:
        """Spell the report out for ``run --json`` and the store's log."""
        return {
            "feeds": self.feeds,
            "items": self.items,
            "stories": self.stories,
            "files": self.files,
            "failures": [
                {
                    "feed": each.feed,
                    "reason": each.reason,
                    "message": each.message,
                    "status": each.status,
                    "next_poll_at": each.next_poll_at.strftime("%Y-%m-%dT%H:%M:%SZ")
                    if each.next_poll_at
                    else None,
                }
                for each in self.failures
            ],
            "warnings": self.warnings,
            **({"machine": self.machine} if self.machine else {}),
            "seconds": self.seconds,
        }
