"""What is so old that it may go? Whole stories, a batch at a time, and never what a person or a reader holds on to.

A story goes when its newest item is older than the limit, and with it every story to which a match that makes stories
binds it: so what is left is computed from whole components, and no surviving story changes its id or its members, now
or at a rebuild. What stays whatever its age: items a person has ruled on, stories in the live documents, the item that
arrived last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.errors import UsageError
from aggregator.models import Report
from aggregator.pipeline.dedup_stage import collapsed, dedup, forget_fingerprint
from aggregator.pipeline.export import shown
from aggregator.pipeline.session import Progress, no_progress
from aggregator.store import index, meta, retention, stories, tombstones
from aggregator.store import items as item_store
from aggregator.store.connection import Store

BATCH = 100
"""Stories per transaction: a prune that is stopped loses less than a second of work."""

STORIES_PER_RUN = 2_000
"""What `run` lets go at most: some ten seconds. A store that gets a limit late is brought down to it over several
runs."""

TOMBSTONES_SWEPT = timedelta(days=30)
"""How often tombstones are looked through for those that can be forgotten; the only cost that follows their number."""


@dataclass(slots=True, kw_only=True)
class PruneReport:
    """What went, or would go."""

    before: datetime
    """Whatever is of that time or later stays."""
    stories: int = 0
    items: int = 0
    kept: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("ruled", "shown", "linked", "waiting"), 0)
    )
    """Old stories that stay: a person ruled on them, readers are shown them, they are bound to a story that stays,
    dedup has not been over them."""
    tombstones: int = 0
    """How many there are in the store afterwards."""
    finished: bool = True
    """False where there is more to do than was asked for."""

    def as_json(self) -> dict[str, object]:
        """Spell it out for scripts."""
        return {
            "before": self.before.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "stories": self.stories,
            "items": self.items,
            "kept": self.kept,
            "tombstones": self.tombstones,
        }


def limit_of(config: Config, now: datetime, older_than: datetime | None) -> datetime:
    """The time before which things go: what the person says now, else what they set.

    Raises ``UsageError`` when they said neither, or one inside the window in which dedup looks for copies.
    """
    if older_than is None and not config.store.keep_days:
        raise UsageError("how old? Say --older-than 180d, or set [store] keep_days in aggregator.toml")
    before = older_than or now - timedelta(days=config.store.keep_days)
    window = config.dedup.window_days + 1
    if before > now - timedelta(days=window):
        raise UsageError(
            f"what is younger than {window} days is still compared with what comes in ([dedup] window_days); "
            f"say --older-than {window}d or more"
        )
    return before


def is_due(store: Store, config: Config, now: datetime) -> bool:
    """Whether `run` shall prune: it does so once a day, where a limit is set."""
    return bool(config.store.keep_days) and meta.get(store, "pruned_on") != now.date().isoformat()


def prune_daily(store: Store, config: Config, now: datetime, report: Report) -> None:
    """Let go what is over the limit that is set, as part of a run."""
    days = max(config.store.keep_days, config.dedup.window_days + 1)
    done = prune(store, config, now, now - timedelta(days=days), most=STORIES_PER_RUN)
    if done.items:
        report.items["pruned"] = done.items
    if done.finished:
        with store.transaction():
            meta.put(store, "pruned_on", now.date().isoformat())


def prune(
    store: Store,
    config: Config,
    now: datetime,
    before: datetime,
    *,
    most: int | None = None,
    progress: Progress = no_progress,
) -> PruneReport:
    """Take out the stories from before then; ``most``: no more than about so many.

    Afterwards the neighbours of what went are clustered again, which moves no story, only what it links to.
    """
    report = PruneReport(before=before)
    for batch in _batches(_going(store, config, now, report), most):
        with store.transaction():
            _forget_fingerprints(store, batch)
            report.items += retention.remove(store, batch, now)
        report.stories += sum(len(group.stories) for group in batch)
        progress("prune", report.stories, 0)
    report.finished = most is None or report.stories < most
    if report.stories:
        dedup(store, config, now, Report(), rebuild=False, progress=no_progress)
    _sweep(store, now)
    report.tombstones = tombstones.count(store)
    return report


def foresee(store: Store, config: Config, now: datetime, before: datetime) -> PruneReport:
    """Tell what would go, and change nothing."""
    report = PruneReport(before=before)
    for group in _going(store, config, now, report):
        report.stories += len(group.stories)
        report.items += len(group.items)
    report.tombstones = tombstones.count(store)
    return report


def _going(store: Store, config: Config, now: datetime, report: PruneReport) -> Iterator[retention.Group]:
    """The groups that go, oldest first; what stays is counted in the report."""
    live = shown(store, config, now)
    relations = collapsed(config.dedup.collapse)
    seen: set[str] = set()
    for story in retention.old_stories(store, report.before):
        if story in seen:
            seen.discard(story)
            continue
        members = stories.component(store, retention.members(store, story), collapse=relations)
        group = retention.group_of(store, members)
        seen |= group.stories - {story}
        held = "shown" if group.stories & live else retention.held_by(store, group, report.before)
        if held is None:
            yield group
        elif held != "young":
            report.kept[held if held in report.kept else "linked"] += len(group.stories)
        elif len(group.stories) > 1:
            report.kept["linked"] += 1


def _batches(groups: Iterator[retention.Group], most: int | None) -> Iterator[list[retention.Group]]:
    batch: list[retention.Group] = []
    size = total = 0
    for group in groups:
        batch.append(group)
        size += len(group.stories)
        total += len(group.stories)
        full = most is not None and total >= most
        if size >= BATCH or full:
            yield batch
            batch, size = [], 0
        if full:
            return
    if batch:
        yield batch


def _forget_fingerprints(store: Store, batch: list[retention.Group]) -> None:
    ids = [each for group in batch for each in group.items]
    items = item_store.items_by_id(store, ids)
    for item_id, (_, data) in index.fingerprints(store, ids).items():
        forget_fingerprint(store, items[item_id], data)


def _sweep(store: Store, now: datetime) -> None:
    last = meta.get(store, "tombstones_swept")
    if last is not None and datetime.fromisoformat(last) > now - TOMBSTONES_SWEPT:
        return
    with store.transaction():
        tombstones.forget(store)
        meta.put(store, "tombstones_swept", now.isoformat())
