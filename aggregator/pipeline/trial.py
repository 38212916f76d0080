"""What would dedup change, if it ran now or under other thresholds? Nothing of the store is touched.

Two ways, each with the very functions of the stage, so that they tell the truth. What a plain run or a rebuild
would do is done, on a copy. Edited thresholds are tried on the stored fingerprints of a stretch of time: each item
is judged against those that came before it, as a rebuild does, and the stories it touches are made anew.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator import config as configs
from aggregator.config import Config, DedupConfig
from aggregator.dedup.changes import Changes, Place, changes
from aggregator.errors import ConfigError, UsageError
from aggregator.models import Cluster, Match, Report
from aggregator.pipeline import backlog
from aggregator.pipeline.dedup_stage import (
    BATCH,
    clusters,
    collapsed,
    fingerprints_are_current,
    judge_settings,
    judged,
)
from aggregator.pipeline.dedup_stage import dedup as run_stage
from aggregator.pipeline.session import Progress
from aggregator.store import feeds as feed_store
from aggregator.store import index, lookup, standing, stories
from aggregator.store import items as item_store
from aggregator.store.connection import Store
from aggregator.store.lookup import Found
from aggregator.store.standing import Member, Standing

if TYPE_CHECKING:
    from aggregator.dedup.editing import Number
    from aggregator.dedup.thresholds import Settings

OF_CONFIG = ("collapse",)
"""Keys of ``[dedup]`` that can be tried besides thresholds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What would change."""

    judged: int
    """Items that were compared anew; 0 where nothing is stale."""
    since: datetime | None
    """The beginning of the stretch; None: everything."""
    edits: Mapping[str, tuple[object, object]]
    """Name of a threshold → what it is, what it was tried at."""
    changes: Changes
    links_added: int
    links_dropped: int
    items: Mapping[int, Found]
    """Those that the changes are about, as they stand now."""
    new_stories: Mapping[int, str]
    """Of the same items, the story each would be in."""


def trial(
    store: Store,
    config: Config,
    now: datetime,
    *,
    assignments: Sequence[str],
    since: datetime | None,
    rebuild: bool,
    progress: Progress,
) -> Trial:
    """Tell what would change, without changing it.

    ``assignments``: ``NAME=VALUE`` for thresholds and ``collapse``. ``since``: the stretch to try them on, by default
    the window of days before the newest item. Raises ``UsageError`` for what cannot be tried.
    """
    if rebuild and since is not None:
        raise UsageError("--rebuild judges everything; leave --since out, or --rebuild")
    tried, settings, edits = edited(config, assignments)
    if not rebuild and not assignments and since is None:
        if not backlog.is_due(store, config):
            return _told(store, {}, _Outcome(0, Standing(members={}, links=frozenset())), None, edits)
        return _told(store, None, _run(store, config, now, settings, progress, rebuild=False), None, edits)
    if rebuild:
        return _told(store, None, _run(store, tried, now, settings, progress, rebuild=True), None, edits)
    if not fingerprints_are_current(store):
        raise UsageError(
            "the store was read by another version of the program; add --rebuild to try it on everything, "
            "or bring it up to date: aggregator dedup"
        )
    if since is None:
        since = (standing.newest(store) or now) - timedelta(days=tried.dedup.window_days)
    outcome = _rejudged(store, tried, settings, standing.items_since(store, since), progress)
    return _told(store, outcome.standing.members, outcome, since, edits)


def edited(
    config: Config, assignments: Sequence[str]
) -> tuple[Config, Settings, dict[str, tuple[object, object]]]:
    """The settings with what is to be tried, and of each edit the present and the tried value."""
    from aggregator.dedup import editing

    before = judge_settings(config)
    values = editing.parse(before, assignments, OF_CONFIG)
    numbers: dict[str, Number] = {name: value for name, value in values.items() if not isinstance(value, str)}
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    dedup = _of_config(config.dedup, texts)
    if "window_days" in numbers:  # candidates are looked for by whole days
        dedup = replace(dedup, window_days=math.ceil(numbers["window_days"]))
    tried = replace(config, dedup=dedup)
    settings = editing.edited(judge_settings(tried), numbers)
    edits: dict[str, tuple[object, object]] = {
        name: (getattr(before, name), value) for name, value in numbers.items()
    }
    edits |= {name: (_word(config.dedup, name), _word(tried.dedup, name)) for name in texts}
    return tried, settings, edits


def _of_config(present: DedupConfig, values: Mapping[str, str]) -> DedupConfig:
    """Read keys of ``[dedup]`` as aggregator.toml would, bounds and words included."""
    lines = [f"{name} = {json.dumps(text)}" for name, text in values.items()]
    try:
        read = configs.parse("\n".join(["[dedup]", *lines])).dedup
    except ConfigError as wrong:
        raise UsageError(str(wrong)) from wrong
    return replace(present, collapse=read.collapse if "collapse" in values else present.collapse)


def _word(settings: DedupConfig, name: str) -> object:
    """A value as the person writes it."""
    (rule,) = (each.metadata["rule"] for each in fields(settings) if each.name == name)
    value = getattr(settings, name)
    return next((word for word, meant in (rule.words or {}).items() if meant == value), value)


# --- On a copy -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How items would stand."""

    judged: int
    standing: Standing


def _run(
    store: Store, config: Config, now: datetime, settings: Settings, progress: Progress, *, rebuild: bool
) -> _Outcome:
    """Let the stage itself run, on a copy."""
    count = 0

    def tell(name: str, done: int, total: int) -> None:
        nonlocal count
        count = total // 2  # every item counts twice: for its matches and for its story
        progress(name, done, total)

    with standing.copied(store) as copy:
        run_stage(copy, config, now, Report(), rebuild=rebuild, progress=tell, settings=settings)
        return _Outcome(count, standing.standing(copy))


# --- On stored fingerprints --------------------------------------------------------------------------


def _rejudged(
    store: Store, config: Config, settings: Settings, scope: Sequence[int], progress: Progress
) -> _Outcome:
    fresh = _matches(store, config, settings, scope, lambda done: progress("dedup", done, 2 * len(scope)))
    by_item: dict[int, list[Match]] = defaultdict(list)
    for match in fresh:
        by_item[match.older].append(match)
        by_item[match.newer].append(match)
    feeds = feed_store.feeds_by_id(store)
    again = frozenset(scope)
    members: dict[int, Member] = {}
    links: set[tuple[str, int]] = set()
    for at in range(0, len(scope), BATCH):
        seeds = {each for each in scope[at : at + BATCH] if each not in members}
        reached = _component(store, seeds, by_item, config)
        # A match belongs to the item that came later: that is the one which looked for it.
        kept = [each for each in index.live_matches(store, reached).values() if each.newer not in again]
        found = {(each.older, each.newer): each for item in reached for each in by_item.get(item, ())}
        grown = clusters(store, reached, [*kept, *found.values()], feeds, config, settings)
        _note(store, grown, members, links)
        progress("dedup", len(scope) + min(at + BATCH, len(scope)), 2 * len(scope))
    return _Outcome(len(scope), Standing(members=members, links=frozenset(links)))


def _matches(
    store: Store, config: Config, settings: Settings, scope: Sequence[int], told: Callable[[int], None]
) -> list[Match]:
    from aggregator.dedup import packing

    found: list[Match] = []
    for at in range(0, len(scope), BATCH):
        batch = scope[at : at + BATCH]
        for item, (_, data) in index.fingerprints(store, batch).items():
            found_now = judged(
                store,
                packing.decode(data),
                window_days=config.dedup.window_days,
                settings=settings,
                before=item,
            )
            found += (replace(match, evidence={}) for match in found_now.values())  # evidence is large
        told(min(at + BATCH, len(scope)))
    return found


def _component(
    store: Store, seeds: Iterable[int], by_item: Mapping[int, Sequence[Match]], config: Config
) -> set[int]:
    """Every item whose story could depend on the seeds: by what is recorded, and by what was judged anew."""
    closeness = collapsed(config.dedup.collapse)
    reached: set[int] = set()
    frontier = set(seeds)
    while frontier:
        reached |= stories.component(store, frontier, collapse=closeness)
        beside = {
            end
            for item in reached
            for match in by_item.get(item, ())
            if match.relation in closeness
            for end in (match.older, match.newer)
        }
        frontier = beside - reached
    return reached


def _note(
    store: Store, clusters: Sequence[Cluster], members: dict[int, Member], links: set[tuple[str, int]]
) -> None:
    """Note stories as the store would keep them."""
    names = item_store.uids(store, [each.founder for each in clusters])
    for cluster in clusters:
        story = names[cluster.founder]
        for item in cluster.members:
            match = cluster.via.get(item)
            rule, score = (match.rule, match.score) if match else (None, None)
            members[item] = Member(story=story, rule=rule, score=score)
        links.update((story, item) for item in cluster.related)


# --- Telling ---------------------------------------------------------------------------------------


def _told(
    store: Store,
    about: Iterable[int] | None,
    outcome: _Outcome,
    since: datetime | None,
    edits: Mapping[str, tuple[object, object]],
) -> Trial:
    before = standing.standing(store, about)
    then = outcome.standing
    founders = item_store.ids(
        store, {each.story for each in (*before.members.values(), *then.members.values())}
    )
    found = changes(_places(before), _places(then), founders)
    moved = {item for move in (*found.merged, *found.parted) for item in move.items}
    names = {move.story for move in (*found.merged, *found.parted)}
    heads = {founders[name] for name in names if name in founders}
    uids = item_store.uids(store, moved | heads)
    items = {each.id: each for each in lookup.by_uid(store, uids.values()).values()}
    return Trial(
        judged=outcome.judged,
        since=since,
        edits=edits,
        changes=found,
        links_added=len(then.links - before.links),
        links_dropped=len(before.links - then.links),
        items=items,
        new_stories={item: then.members[item].story for item in items if item in then.members},
    )


def _places(state: Standing) -> dict[int, Place]:
    return {
        item: Place(story=each.story, rule=each.rule or "", score=each.score)
        for item, each in state.members.items()
    }
