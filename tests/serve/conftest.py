"""A directory as a run leaves it, and a server of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from serving import ATOM, Serving, lay


@pytest.fixture
def public(tmp_path) -> Path:
    """What two runs have left: the whole, a named output, an archive page, a file of a killed run."""
    root = tmp_path / "home" / "public"
    lay(root / "atom.xml", ATOM)
    lay(root / "index.html", b"<!doctype html><title>News</title>")
    lay(root / "feed.json", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}')
    lay(root / "rss.xml", b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>')
    lay(root / "feeds.opml", b'<opml version="2.0"><body/></opml>')
    lay(root / "bitcoin" / "index.html", b"<!doctype html><title>Bitcoin</title>")
    lay(root / "bitcoin" / "atom.xml", ATOM)
    lay(root / "archive" / "2026-01.xml", ATOM)
    (root / ".atom.xml.new").write_bytes(b"half of a")
    (root.parent / "aggregator.db").write_bytes(b"private")
    return root


@pytest.fixture
def serving(public):
    with Serving(public) as running:
        yield running
