"""Made-up news for loads: items with full HTML bodies, some of them copies of others, the same bytes every time."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

SYLLABLES = (
    "ba ce di fo gu ha ji ko lu ma ne pi qo ru sa te vi wo xa ye zu bra cre dri flo gru pla sta tri".split()
)
COMMON = (
    "the of and to in a is that for on as with by at from it was be this are an which has its have or".split()
)
COINS = "bitcoin ethereum solana cardano ripple dogecoin litecoin polkadot avalanche chainlink".split()
START = datetime(2026, 11, 1, tzinfo=UTC)
COPIES = 0.15
"""Share of items that are copies of an earlier one of another feed: what real crypto feeds show, roughly."""


def vocabulary(rng: random.Random) -> list[str]:
    """Make up some nine thousand words."""
    words = {"".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(9_000)}
    return sorted(words)


def sentence(rng: random.Random, known: list[str]) -> str:
    """Make up a sentence: function words, words, at times a sum."""
    words = [
        rng.choice(COMMON) if rng.random() < 0.45 else rng.choice(known) for _ in range(rng.randint(9, 26))
    ]
    if rng.random() < 0.3:
        words.insert(rng.randrange(len(words)), f"${rng.randint(1, 99)},{rng.randint(0, 999):03}")
    return " ".join(words).capitalize() + "."


def items(count: int, *, feeds: int, sentences: int = 40, seed: int = 7) -> Iterator[dict[str, object]]:
    """Yield items with the keys of the import contract, in order of time; ``sentences`` each, about 6 KB at 40."""
    rng = random.Random(seed)
    known = vocabulary(rng)
    recent: list[dict[str, object]] = []
    for number in range(count):
        feed = rng.randrange(feeds)
        moment = START + timedelta(minutes=3 * number)
        if recent and rng.random() < COPIES:
            original = rng.choice(recent)
            title, paragraphs = str(original["title"]), str(original["content_html"])
            body = f"{paragraphs}<p>The post {html.escape(title)} appeared first on Outlet {feed}.</p>"
        else:
            title = " ".join([rng.choice(COINS), *rng.choices(known, k=7)]).title()
            told = [sentence(rng, known) for _ in range(sentences)]
            body = "".join(f"<p>{' '.join(told[at : at + 3])}</p>" for at in range(0, len(told), 3))
        item: dict[str, object] = {
            "id": f"https://outlet{feed}.example/?p={number}",
            "feed": f"https://outlet{feed}.example/feed/",
            "source": f"Outlet {feed}",
            "url": f"https://outlet{feed}.example/{number}/",
            "title": title,
            "content_html": body,
            "published": moment.isoformat(),
            "lang": "en",
        }
        recent = [*recent[-200:], item]
        yield item


def jsonl(count: int, *, feeds: int, sentences: int = 40) -> bytes:
    """Write items as JSON Lines."""
    return b"".join(
        json.dumps(each).encode() + b"\n" for each in items(count, feeds=feeds, sentences=sentences)
    )


def rss(feed: int, entries: list[dict[str, object]]) -> bytes:
    """Write items as an RSS 2.0 document with full bodies."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>',
        f"<title>Outlet {feed}</title><link>https://outlet{feed}.example/</link><description>News</description>",
    ]
    for each in entries:
        published = format_datetime(datetime.fromisoformat(str(each["published"])), usegmt=True)
        parts.append(
            f"<item><title>{html.escape(str(each['title']))}</title><link>{each['url']}</link>"
            f'<guid isPermaLink="false">{each["id"]}</guid><pubDate>{published}</pubDate>'
            f"<content:encoded><![CDATA[{each['content_html']}]]></content:encoded></item>"
        )
    parts.append("</channel></rss>\n")
    return "".join(parts).encode()
