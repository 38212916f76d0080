"""Stage 4 with the store: what are readers told now, and which files must change?

First the wording: a story's title, link and abstract are recorded as published, and its time of update moves only
when one of them does. Then each output's documents, from what is recorded; an output of which nothing changed is
neither read nor rendered. Its rooms: ``wording`` (what readers are told), ``outputs`` (which merged feeds there are),
``state`` (what an output depends on), ``documents`` (what stands in its directory), ``archive`` (its history behind
them), ``siblings`` (what its page links to), ``writing`` (which files change), ``announcing`` (what the hub is told).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Report
from aggregator.pipeline.session import Progress
from aggregator.store import feeds as feed_store
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.pipeline.export.outputs import Output


def export(
    store: Store, home: Home, config: Config, now: datetime, report: Report, progress: Progress
) -> None:
    """Publish new wordings, write the documents that changed, and tell the hub of them."""
    from aggregator.pipeline.export.announcing import announce
    from aggregator.pipeline.export.outputs import outputs

    wanted = outputs(config)
    _write_documents(store, home, config, wanted, now, report, progress)
    announce(store, home, config, wanted, report)


def _write_documents(
    store: Store,
    home: Home,
    config: Config,
    wanted: Sequence[Output],
    now: datetime,
    report: Report,
    progress: Progress,
) -> None:
    from aggregator.pipeline.export.state import State
    from aggregator.pipeline.export.wording import publish

    publish(store, now)
    feeds = feed_store.feeds_by_id(store)
    state = State(store, home, feeds.values(), wanted, now)
    report.warnings.extend(state.forget_others(wanted))
    due = [output for output in wanted if not state.stands(output)]
    if not due:
        return
    from aggregator.pipeline.export import archive
    from aggregator.pipeline.export.documents import Around, documents, live
    from aggregator.pipeline.export.writing import Writer
    from aggregator.pipeline.overview import overview

    window = timedelta(days=config.dedup.window_days)
    around = Around(feeds=feeds, outputs=wanted, overview=cache(lambda: overview(store, now, window=window)))
    done, total = count(1), sum(len(output.formats) for output in due)
    for output in due:
        writer = Writer(home, output)
        held = live(store, output, feeds, now)
        archive.tell(store, output, feeds, held.stories)
        places = archive.places(store, home, output, held, now, writer.write)
        for name, render in documents(output, held, around, places).items():
            writer.write(name, render())
            progress("export", next(done), total)
        report.files.extend(writer.written)
        state.record(output)


def shown(store: Store, config: Config, now: datetime) -> set[str]:
    """Ids of the stories that stand in the documents of any output, or may."""
    from aggregator.pipeline.export import documents
    from aggregator.pipeline.export.outputs import outputs

    feeds = feed_store.feeds_by_id(store)
    return {story for output in outputs(config) for story in documents.shown(store, output, feeds, now)}
