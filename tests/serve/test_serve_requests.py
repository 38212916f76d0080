from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.serve.requests import MOST_FIELDS, MOST_HEAD, MOST_LINE, Refusal, Request, read


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def understood(*lines: str) -> Request:
    data = head(*lines)
    what, end = read(data)
    assert isinstance(what, Request), what
    assert end == len(data)
    return what


def refused(data: bytes) -> HTTPStatus:
    what, _ = read(data)
    assert isinstance(what, Refusal), what
    assert what.words.endswith(".")
    return what.status


# --- What is understood --------------------------------------------------------------------------


def test_a_readers_request_is_understood():
    request = understood(
        "GET /bitcoin/atom.xml?a=1 HTTP/1.1",
        "Host: 127.0.0.1:8080",
        'If-None-Match: "a"',
        'If-None-Match:\t W/"b" ',
        "Accept-Encoding: gzip, br",
    )
    assert (request.method, request.path, request.query) == ("GET", "/bitcoin/atom.xml", "?a=1")
    assert request.host == "127.0.0.1:8080"
    assert request.fields["if-none-match"] == '"a", W/"b"'
    assert (request.keep, request.body, request.shows) == (True, False, True)


@pytest.mark.parametrize(
    ("lines", "keep"),
    [
        (("GET / HTTP/1.1", "Host: a"), True),
        (("GET / HTTP/1.1", "Host: a", "Connection: Close"), False),
        (("GET / HTTP/1.1", "Host: a", "Connection: keep-alive, close"), False),
        (("GET / HTTP/1.0",), False),
        (("GET / HTTP/1.0", "Connection: Keep-Alive"), True),
        (("GET / HTTP/1.0", "Connection: keep-alive, close"), False),
    ],
)
def test_a_connection_lasts_as_the_version_and_the_client_say(lines, keep):
    assert understood(*lines).keep is keep


def test_an_absolute_address_names_the_host_that_is_meant():
    request = understood("GET http://news.example:81/rss.xml?x HTTP/1.1", "Host: other.example")
    assert (request.host, request.path, request.query) == ("news.example:81", "/rss.xml", "?x")
    assert understood("GET http://news.example HTTP/1.1", "Host: a").path == "/"


@pytest.mark.parametrize("field", ["Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: 0, 7"])
def test_a_body_is_noticed_however_it_is_announced(field):
    assert understood("GET / HTTP/1.1", "Host: a", field).body
    assert not understood("GET / HTTP/1.1", "Host: a", "Content-Length: 0").body


def test_blank_lines_before_a_request_are_passed_over():
    data = b"\r\n\r\n" + head("GET / HTTP/1.1", "Host: a")
    assert read(data)[1] == len(data)


def test_of_several_requests_the_first_is_read_and_its_end_told():
    one, two = head("GET /1 HTTP/1.1", "Host: a"), head("GET /2 HTTP/1.1", "Host: a")
    what, end = read(one + two)
    assert (what.path, end) == ("/1", len(one))


@given(st.integers(0, 60))
def test_a_request_in_pieces_is_waited_for(cut):
    data = head("GET /atom.xml HTTP/1.1", "Host: 127.0.0.1", "Accept: */*")
    cut = min(cut, len(data) - 1)
    assert read(data[:cut]) is None
    assert read(data)[1] == len(data)


# --- What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        head("GET /"),
        head("GET  / HTTP/1.1", "Host: a"),
        head("GET / HTTP/1.1 ", "Host: a"),
        head("GET / http/1.1", "Host: a"),
        head("GET / HTTP/1.10", "Host: a"),
        head("GET atom.xml HTTP/1.1", "Host: a"),
        head("GET * HTTP/1.1", "Host: a"),
        head("GET ftp://a/b HTTP/1.1", "Host: a"),
        head("GET /#part HTTP/1.1", "Host: a"),
        head("GET /\xe4 HTTP/1.1", "Host: a"),
        head("G(T / HTTP/1.1", "Host: a"),
        head("GET / HTTP/1.1"),
        head("GET / HTTP/1.1", "Host: a", "Host: a"),
        head("GET / HTTP/1.1", "Host : a"),
        head("GET / HTTP/1.1", "Host: a", "no colon"),
        head("GET / HTTP/1.1", "Host: a", ": nameless"),
        head("GET / HTTP/1.1", "Host: a", "X: 1", " folded"),
        head("GET / HTTP/1.1", "Host: a", "X: a\x00b"),
        head("GET / HTTP/1.1", "Host: a", "X: a\rb"),
        b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00",
    ],
)
def test_garbage_is_refused_in_words(data):
    assert refused(data) == HTTPStatus.BAD_REQUEST


def test_a_later_protocol_is_told_what_is_spoken_here():
    assert refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == HTTPStatus.HTTP_VERSION_NOT_SUPPORTED


def test_a_long_line_is_refused_before_it_ends():
    begun = b"GET /" + b"a" * MOST_LINE
    assert refused(begun) == HTTPStatus.REQUEST_URI_TOO_LONG
    assert refused(begun + b" HTTP/1.1\r\nHost: a\r\n\r\n") == HTTPStatus.REQUEST_URI_TOO_LONG
    assert refused(begun + b" HTTP/1.1\r\nHost: a\r\n") == HTTPStatus.REQUEST_URI_TOO_LONG


def test_too_many_bytes_or_fields_are_refused_complete_or_not():
    fields = [f"X-{n}: {'a' * 1000}" for n in range(MOST_HEAD // 1000 + 1)]
    data = head("GET / HTTP/1.1", "Host: a", *fields)
    assert refused(data) == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    assert refused(data[:-4]) == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    many = head("GET / HTTP/1.1", "Host: a", *(f"X{n}: 1" for n in range(MOST_FIELDS)))
    assert refused(many) == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


# --- Laws ----------------------------------------------------------------------------------------

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [b"GET ", b"HEAD ", b"/", b" HTTP/1.1", b"\r\n", b"\n", b"\r", b"Host: a", b":", b" ", b"\x00"]
        ),
        st.binary(max_size=12),
    ),
    max_size=30,
).map(b"".join)


@given(PIECES)
def test_whatever_arrives_is_a_request_a_refusal_or_awaits_more(data):
    found = read(data)
    if found is None:
        assert b"\r\n\r\n" not in data.lstrip(b"\r\n") or len(data) < 4
        return
    what, end = found
    assert isinstance(what, Request | Refusal)
    assert 0 < end <= len(data)


@given(PIECES)
def test_nothing_that_comes_later_changes_what_was_understood(data):
    found = read(data)
    if found is not None and isinstance(found[0], Request):
        assert read(data + b"GET /later HTTP/1.1\r\nHost: b\r\n\r\n") == found


@given(PIECES)
def test_no_line_break_or_control_gets_into_what_was_understood(data):
    found = read(data)
    if found is not None and isinstance(found[0], Request):
        request = found[0]
        texts = [request.method, request.target, request.host, *request.fields, *request.fields.values()]
        assert all(ord(letter) >= 0x20 or letter == "\t" for text in texts for letter in text)
