"""What did each feed repeat, up to an item? Wordings are read from the store once, and held while dedup goes on."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from aggregator.models import Item
from aggregator.store import wordings
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.text.clean import Draft
    from aggregator.text.learned import Wording

FEEDS_HELD = 100
"""Feeds whose wordings are held at one time: 60 wordings of 2 KB each make 12 MB."""


class Memory:
    """The latest wordings of feeds; to be asked in order of arrival."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[int, tuple[int, deque[Wording]]] = {}

    def furniture(self, item: Item, draft: Draft) -> frozenset[int]:
        """Tell which sentences of an item are its feed's own, and remember how the item is worded."""
        from aggregator.text import learned

        mine = draft.wording
        wordings.save_first(self._store, item.feed_id, item.id, learned.encode(mine))
        return learned.furniture(mine, draft.parts, self._before(item))

    def _before(self, item: Item) -> deque[Wording]:
        from aggregator.text import learned

        # Taken out and put back, so that the first of them is the one longest not asked for.
        since, held = self._held.pop(item.feed_id, (0, deque(maxlen=learned.REMEMBERED)))
        missing = wordings.latest(
            self._store, item.feed_id, since=since, before=item.id, limit=learned.REMEMBERED
        )
        held.extend(map(learned.decode, missing))
        if len(self._held) >= FEEDS_HELD:
            del self._held[next(iter(self._held))]
        self._held[item.feed_id] = (item.id, held)
        return held
