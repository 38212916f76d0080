"""Stage 2 with the store: fingerprints, candidates, matches, stories, in batches that survive a kill.

Two steps, each resumable. *Match*: in order of arrival, an item is cleaned, fingerprinted, compared with its
candidates, and the matches are recorded. *Cluster*: the stories of everything such an item touches are computed
anew from the recorded matches and people's rulings. Stories are a function of items in order of arrival, matches
and rulings, so computing them for one component, or for all, in any order, gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.config import Config
from aggregator.models import CleanText, Cluster, Feed, Item, Match, Relation, Report
from aggregator.pipeline import backlog
from aggregator.pipeline.furniture import Memory
from aggregator.pipeline.session import Progress
from aggregator.store import feeds as feed_store
from aggregator.store import index, meta, rulings, stories, texts, wordings
from aggregator.store import items as item_store
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.dedup.fingerprint import Fingerprint
    from aggregator.dedup.thresholds import Settings
    from aggregator.text.clean import Draft

BATCH = 200
"""Items per transaction: a run that is stopped loses at most half a second of work."""


def dedup(
    store: Store,
    config: Config,
    now: datetime,
    report: Report,
    *,
    rebuild: bool,
    progress: Progress,
    settings: Settings | None = None,
) -> None:
    """Bring matches and stories up to date with the items; ``rebuild`` makes all derived data anew.

    Whether there is anything to do, ``backlog`` tells. ``settings``: other thresholds than the judge's own, for a
    trial on a copy.
    """
    feeds = feed_store.feeds_by_id(store)
    by = backlog.by(config, feeds)
    settings = settings or judge_settings(config)
    with store.transaction():
        _queue_stale(store, config, rebuild=rebuild)
        _queue_redescribed(store, feeds)
        meta.put(store, "dedup_by", by)
    total = item_store.pending_count(store)
    done, memory = 0, Memory(store)
    while batch := item_store.pending(store, step=0, limit=BATCH):
        with store.transaction():
            _match_batch(store, batch, feeds, config, now, settings, memory)
        done += len(batch)  # more than were waiting, where furniture was learned late
        progress("dedup", min(done, total), 2 * total)
    done = total
    while batch := item_store.pending(store, step=1, limit=BATCH):
        with store.transaction():
            result = _cluster_batch(store, batch, feeds, config, settings, report)
        report.stories["new"] += result.new
        report.stories["changed"] += result.changed
        done += len(batch)
        progress("dedup", min(done, 2 * total), 2 * total)


def judge_settings(config: Config) -> Settings:
    """The judge's thresholds, with what the person set of them."""
    from aggregator.dedup.thresholds import Settings

    return Settings(window_days=float(config.dedup.window_days))


# --- What the derived data was made with ------------------------------------------------------------


def _queue_redescribed(store: Store, feeds: dict[int, Feed]) -> None:
    """Queue what feeds brought that the person has since renamed or ranked otherwise."""
    known = json.loads(meta.get(store, "feeds_described") or "{}")
    described = backlog.described(feeds)
    for feed, fresh in described.items():
        old = known.get(feed, fresh)  # of one that is new, every item waits already
        if old != fresh:
            item_store.set_feed_pending(store, int(feed), step=1 if old[:-1] == fresh[:-1] else 0)
    if known != described:
        meta.put(store, "feeds_described", json.dumps(described))


def _queue_stale(store: Store, config: Config, *, rebuild: bool) -> None:
    """Queue what a new version of the code or a new setting makes stale: everything, or the clustering alone."""
    from aggregator.dedup import cluster, judge
    from aggregator.text import coins, labels, learned

    matching = (
        f"{_read_by()}, seen {labels.VERSION}.{coins.VERSION}, "
        f"judge {judge.VERSION}, window {config.dedup.window_days}"
    )
    if meta.get(store, "wordings") not in (None, str(learned.VERSION)):
        wordings.clear(store)
    clustering = f"cluster {cluster.CLUSTER_VERSION}, {backlog.collapsing(config)}"
    if rebuild or meta.get(store, "matching") not in (None, matching):
        index.clear_fingerprints(store)
        texts.clear(store)
        item_store.set_all_pending(store, step=0)
        stories.all_summaries_due(store)  # from texts made anew; an unchanged one keeps its abstract
    elif meta.get(store, "clustering") not in (None, clustering):
        item_store.set_all_pending(store, step=1)
    meta.put(store, "wordings", str(learned.VERSION))
    meta.put(store, "matching", matching)
    meta.put(store, "clustering", clustering)


def _read_by() -> str:
    """What fingerprints are made with."""
    from aggregator.dedup.fingerprint import FINGERPRINT_VERSION
    from aggregator.text import clean, learned

    return f"text {clean.VERSION}, wordings {learned.VERSION}, fingerprint {FINGERPRINT_VERSION}"


def fingerprints_are_current(store: Store) -> bool:
    """Whether this version of the program would make the stored fingerprints as they are."""
    return (meta.get(store, "matching") or "").startswith(f"{_read_by()}, ")


# --- Match -----------------------------------------------------------------------------------------


def _match_batch(
    store: Store,
    batch: Sequence[int],
    feeds: dict[int, Feed],
    config: Config,
    now: datetime,
    settings: Settings,
    memory: Memory,
) -> None:
    from aggregator.dedup import judge

    known = index.fingerprints(store, batch)
    for item_id in batch:
        old = known.get(item_id, (0, b""))[1] or None
        item = item_store.items_by_id(store, [item_id])[item_id]  # one at a time: bodies may be large
        fresh = _read_item(store, item, feeds[item.feed_id], memory, old)
        found = judged(store, fresh, window_days=config.dedup.window_days, settings=settings)
        touched = index.reconcile_matches(store, item_id, found, version=judge.VERSION, now=now)
        item_store.set_pending(store, [item_id], step=1)
        item_store.also_pending(store, touched - {item_id}, step=1)
    stories.rewritten_items(store, [each for each in batch if each in known])


def _read_item(store: Store, item: Item, feed: Feed, memory: Memory, old: bytes | None) -> Fingerprint:
    """Clean an item and fingerprint it, in place of what an earlier reading left."""
    from aggregator.dedup import fingerprint as prints

    text, seen, whole = _cleaned(item, feed, memory)
    texts.save(store, item.id, text, seen)
    fresh = prints.fingerprint(item, text, feed, whole)
    _replace_fingerprint(store, item, fresh, old)
    return fresh


def judged(
    store: Store, fresh: Fingerprint, *, window_days: int, settings: Settings, before: int | None = None
) -> dict[tuple[int, int], Match]:
    """Compare an item with its candidates: (older, newer) → match.

    ``before``: only with items that arrived before this one, as if the others had not come yet.
    """
    from aggregator.dedup import candidates, judge, packing

    near = index.candidates(
        store,
        fresh.item,
        exact_keys=fresh.exact_keys,
        text_keys=fresh.text_keys,
        day=fresh.at // index.SECONDS_PER_DAY,
        window_days=window_days,
        cap=candidates.KEY_CAP,
        limit=candidates.LIMIT,
        min_shared=candidates.MIN_SHARED,
        min_rarity=candidates.MIN_RARITY,
        before=before,
    )
    near += index.candidates(
        store,
        fresh.item,
        exact_keys=(),
        text_keys=fresh.foreign_keys,
        day=fresh.at // index.SECONDS_PER_DAY,
        window_days=window_days,
        cap=candidates.KEY_CAP,
        limit=candidates.FOREIGN_LIMIT,
        min_shared=candidates.FOREIGN_MIN_SHARED,
        before=before,
    )
    others = {each: packing.decode(data) for each, (_, data) in index.fingerprints(store, near).items()}
    found: dict[tuple[int, int], Match] = {}
    for other in others.values():
        older, newer = (other, fresh) if other.item < fresh.item else (fresh, other)
        match = judge.judge(older, newer, settings).match
        if match is not None:
            found[older.item, newer.item] = match
    return found


def _cleaned(item: Item, feed: Feed, memory: Memory) -> tuple[CleanText, texts.Recognised, CleanText]:
    """The item's text, what it is, and the text with what its feed says everywhere, whose shape translators keep."""
    from aggregator.text import clean

    known = item if item.language else replace(item, language=feed.language)
    draft = clean.draft(known, feed_title=feed.title)
    furniture = memory.furniture(item, draft)
    text = clean.finished(draft, furniture)
    whole = clean.finished(draft, frozenset()) if furniture else text
    return text, _recognised(item, feed, draft, text), whole


def _recognised(item: Item, feed: Feed, draft: Draft, text: CleanText) -> texts.Recognised:
    from aggregator.text import coins, labels, secondhand

    return texts.Recognised(
        coins=coins.coins(text.title, text.body, item.tags),
        labels=labels.labels(item, draft.edges),
        tags=item.tags,
        second_hand=secondhand.second_hand(item, text.attributions, site_url=feed.site_url),
    )


def _replace_fingerprint(store: Store, item: Item, fresh: Fingerprint, old: bytes | None) -> None:
    from aggregator.dedup import packing

    if old is not None:
        forget_fingerprint(store, item, old)
    index.save_fingerprint(
        store,
        item.id,
        packing.encode(fresh),
        day=index.day_of(item.at),
        exact_keys=fresh.exact_keys,
        text_keys=(*fresh.text_keys, *fresh.anchor_keys),
    )


def forget_fingerprint(store: Store, item: Item, data: bytes) -> None:
    """Take an item's fingerprint and its keys out of the index."""
    from aggregator.dedup import packing

    old = packing.decode(data)
    index.remove_fingerprint(
        store,
        item.id,
        day=index.day_of(item.at),
        exact_keys=old.exact_keys,
        text_keys=(*old.text_keys, *old.anchor_keys),
    )


# --- Cluster ---------------------------------------------------------------------------------------


def collapsed(collapse: Relation) -> list[Relation]:
    """List the relations that make one story, given how far the person wants to collapse."""
    closest_first = list(Relation)
    return closest_first[: closest_first.index(collapse) + 1]


def _cluster_batch(
    store: Store,
    batch: Sequence[int],
    feeds: dict[int, Feed],
    config: Config,
    settings: Settings,
    report: Report,
) -> stories.ApplyResult:
    members = stories.component(store, batch, collapse=collapsed(config.dedup.collapse))
    matches = index.live_matches(store, members).values()
    found = clusters(store, members, matches, feeds, config, settings)
    result = stories.apply_clusters(store, members, found)
    item_store.set_pending(store, batch, step=None)
    report.warnings.extend(_odd(store, found))
    return result


def _odd(store: Store, found: Sequence[Cluster]) -> list[str]:
    """Name the stories so large that they are a fault of ours or of a feed more often than not."""
    from aggregator.dedup.cluster import ODD_MEMBERS

    large = {each.founder: len(each.members) for each in found if len(each.members) > ODD_MEMBERS}
    return [
        f"story {uid[:7]} holds {large[item]} items, which is odd: see aggregator explain {uid[:7]}"
        for item, uid in item_store.uids(store, large).items()
    ]


def clusters(
    store: Store,
    members: Iterable[int],
    matches: Iterable[Match],
    feeds: dict[int, Feed],
    config: Config,
    settings: Settings,
) -> tuple[Cluster, ...]:
    """The stories that the items of a component make."""
    from aggregator.dedup import cluster, packing

    fingerprints = {
        each: packing.decode(data) for each, (_, data) in index.fingerprints(store, members).items()
    }
    return cluster.cluster(
        fingerprints,
        matches,
        rulings.touching(store, [each.uid for each in fingerprints.values()]),
        collapse=config.dedup.collapse,
        priority={feed.id: feed.priority for feed in feeds.values()},
        languages=config.dedup.languages,
        settings=settings,
    )
