"""How is a feed put into a person's list, or taken out, with every other byte left as it was?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from aggregator.errors import ConfigError
from aggregator.models import Subscription
from aggregator.opml.address import fault, identity, same_feed
from aggregator.opml.outlines import Document, Outline, outlines
from aggregator.opml.writing import attributes, tag

ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")


def add(data: bytes, subscription: Subscription, *, name: str = "feeds.opml") -> bytes:
    """Put a feed at the end of its folder (made when missing), everything else as it was.

    A feed that is in the list already leaves the bytes unchanged.
    """
    return add_all(data, [subscription], name=name)


def add_all(data: bytes, subscriptions: Iterable[Subscription], *, name: str = "feeds.opml") -> bytes:
    """Put feeds at the ends of their folders, each folder's in the order given; those that are there are passed over.

    The cost follows the folders, not the feeds: the file is read once for each.
    """
    # One whose address cannot be asked for subscribes to nothing, however near it is to another.
    known = {identity(each.url) for each in _editable(data, name).outlines if fault(each.url) is None}
    new: dict[tuple[str, ...], list[Subscription]] = {}
    for each in subscriptions:
        if identity(each.url) not in known:
            known.add(identity(each.url))
            new.setdefault(each.folder, []).append(each)
    for folder, inside in new.items():
        data = _add(data, folder, inside, name)
    return data


def _add(data: bytes, folder: tuple[str, ...], subscriptions: Sequence[Subscription], name: str) -> bytes:
    document = _editable(data, name)
    place, missing = _folder(document, folder, name)
    unit = _indent_unit(document)
    margin = _margin(data, place.start).decode("ascii") + unit.decode("ascii")
    lines = _elements(subscriptions, missing, margin, unit.decode("ascii"))
    encoding = ENCODING.match(data)
    utf8 = encoding is None or encoding[1].lower() in {b"utf-8", b"utf8"}
    # Character references are right in any encoding, only harder to read.
    new = [line.encode("utf-8" if utf8 else "ascii", "xmlcharrefreplace") for line in lines]
    return _insert(data, place, new, unit)


def remove(data: bytes, url: str, *, name: str = "feeds.opml") -> bytes:
    """Take a feed out, wherever it stands and however often; unchanged bytes when it does not.

    Raises ``ConfigError`` when other outlines stand inside the feed's own: they would go with it.
    """
    document = _editable(data, name)
    for outline in reversed(document.outlines):
        if not outline.url or not same_feed(outline.url, url):
            continue
        if outline.children:
            raise ConfigError(
                f"{name}: line {outline.line}: other outlines stand inside this feed's; remove it by hand"
            )
        start, end = _whole_lines(data, outline.start, outline.end)
        data = data[:start] + data[end:]
    return data


def _editable(data: bytes, name: str) -> Document:
    document = outlines(data, name)
    # Offsets are those of an encoding in which ASCII is ASCII; expat alone knows when it is UTF-16.
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data[:4]:
        raise ConfigError(f"{name}: is in UTF-16; save it as UTF-8 to have it edited")
    if document.body is None:
        raise ConfigError(f"{name}: has no <body>, so there is no place for a feed in it")
    return document


def _folder(document: Document, path: Sequence[str], name: str) -> tuple[Outline, Sequence[str]]:
    """The innermost folder of ``path`` that is there, and the names of those that are not."""
    place, index = document.body, -1
    depth = 0
    for label in path:
        found = [
            number
            for number, each in enumerate(document.outlines)
            if each.parent == index and not each.url and each.label == label
        ]
        if not found:
            break
        index = found[0]
        place = document.outlines[index]
        depth += 1
    if place is None:
        raise ConfigError(f"{name}: has no <body>, so there is no place for a feed in it")
    return place, path[depth:]


def _elements(
    subscriptions: Sequence[Subscription], folders: Sequence[str], margin: str, unit: str
) -> list[str]:
    """The lines of new feeds, inside the folders that are still missing."""
    outer = [margin + unit * depth for depth in range(len(folders))]
    inner = margin + unit * len(folders)
    return [
        *(space + tag([("text", label)], empty=False) for space, label in zip(outer, folders, strict=True)),
        *(inner + tag(attributes(each, declare=True), empty=True) for each in subscriptions),
        *(f"{space}</outline>" for space in reversed(outer)),
    ]


def _insert(data: bytes, place: Outline, lines: list[bytes], unit: bytes) -> bytes:
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    text = newline.join(lines)
    if place.close == place.tag_end == place.end:
        # `<outline text="Empty"/>` has to be opened first.
        written = data[place.start : place.tag_end]
        element = written[1:].split(None, 1)[0].rstrip(b"/>")
        opened = written[:-2].rstrip() + b">"
        closing = newline + _margin(data, place.start) + b"</" + element + b">"
        return data[: place.start] + opened + newline + text + closing + data[place.end :]
    start = _line_start(data, place.close)
    if data[start : place.close].strip():
        # The end tag shares its line with other things: give it one of its own.
        margin = lines[0][: -len(lines[0].lstrip())][: -len(unit)]
        return data[: place.close] + newline + text + newline + margin + data[place.close :]
    return data[:start] + text + newline + data[start:]


def _line_start(data: bytes, offset: int) -> int:
    return data.rfind(b"\n", 0, offset) + 1


def _margin(data: bytes, offset: int) -> bytes:
    """The white space in front of what stands at an offset, when nothing else does."""
    before = data[_line_start(data, offset) : offset]
    return before if not before.strip() else b""


def _indent_unit(document: Document) -> bytes:
    """By how much this file indents its outlines: learned from the first that is inside another."""
    data = document.data
    for outline in document.outlines:
        outer = document.outlines[outline.parent] if outline.parent >= 0 else document.body
        if outer is None:
            continue
        inside, outside = _margin(data, outline.start), _margin(data, outer.start)
        if len(inside) > len(outside) and inside.startswith(outside):
            return inside[len(outside) :]
    return b"  "


def _whole_lines(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Widen a range to the lines it fills alone, so that no blank line stays behind."""
    line = _line_start(data, start)
    behind = re.compile(rb"[ \t]*(?:\r?\n|\Z)").match(data, end)
    if behind and not data[line:start].strip():
        return line, behind.end()
    return start, end
