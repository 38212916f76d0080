"""What a person sees: every width, with colours and without, as it was when somebody last looked at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.cli import cells, render_list, render_story
from aggregator.cli.paint import NARROWEST, WIDEST, Paint
from aggregator.models import Copy, FeedRef, RelatedStory, Story
from aggregator.store.search import words
from aggregator.text import snippets

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WIDTHS = (60, 80, 120, 200)
GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "terminal"


def golden(name: str, shown: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown + "\n", encoding="utf-8")
    assert path.exists(), f"{path} is missing: make golden"
    assert shown + "\n" == path.read_text(encoding="utf-8"), (
        f"differs from {path}; if that is meant: make golden"
    )


def story(number: int, hours: float, title: str, source: str, **values: object) -> Story:
    at = NOW - timedelta(hours=hours)
    given: dict[str, object] = {
        "id": f"{number:x}" * 20,
        "item": f"{number:x}" * 20,
        "title": title,
        "url": f"https://outlet.example/{number}/",
        "feed": FeedRef(title=source, url="https://outlet.example/feed"),
        "published": at,
        "updated": at,
    }
    return Story(**given | values)


def copied(title: str, source: str, hours: float, rule: str) -> Copy:
    return Copy(
        item="c" * 20,
        title=title,
        url="https://copy.example/harbor",
        feed=FeedRef(title=source, url="https://copy.example/feed"),
        published=NOW - timedelta(hours=hours),
        rule=rule,
        score=0.91,
    )


STORIES = (
    story(
        1,
        0.2,
        "Harbor Exchange halts withdrawals after a routine upgrade leaves two of its hot wallets out of balance",
        "Ledger Post",
        coins=("BTC", "ETH", "USDC"),
        labels=("press-release",),
        abstract="Harbor Exchange stopped withdrawals on Sunday morning. Two hot wallets showed less than its books "
        "did, the company said; customers' deposits are whole.",
        reposts=(
            copied(
                "Harbor halts withdrawals", "The Extraordinarily Long Name of a Daily Paper", 0.1, "near-text"
            ),
            copied("哈勃交易所暂停提款：两个热钱包账目不符", "链闻日报", 0, "translation"),
        ),
        related=(RelatedStory(id="2" * 20, title="连桥遭闪电贷攻击", url="https://outlet.example/2/"),),
    ),
    story(
        2,
        3,
        "去中心化交易所「连桥」遭闪电贷攻击，损失约1,240万美元，团队称正在与安全机构合作追踪资金流向",
        "链闻",
        language="zh",
        abstract="攻击者利用价格预言机的延迟，在同一笔交易中借入并归还了资金。" * 3,
    ),
    story(
        3, 5, "Café Société lists résumé tokens 🚀👩‍🚀 on a Sunday — ｆｕｌｌ ｗｉｄｔｈ", "ビットコイン速報"
    ),
    story(
        4,
        30,
        "https://outlet.example/a-link-instead-of-a-title-which-is-longer-than-any-terminal-of-sixty-columns-would-like",
        "Tokenstead",
        coins=("SOL",),
    ),
    story(
        5,
        24 * 400,
        "A year ago",
        "Ledger Post",
        abstract="Wallets were cold then. Nobody spoke of hot ones.",
        url=None,
    ),
)
EXCERPTS = {"2" * 20: "…团队随后把剩余资金转入热钱包，并说热钱包的私钥没有泄露。"}


def screens(columns: int, paint: Paint) -> Iterator[str]:
    """All that is laid out for a terminal of so many columns."""
    wide = max(NARROWEST, min(columns, WIDEST))
    asked = words('"hot wallets" 热钱包')

    def laid_out(**switches: object) -> Iterator[str]:
        return render_list.terminal(
            STORIES, now=NOW, columns=wide, paint=paint, zone=UTC, switches=render_list.Switches(**switches)
        )

    yield "$ aggregator list"
    yield from laid_out()
    yield "$ aggregator list --times relative --reposts -v"
    yield from laid_out(times="relative", reposts=True, urls=True)
    yield "$ aggregator search"
    yield from render_list.terminal(
        STORIES,
        now=NOW,
        columns=wide,
        paint=paint,
        zone=UTC,
        switches=render_list.Switches(days=False),
        excerpts=EXCERPTS,
        marks=lambda text: snippets.marks(text, asked.finders),
    )
    yield "$ aggregator show"
    yield from render_story.lines(STORIES[0], now=NOW, columns=wide, paint=paint, zone=UTC)


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_terminal_looks_as_it_did(columns):
    shown = list(screens(columns, Paint()))
    assert max(map(cells.width, shown)) <= columns
    golden(f"{columns}.txt", "\n".join(shown))


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_terminal_with_colours_and_links_looks_as_it_did(columns):
    shown = "\n".join(screens(columns, Paint(colour=True, links=True)))
    golden(f"{columns}-colour.txt", shown.replace("\x1b", "␛"))
