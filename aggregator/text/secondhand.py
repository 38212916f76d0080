"""Does an item say itself that it is taken from another site?

"The post T appeared first on S.", "Source: https://…", ``<source url>``, a canonical link that leads elsewhere. A page
of its own publisher is no other site, and a statement, a filing or a repository is what newsrooms report from.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.models import Item
from aggregator.text import urls

PRIMARY = frozenset(
    "x twitter t telegram youtube youtu facebook instagram linkedin reddit tiktok discord truthsocial weibo bsky"
    " mastodon farcaster warpcast github gitlab arxiv ssrn sec cftc treasury justice federalreserve congress"
    " whitehouse etherscan solscan arkm arkhamintelligence dune coinglass tradingview".split()
)
"""Names in the domains of places where people and offices speak for themselves, and of data that anybody reads."""


def second_hand(item: Item, attributions: Iterable[str], *, site_url: str | None) -> bool:
    """Tell whether the item names a page of another publisher as where it comes from.

    ``attributions`` are the addresses its text gives (``CleanText``), ``site_url`` is its feed's.
    """
    own = {urls.brand(item.url), urls.brand(site_url)}
    named = {urls.brand(each) for each in (*attributions, item.source_url) if each}
    return bool(own - {""}) and bool(named - own - PRIMARY - {""})
