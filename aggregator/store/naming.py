"""By which name is an item known, to people and to other machines?"""

from __future__ import annotations

import hashlib

UID_HEX_DIGITS = 20
"""80 bits: among 10⁷ items the chance of one collision is 4·10⁻¹¹, and 20 digits still fit a line."""


def item_uid(feed_first_url: str, guid: str) -> str:
    """Name an item the same way on any machine, in any year: a hash of its feed's first address and its guid."""
    digest = hashlib.sha256(f"{feed_first_url}\n{guid}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:UID_HEX_DIGITS]
