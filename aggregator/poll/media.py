"""What does an entry bring to be heard, watched or kept, and what of it stands in for a page that it does not have?

Where an entry of a podcast or a video channel names no page, what it brings is the only thing that can be opened, so
its address becomes the entry's link. Never a picture's: many feeds put one logo beside every text, and items of one
address are one story. Pictures are no enclosures either: they are what readers show of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator.models import Enclosure, Entry
from aggregator.poll.identity import title_and_date
from aggregator.text.urls import absolute

MOST = 20
"""Looked at of one entry, in its order; a video comes in up to a dozen sizes, a podcast in one or two."""

KEPT = 3
"""Of one entry; most bring one, and a video in a dozen sizes is one video."""
PLAYER = "player"
"""What a medium is that is a page to watch it on, and no file."""
MOST_LENGTH = 2**53
"""Bytes; programs that read JSON agree on numbers up to here (RFC 8259 §6)."""

_TYPE = re.compile(r"(?:audio|video|application|text)/[a-z0-9][a-z0-9.+-]{0,80}")
_PAGES = ("text/html", "application/xhtml+xml", "application/x-shockwave-flash")
_BY_ENDING = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
}
"""Not the system's table, so that every machine reads the same."""
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".ico", ".tif", ".tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """An enclosure, attachment or ``media:content``, as the feed wrote it."""

    address: str | None
    kind: str = ""
    """Media type, or a word such as ``video``; "" where the feed gives none."""
    size: object = None
    """Bytes, as a number or as text."""


def address(media: Iterable[Medium], base: str | None) -> str | None:
    """Give the first address to which a browser may go and where no picture is, resolved against ``base``."""
    for _, medium in zip(range(MOST), media, strict=False):
        found = absolute(medium.address, base)
        if found is not None and not _is_picture(found, medium.kind):
            return found
    return None


def enclosures(media: Iterable[Medium], base: str | None) -> tuple[Enclosure, ...]:
    """Give what may be kept of the media: files at addresses of the web, each once, with a type that is one."""
    found: dict[str, Enclosure] = {}
    for _, medium in zip(range(MOST), media, strict=False):
        url = absolute(medium.address, base)
        if url is None or url in found or medium.kind == PLAYER or _is_picture(url, medium.kind):
            continue
        type_ = media_type(medium.kind) or _by_ending(url)
        if type_ not in _PAGES:
            found[url] = Enclosure(url=url, type=type_, length=length(medium.size))
        if len(found) == KEPT:
            break
    return tuple(found.values())


def media_type(text: str) -> str:
    """Give a media type without its parameters, lower case; "" for what is none."""
    bare = text.split(";", maxsplit=1)[0].strip().lower()
    return bare if _TYPE.fullmatch(bare) else ""


def length(size: object) -> int:
    """Give a number of bytes that a feed states; 0 for what is none."""
    digits = str(size).strip() if isinstance(size, (int, str)) and not isinstance(size, bool) else ""
    return (
        int(digits)
        if digits.isascii() and digits.isdigit() and len(digits) < 16 and int(digits) <= MOST_LENGTH
        else 0
    )


def _by_ending(url: str) -> str:
    path = urlsplit(url).path.lower()
    return next((type_ for ending, type_ in _BY_ENDING.items() if path.endswith(ending)), "")


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
