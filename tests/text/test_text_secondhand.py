"""Which items say themselves that they are taken from another site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.models import Item
from aggregator.text import clean
from aggregator.text.secondhand import second_hand

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SITE = "https://echo.example/"


def told(
    html: str = "", *, url: str | None = "https://echo.example/a-boat", source: str | None = None
) -> bool:
    item = Item(
        id=1,
        uid="1",
        feed_id=1,
        guid="1",
        title="A boat",
        url=url,
        content_html=html,
        source_url=source,
        first_seen=NOW,
        at=NOW,
    )
    text = clean.clean(item, feed_title="Echo")
    return second_hand(item, text.attributions, site_url=SITE)


BODY = "<p>The night boat leaves at nine, the harbour board said, and it carries bicycles for nothing.</p>"


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        ("", False),
        ('<p>The post <a href="https://osprey.example/boat">A boat</a> appeared first on Osprey.</p>', True),
        ('<p>The post <a href="https://echo.example/a-boat">A boat</a> appeared first on Echo.</p>', False),
        ('<p>The post <a href="https://es.echo.example/boat">A boat</a> appeared first on Echo.</p>', False),
        ("<p>Source: https://osprey.example/boat</p>", True),
        ("<p>Source: https://x.com/harbour/status/1</p>", False),
        ("<p>Source: https://www.sec.gov/filing/1</p>", False),
        ("<p>Source: https://github.com/harbour/boat</p>", False),
        ('<p>Read more at <a href="https://osprey.example/">Osprey</a>.</p>', False),
        ('<p>The fare is on <a href="https://osprey.example/fares">its page</a>.</p>' + BODY, False),
    ],
)
def test_a_text_that_names_another_site_as_its_source_is_second_hand(foot: str, expected: bool) -> None:
    assert told(BODY + foot) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://osprey.example/boat", True),
        ("https://echo.example/a-boat", False),
        ("https://www.echo.example/feed", False),
        ("https://t.me/harbour/1", False),
        ("not an address", False),
        (None, False),
    ],
)
def test_what_the_entry_itself_names_counts_too(source: str | None, expected: bool) -> None:
    assert told(BODY, source=source) is expected


def test_an_item_of_an_unknown_publisher_is_not_judged() -> None:
    item = Item(
        id=1, uid="1", feed_id=1, guid="1", source_url="https://osprey.example/boat", first_seen=NOW, at=NOW
    )
    assert not second_hand(item, (), site_url=None)
