"""What is the document of this name like now? The only part of serving that opens files.

Runs replace a document by renaming a new file over it, so whoever has the old one open reads it whole. A document
stays in memory, packed and unpacked, until a look at its file (one ``stat`` per request) shows another one.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import stat
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.serve import media
from aggregator.serve.paths import INDEX, Named

MOST_BYTES = 64 * 1024 * 1024
"""The largest document that is served: the most that ``max_bytes`` can be set to."""

CACHE_BYTES = 64 * 1024 * 1024
"""A hundred live documents of the default size; what was asked for longest ago goes first."""

LEAST_PACKED = 1024
"""Bytes below which packing saves no packet: an answer's fields take some 500 of the 1,400 in one."""

MOST_PACKED = 16 * 1024 * 1024
"""Bytes above which packing would hold everyone up for more than half a second."""

LEVEL = 6
"""Of gzip: 9 saves another 1 % of a feed for twice the time."""

TRIES = 3
"""Readings of a file that changes under our hands: ours never do, another program's may."""

NOTHING_THERE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO, errno.EINVAL}
)
"""What the system says of a name behind which no document is: none at all, links in a circle, too long, a socket."""

Key = tuple[int, int, int, int, int]
"""What tells one state of a file from another: device, inode, size, times of writing and of change."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """One state of a file, ready to be sent."""

    name: str
    """Below ``public/``, with slashes."""
    body: bytes
    packed: bytes | None
    """The same as gzip, where that is worth while."""
    digest: str
    """Of the content: the same document has the same tag after a restart and on another machine."""
    modified: int
    """Seconds since 1970."""
    media_type: str
    policy: str

    @property
    def weight(self) -> int:
        """Bytes it takes in memory."""
        return len(self.body) + len(self.packed or b"")


@dataclass(frozen=True, slots=True)
class Directory:
    """There is a directory of that name: its page is one slash away."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """There is something, and it cannot be served."""

    why: str


Found = Document | Directory | Unreadable | None


class Documents:
    """The documents of one directory, followed as runs replace them."""

    def __init__(self, root: Path, *, most: int = CACHE_BYTES) -> None:
        self._root = os.fspath(root)
        self._kept: OrderedDict[tuple[str, ...], tuple[Key, Document]] = OrderedDict()
        self._most = most
        self.weight = 0
        """Bytes of what is kept in memory."""

    @property
    def empty(self) -> bool:
        """Whether nothing was exported yet."""
        try:
            with os.scandir(self._root) as entries:
                return all(entry.name.startswith(".") for entry in entries)
        except OSError:
            return True

    def find(self, named: Named) -> Found:
        """Give what an address names, ``None`` where there is nothing."""
        parts = (*named.parts, INDEX) if named.directory else named.parts
        try:
            now = os.stat("/".join((self._root, *parts)))  # noqa: PTH116 - once per request: pathlib takes 3 times as long
            kept = self._kept.get(parts)
            if kept is not None and kept[0] == _key(now):
                self._kept.move_to_end(parts)
                return kept[1]
            return self._load(parts)
        except OSError as error:
            self._forget(parts)
            if error.errno in NOTHING_THERE:
                return None
            return Unreadable(error.strerror or "it cannot be read")

    def _load(self, parts: Sequence[str]) -> Found:
        inside = self._inside(parts)
        if inside is None:
            return None
        opened = _open(*inside)
        try:
            state = os.fstat(opened)
            if stat.S_ISDIR(state.st_mode):
                return Directory()
            if not stat.S_ISREG(state.st_mode):
                return None
            if state.st_size > MOST_BYTES:
                return Unreadable(f"it is larger than {MOST_BYTES // 1024 // 1024} MiB")
            key, body = _read(opened)
        finally:
            os.close(opened)
        document = _document("/".join(parts), body, key)
        self._keep(tuple(parts), key, document)
        return document

    def _inside(self, parts: Sequence[str]) -> tuple[str, Sequence[str]] | None:
        """The directory itself and the names from there to the file, links followed; ``None`` if they lead out."""
        root = os.path.realpath(self._root, strict=True)
        real = os.path.realpath(os.path.join(root, *parts), strict=True)  # noqa: PTH118 - a path as text throughout
        if os.path.commonpath((root, real)) != root:
            return None
        names = Path(real).relative_to(root).parts
        return None if any(name.startswith(".") for name in names) else (root, names)

    def _keep(self, parts: tuple[str, ...], key: Key, document: Document) -> None:
        self._forget(parts)
        if document.weight > self._most:
            return
        self._kept[parts] = (key, document)
        self.weight += document.weight
        while self.weight > self._most:
            _, (_, oldest) = self._kept.popitem(last=False)
            self.weight -= oldest.weight

    def _forget(self, parts: tuple[str, ...]) -> None:
        kept = self._kept.pop(parts, None)
        if kept is not None:
            self.weight -= kept[1].weight


def _key(state: os.stat_result) -> Key:
    return (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def _open(root: str, names: Sequence[str]) -> int:
    """Open step by step, following no link: where each leads was settled, and may not have changed since.

    Without waiting, as a pipe would make us.
    """
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for last, name in enumerate(names, start=1 - len(names)):
        kind = os.O_NONBLOCK if last == 0 else os.O_DIRECTORY
        try:
            below = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind, dir_fd=here)
        finally:
            os.close(here)
        here = below
    return here


def _read(opened: int) -> tuple[Key, bytes]:
    """Read a file that did not change meanwhile; ``OSError`` for one that does all the time."""
    for _ in range(TRIES):
        before = _key(os.fstat(opened))
        os.lseek(opened, 0, os.SEEK_SET)
        with os.fdopen(os.dup(opened), "rb") as file:
            body = file.read(MOST_BYTES + 1)
        if len(body) == before[2] and _key(os.fstat(opened)) == before:
            return before, body
    raise OSError(errno.EBUSY, "it is being written to")


def _document(name: str, body: bytes, key: Key) -> Document:
    kind = media.media_type(name, body)
    return Document(
        name=name,
        body=body,
        packed=_packed(body, kind),
        digest=hashlib.sha256(body).hexdigest()[:32],
        modified=key[3] // 1_000_000_000,
        media_type=kind,
        policy=media.policy(kind, body),
    )


def _packed(body: bytes, kind: str) -> bytes | None:
    if not LEAST_PACKED <= len(body) <= MOST_PACKED or kind in media.PACKED:
        return None
    packed = gzip.compress(body, LEVEL, mtime=0)
    return packed if len(packed) < len(body) else None
