"""The pipeline: poll → dedup → summarise → export. The only package that knows stages *and* store.

As one line of shell, each command safe to repeat and to kill::

    aggregator poll && aggregator dedup && aggregator summarise && aggregator export

Every function here takes a home, its settings and the time it is, holds the home's lock while it works
(``StoreBusy`` when another run has it), and imports what is heavy only when there is work for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Report
from aggregator.pipeline import export as export_stage
from aggregator.pipeline.session import Progress, no_progress, reading, timed, writing
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.models import Ruling
    from aggregator.pipeline.checkup.finding import Finding
    from aggregator.pipeline.curate import Joined, PairExplained
    from aggregator.pipeline.evaluation import Evaluation
    from aggregator.pipeline.figures import Stats
    from aggregator.pipeline.history import ImportReport
    from aggregator.pipeline.model_trial import ModelTrial
    from aggregator.pipeline.retention import PruneReport
    from aggregator.pipeline.safekeeping import Restored, Saved, Vacuumed
    from aggregator.pipeline.trial import Trial
    from aggregator.store.lookup import Found

__all__ = [
    "Progress",
    "backup",
    "dedup",
    "dump",
    "evaluate",
    "examine",
    "explain",
    "export",
    "import_items",
    "join",
    "poll",
    "prune",
    "restore",
    "run",
    "split",
    "stats",
    "summarise",
    "try_dedup",
    "try_model",
    "vacuum",
    "withdraw",
]


def run(
    home: Home, config: Config, now: datetime, *, force: bool = False, progress: Progress | None = None
) -> Report:
    """Do all four stages: the cron line. ``force`` polls feeds that are not due yet."""
    from aggregator.pipeline import poll_stage
    from aggregator.store import meta

    report, tell = Report(), progress or no_progress
    with writing(home) as store:
        with timed(report, "poll"):
            poll_stage.poll(store, home, config, now, report, force=force, progress=tell)
        _after_poll(store, home, config, now, report, tell, pruning=True)
        with store.transaction():
            meta.record_run(store, json.dumps(report.as_json()), now)
    return report


def _after_poll(
    store: Store,
    home: Home,
    config: Config,
    now: datetime,
    report: Report,
    progress: Progress,
    *,
    pruning: bool = False,
) -> None:
    with timed(report, "dedup"):
        _dedup(store, config, now, report, rebuild=False, progress=progress)
    if pruning and config.store.keep_days:
        from aggregator.pipeline import retention

        if retention.is_due(store, config, now):
            with timed(report, "prune"):
                retention.prune_daily(store, config, now, report)
    with timed(report, "summarise"):
        _summarise(store, config, now, report, progress)
    with timed(report, "export"):
        export_stage.export(store, home, config, now, report, progress)


def _dedup(
    store: Store, config: Config, now: datetime, report: Report, *, rebuild: bool, progress: Progress
) -> None:
    from aggregator.pipeline import backlog

    if rebuild or backlog.is_due(store, config):
        from aggregator.pipeline import dedup_stage  # most runs find nothing new and do without

        dedup_stage.dedup(store, config, now, report, rebuild=rebuild, progress=progress)


def _summarise(store: Store, config: Config, now: datetime, report: Report, progress: Progress) -> None:
    from aggregator.pipeline import backlog

    if backlog.abstracts_are_due(store, config):
        from aggregator.pipeline import summarise_stage

        summarise_stage.summarise(store, config, progress)
    if config.machine.model:
        from aggregator.pipeline import machine

        machine.machine(store, config, now, report, progress)


# --- What the command line asks for ----------------------------------------------------------------


def poll(
    home: Home, config: Config, now: datetime, *, force: bool = False, progress: Progress | None = None
) -> Report:
    """Fetch the feeds that are due and store what is new."""
    from aggregator.pipeline import poll_stage

    report = Report()
    with writing(home) as store, timed(report, "poll"):
        poll_stage.poll(store, home, config, now, report, force=force, progress=progress or no_progress)
    return report


def dedup(
    home: Home, config: Config, now: datetime, *, rebuild: bool = False, progress: Progress | None = None
) -> Report:
    """Find the copies of each story among what is new; ``rebuild``: among everything, from scratch."""
    report = Report()
    with writing(home) as store, timed(report, "dedup"):
        _dedup(store, config, now, report, rebuild=rebuild, progress=progress or no_progress)
    return report


def try_dedup(
    home: Home,
    config: Config,
    now: datetime,
    *,
    assignments: Sequence[str] = (),
    since: datetime | None = None,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Trial:
    """Tell what dedup would change, by itself or under other thresholds; changes nothing and needs no lock."""
    from aggregator.pipeline import trial

    with reading(home) as store:
        return trial.trial(
            store,
            config,
            now,
            assignments=assignments,
            since=since,
            rebuild=rebuild,
            progress=progress or no_progress,
        )


def summarise(home: Home, config: Config, now: datetime, *, progress: Progress | None = None) -> Report:
    """Write the abstracts that are due; of stories about to be shown, by a model where the settings name one."""
    report, tell = Report(), progress or no_progress
    with writing(home) as store, timed(report, "summarise"):
        _summarise(store, config, now, report, tell)
    return report


def try_model(home: Home, config: Config, story: str) -> ModelTrial:
    """Ask the model about one story and judge what it says; changes nothing and needs no lock."""
    from aggregator.pipeline import model_trial

    with reading(home) as store:
        return model_trial.trial(store, config, story)


def export(home: Home, config: Config, now: datetime, *, progress: Progress | None = None) -> Report:
    """Write the merged feed and the page, where they changed."""
    report = Report()
    with writing(home) as store, timed(report, "export"):
        export_stage.export(store, home, config, now, report, progress or no_progress)
    return report


def import_items(
    home: Home,
    config: Config,
    now: datetime,
    lines: Iterable[bytes],
    *,
    pruned: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring history as JSON Lines: stored in the order given, then through the same stages as what is polled.

    Where the home has a list of feeds, its titles, languages and priorities hold for what is imported. ``pruned``:
    also what was pruned before.
    """
    from aggregator.pipeline import history, poll_stage

    report, tell = history.ImportReport(), progress or no_progress
    with writing(home) as store:
        if home.opml.exists():
            poll_stage.subscribe(store, home, now, report.report)
        with timed(report.report, "import"):
            for count in history.add_lines(store, lines, now, report, pruned=pruned):
                tell("import", count, 0)
        _after_poll(store, home, config, now, report.report, tell)
    return report


def prune(
    home: Home,
    config: Config,
    now: datetime,
    older_than: datetime | None = None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> PruneReport:
    """Take out stories of which nothing is younger; what is left is brought up to date first and exported after.

    ``dry_run`` only counts, on the store as it is. ``UsageError`` when neither the call nor the settings say how old.
    """
    from aggregator.pipeline import retention

    before = retention.limit_of(config, now, older_than)
    if dry_run:
        with reading(home) as store:
            return retention.foresee(store, config, now, before)
    report, tell = Report(), progress or no_progress
    with writing(home) as store:
        _dedup(store, config, now, report, rebuild=False, progress=tell)
        done = retention.prune(store, config, now, before, progress=tell)
        _after_poll(store, home, config, now, report, tell)
    return done


def backup(home: Home, target: Path, *, force: bool = False, progress: Progress | None = None) -> Saved:
    """Put the home into one file, looked through; needs no lock, a run may be at work."""
    from aggregator.pipeline import safekeeping

    return safekeeping.backup(home, target, force=force, progress=progress or no_progress)


def restore(
    home: Home, source: Path, now: datetime, *, force: bool = False, progress: Progress | None = None
) -> Restored:
    """Make the home what a backup says; what stood there is kept under other names."""
    from aggregator.pipeline import safekeeping

    return safekeeping.restore(home, source, now, force=force, progress=progress or no_progress)


def vacuum(home: Home) -> Vacuumed:
    """Give the room in the database that nothing needs back to the disk."""
    from aggregator.pipeline import safekeeping

    return safekeeping.vacuum(home)


def examine(home: Home, now: datetime, *, full: bool = False, network: bool = False) -> Iterator[Finding]:
    """Tell what is wrong with the home, what it means and what to do; changes nothing and needs no lock."""
    from aggregator.pipeline import checkup

    yield from checkup.checkup(home, now, full=full, network=network)


def explain(home: Home, config: Config, one: str, other: str | None = None) -> list[PairExplained]:
    """Say why two items are one story or are not, or why an item stands where it stands."""
    from aggregator.pipeline import curate

    with reading(home) as store:
        return curate.explain(store, config, one, other)


def evaluate(home: Home, config: Config, lines: Iterable[bytes], *, explain: bool = False) -> Evaluation:
    """Score the stories against labels (JSON Lines, ``dedup.labels``); ``explain`` the wrong ones."""
    from aggregator.pipeline import evaluation

    with reading(home) as store:
        return evaluation.evaluate(store, config, lines, explain=explain)


def join(home: Home, config: Config, now: datetime, one: str, other: str, *, undo: bool = False) -> Joined:
    """Make two items one story by a person's word, or take that word back; takes effect at once."""
    from aggregator.pipeline import curate

    with writing(home) as store:
        pair = curate.join(store, now, one, other, undo=undo)
        _after_poll(store, home, config, now, Report(), no_progress)
    return pair


def overruled_by(home: Home, one: str, other: str) -> int:
    """How many of a person's earlier words a join would take back."""
    from aggregator.pipeline import curate

    with reading(home) as store:
        return curate.overruled_by(store, one, other)


def said_of(home: Home, one: str, other: str | None = None) -> list[Ruling]:
    """What :func:`withdraw` would take back."""
    from aggregator.pipeline import curate

    with reading(home) as store:
        return curate.said_of(store, one, other)


def split(home: Home, config: Config, now: datetime, item: str, *, undo: bool = False) -> Found:
    """Make an item a story of its own by a person's word, or take that word back; takes effect at once."""
    from aggregator.pipeline import curate

    with writing(home) as store:
        found = curate.split(store, now, item, undo=undo)
        _after_poll(store, home, config, now, Report(), no_progress)
    return found


def stats(home: Home, config: Config, *, since: datetime | None, until: datetime | None) -> Stats:
    """Say of every feed how much of what it brings is its own, of the stories founded in that time."""
    from aggregator.pipeline import figures  # with dedup, which a run that finds nothing new does not need

    with reading(home) as store:
        return figures.stats(store, since=since, until=until, window=timedelta(days=config.dedup.window_days))


def withdraw(home: Home, config: Config, now: datetime, one: str, other: str | None = None) -> list[Ruling]:
    """Take back what a person said of an item, or of two; takes effect at once."""
    from aggregator.pipeline import curate

    with writing(home) as store:
        freed = curate.withdraw(store, now, one, other)
        _after_poll(store, home, config, now, Report(), no_progress)
    return freed


def dump(home: Home, *, items_alone: bool = False) -> Iterator[dict[str, object]]:
    """Take history along, streamed: items in order of arrival with their stories (DESIGN §5), then all other facts."""
    from aggregator.store import dumping

    with reading(home) as store:
        yield from dumping.items(store) if items_alone else dumping.lines(store)
