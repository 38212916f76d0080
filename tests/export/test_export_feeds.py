"""The three feed formats: valid whatever came in, stable, and understood by a parser as we meant them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import export_samples as samples
import export_validity as validity
import feedparser
import pytest
from export_golden import golden
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator.export import atom, jsonfeed, rss
from aggregator.export.channel import Channel
from aggregator.models import Copy, FeedRef, RelatedStory, Story

FORMATS = {
    "atom.xml": (atom, validity.atom),
    "rss.xml": (rss, validity.rss),
    "feed.json": (jsonfeed, validity.json_feed),
}


@pytest.fixture(params=FORMATS, ids=str)
def form(request):
    """A renderer and its validator."""
    return FORMATS[request.param]


def read(renderer, stories, channel=samples.CHANNEL):
    """What feedparser makes of it, strictly."""
    parsed = feedparser.parse(io.BytesIO(renderer.render(channel, stories)))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


# --- Valid ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_the_golden_feeds_are_what_is_rendered(name):
    golden(name, FORMATS[name][0].render(samples.CHANNEL, samples.STORIES))


def test_every_sample_is_valid_the_hostile_one_included(form):
    renderer, validate = form
    assert validate(renderer.render(samples.CHANNEL, samples.STORIES)) == []


def test_a_feed_without_stories_is_valid(form):
    renderer, validate = form
    assert validate(renderer.render(samples.CHANNEL, [])) == []


def test_a_channel_with_blank_words_is_valid(form):
    renderer, validate = form
    channel = replace(samples.CHANNEL, title="\u200b", description=" ", language="??")
    assert validate(renderer.render(channel, samples.STORIES)) == []


def test_a_story_with_a_megabyte_of_title_is_valid_and_small(form):
    renderer, validate = form
    story = replace(samples.HALVING, title="<b>\x00 a" * 170_000, author="n" * 1_000_000, abstract=None)
    data = renderer.render(samples.CHANNEL, [story])
    assert validate(data) == []
    assert len(data) < 20_000


ANY_TEXT = st.text(max_size=40) | st.sampled_from(
    [
        "]]>",
        "<![CDATA[",
        "&#x0;",
        "&amp;amp;lt;b&amp;gt;",
        "\ud800",
        "\ufffe\uffff",
        "\u202e\u2066",
        "<?xml?>",
        "<!--",
        "\x1b[0m",
        "javascript:alert(1)",
        "https://例え.jp/パス?q=ü&[a]=%",
        "https://a.example/?a=1&amp;b=2",
        "http://[::1]/",
        "//x",
    ]
)
ANY_URL = ANY_TEXT | st.builds("https://a.example/{}".format, ANY_TEXT)
ANY_HTML = st.lists(
    ANY_TEXT
    | st.sampled_from(
        [
            "<p>",
            "</p>",
            "<a href='",
            "'>",
            "<b>",
            "<table>",
            "<td>",
            "<img src=",
            "<svg>",
            "<math>",
            "<button>",
            "<li>",
        ]
    ),
    max_size=12,
).map("".join)
ANY_TIME = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
ANY_FEED = st.builds(FeedRef, title=ANY_TEXT, url=ANY_URL, site_url=st.none() | ANY_URL)
ANY_COPY = st.builds(
    Copy,
    item=st.just("0" * 20),
    title=ANY_TEXT,
    url=st.none() | ANY_URL,
    feed=ANY_FEED,
    published=ANY_TIME,
    rule=st.just("near-text"),
    score=st.floats(0, 1),
)
ANY_STORY = st.builds(
    Story,
    id=st.integers(0, 2**80 - 1).map("{:020x}".format),
    item=st.just("0" * 20),
    title=ANY_TEXT,
    url=st.none() | ANY_URL,
    feed=ANY_FEED,
    author=st.none() | ANY_TEXT,
    published=ANY_TIME,
    updated=ANY_TIME,
    language=st.none() | ANY_TEXT | st.sampled_from(["en", "ar", "zh-Hans-CN", "pt_br"]),
    tags=st.lists(ANY_TEXT, max_size=3).map(tuple),
    coins=st.lists(ANY_TEXT, max_size=2).map(tuple),
    abstract=st.none() | ANY_TEXT,
    content_html=ANY_HTML,
    reposts=st.lists(ANY_COPY, max_size=5).map(tuple),
    related=st.lists(
        st.builds(RelatedStory, id=st.just("ab"), title=ANY_TEXT, url=st.none() | ANY_URL), max_size=2
    ).map(tuple),
).map(lambda story: replace(story, updated=max(story.updated, story.published)))


@settings(max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck))
@given(stories=st.lists(ANY_STORY, max_size=4, unique_by=lambda story: story.id), title=ANY_TEXT)
def test_whatever_comes_in_every_format_is_valid_and_parsed_without_complaint(stories, title):
    channel = Channel(title=title, description=title, updated=samples.NOW)
    for renderer, validate in FORMATS.values():
        assert validate(renderer.render(channel, stories)) == []
    for renderer in (atom, rss):
        parsed = read(renderer, stories, channel)
        assert len(parsed.entries) == len(stories)
        assert all(entry.title for entry in parsed.entries)


# --- Understood ----------------------------------------------------------------------------------


@pytest.mark.parametrize("renderer", [atom, rss], ids=["atom", "rss"])
def test_a_parser_gives_the_stories_back(renderer):
    stories = [samples.HALVING, samples.BRIDGE, samples.CHINESE, samples.ARABIC]
    for story, found in zip(stories, read(renderer, stories).entries, strict=True):
        assert found.id.endswith(f"story/{story.id}")
        assert found.title == story.title
        assert found.link == story.url
        assert found.author == (story.author or story.feed.title)
        assert found.summary == story.abstract
        assert datetime(*found.published_parsed[:6], tzinfo=UTC) == story.published
        assert [tag.term for tag in found.tags] == [*story.coins, *story.tags]
        assert found.content[-1].value.count("<li>") == len(story.reposts) + len(story.related)


def test_all_formats_agree_on_ids_titles_links_and_text():
    def known(parsed):
        return [
            (entry.id, entry.title, entry.get("link"), entry.content[-1].value) for entry in parsed.entries
        ]

    json_items = json.loads(jsonfeed.render(samples.CHANNEL, samples.STORIES))["items"]
    from_json = [(item["id"], item["title"], item.get("url"), item["content_html"]) for item in json_items]
    first, second = (
        [
            (
                item.findtext(f"{prefix}id") or item.findtext("guid"),
                item.findtext(f"{prefix}title"),
                (item.find(f"{prefix}link[@rel='alternate']") if prefix else item.find("link")),
                item.findtext(f"{prefix}content") or item.findtext(validity.CONTENT),
            )
            for item in ET.fromstring(renderer.render(samples.CHANNEL, samples.STORIES)).iter(
                f"{prefix}entry" if prefix else "item"
            )
        ]
        for renderer, prefix in ((atom, validity.A), (rss, ""))
    )
    first = [(a, b, None if link is None else link.get("href"), text) for a, b, link, text in first]
    second = [(a, b, None if link is None else link.text, text) for a, b, link, text in second]
    assert first == second == from_json
    assert [entry[0] for entry in known(read(atom, samples.STORIES))] == [entry[0] for entry in first]


def test_a_press_release_is_called_one_where_every_reader_shows_it():
    shown = [
        parsed.entries[0] for parsed in (read(atom, [samples.UNABRIDGED]), read(rss, [samples.UNABRIDGED]))
    ]
    for entry in shown:
        assert [tag.term for tag in entry.tags[:2]] == ["Press release", "Sponsored"]
        assert entry.content[-1].value.startswith("<p><a href=")
        assert "</a> · Press release · Sponsored</p>" in entry.content[-1].value
    item = json.loads(jsonfeed.render(samples.CHANNEL, [samples.UNABRIDGED]))["items"][0]
    assert item["_aggregator"]["labels"] == ["press-release", "sponsored"]


def test_json_feed_says_in_its_extension_what_the_format_has_no_word_for():
    item = json.loads(jsonfeed.render(samples.CHANNEL, [samples.BRIDGE]))["items"][0]
    assert item["_aggregator"] == {
        "source": {
            "title": "Night Desk",
            "url": "https://nightdesk.example/atom",
            "site_url": "https://nightdesk.example/",
        },
        "coins": ["ETH", "ARB"],
        "labels": [],
        "reposts": [
            {
                "title": "Bridge pauses withdrawals after $4.1M leaves hot wallet",
                "url": "https://chainwire.example/news/106",
                "source": {
                    "title": "Chainwire Daily",
                    "url": "https://chainwire.example/rss",
                    "site_url": None,
                },
                "published": "2026-11-22T09:52:00Z",
                "rule": "near-text",
                "score": 0.93,
            }
        ],
        "related": [],
    }


# --- Stable --------------------------------------------------------------------------------------


def test_the_same_stories_give_the_same_bytes(form):
    renderer, _ = form
    again = [replace(story) for story in samples.STORIES]
    assert renderer.render(samples.CHANNEL, samples.STORIES) == renderer.render(
        replace(samples.CHANNEL), again
    )


def test_the_id_of_a_story_depends_on_its_founder_alone():
    changed = replace(
        samples.HALVING,
        title="Another title",
        url="https://else.example/1",
        feed=samples.FASTBLOCK,
        item="f" * 20,
        reposts=(),
    )
    moved = replace(samples.CHANNEL, base_url="https://elsewhere.example/")
    before, after = (
        read(renderer, [story], channel).entries[0].id
        for renderer, story, channel in ((atom, samples.HALVING, samples.CHANNEL), (rss, changed, moved))
    )
    assert before == after == "tag:aggregator.invalid,2026:story/00000000000000000001"


def test_a_new_repost_changes_the_content_and_no_date():
    more = replace(samples.BRIDGE, reposts=(*samples.BRIDGE.reposts, samples.HALVING.reposts[1]))
    before, after = (read(atom, [story]).entries[0] for story in (samples.BRIDGE, more))
    assert before.updated == after.updated
    assert before.published == after.published
    assert before.content != after.content


def test_stories_of_one_second_keep_apart_and_keep_their_time_when_a_neighbour_leaves():
    stories = [replace(story, updated=samples.NOW) for story in samples.many(200)]
    all_times = {entry.id: entry.updated for entry in read(atom, stories).entries}
    few_times = {entry.id: entry.updated for entry in read(atom, stories[50:]).entries}
    assert len(set(all_times.values())) == 200
    assert few_times.items() <= all_times.items()
    assert all(time[:19] == "2026-11-22T12:00:00" for time in all_times.values())


def test_the_feed_is_updated_when_its_newest_entry_was():
    parsed = read(atom, samples.STORIES, replace(samples.CHANNEL, updated=samples.NOW - timedelta(days=9)))
    assert parsed.feed.updated == max(entry.updated for entry in parsed.entries)


# --- Read ----------------------------------------------------------------------------------------


def text(story: Story) -> str:
    return ET.fromstring(atom.render(samples.CHANNEL, [story])).findtext(
        f"{validity.A}entry/{validity.A}content"
    )


def test_the_text_begins_with_where_the_story_comes_from():
    assert text(samples.HALVING).startswith(
        '<p><a href="https://ledgerpost.example/2026/11/22/story-1">Ledger Post</a> · also: '
        '<a href="https://chainwire.example/news/101">Chainwire Daily</a>, '
        '<a href="https://coinbazaar.example/news/102">Coin Bazaar</a>, '
        '<a href="https://fastblock.example/news/103">FastBlock</a> (+1)</p>'
    )


def test_an_outlet_that_copies_itself_is_not_named_twice():
    own = samples.copy(900, samples.NIGHTDESK, "The same again", samples.at(22, 10))
    assert "also: " not in text(replace(samples.BRIDGE, reposts=(own,))).partition("</p>")[0]


def test_without_an_abstract_the_publishers_short_text_stands_sanitised_with_absolute_links():
    assert '<p>See <a href="https://chainwire.example/more">more</a>.</p>' in text(samples.UNABRIDGED)


def test_without_an_abstract_a_long_text_is_cut():
    long = replace(samples.UNABRIDGED, content_html="<p>" + "Nothing new was said about it. " * 200 + "</p>")
    assert len(text(long)) < 1_500
    assert "…</p>" in text(long)


def test_a_story_without_a_title_is_called_by_its_first_words():
    title = read(atom, [samples.UNTITLED]).entries[0].title
    assert title == "Validators vote on Thursday whether to raise the gas limit by a…"


def test_a_story_without_title_and_text_is_called_by_its_outlet():
    bare = replace(samples.UNTITLED, content_html="")
    assert read(rss, [bare]).entries[0].title == "FastBlock"


def test_the_title_is_left_alone():
    for title in ("Bitcoin < $60,000 & falling", "AT&T; Q3", "100% “real” — says it", "مرحبا 123", "a  b"):
        found = ET.fromstring(atom.render(samples.CHANNEL, [replace(samples.HALVING, title=title)]))
        assert found.findtext(f"{validity.A}entry/{validity.A}title") == " ".join(title.split())


def test_a_long_list_of_copies_is_counted_to_its_end():
    copies = tuple(
        samples.copy(
            2000 + n, FeedRef(title=f"Outlet {n}", url=f"https://o{n}.example/"), f"Copy {n}", samples.NOW
        )
        for n in range(150)
    )
    content = text(replace(samples.HALVING, reposts=copies))
    assert "(+147)" in content
    assert "<li>and 130 more</li>" in content


def test_right_to_left_text_is_marked():
    assert '<div lang="ar" dir="rtl"><p>تبدأ' in text(samples.ARABIC)
    assert 'xml:lang="ar"' in atom.render(samples.CHANNEL, [samples.ARABIC]).decode()


def test_a_feed_in_a_file_is_named_without_telling_its_path():
    for renderer in (atom, rss, jsonfeed):
        assert b"notes.xml" not in renderer.render(samples.CHANNEL, [samples.NOTES])
