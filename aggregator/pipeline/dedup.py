"""Stage 2 with the store: fingerprints, candidates, matches, stories, in batches that survive a kill.

Two steps, each resumable. *Match*: in order of arrival, an item is cleaned, fingerprinted, compared with its
candidates, and the matches are recorded. *Cluster*: the stories of everything such an item touches are computed
anew from the recorded matches and people's rulings. Stories are a function of items in order of arrival, matches
and rulings, so computing them for one component, or for all, in any order, gives the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator import __version__
from aggregator.config import Config
from aggregator.models import CleanText, Feed, Item, Match, Relation, Report
from aggregator.pipeline.session import Progress
from aggregator.store import feeds as feed_store
from aggregator.store import index, meta, rulings, stories, texts
from aggregator.store import items as item_store
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.dedup.fingerprint import Fingerprint

BATCH = 200
"""Items per transaction: a run that is stopped loses at most half a second of work."""


def dedup(
    store: Store, config: Config, now: datetime, report: Report, *, rebuild: bool, progress: Progress
) -> None:
    """Bring matches and stories up to date with the items; ``rebuild`` makes all derived data anew."""
    feeds = feed_store.feeds_by_id(store)
    by = _by(config, feeds)
    if not rebuild and not item_store.pending_count(store) and meta.get(store, "dedup_by") == by:
        return
    with store.transaction():
        _queue_stale(store, config, rebuild=rebuild)
        _queue_redescribed(store, feeds)
        meta.put(store, "dedup_by", by)
    total = item_store.pending_count(store)
    done = 0
    while batch := item_store.pending(store, step=0, limit=BATCH):
        with store.transaction():
            _match_batch(store, batch, feeds, config, now)
        done += len(batch)
        progress("dedup", done, 2 * total)
    done = total
    while batch := item_store.pending(store, step=1, limit=BATCH):
        with store.transaction():
            result = _cluster_batch(store, batch, feeds, config)
        report.stories["new"] += result.new
        report.stories["changed"] += result.changed
        done += len(batch)
        progress("dedup", min(done, 2 * total), 2 * total)


# --- What the derived data was made with ------------------------------------------------------------


def _by(config: Config, feeds: dict[int, Feed]) -> str:
    """Say what last brought the store up to date, without importing it: an idle run must cost nothing."""
    described = hashlib.sha256(json.dumps(_described(feeds)).encode()).hexdigest()[:16]
    return (
        f"aggregator {__version__}, {_collapse_text(config)}, window {config.dedup.window_days}, "
        f"feeds {described}"
    )


def _described(feeds: dict[int, Feed]) -> dict[str, list[object]]:
    """What of each feed dedup goes by: the last, its rank, in choosing who speaks; the others in reading it."""
    return {
        str(feed.id): [feed.title, feed.language, feed.site_url, feed.url, feed.priority]
        for feed in feeds.values()
    }


def _collapse_text(config: Config) -> str:
    return f"collapse {config.dedup.collapse.value}, languages {','.join(config.dedup.languages)}"


def _queue_redescribed(store: Store, feeds: dict[int, Feed]) -> None:
    """Queue what feeds brought that the person has since renamed or ranked otherwise."""
    known = json.loads(meta.get(store, "feeds_described") or "{}")
    described = _described(feeds)
    for feed, fresh in described.items():
        old = known.get(feed, fresh)  # of one that is new, every item waits already
        if old != fresh:
            item_store.set_feed_pending(store, int(feed), step=1 if old[:-1] == fresh[:-1] else 0)
    if known != described:
        meta.put(store, "feeds_described", json.dumps(described))


def _queue_stale(store: Store, config: Config, *, rebuild: bool) -> None:
    """Queue what a new version of the code or a new setting makes stale: everything, or the clustering alone."""
    from aggregator.dedup import cluster, judge
    from aggregator.dedup.fingerprint import FINGERPRINT_VERSION
    from aggregator.text import clean

    matching = (
        f"text {clean.VERSION}, fingerprint {FINGERPRINT_VERSION}, judge {judge.VERSION}, "
        f"window {config.dedup.window_days}"
    )
    clustering = f"cluster {cluster.CLUSTER_VERSION}, {_collapse_text(config)}"
    if rebuild or meta.get(store, "matching") not in (None, matching):
        index.clear_fingerprints(store)
        texts.clear(store)
        item_store.set_all_pending(store, step=0)
        stories.all_summaries_due(store)  # from texts made anew; an unchanged one keeps its abstract
    elif meta.get(store, "clustering") not in (None, clustering):
        item_store.set_all_pending(store, step=1)
    meta.put(store, "matching", matching)
    meta.put(store, "clustering", clustering)


# --- Match -----------------------------------------------------------------------------------------


def _match_batch(
    store: Store, batch: Sequence[int], feeds: dict[int, Feed], config: Config, now: datetime
) -> None:
    known = index.fingerprints(store, batch)
    for item_id in batch:
        old = known.get(item_id, (0, b""))[1] or None
        item = item_store.items_by_id(store, [item_id])[item_id]  # one at a time: bodies may be large
        touched = _match_item(store, item, feeds, config, now, old=old)
        item_store.set_pending(store, [item_id], step=1)
        item_store.also_pending(store, touched - {item_id}, step=1)
    stories.rewritten_items(store, [each for each in batch if each in known])


def _match_item(
    store: Store,
    item: Item,
    feeds: dict[int, Feed],
    config: Config,
    now: datetime,
    *,
    old: bytes | None,
) -> set[int]:
    """Compare one item with its candidates; returns the ids of items whose matches changed."""
    from aggregator.dedup import candidates, judge
    from aggregator.dedup import fingerprint as prints

    feed = feeds[item.feed_id]
    text, coins = _cleaned(item, feed)
    texts.save(store, item.id, text, coins)
    fresh = prints.fingerprint(item, text, feed)
    _replace_fingerprint(store, item, fresh, old)
    near = index.candidates(
        store,
        item.id,
        exact_keys=fresh.exact_keys,
        text_keys=fresh.text_keys,
        day=index.day_of(item.at),
        window_days=config.dedup.window_days,
        cap=candidates.KEY_CAP,
        limit=candidates.LIMIT,
        min_shared=candidates.MIN_SHARED,
        min_rarity=candidates.MIN_RARITY,
    )
    others = {each: prints.decode(data) for each, (_, data) in index.fingerprints(store, near).items()}
    settings = judge.Settings(window_days=config.dedup.window_days)
    judged: dict[tuple[int, int], Match] = {}
    for other in others.values():
        older, newer = (other, fresh) if other.item < fresh.item else (fresh, other)
        match = judge.judge(older, newer, settings).match
        if match is not None:
            judged[older.item, newer.item] = match
    return index.reconcile_matches(store, item.id, judged, version=judge.VERSION, now=now)


def _cleaned(item: Item, feed: Feed) -> tuple[CleanText, tuple[str, ...]]:
    from aggregator.text import clean, coins

    known = item if item.language else replace(item, language=feed.language)
    text = clean.clean(known, feed_title=feed.title)
    return text, coins.coins(text.title, text.body, item.tags)


def _replace_fingerprint(store: Store, item: Item, fresh: Fingerprint, old: bytes | None) -> None:
    from aggregator.dedup import fingerprint as prints

    day = index.day_of(item.at)
    if old is not None:
        before = prints.decode(old)
        index.remove_fingerprint(
            store, item.id, day=day, exact_keys=before.exact_keys, text_keys=before.text_keys
        )
    index.save_fingerprint(
        store,
        item.id,
        prints.encode(fresh),
        day=day,
        exact_keys=fresh.exact_keys,
        text_keys=fresh.text_keys,
    )


# --- Cluster ---------------------------------------------------------------------------------------


def _collapsed(collapse: Relation) -> list[Relation]:
    """List the relations that make one story, given how far the person wants to collapse."""
    closest_first = list(Relation)
    return closest_first[: closest_first.index(collapse) + 1]


def _cluster_batch(
    store: Store, batch: Sequence[int], feeds: dict[int, Feed], config: Config
) -> stories.ApplyResult:
    from aggregator.dedup import cluster
    from aggregator.dedup import fingerprint as prints

    members = stories.component(store, batch, collapse=_collapsed(config.dedup.collapse))
    fingerprints = {
        each: prints.decode(data) for each, (_, data) in index.fingerprints(store, members).items()
    }
    clusters = cluster.cluster(
        fingerprints,
        index.live_matches(store, members).values(),
        rulings.touching(store, [each.uid for each in fingerprints.values()]),
        collapse=config.dedup.collapse,
        priority={feed.id: feed.priority for feed in feeds.values()},
        languages=config.dedup.languages,
    )
    result = stories.apply_clusters(store, members, clusters)
    item_store.set_pending(store, batch, step=None)
    return result
