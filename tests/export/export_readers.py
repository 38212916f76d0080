"""Readers that other people wrote, each behind the same few questions: what do you show, and what is new to you?

newsboat and rss2email come from Debian, ``reader`` from PyPI, rss-parser and feedsmith from npm. All subscribe over
HTTP with a store of their own (the parsers' is ours: the ids they have met).
"""

from __future__ import annotations

import email.policy
import importlib.util
import json
import mailbox
import os
import shutil
import sqlite3
import subprocess
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

NODE = Path(__file__).with_name("node")


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as a reader has it."""

    id: str
    title: str
    link: str | None
    date: datetime
    text: str
    """Markup or not, as the reader keeps it."""


class Newsboat:
    """https://newsboat.org: a terminal reader. Its cache tells what it shows and what it marks as new."""

    absent = None if shutil.which("newsboat") else "no newsboat here (apt-get install newsboat)"
    documents: ClassVar = ("atom.xml", "rss.xml")

    def __init__(self, place: Path, url: str) -> None:
        self.place = place
        (place / "urls").write_text(f"{url}\n")
        (place / "config").write_text("")

    def update(self) -> None:
        # A feed that its cache does not hold yet gets its validators noted at the second fetch only.
        for _ in range(1 if (self.place / "cache.db").exists() else 2):
            _run("newsboat -C config -u urls -c cache.db -x reload".split(), self.place)

    def entries(self) -> list[Shown]:
        rows = self._ask("SELECT guid, title, url, pubDate, content FROM rss_item")
        return [
            Shown(guid, title, url or None, datetime.fromtimestamp(date, UTC), text)
            for guid, title, url, date, text in rows
        ]

    def new(self) -> set[str]:
        found = {guid for (guid,) in self._ask("SELECT guid FROM rss_item WHERE unread = 1")}
        self._ask("UPDATE rss_item SET unread = 0")
        return found

    def _ask(self, sql: str) -> list[tuple]:
        with closing(sqlite3.connect(self.place / "cache.db")) as database, database:
            return database.execute(sql).fetchall()


class Rss2email:
    """rss2email: every new entry is a letter, so what is new twice is sent twice."""

    absent = None if shutil.which("r2e") else "no rss2email here (apt-get install rss2email)"
    documents: ClassVar = ("atom.xml", "rss.xml")

    def __init__(self, place: Path, url: str) -> None:
        self.place = place
        (place / "Maildir").mkdir()
        (place / "r2e.cfg").write_text(
            "[DEFAULT]\nto = reader@reader.example\nfrom = news@reader.example\nemail-protocol = maildir\n"
            f"maildir-path = {place}/Maildir\ndate-header = True\ndate-header-order = published\n"
            "html-mail = True\nverbose = warning\n"
        )
        self._run("add", "news", url)
        self._read = set[str]()

    def update(self) -> None:
        self._run("run")

    def _run(self, *arguments: str) -> None:
        _run(["r2e", "-c", "r2e.cfg", "-d", "r2e.json", *arguments], self.place)

    def letters(self) -> list[EmailMessage]:
        box = self.place / "Maildir" / "INBOX"
        if not box.exists():
            return []
        return [
            email.message_from_bytes(letter.as_bytes(), policy=email.policy.default)  # type: ignore[arg-type]
            for letter in mailbox.Maildir(box)
        ]

    def entries(self) -> list[Shown]:
        return [
            Shown(
                letter["X-RSS-ID"],
                letter["Subject"].strip(),
                _link(letter["X-RSS-URL"], letter["X-RSS-ID"]),
                letter["Date"].datetime.astimezone(UTC),
                letter.get_content(),
            )
            for letter in self.letters()
        ]

    def new(self) -> set[str]:
        met = {letter["Message-ID"]: letter["X-RSS-ID"] for letter in self.letters()}
        found = [entry for message, entry in met.items() if message not in self._read]
        self._read.update(met)
        assert len(found) == len(set(found)), "one story in two letters"
        return set(found)


class Reader:
    """https://github.com/lemon24/reader: a library with a store, behind other people's programs."""

    absent = None if importlib.util.find_spec("reader") else "no reader here (pip install --group dev)"
    documents: ClassVar = ("atom.xml", "rss.xml", "feed.json")

    def __init__(self, place: Path, url: str) -> None:
        self._store = str(place / "reader.sqlite")
        with self._opened() as reader:
            reader.add_feed(url)

    def _opened(self) -> AbstractContextManager[Any]:
        from reader import make_reader

        return make_reader(self._store)

    def update(self) -> None:
        with self._opened() as reader:
            for outcome in reader.update_feeds_iter(scheduled=False):
                assert not isinstance(outcome.value, Exception), outcome.value

    def entries(self) -> list[Shown]:
        with self._opened() as reader:
            return [
                Shown(
                    entry.id,
                    entry.title,
                    _link(entry.link, entry.id),
                    entry.published,
                    entry.get_content().value,
                )
                for entry in reader.get_entries()
            ]

    def new(self) -> set[str]:
        with self._opened() as reader:
            unread = list(reader.get_entries(read=False))
            for entry in unread:
                reader.mark_entry_as_read(entry)
        return {entry.id for entry in unread}


class Node:
    """A parser from npm; it has no store, so what it has not met before is new."""

    absent = (
        None
        if shutil.which("node") and (NODE / "node_modules").is_dir()
        else "no Node parsers here (npm install --prefix tests/export/node)"
    )
    parser: ClassVar[str]

    def __init__(self, place: Path, url: str) -> None:
        self.url = url
        self.etag: str | None = None
        self._entries: list[Shown] = []
        self._met = set[str]()
        self._process = subprocess.Popen(
            ["node", str(NODE / "read.mjs"), self.parser],
            cwd=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._process.communicate()

    def update(self) -> None:
        print(json.dumps({"url": self.url, "etag": self.etag}), file=self._process.stdin, flush=True)
        found = json.loads(self._process.stdout.readline())
        if found["status"] == 304:
            return
        self.etag = found["etag"]
        self._entries = [
            Shown(
                each["id"],
                each["title"],
                each.get("link"),
                datetime.fromisoformat(each["date"]),
                each["text"],
            )
            for each in found["entries"]
        ]

    def entries(self) -> list[Shown]:
        return self._entries

    def new(self) -> set[str]:
        found = {entry.id for entry in self._entries} - self._met
        self._met |= found
        return found


class RssParser(Node):
    """rss-parser, the most used of npm's."""

    parser = "rss-parser"
    documents: ClassVar = ("atom.xml", "rss.xml")


class Feedsmith(Node):
    """feedsmith, which reads all three formats."""

    parser = "feedsmith"
    documents: ClassVar = ("atom.xml", "rss.xml", "feed.json")


ALL = (Newsboat, Rss2email, Reader, RssParser, Feedsmith)


def _link(link: str | None, id_: str) -> str | None:
    """feedparser puts the id of an Atom entry in the place of a missing link."""
    link = (link or "").strip()
    return link if link not in {"", id_} else None


def _run(command: list[str], place: Path) -> str:
    done = subprocess.run(
        command,
        cwd=place,
        env={**os.environ, "HOME": str(place), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    assert done.stderr == "", f"{command}: {done.stderr}"
    return done.stdout
