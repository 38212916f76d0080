from __future__ import annotations

import contextlib
import os
import shutil
import string
import subprocess
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import opml
from aggregator.errors import ConfigError
from aggregator.home import bundled
from aggregator.models import Feed, Subscription
from aggregator.opml.publishing import rhythm

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<!-- my own list -->
<opml version="2.0" xmlns:aggregator="tag:aggregator.invalid,2026:opml">
  <head><title>Mine</title></head>
  <body>
    <outline text="Press">
      <outline type="rss" text="Short" title="The Ledger &amp; Post" xmlUrl="https://ledger.example/feed"
               htmlUrl="https://ledger.example/" language="en" category="/news/markets, daily"
               aggregator:priority="5" custom="kept"/>
      <!-- the good ones -->
      <outline text="Asia">
        <outline XMLURL=" https://bibao.example/rss?a=1&amp;b=2 " text="币报"/>
      </outline>
    </outline>
    <outline text="Nothing yet"/>
    <outline text="https://plain.example/feed" xmlUrl="https://plain.example/feed"/>
    <outline text="Here" xmlUrl="feeds/local.xml"/>
  </body>
</opml>
"""


def listed(text: str | bytes) -> list[str]:
    return [each.url for each in opml.read(text.encode() if isinstance(text, str) else text).subscriptions]


def with_body(body: str) -> bytes:
    return f"<opml version='2.0'>\n<body>\n{body}\n</body>\n</opml>".encode()


# --- Reading -------------------------------------------------------------------------------------


def test_folders_and_attributes_are_read():
    file = opml.read(LIST.encode())
    assert file.problems == ()
    assert file.subscriptions == (
        Subscription(
            url="https://ledger.example/feed",
            title="The Ledger & Post",
            site_url="https://ledger.example/",
            language="en",
            folder=("Press",),
            tags=("news/markets", "daily"),
            priority=5,
            line=7,
        ),
        Subscription(
            url="https://bibao.example/rss?a=1&b=2", title="币报", folder=("Press", "Asia"), line=12
        ),
        Subscription(url="https://plain.example/feed", title=None, line=16),
        Subscription(url="feeds/local.xml", title="Here", line=17),
    )


@pytest.mark.parametrize(
    ("outline", "says"),
    [
        ('<outline type="rss" text="No address"/>', "“No address” has no xmlUrl"),
        ('<outline xmlUrl="" text="Empty"/>', "“Empty” has no xmlUrl"),
        ('<outline type="rss"/>', "an outline has no xmlUrl"),
        ('<outline xmlUrl="https://a.example/feed"/>', "stands on line 3 already"),
        ('<outline xmlUrl="http://A.Example/feed/"/>', "stands on line 3 already"),
        ('<outline xmlUrl="ftp://a.example/feed"/>', "only http, https and files"),
        ('<outline xmlUrl="javascript:alert(1)"/>', "only http, https and files"),
        ('<outline xmlUrl="feed:https://b.example/feed"/>', "put https:// in place of feed:"),
        ('<outline xmlUrl="https:///feed"/>', "lacks the name of a host"),
        ('<outline xmlUrl="https://b.example/a feed"/>', "blanks"),
        ('<outline xmlUrl="https://[b.example/"/>', "is not an address"),
        ('<outline xmlUrl="https://b.example:port/"/>', "is not an address"),
    ],
)
def test_a_broken_or_double_entry_is_left_out_and_told_by_line(outline, says):
    file = opml.read(
        with_body(f'<outline xmlUrl="https://a.example/feed"/>\n{outline}\n<outline xmlUrl="z.xml"/>')
    )
    assert [each.url for each in file.subscriptions] == ["https://a.example/feed", "z.xml"]
    assert [problem.line for problem in file.problems] == [4]
    assert says in file.problems[0].message


@pytest.mark.parametrize("priority", ["high", "1.5", "1000001", "9" * 30, "9" * 5000])
def test_a_priority_that_is_no_number_counts_as_none(priority):
    file = opml.read(with_body(f'<outline xmlUrl="a.xml" aggregator:priority="{priority}"/>'))
    assert [each.priority for each in file.subscriptions] == [0]
    assert "not a whole number" in file.problems[0].message


def test_feeds_inside_a_feed_are_read_too():
    assert listed(with_body('<outline xmlUrl="a.xml"><outline xmlUrl="b.xml"/></outline>')) == [
        "a.xml",
        "b.xml",
    ]


def test_a_list_without_feeds_is_a_list():
    assert opml.read(b"<opml version='2.0'><body/></opml>") == opml.OpmlFile()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"https://a.example/feed", "line 1, column 7: not XML"),
        (b"<opml><body></opml>", "line 1, column 15: not XML: mismatched tag"),
        (b"<opml>\n<body>\n<outline xmlUrl='h?a=1&b=2'/></body></opml>", "line 3.*write & as &amp;"),
        (b"<rss version='2.0'/>", "a <rss> document, not an OPML list"),
        (b"<html><body>Not found</body></html>", "a <html> document"),
        (b"<!DOCTYPE opml [<!ENTITY a 'aaa'>]><opml/>", "line 1: a document type"),
        (b"<!DOCTYPE opml SYSTEM 'http://a.example/x.dtd'><opml/>", "line 1: a document type"),
        (b"<opml><body>" + b"<outline text='x'>" * 100, "deeper than 64"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "save it as UTF-8"),
        (b"<opml><body>\xff</body></opml>", "not XML"),
        (b" " * (16 * 1024 * 1024 + 1), "larger than 16 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(data, says):
    with pytest.raises(ConfigError, match=says) as caught:
        opml.read(data, name="feeds.opml")
    assert str(caught.value).startswith("feeds.opml")


def test_a_missing_list_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match=r"feeds\.opml does not exist; `aggregator init`"):
        opml.read(tmp_path / "feeds.opml")


def test_a_list_that_cannot_be_read_is_refused_in_words(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        opml.read(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "utf-8-sig"])
def test_lists_are_read_in_the_encoding_they_name(encoding):
    body = "<opml><body><outline text='é' xmlUrl='a.xml'/></body></opml>"
    text = f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>{body}"
    assert [each.title for each in opml.read(text.encode(encoding)).subscriptions] == ["é"]


@given(
    st.binary() | st.text(alphabet='<>/="opmlutineby &;', max_size=80).map(lambda s: f"<opml>{s}".encode())
)
def test_whatever_the_bytes_they_are_read_or_refused_in_words(data):
    with contextlib.suppress(ConfigError):
        assert isinstance(opml.read(data), opml.OpmlFile)


def test_the_list_that_comes_with_the_program_has_no_problem():
    assert opml.read(bundled("feeds.opml")).problems == ()


# --- Editing -------------------------------------------------------------------------------------

NEW = Subscription(url="https://new.example/feed?a=1&b=2", title='Neü <1> "q"', tags=("x",), priority=-3)


@pytest.mark.parametrize(
    "folder", [(), ("Press",), ("Press", "Asia"), ("Nothing yet",), ("New",), ("Press", "A", "B")]
)
@pytest.mark.parametrize("text", [LIST, LIST.replace("\n", "\r\n"), LIST.replace("  ", "\t")])
def test_an_added_feed_is_in_its_folder_and_every_other_line_stays(text, folder):
    before = text.encode()
    after = opml.add(before, replace(NEW, folder=folder))
    added = [each for each in opml.read(after).subscriptions if each.url == NEW.url]
    assert [(each.title, each.folder, each.tags, each.priority) for each in added] == [
        (NEW.title, folder, ("x",), -3)
    ]
    assert opml.read(after).problems == ()
    new_lines = after.splitlines(keepends=True)
    if folder != ("Nothing yet",):  # that one has to be opened
        remaining = iter(new_lines)
        assert all(line in remaining for line in before.splitlines(keepends=True))
    assert all(line.endswith(b"\r\n") for line in new_lines) == ("\r\n" in text)


def test_an_added_feed_is_indented_like_its_neighbours():
    after = opml.add(LIST.encode(), Subscription(url="n.xml", folder=("Press", "Asia"))).decode()
    assert '\n        <outline type="rss" text="n.xml" xmlUrl="n.xml"/>\n      </outline>\n' in after


@pytest.mark.parametrize(
    "document",
    [
        "<opml version='2.0'><body/></opml>",
        "<opml version='2.0'><body></body></opml>",
        "<opml><body><outline xmlUrl='a.xml'/></body></opml>",
        "<opml><body><outline text='F'/></body></opml>",
        "<opml><body><outline text='F' ></outline></body></opml>",
        "<opml><head><title>a > b</title></head><body><outline text='a > b' xmlUrl='a.xml' ></outline ></body></opml>",
        "<?xml version='1.0' encoding='iso-8859-1'?><opml><body><outline text='\xe9'/></body></opml>",
        "\ufeff<opml><body>\r\n</body>\r\n</opml>",
    ],
)
@pytest.mark.parametrize("folder", [(), ("F",), ("é",)])
def test_feeds_can_be_added_to_lists_of_any_layout(document, folder):
    data = document.encode("iso-8859-1" if "8859" in document else "utf-8")
    after = opml.add(data, Subscription(url="n.xml", title="é中", folder=folder))
    assert [(each.title, each.folder) for each in opml.read(after).subscriptions if each.url == "n.xml"] == [
        ("é中", folder)
    ]
    assert listed(opml.remove(after, "n.xml")) == listed(data)


def test_a_feed_that_is_there_already_is_not_added_again():
    assert opml.add(LIST.encode(), Subscription(url="http://ledger.example/feed/")) == LIST.encode()


def test_removing_what_was_added_gives_the_same_bytes():
    for folder in [(), ("Press",), ("Press", "Asia")]:
        added = opml.add(LIST.encode(), Subscription(url="n.xml", folder=folder))
        assert added != LIST.encode()
        assert opml.remove(added, "n.xml") == LIST.encode()


def test_a_removed_feed_takes_its_lines_along_and_nothing_else():
    after = opml.remove(LIST.encode(), "https://ledger.example/feed").decode()
    lines = LIST.splitlines(keepends=True)
    assert after == "".join(lines[:6] + lines[9:])


def test_every_copy_of_a_removed_feed_goes():
    data = with_body("<outline xmlUrl='a.xml'/><outline xmlUrl='b.xml'/><outline xmlUrl='a.xml'></outline>")
    assert opml.remove(data, "a.xml") == with_body("<outline xmlUrl='b.xml'/>")


def test_removing_what_is_not_there_changes_nothing():
    assert opml.remove(LIST.encode(), "https://other.example/") == LIST.encode()


def test_a_feed_with_others_inside_is_not_removed():
    with pytest.raises(ConfigError, match="line 3: other outlines stand inside"):
        opml.remove(with_body("<outline xmlUrl='a.xml'><outline xmlUrl='b.xml'/></outline>"), "a.xml")


def test_a_list_in_utf_16_is_read_but_not_edited():
    data = "<opml><body><outline xmlUrl='a.xml'/></body></opml>".encode("utf-16")
    assert listed(data) == ["a.xml"]
    with pytest.raises(ConfigError, match="UTF-16"):
        opml.add(data, Subscription(url="b.xml"))


def test_a_list_without_a_body_is_not_edited():
    with pytest.raises(ConfigError, match="no <body>"):
        opml.add(b"<opml/>", Subscription(url="b.xml"))


# --- Writing -------------------------------------------------------------------------------------

names = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\t\n<>&\"'"),
        min_size=1,
    )
    .map(str.strip)
    .filter(bool)
    .filter(lambda name: not set(name) & set("\ufffe\uffff"))
)
words = st.text(string.ascii_letters + "é中", min_size=1)
subscriptions = st.builds(
    Subscription,
    url=st.text(string.ascii_lowercase, min_size=1).map(lambda path: f"https://{path}.example/{path}"),
    title=names,
    site_url=st.none() | st.just("https://site.example/?a=1&b=2"),
    language=st.none() | st.just("en"),
    folder=st.lists(names, max_size=3).map(tuple),
    tags=st.lists(words, max_size=2, unique=True).map(tuple),
    priority=st.integers(-100, 100),
)


@given(st.lists(subscriptions, unique_by=lambda each: each.url))
def test_what_is_written_is_read_back(feeds):
    file = opml.read(opml.write(feeds))
    assert file.problems == ()
    read = sorted((replace(each, line=None) for each in file.subscriptions), key=lambda each: each.url)
    assert read == sorted(feeds, key=lambda each: each.url)


@given(subscriptions)
def test_whatever_is_added_is_read_back(subscription):
    read = opml.read(opml.add(LIST.encode(), subscription)).subscriptions
    assert replace(subscription, line=None) in [replace(each, line=None) for each in read]


def test_the_same_feeds_give_the_same_bytes_in_the_order_of_the_list():
    feeds = opml.read(LIST.encode()).subscriptions
    assert opml.write(feeds) == opml.write(list(feeds))
    assert listed(opml.write(opml.read(opml.write(feeds)).subscriptions)) == listed(opml.write(feeds))


def test_characters_that_xml_cannot_carry_are_dropped():
    written = opml.write([Subscription(url="a.xml", title="a\x00\x1b\ufffe\ud800b")])
    assert [each.title for each in opml.read(written).subscriptions] == ["ab"]


# --- The list for everyone ------------------------------------------------------------------------

OURS = "{tag:aggregator.invalid,2026:opml}"


def feed(number: int, **known) -> Feed:
    url = known.pop("url", f"https://outlet{number}.example/feed")
    return Feed(id=number, url=url, first_url=url, title=f"Outlet {number}", **known)


def published(*feeds, **standings) -> dict[str, dict[str, str]]:
    """Title of each outline → what else it says, as a program that knows namespaces reads it."""
    known = {int(name[1:]): standing for name, standing in standings.items()}
    root = ET.fromstring(opml.publish(feeds, known))
    return {each.attrib["text"]: dict(each.attrib) for each in root.iter("outline")}


def test_the_published_list_says_how_each_feed_does():
    said = published(
        feed(1, rhythm=timedelta(minutes=70)),
        feed(2),
        _1=opml.Standing(originality=0.8512),
        _2=opml.Standing(originality=0.04, trouble="not answering since 4 November 2026: HTTP 403"),
    )
    assert (said["Outlet 1"][OURS + "originality"], said["Outlet 1"][OURS + "rhythm"]) == ("0.9", "PT1H")
    assert OURS + "trouble" not in said["Outlet 1"]
    assert said["Outlet 2"][OURS + "trouble"].startswith("not answering since")
    assert said["Outlet 2"][OURS + "originality"] == "0.0"


def test_small_changes_of_the_figures_change_no_byte():
    now = opml.publish([feed(1, rhythm=timedelta(minutes=55))], {1: opml.Standing(originality=0.71)})
    later = opml.publish([feed(1, rhythm=timedelta(minutes=68))], {1: opml.Standing(originality=0.68)})
    assert now == later


def test_of_nothing_known_nothing_is_said():
    assert opml.publish([feed(1)], {}) == opml.write([feed(1)])


def test_what_lets_its_owner_in_is_never_published():
    data = opml.publish(
        [
            feed(1, url="https://me:hunter22@outlet1.example/feed"),
            feed(
                2,
                url="https://outlet2.example/feed?token=0123456789abcdef&page=1",
                site_url="https://x:y@b.example/",
            ),
        ],
        {},
    )
    for secret in (b"hunter22", b"me:", b"0123456789", b"x:y"):
        assert secret not in data
    assert listed(data) == ["https://outlet1.example/feed", "https://outlet2.example/feed?page=1"]
    assert data.count(b"aggregator:withheld=") == 2


def test_our_own_reader_takes_the_published_list_as_any_other():
    feeds = [
        feed(1, folder=("Press", "Asia"), language="ja", tags=("a",), priority=3, rhythm=timedelta(hours=5)),
        feed(2, site_url="https://outlet2.example/"),
    ]
    read = opml.read(opml.publish(feeds, {2: opml.Standing(originality=0.5, trouble='gone "for good"')}))
    assert read.problems == ()
    assert {each.url: (each.title, each.folder, each.priority) for each in read.subscriptions} == {
        each.url: (each.title, each.folder, each.priority) for each in feeds
    }


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, ""), (-5, ""), (1, "PT15M"), (22, "PT30M"), (300, "PT4H"), (1440, "P1D"), (10**6, "P30D")],
)
def test_a_rhythm_is_told_in_steps(minutes, told):
    assert rhythm(timedelta(minutes=minutes)) == told
    assert rhythm(None) == ""


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="no newsboat here (apt-get install newsboat)")
def test_newsboat_imports_the_published_list(tmp_path):
    feeds = [feed(1, folder=("Press",), rhythm=timedelta(hours=1)), feed(2)]
    (tmp_path / "feeds.opml").write_bytes(
        opml.publish(feeds, {1: opml.Standing(originality=0.5, trouble="gone for good")})
    )
    (tmp_path / "urls").touch()
    (tmp_path / "config").touch()
    subprocess.run(
        ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-i", "feeds.opml"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    taken = (tmp_path / "urls").read_text()
    assert all(each.url in taken for each in feeds)
    assert "Press" in taken
