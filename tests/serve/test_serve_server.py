from __future__ import annotations

import gzip
import json
import socket
import threading
import time

import pytest
from serving import ATOM, LONG_AGO, Serving, lay, parse, read_all, read_some, responses

from aggregator.serve.answers import Links
from aggregator.serve.conditions import http_date
from aggregator.serve.connections import HEAD_SECONDS, IDLE_SECONDS, LINGER_BYTES, SEND_SECONDS
from aggregator.serve.server import MOST_CONNECTIONS

GET = b"GET /atom.xml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LAST = b"GET /feed.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


# --- Documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/bitcoin/", "text/html; charset=utf-8"),
        ("/bitcoin/atom.xml?cache=no", "application/atom+xml; charset=utf-8"),
        ("/archive/2026-01.xml", "application/atom+xml; charset=utf-8"),
    ],
)
def test_documents_are_served_as_what_they_are(serving, path, kind):
    answer = serving.ask(path)
    assert (answer.status, answer.fields["content-type"]) == (200, kind)
    assert answer.fields["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.fields["content-security-policy"]


def test_a_second_request_is_answered_without_the_document(serving):
    first = serving.ask("/atom.xml")
    assert first.body == ATOM
    assert first.fields["last-modified"] == http_date(LONG_AGO)
    for condition in (
        {"If_None_Match": first.fields["etag"]},
        {"If_None_Match": f'"other", W/{first.fields["etag"]}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": first.fields["last-modified"]},
    ):
        second = serving.ask("/atom.xml", **condition)
        assert second.status == 304
        assert second.fields["etag"] == first.fields["etag"]
        assert {"date", "cache-control", "vary"} <= set(second.fields)
        assert "content-length" not in second.fields


def test_whoever_has_it_unpacked_is_not_sent_it_packed(serving):
    tag = serving.ask("/atom.xml").fields["etag"]
    assert serving.ask("/atom.xml", If_None_Match=tag, Accept_Encoding="gzip").fields["etag"] == tag


def test_a_packed_document_is_the_same_under_another_tag(serving):
    plain, packed = serving.ask("/atom.xml"), serving.ask("/atom.xml", Accept_Encoding="gzip")
    assert gzip.decompress(packed.body) == plain.body == ATOM
    assert (packed.fields["content-encoding"], packed.fields["vary"]) == ("gzip", "Accept-Encoding")
    assert packed.fields["etag"] != plain.fields["etag"]
    assert len(packed.body) == int(packed.fields["content-length"]) < len(plain.body)


def test_a_head_has_the_fields_of_a_get_and_no_body(serving):
    whole, head = serving.ask("/atom.xml"), serving.ask("/atom.xml", method="HEAD")
    assert {**whole.fields, "date": ""} == {**head.fields, "date": ""}
    assert serving.ask("/nothing", method="HEAD").status == 404


def test_a_document_written_this_second_has_no_date_yet(serving, public):
    lay(public / "atom.xml", ATOM, seconds=time.time() + 3600)
    answer = serving.ask("/atom.xml", If_Modified_Since=http_date(2**31))
    assert answer.status == 200
    assert "last-modified" not in answer.fields


def test_a_directory_leads_on_to_its_page_and_nowhere_else(serving):
    answer = serving.ask("/bitcoin?x=1")
    assert (answer.status, answer.fields["location"]) == (301, "/bitcoin/?x=1")
    assert serving.ask("//evil.example/").status == 404
    assert serving.ask("/archive/").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/.atom.xml.new",
        "/..%2faggregator.db",
        "/../aggregator.db",
        "/%2e%2e/aggregator.db",
        "/aggregator.db",
        "/bitcoin/../../aggregator.db",
        "/nothing",
        "/%00",
        "/\\..\\aggregator.db",
    ],
)
def test_nothing_outside_and_nothing_hidden_is_served(serving, path):
    answer = serving.ask(path)
    assert answer.status in {400, 404}
    assert answer.fields["content-type"] == "text/plain; charset=utf-8"
    assert answer.body.decode().endswith(".\n")
    assert b"private" not in answer.body


def test_hubs_are_named_in_a_header_of_every_feed(public):
    links = Links("https://hub.example/", "https://news.example/crypto/")
    with Serving(public, links=links) as serving:
        assert serving.ask("/bitcoin/atom.xml").fields["link"] == (
            '<https://hub.example/>; rel="hub", <https://news.example/crypto/bitcoin/atom.xml>; rel="self"'
        )
        assert "link" not in serving.ask("/feeds.opml").fields
        assert "link" in serving.ask("/feed.json").fields


# --- While runs go on ----------------------------------------------------------------------------


def test_before_the_first_run_it_says_what_to_do_and_then_serves(tmp_path):
    with Serving(tmp_path / "public") as serving:
        answer = serving.ask("/atom.xml")
        assert (answer.status, answer.body) == (503, b"Nothing is exported yet: run `aggregator run`.\n")
        assert int(answer.fields["retry-after"]) > 0
        lay(tmp_path / "public" / "atom.xml", ATOM)
        assert serving.ask("/atom.xml").body == ATOM
        assert serving.ask("/").status == 404


def test_a_document_replaced_all_the_time_is_never_torn(serving, public):
    stop = threading.Event()

    def replace_for_ever() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            lay(public / "atom.xml", f"<feed>{number}</feed>".encode() * 40_000)

    writer = threading.Thread(target=replace_for_ever)
    writer.start()
    try:
        versions = set()
        for _ in range(60):
            answer = serving.ask("/atom.xml", Accept_Encoding="gzip")
            body = gzip.decompress(answer.body) if "content-encoding" in answer.fields else answer.body
            if body != ATOM:
                first = body[: body.index(b"</feed>") + 7]
                assert body == first * 40_000
            versions.add(answer.fields["etag"])
        assert len(versions) > 1
    finally:
        stop.set()
        writer.join()


# --- Manners of a connection ---------------------------------------------------------------------


def test_a_connection_goes_on_and_requests_may_be_sent_together(serving):
    found = responses(serving.raw(GET * 200 + LAST))
    assert [each.status for each in found] == [200] * 201
    assert all(each.body == ATOM for each in found[:-1])
    assert json.loads(found[-1].body)["items"] == []
    assert found[-1].fields["connection"] == "close"


def test_a_request_may_arrive_byte_by_byte(serving):
    with serving.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in LAST:
            client.sendall(bytes([byte]))
        assert parse(read_all(client))[0].status == 200


def test_http_1_0_is_closed_after_its_answer_unless_it_asks_otherwise(serving):
    assert parse(serving.raw(b"GET / HTTP/1.0\r\n\r\n", end=False))[0].status == 200
    with serving.connect() as client:
        for _ in range(2):
            client.sendall(b"HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert b"Connection: keep-alive" in read_some(client)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW", "get"])
def test_other_methods_are_told_what_is_allowed(serving, method):
    answer = serving.ask("/", method=method)
    assert (answer.status, answer.fields["allow"]) == (405, "GET, HEAD")


def test_what_follows_a_body_is_not_taken_for_a_request(serving):
    hidden = b"GET /feed.json HTTP/1.1\r\nHost: a\r\n\r\n"
    for announced in (b"Content-Length: %d" % len(hidden), b"Transfer-Encoding: chunked"):
        data = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + announced + b"\r\n\r\n" + hidden
        (only,) = responses(serving.raw(data, end=False))
        assert (only.status, only.fields["connection"]) == (405, "close")


def test_a_refusal_reaches_a_client_that_is_still_sending(serving):
    data = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000)
    assert parse(serving.raw(data))[0].status == 405


def test_a_client_that_never_stops_sending_is_dropped(serving):
    with serving.connect() as client, pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
        for _ in range(200):
            client.sendall(b"\x00" * LINGER_BYTES)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"hello\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
)
def test_garbage_gets_a_400_and_the_connection_ends(serving, data):
    answer, rest = parse(serving.raw(data, end=False) if data.endswith(b"\n") else serving.raw(data))
    assert (answer.status, answer.fields["connection"], rest) == (400, "close", b"")


def test_requests_that_are_too_long_are_refused_before_they_end(serving):
    assert parse(serving.raw(b"GET /" + b"a" * 9000))[0].status == 414
    assert (
        parse(serving.raw(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: aaaaaaaaaaaaaaaa\r\n" * 1000))[0].status
        == 431
    )


def test_a_page_of_another_site_cannot_read_what_is_served_here(serving):
    assert serving.ask("/feed.json", Host="evil.example").status == 421
    assert serving.ask("http://evil.example/feed.json").status == 421
    assert serving.ask("/feed.json", Host="news.example").status == 200


# --- Bounds --------------------------------------------------------------------------------------


def test_a_client_that_drips_its_request_is_told_and_dropped(serving):
    with serving.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHo")
        read_when_served(serving, 1)
        serving.sweep(HEAD_SECONDS - 1)
        client.sendall(b"st")
        serving.sweep(HEAD_SECONDS + 1)
        answer, _ = parse(read_all(client))
    assert answer.status == 408


def test_a_connection_on_which_nothing_is_asked_is_closed(serving):
    with serving.connect() as silent, serving.connect() as used:
        used.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        read_some(used)
        read_when_served(serving, 2)
        serving.sweep(HEAD_SECONDS + 1)
        assert read_all(silent) == b""
        used.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        read_some(used)
        serving.sweep(IDLE_SECONDS + 1)
        assert read_all(used) == b""


def test_a_client_that_does_not_take_its_answer_is_dropped(serving, public):
    lay(public / "large.txt", bytes(32 * 1024 * 1024))
    with serving.connect() as client:
        client.sendall(b"GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(10)
        serving.sweep(SEND_SECONDS + 1)
        assert len(read_all(client)) < 32 * 1024 * 1024


def test_a_slow_client_gets_a_large_document_whole_and_what_it_asked_for_next(serving, public):
    body = bytes(range(256)) * (8 * 1024 * 4)
    lay(public / "large.txt", body)
    with serving.connect() as client:
        client.sendall(b"GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n" + LAST)
        serving.sweep(SEND_SECONDS - 1)
        found = responses(read_all(client))
    assert [each.status for each in found] == [200, 200]
    assert found[0].body == body


def read_when_served(serving, connections: int) -> None:
    """Wait until the server has taken up so many connections."""
    while len(serving.server._connections) < connections:
        time.sleep(0.001)


def test_too_many_connections_are_refused_and_idle_ones_make_room(serving):
    busy = []
    try:
        for _ in range(MOST_CONNECTIONS):
            client = serving.connect()
            client.sendall(b"GET")
            busy.append(client)
        read_when_served(serving, MOST_CONNECTIONS)
        assert parse(serving.raw(b"", end=False))[0].status == 503
        busy[7].sendall(b" /feed.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
        busy[7].recv(1 << 16)
        assert serving.ask("/feed.json").status == 200
        assert busy[7].recv(1) == b""
    finally:
        for client in busy:
            client.close()


def test_stopping_finishes_the_answer_under_way_and_closes_the_rest(public):
    body = bytes(range(256)) * (8 * 1024 * 4)
    lay(public / "large.txt", body)
    got = []
    with Serving(public) as serving:
        idle, client = serving.connect(), serving.connect()
        client.sendall(b"GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n" + LAST)
        start = client.recv(4096)
        reader = threading.Thread(target=lambda: got.append(start + read_all(client)))
        reader.start()
    reader.join()
    assert idle.recv(1) == b""
    answer, _ = parse(got[0])
    assert answer.body == body
    idle.close()
    client.close()
    with pytest.raises(ConnectionRefusedError):
        serving.connect()


# --- Who else can reach it, and what is told ------------------------------------------------------


def test_on_an_address_that_others_reach_any_name_will_do(public):
    with Serving(public, host="0.0.0.0") as serving:
        assert not serving.private
        assert serving.ask("/feed.json", Host="news.home.arpa").status == 200


def test_every_request_is_told_with_what_became_of_it(serving):
    serving.ask("/feed.json", User_Agent="reader/1")
    serving.raw(b"nonsense\n", end=False)
    one, two = serving.told
    assert (one.client, one.method, one.target, one.status, one.agent) == (
        "127.0.0.1",
        "GET",
        "/feed.json",
        200,
        "reader/1",
    )
    assert one.sent == len(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}')
    assert (two.method, two.status) == ("", 400)
