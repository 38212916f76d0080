"""Which earlier items are worth judging an item against?

The store answers with how many keys an earlier item shares; here is how many of them are enough, how many
items may be asked for, and when a key is too common to mean anything. Because of the cap and the limit, the
cost of an item does not grow with the store.
"""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.dedup.fingerprint import Fingerprint

KEY_CAP = 100
"""Items inside the window that may hold a text key before it is ignored: at 1,000 items a day and a window of
five days, words such as "bitcoin" are in 2,000 of them, a story's own words in fewer than 50."""
EXACT_CAP = 50
"""The same for exact keys, without a window: a feed whose entries all link to one page is no single story."""
LIMIT = 40
"""Items judged at most; the copies of a story are among the first ten in every labelled case."""
MIN_SHARED = 1
"""Text keys an earlier item must share; the judge is cheaper than a missed copy."""


def chosen(new: Fingerprint, exact: Mapping[int, int], near: Mapping[int, int]) -> list[int]:
    """The earlier items to judge, best first: all that share an identity, then those that share most keys.

    ``exact`` and ``near``: item id → number of keys shared.
    """
    wanted = [item for item in sorted(exact, reverse=True) if item < new.item][:EXACT_CAP]
    rest = [item for item, shared in near.items() if shared >= MIN_SHARED and item < new.item]
    rest.sort(key=lambda item: (-near[item], -item))
    return list(dict.fromkeys([*wanted, *rest[:LIMIT]]))
