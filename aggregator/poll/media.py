"""Which of the media of an entry stands in for a page that it does not have?

Media are not stored. Where an entry of a podcast or a video channel names no page, what it brings is the only thing
that can be opened, so its address becomes the entry's link. Never a picture's: many feeds put one logo beside every
text, and items of one address are one story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator.models import Entry
from aggregator.poll.identity import title_and_date
from aggregator.text.urls import absolute

MOST = 20
"""Looked at of one entry, in its order; a video comes in up to a dozen sizes, a podcast in one or two."""

_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".ico", ".tif", ".tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """An enclosure, attachment or ``media:content``, as the feed wrote it."""

    address: str | None
    kind: str = ""
    """Media type, or a word such as ``video``; "" where the feed gives none."""


def address(media: Iterable[Medium], base: str | None) -> str | None:
    """Give the first address to which a browser may go and where no picture is, resolved against ``base``."""
    for _, medium in zip(range(MOST), media, strict=False):
        found = absolute(medium.address, base)
        if found is not None and not _is_picture(found, medium.kind):
            return found
    return None


def _is_picture(found: str, kind: str) -> bool:
    return kind.strip().lower().startswith("image") or urlsplit(found).path.lower().endswith(_PICTURES)


def as_links(entries: Sequence[Entry], addresses: Sequence[str | None]) -> tuple[list[Entry], list[str]]:
    """Let entries without a link have that of their medium; also give warnings.

    ``addresses`` go with ``entries``. One that several entries bring, such as a station's stream, is nobody's page.
    Nor does an address name an entry that has a title and a date: some servers sign it anew for each reader.
    """
    wanted = [address for entry, address in zip(entries, addresses, strict=True) if not entry.url and address]
    own = {address for address, times in Counter(wanted).items() if times == 1}
    linked = [
        replace(entry, url=address, guid=entry.guid or title_and_date(entry))
        if not entry.url and address in own
        else entry
        for entry, address in zip(entries, addresses, strict=True)
    ]
    one, many = (
        "1 entry has no page; its enclosure is its link",
        "entries have no page; their enclosures are their links",
    )
    return linked, [] if not own else [one if len(own) == 1 else f"{len(own)} {many}"]
