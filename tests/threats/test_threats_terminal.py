from __future__ import annotations

import asyncio
import json
import os
import pty
import re
from pathlib import Path
from xml.sax.saxutils import quoteattr

import forked
import pytest
from feedserver import FeedServer, Page, Request

from tests.threats.conftest import NOW, Run, obeyed

WORD = "Marsh"
EVIL = (
    f"{WORD}\x1b]0;mine\x07 \x1b[2J\x1b[6n\x9b31m \x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\ "
    "\u202elatsniarof\u2066 \x1bPq\x1b\\ \x85\u2028end\u115f"
)
"""Titles, clears, questions, colours, a link and a right-to-left override, as strings a terminal obeys."""
OPML_EVIL = "".join(each for each in EVIL if each >= " ")
"""XML can hold no C0 control, in no spelling."""
OURS = re.compile(
    r"\x1b\[[0-9;]*m"  # colours
    r"|\x1b\]8;[^;\x07\x1b]*;(?:https?://(?!evil)[!-~]*)?\x1b\\"  # links, to the web
    r"|\x1b\[(?:\?25[hl]|[0-9]*[AK])|\r"  # a progress bar
)


async def evil_reason(_: Request, writer: asyncio.StreamWriter) -> None:
    """A refusal whose every line is written for the eye of the person who reads of it."""
    evil = EVIL.replace("\x85", "").replace("\u2028", "").encode("utf-8")
    writer.write(
        b"HTTP/1.1 503 " + evil + b"\r\nContent-Type: text/" + evil + b"\r\nContent-Length: 0\r\n\r\n"
    )
    await writer.drain()


@pytest.fixture
def home(tmp_path: Path, feed_server: FeedServer) -> Path:
    items = [
        {
            "id": f"{number}{EVIL}",
            "url": f"https://marsh.example/{number}",
            "title": f"Wallet {number} of the bank moves {number},000 coins {EVIL}",
            "content_text": f"The bank moved coin number {number} on Monday, its clerk said at the quay. {EVIL}",
            "authors": [{"name": EVIL}],
            "tags": [EVIL],
            "date_published": f"2026-11-27T0{number}:00:00Z",
        }
        for number in range(1, 5)
    ]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": EVIL, "items": items})
    (tmp_path / "feed.json").write_text(feed, "utf-8")
    feed_server.pages["/page"] = Page(
        f"<!doctype html><title>{EVIL}</title>".encode(), "text/html; charset=utf-8"
    )
    feed_server.pages["/moved"] = Page(
        b"", None, 302, headers={"Location": OPML_EVIL.encode().decode("latin-1")}
    )
    feed_server.behaviours["/reason"] = evil_reason
    urls = ["feed.json", *(feed_server.url(path) for path in ("/page", "/moved", "/reason"))]
    outlines = "".join(
        f"<outline type='rss' text={quoteattr(OPML_EVIL)} xmlUrl={quoteattr(url)}/>" for url in urls
    )
    opml = (
        f"<opml version='2.0'><body>{outlines}<outline type='rss' text={quoteattr(OPML_EVIL)}/></body></opml>"
    )
    (tmp_path / "feeds.opml").write_text(opml, "utf-8")
    (tmp_path / "aggregator.toml").write_text("[poll]\nprivate_networks = true\n", "utf-8")
    return tmp_path


PRINTING = (
    ("-v", "run"),
    ("-v", "poll", "--force"),
    ("run", "--json", "--force"),
    ("list", "--reposts"),
    ("list", "--json"),
    ("list", "--jsonl"),
    ("list", "--csv"),
    ("list", "--urls"),
    ("list", "--format", "{id} {title} {feed} {author} {tags} {abstract}"),
    ("search", "wallet"),
    ("show", "https://marsh.example/1"),
    ("show", "https://marsh.example/1", "--json"),
    ("explain", "https://marsh.example/1", "https://marsh.example/2"),
    ("join", "https://marsh.example/1", "https://marsh.example/2"),
    ("rulings",),
    ("rulings", "--json"),
    ("feeds", "list"),
    ("feeds", "list", "--json"),
    ("feeds", "check"),
    ("feeds", "check", "--json"),
    ("feeds", "remove", WORD),
    ("feeds", "export"),
    ("stats",),
    ("stats", "--json"),
    ("doctor",),
    ("dump",),
    ("dump", "--all"),
    ("prune", "--older-than", "1d", "--dry-run"),
    (),
)


def test_no_command_lets_a_stranger_write_to_the_terminal(home: Path, aggregator: Run) -> None:
    told = 0
    for arguments in PRINTING:
        done = aggregator("-C", home, "--now", NOW, *arguments)
        assert "Traceback" not in done.said, arguments
        assert obeyed(done.said) == set(), (arguments, done.said[:500])
        told += WORD in done.said
    assert told > 15, "the hostile words were there to be printed"


def test_what_completes_a_word_commands_no_terminal(
    home: Path, aggregator: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    aggregator("-C", home, "--now", NOW, "run")
    for shell in ("bash", "zsh", "fish"):
        # fish tells the word that was begun, the others its number.
        begun = "" if shell == "fish" else "3"
        words = {"COMP_WORDS": "aggregator list --feed ", "COMP_CWORD": begun}
        values = {"_AGGREGATOR_COMPLETE": f"{shell}_complete", **words}
        done = forked.run(env={**os.environ, **values, "AGGREGATOR_HOME": str(home)})
        assert WORD in done.stdout, shell
        assert obeyed(done.stdout + done.stderr) == set(), shell


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--reposts"),
        ("show", "https://marsh.example/1"),
        ("feeds", "list"),
        ("stats",),
        ("-v", "run", "--force"),
    ],
    ids=" ".join,
)
def test_on_a_terminal_only_our_own_colours_and_links_are_obeyed(
    home: Path, aggregator: Run, arguments: tuple[str, ...]
) -> None:
    aggregator("-C", home, "--now", NOW, "run")
    seen = on_terminal("-C", str(home), "--now", NOW, *arguments)
    assert WORD in seen
    assert "\x1b[" in seen, "colours are on, so that this looks at something"
    assert obeyed(OURS.sub("", seen)) == set(), seen[:800]


def on_terminal(*arguments: str) -> str:
    """What arrives at the terminal of a person who types this."""
    ours, theirs = pty.openpty()
    values = {
        **os.environ,
        "TERM": "xterm-256color",
        "COLUMNS": "90",
        "TERM_PROGRAM": "WezTerm",
        "PAGER": "cat",
    }
    values.pop("NO_COLOR", None)
    process = forked.start(*arguments, stdout=theirs, stderr=theirs, env=values)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65_536):
            seen += chunk
    except OSError:
        pass  # Linux says EIO, not end of file, when the last process has closed its side
    process.wait()
    os.close(ours)
    return seen.decode()
