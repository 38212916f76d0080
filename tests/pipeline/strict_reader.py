"""A reader that holds us to every promise of the merged feed, and a walker through its history."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

A = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person reads of an entry, and its times."""

    words: tuple[str | None, str | None, str | None]
    """Title, link, abstract."""
    links: frozenset[str]
    """Of every copy."""
    content: str | None
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An Atom document understood."""

    address: str
    links: dict[str, str]
    """Feed-level relation → address."""
    closed: bool
    entries: dict[str, Shown]
    """In document order."""
    departed: dict[str, datetime]


def document(data: bytes) -> Document:
    root = ET.fromstring(data)
    links = {link.get("rel"): link.get("href") for link in root.findall(A + "link")}
    assert len(links) == len(root.findall(A + "link")), "a relation twice"
    entries: dict[str, Shown] = {}
    for entry in root.findall(A + "entry"):
        name = entry.findtext(A + "id")
        assert name not in entries, f"{name} twice in one document"
        hrefs = [(link.get("rel"), link.get("href")) for link in entry.findall(A + "link")]
        entries[name] = Shown(
            words=(entry.findtext(A + "title"), dict(hrefs).get("alternate"), entry.findtext(A + "summary")),
            links=frozenset(href for _, href in hrefs),
            content=entry.findtext(A + "content"),
            published=datetime.fromisoformat(entry.findtext(A + "published")),
            updated=datetime.fromisoformat(entry.findtext(A + "updated")),
        )
    return Document(
        address=links["self"],
        links=links,
        closed=root.find(ARCHIVE) is not None,
        entries=entries,
        departed={
            each.get("ref"): datetime.fromisoformat(each.get("when")) for each in root.findall(DELETED)
        },
    )


@dataclass(slots=True)
class StrictReader:
    """Keys on ids, remembers everything, and forgives nothing."""

    known: dict[str, Shown] = field(default_factory=dict)
    current: frozenset[str] = frozenset()
    """What the last document held."""

    def read(self, data: bytes, now: datetime) -> list[str]:
        """Take a live document in; give the ids of what the reader would show as new or as changed."""
        live = document(data)
        moments = [shown.updated for shown in live.entries.values()]
        assert len(set(moments)) == len(moments), "two entries share one time of update"
        order = [(shown.published, name) for name, shown in live.entries.items()]
        assert [each for each, _ in order] == sorted((each for each, _ in order), reverse=True)
        carried = [link for shown in live.entries.values() for link in shown.links]
        assert len(set(carried)) == len(carried), "one copy under two entries"
        assert not live.departed.keys() & live.entries.keys(), "an entry and its deletion in one document"
        told = [name for name, shown in live.entries.items() if self._tells(name, shown, now)]
        self.known |= live.entries
        self.current = frozenset(live.entries)
        return told

    def _tells(self, name: str, shown: Shown, now: datetime) -> bool:
        assert shown.published <= now
        assert shown.updated.replace(microsecond=0) <= now
        before = self.known.get(name)
        if before is None:
            return True
        assert shown.published == before.published, f"{name}: another time of publication"
        if shown.words == before.words:
            assert shown.updated == before.updated, f"{name}: updated although nothing changed"
            return False
        assert shown.updated > before.updated, f"{name}: changed, and not updated"
        return True


class Walker:
    """Follows a feed's history on the disk, as a new subscriber would over HTTP."""

    def __init__(self, public: Path, base: str = "http://127.0.0.1:8080/") -> None:
        self.public, self.base = public, base

    def fetched(self, address: str) -> bytes:
        assert address.startswith(self.base), address
        return (self.public / urlsplit(address.removeprefix(self.base)).path).read_bytes()

    def pages(self, name: str = "atom.xml") -> list[Document]:
        """The live document, then its pages, newest first, by ``prev-archive`` alone."""
        found = [document(self.fetched(self.base + name))]
        while "prev-archive" in found[-1].links:
            older = document(self.fetched(found[-1].links["prev-archive"]))
            assert older.address == found[-1].links["prev-archive"]
            assert older.links["current"] == self.base + name
            found.append(older)
        return found

    def json_ids(self) -> list[str]:
        """Ids of all items, by ``next_url`` alone."""
        address, found = self.base + "feed.json", []
        while address:
            feed = json.loads(self.fetched(address))
            found += [item["id"] for item in feed["items"]]
            address = feed.get("next_url")
        return found


def checked_history(pages: list[Document]) -> dict[str, Shown]:
    """Every entry of a feed and its history, the newest document's word first; what a walk must find."""
    live, *archive = pages
    assert all(each.closed for each in archive[1:]), "a page behind the newest that is not closed"
    for newer, older in pairwise(archive):
        assert older.links["next-archive"] == newer.address.partition("?")[0]
    assert not archive or "next-archive" not in archive[0].links
    assert not archive or "prev-archive" not in archive[-1].links
    found: dict[str, Shown] = {}
    for page in archive:
        assert not found.keys() & page.entries.keys(), "one story on two pages"
        found |= page.entries
    if archive:
        assert not live.entries.keys() & archive[0].entries.keys(), "one story live and on the open page"
    return found | live.entries
