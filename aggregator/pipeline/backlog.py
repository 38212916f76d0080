"""Do dedup and the abstracts have anything to do? Asked at every run, so nothing heavy is imported for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from aggregator import __version__
from aggregator.config import Config
from aggregator.models import Feed
from aggregator.store import feeds as feed_store
from aggregator.store import meta, queues
from aggregator.store.connection import Store
from aggregator.store.feeds import Face
from aggregator.summarise.version import VERSION


def is_due(store: Store, config: Config) -> bool:
    """Whether dedup has anything to do: new items, another version, setting or feed list."""
    return queues.for_dedup(store) or meta.get(store, "dedup_by") != by(config, feed_store.faces(store))


def abstracts_are_due(store: Store, config: Config) -> bool:
    """Whether any abstract is to be written: of a story that changed, or of all, by another recipe."""
    return queues.for_abstracts(store) or meta.get(store, "summary_recipe") != recipe(config)


def recipe(config: Config) -> str:
    """Say by what abstracts are written."""
    return f"{VERSION}:{config.summarise.algorithm}:{config.summarise.max_chars}"


def by(config: Config, feeds: Mapping[int, Feed] | Mapping[int, Face]) -> str:
    """Say what last brought the store up to date."""
    sum_of_feeds = hashlib.sha256(json.dumps(described(feeds)).encode()).hexdigest()[:16]
    return (
        f"aggregator {__version__}, {collapsing(config)}, window {config.dedup.window_days}, "
        f"feeds {sum_of_feeds}"
    )


def described(feeds: Mapping[int, Feed] | Mapping[int, Face]) -> dict[str, list[object]]:
    """What of each feed dedup goes by: the last, its rank, in choosing who speaks; the others in reading it."""
    return {
        str(number): [feed.title, feed.language, feed.site_url, feed.url, feed.priority]
        for number, feed in feeds.items()
    }


def collapsing(config: Config) -> str:
    """What of the settings decides which matches make a story, and who speaks for it."""
    return f"collapse {config.dedup.collapse.value}, languages {','.join(config.dedup.languages)}"
