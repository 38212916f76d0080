"""What does each feed repeat? Wordings are read from the store once, and held while dedup goes on.

What an item shows to be furniture is taken off the items that showed it, too: they are queued to be read again. So
a banner leaves the whole first document of a new feed in one run, and a match that rested on a banner is retracted
once the banner is known for what it is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.models import Item
from aggregator.store import items as item_store
from aggregator.store import wordings
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.text.clean import Draft
    from aggregator.text.learned import Wording

FEEDS_HELD = 100
"""Feeds whose wordings are held at one time: 60 wordings of 2 KB each make 12 MB."""


@dataclass(slots=True, kw_only=True)
class _Seen:
    """An earlier item of a feed."""

    item_id: int
    wording: Wording
    furniture: frozenset[int]


class Memory:
    """The latest wordings of feeds; cheapest when asked in order of arrival."""

    def __init__(self, store: Store, *, feeds_held: int = FEEDS_HELD) -> None:
        self._store = store
        self._feeds_held = feeds_held
        self._held: dict[int, tuple[int, deque[_Seen]]] = {}

    def furniture(self, item: Item, draft: Draft) -> frozenset[int]:
        """Tell which sentences of an item are its feed's own; queue earlier items that it shows in a new light."""
        from aggregator.text import learned

        earlier, known = self._read(item)
        mine = draft.wording
        worded = [each.wording for each in earlier]
        repeated = learned.repeated(mine, worded)
        inserted = learned.inserted(mine, draft.parts, worded)
        if known is None:
            row = wordings.Row(
                item_id=item.id, wording=learned.encode(mine), furniture=learned.pack(repeated)
            )
            wordings.save(self._store, item.feed_id, row)
        for each in earlier if repeated else ():
            late = (repeated & each.wording.sentences) - each.furniture
            if late and not learned.related(mine, each.wording):
                self._learn_late(item.feed_id, each, late)
        return repeated | inserted | (learned.unpack(known.furniture) if known else frozenset())

    def _learn_late(self, feed_id: int, seen: _Seen, late: frozenset[int]) -> None:
        from aggregator.text import learned

        seen.furniture |= late
        wordings.learn(self._store, feed_id, seen.item_id, learned.pack(seen.furniture))
        item_store.read_again(self._store, seen.item_id)  # wordings outlive items that were pruned

    def _read(self, item: Item) -> tuple[deque[_Seen], wordings.Row | None]:
        """Give what came before an item in its feed, and what is known of itself, if it was seen before."""
        from aggregator.text import learned

        # Taken out and put back, so that the first of them is the one longest not asked for.
        since, held = self._held.pop(item.feed_id, (0, deque[_Seen]()))
        if since > item.id or not held:
            since, held = 0, deque(maxlen=learned.REMEMBERED)
        known = None
        for row in wordings.latest(
            self._store, item.feed_id, since=since, until=item.id, limit=learned.REMEMBERED + 1
        ):
            if row.item_id == item.id:
                known = row
            else:
                held.append(_seen(row))
        if len(self._held) >= self._feeds_held:
            del self._held[next(iter(self._held))]
        self._held[item.feed_id] = (item.id, held)
        return held, known


def _seen(row: wordings.Row) -> _Seen:
    from aggregator.text import learned

    return _Seen(
        item_id=row.item_id, wording=learned.decode(row.wording), furniture=learned.unpack(row.furniture)
    )
