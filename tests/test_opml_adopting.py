"""Lists of other programs, each in its own dialect: what comes along, what is left behind and said to be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator import opml
from aggregator.cli import app
from aggregator.errors import ConfigError
from aggregator.models import Subscription

SAMPLES = Path(__file__).parent / "data" / "opml"
LEDGER = "https://ledger.example/feed"


def sample(name: str) -> opml.Adopted:
    return opml.adopt((SAMPLES / name).read_bytes(), name=name)


def told(found: opml.Adopted) -> list[tuple[int, str]]:
    return [(each.line, each.message) for each in found.problems]


def by_url(found: opml.Adopted) -> dict[str, Subscription]:
    return {each.url: replace(each, line=None) for each in found.subscriptions}


def adopted(outlines: str) -> opml.Adopted:
    return opml.adopt(f'<opml version="2.0"><body>{outlines}</body></opml>'.encode())


# --- Dialects --------------------------------------------------------------------------------------


def test_feedly_a_feed_of_two_folders_keeps_both():
    found = sample("feedly.opml")
    assert by_url(found) == {
        "http://ledger.example/feed": Subscription(
            url="http://ledger.example/feed",
            title="Ledger Post",
            site_url="http://ledger.example",
            folder=("Markets",),
            tags=("Every day",),
        ),
        "https://bibao.example/rss?a=1&b=2": Subscription(
            url="https://bibao.example/rss?a=1&b=2",
            title="币报",
            site_url="https://bibao.example",
            folder=("Markets",),
        ),
        "https://salt.example/atom.xml": Subscription(
            url="https://salt.example/atom.xml",
            title="Salt & Chain",
            site_url="https://salt.example",
            folder=("Every day",),
        ),
        "https://uncounted.example/index.xml": Subscription(
            url="https://uncounted.example/index.xml", title="Uncounted", site_url="https://uncounted.example"
        ),
    }
    assert told(found) == [
        (13, "http://ledger.example/feed stands on line 9 already: its folder “Every day” became a tag")
    ]
    assert found.left == {}


def test_inoreader_an_empty_folder_is_named():
    found = sample("inoreader.opml")
    assert [(each.title, each.folder, each.tags, each.site_url) for each in found.subscriptions] == [
        ("Ledger Post", ("Chains",), (), "https://ledger.example/"),
        ("Node Notes", ("Chains",), ("Watch & wait",), "https://nodes.example/"),
        ("Kawaraban", (), (), None),
    ]
    assert told(found)[1] == (14, "“Nothing yet” has no feeds in it: left out")


def test_miniflux_descriptions_are_left_behind_by_name():
    found = sample("miniflux.opml")
    assert [(each.title, each.folder) for each in found.subscriptions] == [
        ("Ledger Post", ("All",)),
        ('Tally "Daily"', ("All",)),
        ("Proofs", ("Research",)),
    ]
    assert (found.problems, found.left) == ((), {"description": 1})


def test_freshrss_its_own_attributes_are_no_fault_and_pages_it_scrapes_are_no_feeds():
    found = sample("freshrss.opml")
    assert [(each.title, each.folder, each.priority) for each in found.subscriptions] == [
        ("Ledger Post", ("Presse & Börse",), 0),
        ("L'Écho des chaînes", ("Presse & Börse",), 0),
        ("Tally", ("Presse & Börse",), 0),
        ("From there", ("Shared list",), 0),
    ]
    assert told(found) == [
        (
            11,
            "“Price board” is a page that FreshRSS makes entries of by rules (HTML+XPath), not a feed: left out",
        ),
        (
            14,
            "“Shared list” is filled from another list, https://lists.example/chains.opml: left out; "
            "fetch that one and import it",
        ),
        (17, "“Uncategorized” has no feeds in it: left out"),
    ]
    assert found.left == {
        "description": 1,
        "frss:priority": 1,
        "frss:cssFullContent": 1,
        "frss:CURLOPT_USERAGENT": 1,
        "frss:jsonItem": 1,
    }


def test_newsboat_feeds_without_a_name_or_a_site():
    assert by_url(sample("newsboat.opml")) == {
        LEDGER: Subscription(url=LEDGER, title="Ledger Post", site_url="https://ledger.example/"),
        "https://quiet.example/rss": Subscription(url="https://quiet.example/rss"),
    }


def test_newsboat_tags_of_its_second_opml():
    found = sample("newsboat2.opml")
    assert [each.tags for each in found.subscriptions] == [("markets", "daily reading"), ("~Quiet",)]


def test_newsboat_its_own_list_has_names_and_tags():
    found = sample("newsboat.urls")
    assert by_url(found) == {
        LEDGER: Subscription(url=LEDGER, title='Ledger "Post"', tags=("markets", "daily reading")),
        "https://quiet.example/rss": Subscription(url="https://quiet.example/rss", tags=("news",)),
    }
    assert told(found) == [
        (5, 'query:Unread:unread = "yes" is made by newsboat, not a feed: left out'),
        (6, "exec:/home/maren/bin/make-feed is made by newsboat, not a feed: left out"),
        (7, "https://ledger.example/feed/ stands on line 2 already: left out"),
    ]


def test_netnewswire_addresses_for_programs_are_read_as_addresses():
    found = sample("netnewswire.opml")
    assert [(each.url, each.folder) for each in found.subscriptions] == [
        (LEDGER, ()),
        ("https://proofs.example/atom", ("Chains",)),
    ]
    assert (found.problems, found.left) == ((), {})


def test_thunderbird_deep_folders_and_its_own_attributes():
    found = sample("thunderbird.opml")
    assert [(each.title, each.folder) for each in found.subscriptions] == [
        ("Ledger Post", ("Chains", "Deep")),
        ("Kettenblatt", ("Chains",)),
    ]
    assert found.left == {"fz:quickMode": 2, "fz:options": 1}


# --- What programs get wrong -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.opml")))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_says_the_same_in_any_encoding(name, encoding):
    text = (SAMPLES / name).read_text("utf-8").replace(' encoding="UTF-8"', "")
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    found = opml.adopt((mark + text).encode(encoding))
    assert by_url(found) == by_url(sample(name))
    assert told(found) == told(sample(name))


def test_a_list_in_the_encoding_of_old_windows():
    data = '<?xml version="1.0" encoding="windows-1252"?><opml><body><outline text="Börse" xmlUrl="https://b.example/"/></body></opml>'
    assert opml.adopt(data.encode("cp1252")).subscriptions[0].title == "Börse"


def test_a_blank_line_before_the_declaration_is_no_fault():
    assert by_url(opml.adopt(b"\n  " + (SAMPLES / "feedly.opml").read_bytes())) == by_url(
        sample("feedly.opml")
    )


@pytest.mark.parametrize("attribute", ["xmlUrl", "xmlurl", "XMLURL", "XmlUrl", "xmlURL"])
@pytest.mark.parametrize("kind", ['type="rss"', 'type="RSS"', 'type="atom"', ""])
def test_an_address_is_found_however_its_attribute_is_spelled(attribute, kind):
    found = adopted(f'<outline {kind} text="T" {attribute}=" {LEDGER} "/>')
    assert (found.subscriptions[0].url, found.left, found.problems) == (LEDGER, {}, ())


@pytest.mark.parametrize(
    ("attributes", "title"),
    [
        ('text="T"', "T"),
        ('title="T"', "T"),
        ('text="short" title="T"', "T"),
        ('text="T" title=""', "T"),
        ("", None),
        ('text="A &amp;amp;amp; B"', "A & B"),
        ('text="A &amp;lt;b&amp;gt;"', "A <b>"),
        ('text="R&amp;D &amp; Q&amp;A"', "R&D & Q&A"),
        ('text="&amp;nosuchcharacter;"', "&nosuchcharacter;"),
        ('text="two&#10;lines &amp;nbsp; here"', "two lines here"),
    ],
)
def test_a_name_is_found_and_read_as_it_was_meant(attributes, title):
    assert adopted(f'<outline {attributes} xmlUrl="{LEDGER}"/>').subscriptions[0].title == title


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("feed:https://a.example/x", "https://a.example/x"),
        ("feed://https://a.example/x", "https://a.example/x"),
        ("feed://a.example/x", "http://a.example/x"),
        ("FEED://a.example/x", "http://a.example/x"),
    ],
)
def test_addresses_written_for_programs(given, read):
    assert adopted(f'<outline xmlUrl="{given}"/>').subscriptions[0].url == read


@pytest.mark.parametrize(
    ("outline", "says"),
    [
        (
            '<outline text="L" type="include" url="https://l.example/x.opml"/>',
            "filled from another list, https://l",
        ),
        ('<outline text="L" type="link" url="https://l.example/x"/>', "filled from another list, https://l"),
        ('<outline text="L" type="rss"/>', "has no xmlUrl"),
        ('<outline text="L" xmlUrl="mailto:a@b.example"/>', "only http, https and files"),
        ('<outline text="A note of mine"/>', "“A note of mine” has no feeds in it"),
    ],
)
def test_whatever_is_left_out_is_named(outline, says):
    found = adopted(outline)
    assert found.subscriptions == ()
    assert says in found.problems[0].message
    assert "left out" in found.problems[0].message


def test_a_feed_twice_in_one_folder_gathers_its_tags():
    found = adopted(
        f'<outline text="A, B"><outline xmlUrl="{LEDGER}" category="x"/>'
        f'<outline xmlUrl="{LEDGER}/" category="y,x"/></outline>'
        f'<outline text="C, D"><outline xmlUrl="{LEDGER}"/></outline>'
    )
    (read,) = found.subscriptions
    assert (read.folder, read.tags) == (("A, B",), ("x", "y", "C  D"))


def test_an_address_that_was_published_without_its_key_is_pointed_out():
    from aggregator.models import Feed

    url = "https://ledger.example/feed?token=0123456789abcdef"
    found = opml.adopt(opml.publish([Feed(id=1, url=url, first_url=url, title="L")], {}))
    assert [each.url for each in found.subscriptions] == [LEDGER]
    assert "was published without what lets you in" in found.problems[0].message


def test_a_character_of_html_is_explained():
    with pytest.raises(ConfigError, match="&Ouml; is HTML's and not XML's"):
        adopted('<outline text="&Ouml;" xmlUrl="https://a.example/"/>')


@pytest.mark.parametrize("data", [b"", b"hello\nworld", b"\x00\x01\x02", b"{}", b"https", b"<rss/>"])
def test_what_is_no_list_is_refused_with_a_reason(data):
    with pytest.raises(ConfigError, match="LIST"):
        opml.adopt(data, name="LIST")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_bring_the_reader_down(data):
    try:
        assert all(each.url for each in opml.adopt(data).subscriptions)
    except ConfigError as refused:
        assert str(refused)  # noqa: PT017 - either is right


# --- Round trips -------------------------------------------------------------------------------------

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "text": names,
        "title": names,
        "type": st.sampled_from(["rss", "atom", "", "JSONFeed"]),
        "category": st.lists(names, max_size=3).map(",".join),
        "language": st.sampled_from(["en", "ja", ""]),
        "description": names,
        "frss:priority": st.sampled_from(["important", "hidden"]),
        "aggregator:priority": st.integers(-9, 9).map(str),
        "htmlUrl": st.sampled_from(["https://ledger.example/", ""]),
    },
)
feeds = st.builds(
    lambda number, given: ("feed", {**given, "xmlUrl": f"https://outlet{number}.example/feed"}, []),
    st.integers(0, 6),
    attributes,
)
trees = st.recursive(
    feeds,
    lambda inner: st.builds(
        lambda label, inside: ("folder", {"text": label}, inside), names, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def document(tree: list[tuple[str, dict[str, str], list[object]]]) -> bytes:
    root = ET.Element(
        "opml", {"version": "2.0", "xmlns:frss": "https://freshrss.org/opml", "xmlns:aggregator": "a:b"}
    )
    body = ET.SubElement(root, "body")

    def put(into: ET.Element, nodes: list[tuple[str, dict[str, str], list[object]]]) -> None:
        for _, says, inside in nodes:
            sound = {name: opml.writing.NOT_XML.sub("", each) for name, each in says.items()}
            put(ET.SubElement(into, "outline", sound), inside)

    put(body, tree)
    return ET.tostring(root)


def taken(data: bytes) -> tuple[dict[str, Subscription], bytes]:
    """Import into an empty home, and what that home exports."""
    listed = opml.add_all(opml.write(()), opml.adopt(data).subscriptions)
    read = opml.read(listed)
    assert read.problems == ()
    return {each.url: replace(each, line=None) for each in read.subscriptions}, opml.write(read.subscriptions)


@settings(max_examples=examples(40))
@given(st.lists(trees, max_size=5))
def test_import_export_import_is_the_identity(tree):
    data = document(tree)
    first, exported = taken(data)
    assert {each.url for each in opml.adopt(data).subscriptions} == first.keys()
    second, again = taken(exported)
    assert second == first
    assert again == exported


@settings(max_examples=examples(40))
@given(st.lists(trees, max_size=5))
def test_what_is_adopted_stands_in_the_list_as_it_was_read(tree):
    data = document(tree)
    first, _ = taken(data)
    for each in opml.adopt(data).subscriptions:
        listed = first[each.url]
        # A feed without a name is listed under its host, which is read as a name.
        assert listed == replace(each, line=None, title=each.title or listed.title)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_each_dialect_comes_back_as_it_was_taken(name):
    first, exported = taken((SAMPLES / name).read_bytes())
    second, again = taken(exported)
    assert (second, again) == (first, exported)


def test_many_feeds_are_added_at_the_cost_of_their_folders():
    feeds = [
        Subscription(url=f"https://o{number}.example/", folder=(f"F{number % 5}",)) for number in range(4_000)
    ]
    listed = opml.add_all(opml.write(()), [*feeds, *feeds])
    assert len(opml.read(listed).subscriptions) == 4_000
    assert opml.add_all(listed, feeds) == listed


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="no newsboat here (apt-get install newsboat)")
@pytest.mark.parametrize("name", ["feedly.opml", "freshrss.opml", "thunderbird.opml"])
def test_newsboat_takes_every_feed_and_folder_of_our_export(name, tmp_path):
    first, exported = taken((SAMPLES / name).read_bytes())
    (tmp_path / "out.opml").write_bytes(exported)
    for empty in ("urls", "config"):
        (tmp_path / empty).touch()
    newsboat = ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db"]
    run = {
        "cwd": tmp_path,
        "env": {**os.environ, "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        "capture_output": True,
    }
    subprocess.run([*newsboat, "-i", "out.opml"], check=True, **run)
    theirs = by_url(opml.adopt((tmp_path / "urls").read_bytes()))
    assert theirs.keys() == first.keys()
    for url, each in first.items():
        assert "/".join(each.folder) in ("/".join(theirs[url].tags), "")
    # And back: what newsboat exports is taken, with every address.
    back = subprocess.run([*newsboat, "-e"], check=True, **run).stdout
    assert taken(back)[0].keys() == first.keys()


# --- The command -------------------------------------------------------------------------------------


def test_the_command_says_what_came_along_and_what_did_not(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["aggregator"])
    with pytest.raises(SystemExit) as ended:
        app.main(["-C", str(tmp_path), "-v", "feeds", "import", str(SAMPLES / "freshrss.opml")])
    assert ended.value.code == 0
    said = capfd.readouterr().err
    assert "added 4 feeds (4 with a name, 2 folders); 0 there already" in said
    assert "left behind, for want of a place here: description (of 1 feed), frss:priority (of 1 feed)" in said
    assert "“Price board” is a page that FreshRSS makes entries of by rules" in said
