from __future__ import annotations

import os
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import ATOM, lay

from aggregator.serve import media
from aggregator.serve.conditions import http_date, known_tag, seconds, takes_gzip
from aggregator.serve.documents import Directory, Document, Documents, Unreadable
from aggregator.serve.hosts import Hosts
from aggregator.serve.paths import Named, named
from aggregator.serve.requests import Refusal

# --- Paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "parts", "directory"),
    [
        ("/", (), True),
        ("/atom.xml", ("atom.xml",), False),
        ("/bitcoin", ("bitcoin",), False),
        ("/bitcoin/", ("bitcoin",), True),
        ("/archive/2026-01.xml", ("archive", "2026-01.xml"), False),
        ("/%61tom.xml", ("atom.xml",), False),
        ("/%E5%B8%81/atom.xml", ("币", "atom.xml"), False),
        ("/a%20b", ("a b",), False),
        ("/100%25", ("100%",), False),
    ],
)
def test_an_address_is_decoded_once_into_names(path, parts, directory):
    assert named(path) == Named(parts=parts, directory=directory)


@pytest.mark.parametrize(
    "path",
    [
        "/..",
        "/../",
        "/a/../b",
        "/./a",
        "/%2e%2e/a",
        "/.%2E/a",
        "/..%2fa",
        "/a%2Fb",
        "/a%5cb",
        "/a\\b",
        "/%00",
        "/a%0ab",
        "/%",
        "/%g1",
        "/%ff",
        "/%c0%ae%c0%ae/a",
        "",
        "a",
        "*",
    ],
)
def test_an_address_that_no_document_can_have_is_garbage(path):
    assert named(path).status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "path", ["/.atom.xml.new", "/.git/config", "/a/.b", "/%2eatom", "//", "//a", "/a//b", "/" + "a" * 300]
)
def test_hidden_empty_and_overlong_names_are_nowhere(path):
    assert named(path).status == HTTPStatus.NOT_FOUND


@given(st.text(max_size=40).map(lambda text: "/" + text))
def test_no_address_leads_up_or_to_what_is_hidden(path):
    found = named(path)
    if isinstance(found, Named):
        assert all(part and not part.startswith(".") and "/" not in part for part in found.parts)
        assert named(found.address) in (found, Named(parts=found.parts, directory=False))
        assert not found.address.startswith("//")


# --- Conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        ('"a-gz"', '"a-gz"'),
        ('"a"', '"a"'),
        ('W/"a"', '"a"'),
        ('"x", W/"a-gz" , "y"', '"a-gz"'),
        ('"a","a-gz"', '"a-gz"'),
        ("*", '"a-gz"'),
        ('"x"', None),
        ('"x, a"', None),
        ("a", None),
        ("", None),
        ('w/"a', None),
    ],
)
def test_a_tag_is_known_however_it_is_listed(wanted, known):
    assert known_tag({"if-none-match": wanted}, ('"a-gz"', '"a"'), 1000) == known


@pytest.mark.parametrize(
    ("since", "known"),
    [
        (http_date(1000), True),
        (http_date(1001), True),
        (http_date(999), False),
        ("Thursday, 01-Jan-70 00:16:40 GMT", True),
        ("Thu Jan  1 00:16:40 1970", True),
        ("yesterday", False),
        ("", False),
        ("Thu, 99 Jan 1970 00:16:40 GMT", False),
    ],
)
def test_a_date_is_read_in_all_three_forms_and_otherwise_ignored(since, known):
    assert (known_tag({"if-modified-since": since}, ('"a"',), 1000) is not None) is known


def test_a_tag_beats_a_date_and_a_date_that_cannot_be_trusted_says_nothing():
    later = http_date(5000)
    assert known_tag({"if-none-match": '"x"', "if-modified-since": later}, ('"a"',), 1000) is None
    assert known_tag({"if-modified-since": later}, ('"a"',), None) is None


@given(st.integers(0, 4_000_000_000))
def test_a_date_that_was_written_is_read_again(moment):
    assert seconds(http_date(moment)) == moment


@given(st.text(max_size=60))
def test_whatever_is_sent_as_a_date_a_tag_or_a_coding_is_survived(text):
    seconds(text)
    takes_gzip(text)
    assert known_tag({"if-none-match": text}, ('"a"',), 1) in {None, '"a"'}


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip;q=0", False),
        ("*, gzip;q=0.000", False),
        ("br, zstd", False),
        ("identity, gzip;q=0.5", False),
        ("gzip ; q=0.8 , identity;q=0.1", True),
        ("gzippy", False),
    ],
)
def test_a_document_is_packed_only_for_those_who_take_it(accepted, takes):
    assert takes_gzip(accepted) is takes


# --- Hosts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8080",
        "localhost",
        "LOCALHOST:80",
        "localhost.",
        "127.8.9.1",
        "[::1]",
        "[::1]:8080",
        "news.example",
        "NEWS.example:443",
        "",
    ],
)
def test_our_own_names_are_meant_for_us(host):
    assert Hosts(frozenset({"news.example"})).meant(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "[::2]",
        "::1:80",
        "a@localhost",
        "localhost:80:80",
        "localhost/",
        "0.0.0.0",
    ],
)
def test_a_name_that_was_made_to_lead_here_is_not(host):
    assert not Hosts(frozenset({"news.example"})).meant(host)
    assert Hosts(any=True).meant(host)


# --- Media types ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("atom.xml", ATOM, "application/atom+xml; charset=utf-8"),
        ("archive/7.xml", b"<feed>", "application/atom+xml; charset=utf-8"),
        (
            "rss.xml",
            b'<?xml version="1.0"?>\n<!-- a <feed> -->\n<rss version="2.0">',
            "application/rss+xml; charset=utf-8",
        ),
        ("x.xml", b"\xef\xbb\xbf<opml>", "text/x-opml; charset=utf-8"),
        ("x.xml", b"<feeds/>", "application/xml; charset=utf-8"),
        ("x.xml", b"", "application/xml; charset=utf-8"),
        ("x.xml", b"<!-- -->" * 100 + b"text", "application/xml; charset=utf-8"),
        ("x.xml", b"<!-- -->" * 100 + b"<rss>", "application/rss+xml; charset=utf-8"),
        ("feed.json", b'{"version": "https://jsonfeed.org/version/1.1", "title"', "application/feed+json"),
        ("data.json", b'{"a": 1}', "application/json"),
        ("index.html", b"", "text/html; charset=utf-8"),
        ("feeds.opml", b"", "text/x-opml; charset=utf-8"),
        ("LOGO.PNG", b"", "image/png"),
        ("atom", ATOM, "application/octet-stream"),
    ],
)
def test_a_document_is_what_its_name_and_its_first_element_say(name, data, kind):
    assert media.media_type(name, data) == kind


def test_a_pages_header_repeats_what_its_meta_says_and_forbids_frames():
    meta = b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:">'
    said = media.policy("text/html; charset=utf-8", b"<!doctype html>" + meta)
    assert said == "default-src 'none'; img-src data:; frame-ancestors 'none'"


@pytest.mark.parametrize("value", [b"a\r\nSet-Cookie: x", b"a\x00", "ä".encode()])
def test_a_meta_that_is_no_line_of_text_never_reaches_a_header(value):
    page = b'<meta http-equiv="Content-Security-Policy" content="' + value + b'">'
    assert media.policy("text/html; charset=utf-8", page) == f"{media.INERT}; {media.NOT_FRAMED}"


def test_what_is_no_page_may_load_and_run_nothing():
    assert "default-src 'none'" in media.policy("application/atom+xml; charset=utf-8", b"")


# --- Documents -----------------------------------------------------------------------------------


def find(documents: Documents, path: str):
    where = named(path)
    assert not isinstance(where, Refusal)
    return documents.find(where)


def test_documents_directories_and_nothing_are_told_apart(public):
    documents = Documents(public)
    assert find(documents, "/atom.xml").body == ATOM
    assert find(documents, "/").name == "index.html"
    assert find(documents, "/bitcoin/").name == "bitcoin/index.html"
    assert find(documents, "/bitcoin") == Directory()
    for nothing in (
        "/nothing",
        "/atom.xml/",
        "/atom.xml/x",
        "/archive/",
        "/bitcoin/x",
        "/" + "a/" * 3000 + "a",
    ):
        assert find(documents, nothing) is None


def test_an_unchanged_document_is_read_and_packed_once(public):
    documents = Documents(public)
    first = find(documents, "/atom.xml")
    assert find(documents, "/atom.xml") is first
    assert first.packed is not None
    assert len(first.packed) < len(first.body)


def test_a_replaced_document_is_seen_at_the_next_look_even_within_its_second(public):
    documents = Documents(public)
    first = find(documents, "/atom.xml")
    lay(public / "atom.xml", ATOM.replace(b"entry", b"entrY"))
    second = find(documents, "/atom.xml")
    assert second.body != first.body
    assert second.digest != first.digest
    lay(public / "atom.xml", ATOM)
    assert find(documents, "/atom.xml").digest == first.digest


def test_small_and_packed_things_are_not_packed(public):
    lay(public / "logo.png", b"\x89PNG" * 2000)
    lay(public / "noise.txt", os.urandom(5000))
    documents = Documents(public)
    for path in ("/feed.json", "/logo.png", "/noise.txt"):
        assert find(documents, path).packed is None


def test_links_within_are_followed_and_links_that_lead_out_are_not(public, tmp_path):
    (public / "latest.xml").symlink_to("archive/2026-01.xml")
    (public / "coins").symlink_to("bitcoin")
    (public / "store.db").symlink_to("../aggregator.db")
    (public / "up").symlink_to("..")
    (public / "hidden").symlink_to(".atom.xml.new")
    (public / "circle").symlink_to("circle")
    (public / "absolute").symlink_to(tmp_path / "home" / "aggregator.db")
    documents = Documents(public)
    assert find(documents, "/latest.xml").body == ATOM
    assert find(documents, "/coins/atom.xml").body == ATOM
    for path in ("/store.db", "/up", "/up/", "/up/aggregator.db", "/hidden", "/circle", "/absolute"):
        assert find(documents, path) is None


def test_a_link_turned_outwards_is_no_longer_served(public):
    (public / "latest.xml").symlink_to("archive/2026-01.xml")
    documents = Documents(public)
    assert find(documents, "/latest.xml").body == ATOM
    (public / "latest.xml").unlink()
    (public / "latest.xml").symlink_to("../aggregator.db")
    assert find(documents, "/latest.xml") is None


def test_public_may_itself_be_a_link(public, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.symlink_to(public)
    assert find(Documents(elsewhere), "/atom.xml").body == ATOM


def test_a_pipe_is_not_waited_for_and_a_socket_not_read(public):
    os.mkfifo(public / "pipe.xml")
    assert find(Documents(public), "/pipe.xml") is None


def test_what_may_not_be_read_is_told_apart_from_nothing(public):
    documents = Documents(public)
    locked = public / "locked"
    lay(locked / "atom.xml", ATOM)
    locked.chmod(0)
    try:
        if os.access(locked / "atom.xml", os.R_OK):
            pytest.skip("root may read everything")
        assert isinstance(find(documents, "/locked/atom.xml"), Unreadable)
    finally:
        locked.chmod(0o755)


def test_memory_is_bounded_however_many_documents_are_asked_for(public):
    documents = Documents(public, most=3 * len(ATOM))
    for number in range(20):
        lay(public / "archive" / f"{number}.xml", ATOM)
        assert find(documents, f"/archive/{number}.xml").body == ATOM
        assert documents.weight <= 3 * len(ATOM)
    newest = find(documents, "/archive/19.xml")
    assert find(documents, "/archive/19.xml") is newest
    lay(public / "large.txt", bytes(4 * len(ATOM)))
    assert isinstance(find(documents, "/large.txt"), Document)
    assert documents.weight <= 3 * len(ATOM)


@pytest.mark.parametrize("there", [False, True])
def test_a_home_in_which_nothing_ran_is_empty(tmp_path, there):
    root = tmp_path / "public"
    if there:
        lay(root / ".atom.xml.new", b"half")
    assert Documents(root).empty
    lay(root / "atom.xml", ATOM)
    assert not Documents(root).empty
    assert find(Documents(Path(root)), "/") is None
