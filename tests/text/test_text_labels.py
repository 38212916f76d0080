"""What is paid for, and what is sent out by whom it is about: a table of items we made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import LABELS, Item
from aggregator.text import clean
from aggregator.text.clean import Edges
from aggregator.text.labels import labels

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "labelled_items.jsonl").read_text("utf-8").splitlines()
]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def item(**more) -> Item:
    return Item(id=1, uid="1", feed_id=1, guid="1", first_seen=NOW, at=NOW, **more)


def told(row) -> tuple[str, ...]:
    made = item(
        title=row.get("title", ""),
        url=row.get("url"),
        tags=tuple(row.get("tags", ())),
        author=row.get("author"),
        language=row.get("lang"),
    )
    return labels(made, Edges(first=tuple(row.get("first", ())), last=tuple(row.get("last", ()))))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['why']}: {row.get('title', '')[:30]}")
def test_an_item_is_labelled_where_it_says_so_and_only_there(row):
    assert list(told(row)) == row["labels"]


def test_the_table_is_large_and_has_look_alikes():
    assert len(ROWS) >= 60
    assert sum(not row["labels"] for row in ROWS) >= 30


def test_the_edges_of_an_item_hold_what_cleaning_takes_off():
    html = "<p>Sponsored</p><p>Body.</p>" + "<p>More.</p>" * 9 + "<p>Disclaimer: This is a paid post.</p>"
    edges = clean.draft(item(content_html=html)).edges
    assert edges.first[0] == "Sponsored"
    assert edges.last[-1] == "Disclaimer: This is a paid post."
    assert not set(edges.first[:1]) & set(edges.last)
    assert labels(item(), edges) == ("sponsored",)


@given(
    st.text(),
    st.text(),
    st.text() | st.none(),
    st.lists(st.text(), max_size=3),
    st.lists(st.text(), max_size=3),
)
def test_whatever_an_item_holds_its_labels_are_known_ones(title, author, url, tags, blocks):
    made = item(title=title, author=author, url=url, tags=tuple(tags))
    found = labels(made, Edges(first=tuple(blocks), last=tuple(blocks)))
    assert set(found) <= set(LABELS)
