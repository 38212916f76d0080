from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from feedserver import FeedServer, Page

from tests.threats.conftest import NOW, Run

VECTORS = [
    json.loads(line)["vector"]
    for line in (Path(__file__).parents[1] / "data" / "xss.jsonl").read_text("utf-8").splitlines()
]
pytestmark = pytest.mark.slow  # two homes of dozens of feeds each

EVERY = 12
"""Of the vectors, one in so many: all of them go through a browser in the slow tests, in the fields of entries."""
PLAIN = "Plain words"


class Structure(HTMLParser):
    """Which elements with which attributes a document has, and what its scripts, styles and links are."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.kinds: set[tuple[str, frozenset[str]]] = set()
        self.schemes: set[str] = set()
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.add((tag, frozenset(name for name, _ in attrs)))
        for name, value in attrs:
            if name in {"href", "src", "action", "srcset", "poster", "xlink:href"}:
                self.schemes.add((value or "").partition(":")[0] if ":" in (value or "") else "")
        self._in_script = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag not in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)


def page_of(home: Path, server: FeedServer, words: list[str], aggregator: Run) -> str:
    """The page of a home in which everything that is not an entry is named by these words: lists, folders, outlets,
    feeds that fail, what their servers say, further outputs."""
    home.mkdir()
    outlines = []
    for number, word in enumerate(words):
        items = [
            {
                "id": f"{number}/{n}",
                "url": f"https://o{number}.example/{n}",
                "title": f"The mill bank opens vault {number} at the quay" if n else "The mill bank opens",
                "content_text": f"The mill bank opened vault {n} on Monday, its clerk said. " * 3,
                "language": word,
                "tags": [word],
                "authors": [{"name": word, "url": word}],
                "date_published": f"2026-11-27T0{n + 1}:00:00Z",
            }
            for n in range(2)
        ]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": word,
            "home_page_url": word,
            "items": items,
        }
        (home / f"{number}.json").write_text(json.dumps(feed), "utf-8")
        server.pages[f"/{number}"] = Page(
            f"<!doctype html><title>{word}</title>".encode(), "text/html; charset=utf-8"
        )
        sound = "".join(each for each in word if each >= " ")
        for url in (f"{number}.json", server.url(f"/{number}")):
            more = f"text={quoteattr(sound)} category={quoteattr(sound)} language={quoteattr(sound)}"
            outlines.append(
                f"<outline {more} htmlUrl={quoteattr(sound)} type='rss' xmlUrl={quoteattr(url)}/>"
            )
    (home / "feeds.opml").write_text(f"<opml version='2.0'><body>{''.join(outlines)}</body></opml>", "utf-8")
    text = json.dumps("".join(each for each in words[0] if each.isprintable()), ensure_ascii=False)
    settings = f"[poll]\nprivate_networks = true\n[export]\ntitle = {text}\ndescription = {text}\n"
    (home / "aggregator.toml").write_text(f"{settings}[outputs.more]\ntitle = {text}\n", "utf-8")
    aggregator("-C", home, "--now", NOW, "run")
    return (home / "public" / "index.html").read_text("utf-8")


@pytest.fixture
def pages(tmp_path: Path, feed_server: FeedServer, aggregator: Run) -> tuple[Structure, Structure]:
    hostile = [each.encode("utf-8", "replace").decode() for each in VECTORS[::EVERY]]
    plain = page_of(
        tmp_path / "plain", feed_server, [f"{PLAIN} {n}" for n in range(len(hostile))], aggregator
    )
    evil = page_of(tmp_path / "evil", feed_server, hostile, aggregator)
    assert PLAIN in plain
    assert evil.count("<li") > len(hostile)
    assert "&lt;script" in evil
    return Structure(plain), Structure(evil)


def test_names_of_feeds_folders_outlets_and_troubles_add_nothing_to_a_page_but_words(
    pages: tuple[Structure, Structure],
) -> None:
    plain, evil = pages
    assert evil.kinds <= plain.kinds | {("span", frozenset({"lang"}))}
    assert evil.schemes <= plain.schemes | {"http", "https"}
    assert len(evil.scripts) == len(plain.scripts)
    assert evil.scripts[1:] == plain.scripts[1:]
