"""Does anything wait for a stage? Asked at every run, so that a run that finds nothing new loads no more than this."""

from __future__ import annotations

from aggregator.store.connection import Store


def for_dedup(store: Store) -> bool:
    """Whether an item waits for dedup."""
    return bool(store.execute("SELECT EXISTS (SELECT 1 FROM pending_items)").fetchone()[0])


def for_abstracts(store: Store) -> bool:
    """Whether a story waits for its abstract."""
    return bool(store.execute("SELECT EXISTS (SELECT 1 FROM stories WHERE summary_due)").fetchone()[0])
