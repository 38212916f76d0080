"""The page: one file, no request, nothing of a publisher's runs, and it can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product

import export_browser as chromium
import export_samples as samples
import pytest
from export_golden import golden
from export_samples import HOSTILE_HTML

from aggregator.export import page
from aggregator.export.sanitise import sanitise


def render(stories=samples.STORIES, feeds=samples.FEEDS, channel=samples.CHANNEL) -> str:
    return page.render(channel, stories, feeds).decode()


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
    golden("index.html", page.render(samples.CHANNEL, samples.STORIES, samples.FEEDS))


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
    for link in hostile.of("a"):
        assert re.match(r"https?://|#|(?:atom|rss)\.xml$|feed\.json$|feeds\.opml$", link["href"])


def test_every_story_and_every_copy_is_there_without_a_script():
    html = re.sub(r"<script>.*?</script>", "", render([samples.HALVING, samples.BRIDGE]), flags=re.DOTALL)
    for story in (samples.HALVING, samples.BRIDGE):
        assert story.title in html
        assert story.abstract in html
        assert all(copy.title in html and copy.url in html for copy in story.reposts)
    assert "+5 copies" in html
    assert "+1 copy<" in html


def test_stories_stand_under_their_day():
    days = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)">(\w+)<span>, ([^<]+)</span>', render())
    assert days == [
        ("2026-11-22", "Sunday", "22 November 2026"),
        ("2026-11-21", "Saturday", "21 November 2026"),
        ("2026-11-20", "Friday", "20 November 2026"),
    ]


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


def test_feeds_in_trouble_are_said_to_be_and_removed_ones_are_not_listed():
    html = render()
    assert re.search(r"Chainwire Daily</bdi> <em>not answering</em>", html)
    assert re.search(r"Coin Bazaar</bdi> <em>gone</em>", html)
    assert "Unsubscribed" not in html


def test_the_list_of_feeds_says_who_tells_and_who_repeats():
    html = render()
    assert re.search(r"Night Desk</bdi></a> <span>2 <i>\+1</i></span>", html)
    assert re.search(r"Ledger Post</bdi></a> <span>1</span>", html)


def test_where_there_is_nothing_to_say_beside_the_stories_they_have_the_width_to_themselves():
    alone = render([replace(story, reposts=()) for story in samples.STORIES], feeds=())
    assert not Outline(alone).of("aside")
    assert ".columns > :only-child { grid-column: 1 / -1; }" in alone
    assert Outline(render()).of("aside")


def test_one_more_failed_poll_does_not_change_the_page():
    later = [replace(feed, failures=feed.failures + 4 if feed.failures > 2 else 0) for feed in samples.FEEDS]
    assert render() == render(feeds=later)


def test_a_page_without_stories_says_what_to_do():
    html = render([], [])
    assert "No stories yet" in html
    assert "aggregator run" in html


def test_landmarks_headings_and_names_are_there_for_those_who_listen():
    outline = Outline(render())
    for tag in ("main", "header", "footer", "nav", "aside", "h1"):
        assert len(outline.of(tag)) == 1, tag
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    labels = {attributes.get("aria-labelledby") for _, attributes in outline.elements} - {None}
    assert labels <= set(ids)
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


@pytest.mark.parametrize(("scheme", "text"), list(product((0, 1), ("ink", "soft", "muted", "accent"))))
def test_every_colour_of_text_has_contrast_enough(scheme, text):
    css = (page.TEMPLATES / "page.css").read_text(encoding="utf-8")
    palette = dict(
        re.findall(r"--([\w-]+): (#\w+);", css.split("@media (prefers-color-scheme: dark)")[scheme][:1200])
    )
    grounds = ["paper", "raised"] + (["mark"] if text == "accent" else [])
    for ground in grounds:
        light, dark = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


# --- In a browser --------------------------------------------------------------------------------

browser = pytest.mark.skipif(chromium.PROGRAM is None, reason="no Chromium here (apt-get install chromium)")


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with chromium.chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def opened(tab, tmp_path):
    path = tmp_path / "index.html"
    path.write_bytes(page.render(samples.CHANNEL, [*samples.STORIES, *samples.many(20)], samples.FEEDS))
    tab.open(path)
    return tab


def shown(tab) -> int:
    return tab.ask("document.querySelectorAll('.story:not([hidden])').length")


@browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_fits_every_screen_asks_for_nothing_and_complains_of_nothing(opened, tmp_path, width, dark):
    opened.open(tmp_path / "index.html", width, dark=dark)
    assert opened.ask("document.documentElement.scrollWidth") == width
    assert opened.requests == [(tmp_path / "index.html").as_uri()]
    assert opened.complaints == []
    ground = opened.ask("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(19, 20, 22)" if dark else "rgb(250, 249, 247)")


@browser
def test_words_are_found_by_keyboard_and_escape_brings_everything_back(opened):
    everything = shown(opened)
    opened.press("/", "/")
    for letter in "bridge":
        opened.press(letter, letter)
    assert shown(opened) == 1
    assert opened.ask("document.querySelector('output').textContent") == f"1 of {everything}"
    assert opened.ask("document.querySelectorAll('.day:not([hidden])').length") == 1
    opened.press("Escape")
    assert shown(opened) == everything
    assert opened.complaints == []


@browser
def test_a_coin_shows_its_stories_only(opened):
    opened.ask("document.querySelector('[data-coin=ARB]').click()")
    assert shown(opened) == 1
    opened.ask("document.querySelector('[data-coin=USDC]').click()")
    assert shown(opened) == 2
    opened.ask("document.querySelector('[data-coin=ARB]').click()")
    assert shown(opened) == 1


@browser
def test_words_nobody_used_are_answered(opened):
    opened.ask("document.querySelector('#words').value = 'xyzzy'")
    opened.ask("document.querySelector('#words').dispatchEvent(new Event('input'))")
    assert shown(opened) == 0
    assert opened.ask("document.querySelector('#none').checkVisibility()") is True


@browser
def test_copies_unfold_by_keyboard(opened):
    opened.ask("document.querySelector('summary').focus()")
    opened.press("Enter", "\r")
    assert opened.ask("document.querySelector('details').open") is True


@browser
def test_a_link_to_a_hidden_story_brings_it_back(opened):
    opened.ask("document.querySelector('[data-coin=ARB]').click()")
    opened.ask(f"location.hash = 's-{samples.HALVING.id}'")
    opened.ask("new Promise((done) => setTimeout(done, 0))")
    assert opened.ask(f"document.getElementById('s-{samples.HALVING.id}').checkVisibility()") is True


@browser
def test_sanitised_markup_runs_nothing_in_a_browser_without_any_policy(tab, tmp_path):
    path = tmp_path / "hostile.html"
    body = "\n".join(f"<div>{sanitise(html, 'https://a.example/')}</div>" for html in HOSTILE_HTML)
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{body}", encoding="utf-8")
    tab.open(path)
    assert [complaint for complaint in tab.complaints if "ERR_NAME_NOT_RESOLVED" not in complaint] == []
    assert (
        tab.ask(
            "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/.test(a.name))).length"
        )
        == 0
    )
    assert (
        tab.ask(
            "document.querySelectorAll('script,iframe,object,embed,form,input,svg,math,style,base').length"
        )
        == 0
    )
    assert tab.ask("[...document.links].every((a) => /^https?:$/.test(a.protocol))") is True
