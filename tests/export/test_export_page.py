"""The page: one file, no request, nothing of a publisher's runs, and it can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise, product

import export_samples as samples
import pytest
from export_golden import golden

from aggregator.export import charts, page
from aggregator.models import FeedRecord, FeedRef, Overview

SIBLINGS = (
    page.Sibling(name="Everything", address="index.html", here=True),
    page.Sibling(name="Bitcoin & <co>", address="bitcoin/index.html"),
)


def render(
    stories=samples.STORIES, overview=samples.OVERVIEW, channel=samples.CHANNEL, siblings=SIBLINGS
) -> str:
    return page.render(channel, stories, overview, siblings).decode()


class Outline(HTMLParser):
    """Elements with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def of(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


def test_the_golden_page_is_what_is_rendered():
    golden("index.html", render().encode())


def test_the_same_stories_give_the_same_page():
    assert render() == render([replace(story) for story in samples.STORIES])


def test_nothing_on_the_page_is_fetched():
    outline = Outline(render())
    assert not outline.of("img", "iframe", "object", "embed", "video", "audio", "source", "base")
    assert all(link["rel"] in {"alternate", "icon"} for link in outline.of("link"))
    assert all(link["href"].startswith("data:") for link in outline.of("link") if link["rel"] == "icon")
    assert not any("src" in attributes or "style" in attributes for _, attributes in outline.elements)
    style = re.search(r"<style>(.*?)</style>", render(), re.DOTALL)[1]
    assert not re.search(r"@import|url\(|expression|http", style)


def test_the_policy_allows_our_style_and_our_script_and_nothing_else():
    html = render()
    policy = next(each for each in Outline(html).of("meta") if each.get("http-equiv"))["content"]
    for tag in ("style", "script"):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_no_markup_of_a_feed_stands_on_the_page():
    plain, hostile = Outline(render([])), Outline(render([samples.HOSTILE]))
    assert len(hostile.of("script")) == len(plain.of("script")) == 1
    assert not any(name.startswith("on") for _, attributes in hostile.elements for name in attributes)
    ours = {link["href"] for link in plain.of("a")}
    for link in hostile.of("a"):
        assert link["href"] in ours or re.match(r"https?://|#s-", link["href"])


def test_every_story_and_every_copy_is_there_without_a_script():
    html = re.sub(r"<script>.*?</script>", "", render([samples.HALVING, samples.BRIDGE]), flags=re.DOTALL)
    for story in (samples.HALVING, samples.BRIDGE):
        assert story.title in html
        assert story.abstract in html
        assert all(copy.title in html and copy.url in html for copy in story.reposts)
    assert "+5 copies" in html
    assert "+1 copy<" in html


def test_stories_stand_under_their_day():
    days = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)"><b>(\w+)</b>, <span>([^<]+)</span>', render())
    assert days == [
        ("2026-11-22", "Sunday", "22 November 2026"),
        ("2026-11-21", "Saturday", "21 November 2026"),
        ("2026-11-20", "Friday", "20 November 2026"),
    ]


def test_who_else_carries_a_story_is_named_beside_its_copies():
    html = render([samples.HALVING])
    also = re.search(r'<span class="also">(.*?)</span>', html)[1]
    assert re.sub(r"<.*?>", "", also) == "also: Chainwire Daily, Coin Bazaar, FastBlock (+1)"


def test_what_is_no_news_of_its_outlet_is_labelled():
    assert '<span class="label">Press release</span>' in render([samples.UNABRIDGED])
    assert 'class="label"' not in render([samples.HALVING])


def test_a_coin_that_every_story_is_about_is_no_filter():
    assert 'data-coin="BTC"' not in render([samples.HALVING, samples.HOSTING])
    assert 'data-coin="BTC"' in render([samples.HALVING, samples.BRIDGE])


def test_the_other_pages_are_linked_and_this_one_is_marked():
    nav = re.search(r'<nav class="siblings".*?</nav>', render(), re.DOTALL)[0]
    assert '<a href="index.html" aria-current="page"><bdi>Everything</bdi></a>' in nav
    assert '<a href="bitcoin/index.html"><bdi>Bitcoin &amp; &lt;co&gt;</bdi></a>' in nav
    assert 'class="siblings"' not in render(siblings=())


def test_the_feeds_are_announced_to_browsers_and_readers():
    links = [link for link in Outline(render()).of("link") if link["rel"] == "alternate"]
    assert [(link["type"], link["href"]) for link in links] == [
        ("application/atom+xml", "https://news.example/merged/atom.xml"),
        ("application/rss+xml", "https://news.example/merged/rss.xml"),
        ("application/feed+json", "https://news.example/merged/feed.json"),
    ]


def test_the_page_links_to_no_file_that_is_not_written():
    html = render(channel=replace(samples.CHANNEL, documents=("atom.xml", "index.html")))
    assert 'href="atom.xml"' in html
    assert not re.search(r"rss\.xml|feed\.json|feeds\.opml", html)


def without_tags(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def part(html: str, heading: str) -> str:
    """The words of the section that is labelled so."""
    return without_tags(
        re.search(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', html, re.DOTALL)[0]
    )


def test_feeds_that_are_not_well_are_named_with_the_reason_and_removed_ones_are_not():
    health = part(render(), "health")
    assert health == (
        "Feed health Chainwire Daily not answering since 20 November 2026: no answer in time "
        "Coin Bazaar gone for good"
    )


def test_where_all_is_well_that_is_said():
    well = replace(samples.OVERVIEW, records=samples.OVERVIEW.records[:2])
    assert part(render(overview=well), "health") == "Feed health No feed is failing."


def test_who_originates_and_who_reposts_is_told_in_words_beside_the_bars():
    html = render()
    assert part(html, "originate").endswith("Ledger Post 41 + 2 63× Night Desk 18 + 1 9× مجلس العملات 1 –")
    assert part(html, "repost").endswith(
        "Chainwire Daily 0 + 33 2 h Night Desk FastBlock 3 + 21 7 min Ledger Post "
        "Unsubscribed 1 + 2 under 1 min –"
    )
    assert "figures of the last 7 days" in html


def test_every_outlet_stands_in_the_table_below():
    table = re.search(r'aria-label="All outlets">.*?</table>', render(), re.DOTALL)[0]
    rows = [without_tags(row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)]
    assert len(rows) == 1 + len(samples.FEEDS)
    assert "Ledger Post 41 2 92 % – 63 well" in rows
    assert "Unsubscribed 1 2 43 % under 1 min 0 not subscribed" in rows


@pytest.mark.parametrize(
    ("items", "stories", "minutes", "says"),
    [
        (129, 92, 87, "Of 129 items 29 % were copies and are folded, about 87 minutes of reading saved."),
        (
            9_000,
            5_000,
            6_000,
            "Of 9,000 items 44 % were copies and are folded, about 100 hours of reading saved.",
        ),
        (20, 19, 0, "Of 20 items 5 % were copies and are folded."),
        (20, 20, 0, None),
        (0, 0, 0, None),
    ],
)
def test_what_collapsing_came_to_is_said_in_a_line(items, stories, minutes, says):
    saved = timedelta(minutes=minutes)
    html = render(overview=replace(samples.OVERVIEW, items=items, stories=stories, reading_saved=saved))
    assert re.findall(r'<p class="whole">(.*?)</p>', html) == ([says] if says else [])


def test_coins_are_told_in_numbers_against_the_time_before():
    text = part(render(), "trends")
    assert text.startswith("Coins in the news the last 7 days, against as long before")
    assert text.endswith("BTC 31 40 before ETH 12 12 before KITE 4 new")


def test_coins_without_a_time_before_are_not_compared():
    young = replace(
        samples.OVERVIEW, coins=tuple(replace(each, before=None) for each in samples.OVERVIEW.coins)
    )
    assert part(render(overview=young), "trends").endswith("Coin Stories BTC 31 ETH 12 KITE 4")
    assert 'id="trends"' not in render(overview=replace(samples.OVERVIEW, coins=()))


@pytest.mark.parametrize(
    ("now", "before", "drawn"),
    [
        (10, None, [("own", "0", "100", "8")]),
        (10, 5, [("own", "0", "100", "5"), ("again", "6", "50", "2")]),
        (0, 10, [("again", "6", "100", "2")]),
        (1, 0, [("own", "0", "10", "5")]),
    ],
)
def test_a_coins_bars_are_as_long_as_its_stories(now, before, drawn):
    svg = charts.against(now, before, most=10)
    assert re.findall(r'class="(\w+)" y="(\d+)" width="([\d.]+)" height="(\d+)"', svg) == drawn


def test_the_chart_of_hours_says_in_words_and_in_a_table_what_it_draws():
    html = render()
    said = re.search(r'<desc id="pace-says">(.*?)</desc>', html)[1]
    assert said == (
        "Bars for the 48 hours up to 22 November, 10:00 UTC. The busiest is 20 November, 11:00 with 12 stories."
    )
    table = re.search(r"<caption[^>]*>Stories per hour, UTC.*?</table>", html, re.DOTALL)[0]
    numbers = [int(each) for each in re.findall(r"<td>(\d+)</td>", table)]
    assert numbers == [each for each in reversed(samples.OVERVIEW.hours) if each]


def test_no_address_of_a_feed_stands_on_the_page():
    secret = FeedRef(
        title="https://me:pass@vault.example/feed?token=0123",
        url="https://me:pass@vault.example/feed?token=0123",
    )
    site = replace(
        samples.FEEDS[0], site_url="https://ledgerpost.example/?key=4567#k", url="https://x.example/?key=89"
    )
    overview = Overview(
        records=(FeedRecord(feed=samples.feed(1, secret), own=1, originality=0.6), FeedRecord(feed=site)),
    )
    html = render([replace(samples.HOSTING, feed=secret, url=None)], overview)
    assert "vault.example" in html
    assert not re.search("me:pass|0123|4567|key=89", html)
    assert 'href="https://ledgerpost.example/"' in html


def test_where_there_is_nothing_to_say_beside_the_stories_they_have_the_width_to_themselves():
    alone = render([replace(story, reposts=()) for story in samples.STORIES], overview=None)
    assert not Outline(alone).of("aside")
    assert 'id="behind"' not in alone
    assert ".columns > :only-child { grid-column: 1 / -1; }" in alone
    assert Outline(render()).of("aside")


def test_one_more_poll_does_not_change_the_page():
    polled = [
        replace(
            feed,
            failures=feed.failures + 4 if feed.failures > 2 else 0,
            polls=feed.polls + 1,
            last_polled_at=samples.NOW,
        )
        for feed in samples.FEEDS
    ]
    later = replace(
        samples.OVERVIEW,
        records=tuple(
            replace(record, feed=polled[record.feed.id - 1]) for record in samples.OVERVIEW.records
        ),
    )
    assert render() == render(overview=later)


def test_a_hundred_stories_of_three_hundred_feeds_stay_below_the_size_of_a_feed():
    record = samples.OVERVIEW.records[5]
    records = tuple(
        replace(record, feed=replace(record.feed, id=number, title=f"Outlet with a longish name {number}"))
        for number in range(300)
    )
    html = page.render(samples.CHANNEL, samples.many(100), replace(samples.OVERVIEW, records=records))
    assert len(html) < samples.CHANNEL.max_bytes // 2


def test_a_page_without_stories_says_what_to_do():
    html = render([], None)
    assert "No stories yet" in html
    assert "aggregator run" in html


def test_landmarks_headings_and_names_are_there_for_those_who_listen():
    outline = Outline(render())
    for tag in ("main", "header", "footer", "aside", "h1"):
        assert len(outline.of(tag)) == 1, tag
    named = [each.get("aria-label") for each in outline.of("nav", "aside")]
    assert len(set(named)) == len(named) == 3
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
    assert all(below <= above + 1 for above, below in pairwise(levels)), "no level is skipped"
    assert all(row.get("scope") in {"row", "col"} for row in outline.of("th"))
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    labels = " ".join(attributes.get("aria-labelledby") or "" for _, attributes in outline.elements)
    assert set(labels.split()) <= set(ids)
    assert {link["href"][1:] for link in outline.of("a") if link["href"].startswith("#")} <= set(ids)
    assert all(each.get("lang") for each in outline.of("html"))
    assert {"zh", "ar"} <= {each.get("lang") for each in outline.of("h3")}


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    full = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


USED = [
    *product(("ink", "soft", "muted", "accent"), ("paper", "raised"), (4.5,)),
    ("accent", "mark", 4.5),
    ("muted", "mark", 4.5),
    ("on-accent", "accent", 4.5),
    ("edge", "paper", 3.0),
]
"""Colour, what it stands on, and what WCAG 2.2 asks: 4.5 of text (1.4.3), 3 of edges and drawings (1.4.11)."""


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "least"), USED)
def test_every_colour_has_contrast_enough(scheme, colour, ground, least):
    css = (page.TEMPLATES / "page.css").read_text(encoding="utf-8")
    head = css.split("@media (prefers-color-scheme: dark)")[scheme].split("}")[0]
    palette = dict(re.findall(r"--([\w-]+): (#\w+);", head))
    light, dark = sorted((luminance(palette[colour]), luminance(palette[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
