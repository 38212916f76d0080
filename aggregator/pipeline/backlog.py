"""Does dedup have anything to do? Asked at every run, so nothing heavy is imported for it."""

from __future__ import annotations

import hashlib
import json

from aggregator import __version__
from aggregator.config import Config
from aggregator.models import Feed
from aggregator.store import feeds as feed_store
from aggregator.store import items as item_store
from aggregator.store import meta
from aggregator.store.connection import Store


def is_due(store: Store, config: Config) -> bool:
    """Whether there is anything to do: new items, another version, setting or feed list."""
    return item_store.pending_count(store) > 0 or meta.get(store, "dedup_by") != by(
        config, feed_store.feeds_by_id(store)
    )


def by(config: Config, feeds: dict[int, Feed]) -> str:
    """Say what last brought the store up to date."""
    sum_of_feeds = hashlib.sha256(json.dumps(described(feeds)).encode()).hexdigest()[:16]
    return (
        f"aggregator {__version__}, {collapsing(config)}, window {config.dedup.window_days}, "
        f"feeds {sum_of_feeds}"
    )


def described(feeds: dict[int, Feed]) -> dict[str, list[object]]:
    """What of each feed dedup goes by: the last, its rank, in choosing who speaks; the others in reading it."""
    return {
        str(feed.id): [feed.title, feed.language, feed.site_url, feed.url, feed.priority]
        for feed in feeds.values()
    }


def collapsing(config: Config) -> str:
    """What of the settings decides which matches make a story, and who speaks for it."""
    return f"collapse {config.dedup.collapse.value}, languages {','.join(config.dedup.languages)}"
