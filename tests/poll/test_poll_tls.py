"""Encrypted connections, sound and otherwise, and HTTP/2: each trouble has its own words.

Certificates and keys in ``tests/data/tls`` are nobody's: they were made for these servers, and for nothing else.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from feedserver import FeedServer, Page, redirect
from http2server import Frames, Http2Server, broken_off, data, going_away, head

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome
from aggregator.poll.fetch import FetchLimits, fetch

KEYS = Path(__file__).parents[1] / "data" / "tls"
RSS = b"<rss version='2.0'><channel><title>Ledger Lane</title><item><title>One</title></item></channel></rss>"


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(KEYS / "authority.pem"))


def tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(KEYS / f"{name}.pem")
    return context


def ask(url: str, **known) -> Outcome:
    limits = FetchLimits(
        private_networks=True, timeout_seconds=known.pop("seconds", 10.0), user_agent="test/1"
    )
    feed = Feed(id=1, url=url, first_url=url, title="Feed", **known)
    ((_, outcome),) = fetch([feed], limits=limits)
    return outcome


def failure(url: str, **known) -> Failed:
    outcome = ask(url, **known)
    assert isinstance(outcome, Failed), outcome
    return outcome


# --- Certificates --------------------------------------------------------------------------------


def test_a_sound_certificate_is_trusted() -> None:
    with FeedServer(tls=tls("sound")) as server:
        server.pages["/f"] = Page.of(RSS)
        outcome = ask(server.url("/f"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == RSS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("alone", "the server signed its certificate itself"),
        ("expired", "the server's certificate has expired"),
        ("early", "the server's certificate is not valid yet; is this machine's clock right?"),
        ("stranger", "the server's certificate is that of another host"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused_and_told_why(name: str, words: str) -> None:
    with FeedServer(tls=tls(name)) as server:
        server.pages["/f"] = Page.of(RSS)
        failed = failure(server.url("/f"))
        assert server.requests == []  # not a word was said to it
    assert (failed.reason, failed.message) == (FailureReason.TLS, f"no trusted encrypted connection: {words}")


def test_an_authority_nobody_trusts_is_refused_and_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(KEYS / "alone.pem"))
    with FeedServer(tls=tls("sound")) as server:
        failed = failure(server.url("/f"))
    assert (failed.reason, failed.message) == (
        FailureReason.TLS,
        "no trusted encrypted connection: the server does not show who signed its certificate, "
        "or nobody here trusts them",
    )


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
def test_a_server_of_the_last_century_is_refused_and_told_why() -> None:
    context = tls("sound")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1

    def refuse() -> None:
        connection, _ = listening.accept()
        # asyncio's servers drop the alert that says why.
        with connection, suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True):
            pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        refuser = threading.Thread(target=refuse)
        refuser.start()
        failed = failure(f"https://127.0.0.1:{listening.getsockname()[1]}/f")
        refuser.join()
    assert (failed.reason, failed.message) == (
        FailureReason.TLS,
        "no trusted encrypted connection: the server knows only ways of encrypting that are no longer safe",
    )


# --- Handshakes that come to nothing -------------------------------------------------------------


@contextmanager
def listener(*, reset: bool, wait: threading.Event | None = None) -> Iterator[int]:
    """A server that takes one connection and ends it after the first words, by a reset or in good order."""

    def take() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            if wait is not None:
                wait.wait(10)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        taker = threading.Thread(target=take)
        taker.start()
        yield listening.getsockname()[1]
        taker.join()


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_server_that_hangs_up_in_the_handshake_is_told_apart_from_one_that_proves_nothing(
    reset: bool,
) -> None:
    with listener(reset=reset) as port:
        failed = failure(f"https://127.0.0.1:{port}/f")
    assert (failed.reason, failed.message) == (
        FailureReason.RESET,
        "the server hung up while encryption was being agreed on",
    )


def test_a_server_that_falls_silent_in_the_handshake_is_told_apart_from_one_that_is_not_there() -> None:
    done = threading.Event()
    with listener(reset=False, wait=done) as port:
        failed = failure(f"https://127.0.0.1:{port}/f", seconds=0.5)
        done.set()
    assert failed.reason is FailureReason.TIMEOUT
    assert failed.message.startswith("connected, and no encryption was agreed on within 0.5")


# --- From one scheme to the other ----------------------------------------------------------------


@pytest.mark.parametrize(("down", "lasting"), [(False, True), (True, False)], ids=["to https", "to http"])
def test_a_move_to_encryption_lasts_and_one_away_from_it_does_not(down: bool, lasting: bool) -> None:
    with FeedServer(tls=tls("sound")) as safe, FeedServer() as open_:
        first, second = (safe, open_) if down else (open_, safe)
        first.pages["/f"] = redirect(second.url("/g"), 301)
        second.pages["/g"] = Page.of(RSS)
        outcome = ask(first.url("/f"))
    assert isinstance(outcome, Fetched)
    assert (outcome.url, outcome.moved_permanently) == (second.url("/g"), lasting)


# --- HTTP/2 --------------------------------------------------------------------------------------


@contextmanager
def serving(*answer: Frames) -> Iterator[Http2Server]:
    with Http2Server(tls("sound"), answer) as server:
        yield server
        assert server.spoken == {"h2"}


def test_a_feed_is_read_over_http_2() -> None:
    with serving(head(200, etag='"7"', content_type="application/rss+xml"), data(RSS)) as server:
        outcome = ask(server.url("/f"))
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.etag, outcome.content_type) == (RSS, '"7"', "application/rss+xml")


def test_not_modified_is_understood_over_http_2() -> None:
    with serving(head(304, last=True, etag='"8"')) as server:
        outcome = ask(server.url("/f"), etag='"7"')
    assert isinstance(outcome, NotModified)
    assert outcome.etag == '"8"'


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((head(200), data(RSS[:50], last=False), broken_off()), "the connection broke off after 50 bytes"),
        ((head(200), broken_off()), "the connection broke off before the document came"),
        ((broken_off(),), "the server hung up without an answer"),
        ((going_away(),), "the server hung up without an answer"),
    ],
    ids=["in the body", "after the head", "before the head", "going away"],
)
def test_an_answer_that_breaks_off_over_http_2_is_no_document(answer: tuple[Frames, ...], words: str) -> None:
    with serving(*answer) as server:
        failed = failure(server.url("/f"))
    assert failed.reason is FailureReason.RESET
    assert failed.message.startswith(words)


def test_many_feeds_of_one_host_share_a_connection_over_http_2() -> None:
    with serving(head(200), data(RSS)) as server:
        feeds = [
            Feed(id=number, url=server.url(f"/{number}"), first_url="", title="") for number in range(20)
        ]
        limits = FetchLimits(private_networks=True, per_host=2, user_agent="test/1")
        outcomes = [outcome for _, outcome in fetch(feeds, limits=limits)]
    assert [type(each) for each in outcomes] == [Fetched] * 20
    assert server.requests == 20
