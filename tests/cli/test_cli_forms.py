from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli import forms
from aggregator.errors import UsageError
from aggregator.models import Copy, FeedRef, Story

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
QUAY = FeedRef(title="Quay Ledger", url="https://quay.example/feed", site_url=None)
STORY = Story(
    id="2c323fd",
    item="2c323fd",
    title="Harbour token lists",
    url="https://quay.example/a",
    feed=QUAY,
    author=None,
    published=AT,
    updated=AT,
    language="en",
    tags=("Markets", "Listings"),
    coins=("BTC", "ETH"),
    abstract=None,
    content_html="",
    reposts=tuple(
        Copy(item=item, title="Same", url=None, feed=feed, published=AT, rule="near-text", score=0.9)
        for item, feed in (
            ("a", replace(QUAY, title="Mill Wire")),
            ("b", replace(QUAY, title="Mill Wire")),
            ("c", replace(QUAY, title="Old Bell")),
        )
    ),
    related=(),
)


def rows(*stories: Story) -> list[list[str]]:
    return list(csv.reader(io.StringIO("\n".join(forms.table(stories)) + "\n")))


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{title}", "Harbour token lists"),
        (r"{id}\t{url}", "2c323fd\thttps://quay.example/a"),
        ("{coins}: {tags}", "BTC ETH: Markets, Listings"),
        ("+{reposts} {outlets}", "+3 Mill Wire, Old Bell"),
        ("{published}", "2026-11-22T10:00:00Z"),
        ("[{author}][{abstract}]", "[][]"),
        (r"{{{id}}} \\ \n", "{2c323fd} \\ \n"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_template_is_filled_with_what_a_story_says(template, line):
    assert list(forms.filled([STORY], forms.template(template))) == [line]


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{titel}", "did you mean {title}?"),
        ("{}", "known are id, published"),
        ("{title.__class__}", "there is no {title.__class__}"),
        ("{title!r}", "there is no {title!r}"),
        ("a { b", "a single { at 3"),
        ("a } b", "a single } at 3"),
        (r"\x", r"\x at 1 means nothing"),
        ("end\\", "means nothing"),
        ("{\x1b[31m}", "there is no {}"),
    ],
)
def test_a_template_that_cannot_be_meant_is_refused_in_words(template, says):
    with pytest.raises(UsageError) as refused:
        forms.template(template)
    assert says in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_what_a_feed_said_stays_on_its_line_and_commands_no_terminal():
    hostile = replace(STORY, title="one\ntwo\t\x1b[2Jthree")
    assert list(forms.filled([hostile], forms.template(r"{title}\t{id}"))) == ["one two three\t2c323fd"]


@pytest.mark.parametrize(
    "title", ['=HYPERLINK("http://x.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\x00=1"]
)
def test_a_spreadsheet_runs_nothing_a_feed_wrote(title):
    cell = rows(replace(STORY, title=title))[1][list(forms.FIELDS).index("title")]
    assert cell.startswith("'")


@given(st.text(), st.text())
def test_a_table_has_one_row_a_story_and_one_cell_a_field_whatever_they_say(title, abstract):
    table = rows(replace(STORY, title=title, abstract=abstract), STORY)
    assert [len(row) for row in table] == [len(forms.FIELDS)] * 3
