"""Against a real server on loopback: what every kind of answer becomes, and how we ask."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import threading
import time
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from feedserver import (
    FeedServer,
    Page,
    bomb,
    drip,
    endless,
    gibberish,
    hang,
    hang_up,
    redirect,
    render,
    stall,
    truncate,
)

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome
from aggregator.poll.fetch import FetchLimits, Run, fetch, user_agent
from aggregator.poll.hosts import HostQueues
from aggregator.poll.limits import KEPT
from aggregator.poll.transfer import LARGE, Pool, Terms, Transfer

RSS = b"<rss version='2.0'><channel><title>Ledger Lane</title><item><title>One</title></item></channel></rss>"
SHORT = 0.5
SLACK = 5.0
"""Seconds granted to a busy machine: what is promised is an end, where there would be none, not a speed."""
"""Seconds: the deadline of tests that wait for it."""


def limits(**changes) -> FetchLimits:
    settings = {"private_networks": True, "timeout_seconds": 5.0, "per_host": 32, "user_agent": "test/1"}
    return FetchLimits(**{**settings, **changes})


def feed(url: str, number: int = 1, **known) -> Feed:
    return Feed(id=number, url=url, first_url=url, title=f"Feed {number}", **known)


def ask(url: str, *, within: FetchLimits | None = None, **known) -> Outcome:
    ((_, outcome),) = fetch([feed(url, **known)], limits=within or limits())
    return outcome


def failure(url: str, **changes) -> Failed:
    outcome = ask(url, within=limits(**changes))
    assert isinstance(outcome, Failed), outcome
    assert outcome.message
    assert "http://" not in outcome.message
    return outcome


# --- A good answer -------------------------------------------------------------------------------


def test_a_document_comes_with_its_validators_and_headers(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(
        RSS,
        etag='W/"a b"',
        last_modified="Sat, 21 Nov 2026 10:00:00 GMT",
        headers={"Cache-Control": "max-age=60"},
    )
    outcome = ask(feed_server.url("/f"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == RSS
    assert outcome.url == feed_server.url("/f")
    assert (outcome.etag, outcome.last_modified) == ('W/"a b"', "Sat, 21 Nov 2026 10:00:00 GMT")
    assert outcome.headers["cache-control"] == "max-age=60"
    assert outcome.content_type == "application/xml; charset=utf-8"
    assert not outcome.moved_permanently


def test_the_request_says_who_asks_and_what_for_and_nothing_else(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS, headers={"Set-Cookie": "track=1"})
    agent = user_agent("https://me.example/bot")
    for _ in range(2):
        ask(feed_server.url("/f"), within=limits(user_agent=agent))
    for request in feed_server.requests:
        assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert request.headers["user-agent"].startswith("aggregator/")
        assert "+https://me.example/bot" in request.headers["user-agent"]
        assert "application/atom+xml" in request.headers["accept"]
        assert {"gzip", "br"} <= set(request.headers["accept-encoding"].split(", "))


@pytest.mark.parametrize("etag", ['"strong"', 'W/"weak"', "unquoted", '"with \\"quote"', '"ümläut"'])
def test_validators_go_back_exactly_as_they_came(feed_server: FeedServer, etag: str) -> None:
    feed_server.pages["/f"] = Page(RSS, etag=etag, last_modified="yesterday, roughly")
    first = ask(feed_server.url("/f"))
    assert isinstance(first, Fetched)
    second = ask(feed_server.url("/f"), etag=first.etag, last_modified=first.last_modified)
    assert isinstance(second, NotModified)
    assert second.etag == etag
    assert feed_server.requests[1].headers["if-none-match"] == etag
    assert feed_server.requests[1].headers["if-modified-since"] == "yesterday, roughly"


def test_a_stored_validator_with_a_line_break_is_not_sent(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS)
    assert isinstance(ask(feed_server.url("/f"), etag='"a"\r\nX-Injected: 1'), Fetched)
    assert "x-injected" not in feed_server.requests[0].headers


def test_a_304_to_a_question_that_was_not_conditional_is_a_failure(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(status=304)
    assert failure(feed_server.url("/f")).status == 304


def test_a_delta_of_new_entries_is_a_document(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS, status=226, headers={"IM": "feed"})
    outcome = ask(feed_server.url("/f"), etag='"1"')
    assert isinstance(outcome, Fetched)
    assert outcome.status == 226
    assert feed_server.requests[0].headers["a-im"] == "feed"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("br", bytes.fromhex("0b028068656c6c6f03")),
        ("identity", b"hello"),
    ],
)
def test_a_compressed_body_is_unpacked(feed_server: FeedServer, encoding: str, packed: bytes) -> None:
    feed_server.pages["/f"] = bomb(encoding, packed)
    outcome = ask(feed_server.url("/f"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"hello"


def test_an_address_in_any_script_is_asked_for_in_ascii(feed_server: FeedServer) -> None:
    feed_server.pages["/n%C3%A4chste/%E6%B0%91"] = Page(RSS)
    assert isinstance(ask(feed_server.url("/nächste/民?q=ü")), Fetched)
    assert feed_server.requests[0].path == "/n%C3%A4chste/%E6%B0%91?q=%C3%BC"


# --- Redirects -----------------------------------------------------------------------------------


def test_validators_are_sent_to_the_address_that_gave_them_and_to_no_other(feed_server: FeedServer) -> None:
    feed_server.pages["/old"] = redirect("/new", 301)
    feed_server.pages["/new"] = Page(RSS, etag='"new"')
    outcome = ask(feed_server.url("/old"), etag='"old"')
    assert isinstance(outcome, Fetched)
    assert outcome.url == feed_server.url("/new")
    assert outcome.moved_permanently
    assert feed_server.asked("/old")[0].headers["if-none-match"] == '"old"'
    assert "if-none-match" not in feed_server.asked("/new")[0].headers
    again = ask(feed_server.url("/old"), etag=outcome.etag, validators_url=outcome.url)
    assert isinstance(again, NotModified)
    assert again.url == outcome.url
    assert again.moved_permanently
    assert "if-none-match" not in feed_server.asked("/old")[1].headers
    assert feed_server.asked("/new")[1].headers["if-none-match"] == '"new"'


@pytest.mark.parametrize(
    ("statuses", "permanent"), [((301, 308), True), ((301, 302), False), ((307,), False)]
)
def test_a_move_is_permanent_only_when_every_hop_is(
    feed_server: FeedServer,
    statuses: tuple[int, ...],
    permanent: bool,
) -> None:
    for number, status in enumerate(statuses):
        feed_server.pages[f"/{number}"] = redirect(f"/{number + 1}", status)
    feed_server.pages[f"/{len(statuses)}"] = Page(RSS)
    outcome = ask(feed_server.url("/0"))
    assert isinstance(outcome, Fetched)
    assert outcome.moved_permanently is permanent


def test_a_loop_of_redirects_ends_after_five(feed_server: FeedServer) -> None:
    feed_server.pages["/loop"] = redirect("/loop", 301)
    failed = failure(feed_server.url("/loop"))
    assert failed.reason is FailureReason.REDIRECT
    assert "circles" in failed.message
    assert len(feed_server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://files.example/feed", "javascript:alert(1)"])
def test_a_redirect_out_of_the_web_is_refused(feed_server: FeedServer, target: str) -> None:
    feed_server.pages["/f"] = redirect(target)
    failed = failure(feed_server.url("/f"))
    assert failed.reason is FailureReason.REDIRECT
    assert "out of the web" in failed.message


def test_credentials_stay_with_the_server_they_are_for(feed_server: FeedServer) -> None:
    feed_server.pages["/a"] = redirect("/b")
    feed_server.pages["/b"] = redirect(feed_server.url("/c", host="localhost"))
    feed_server.pages["/c"] = Page(RSS)
    url = feed_server.url("/a").replace("http://", "http://user:secret@")
    outcome = ask(url)
    assert isinstance(outcome, Fetched)
    assert "secret" not in outcome.url
    sent = {request.path: "authorization" in request.headers for request in feed_server.requests}
    assert sent == {"/a": True, "/b": True, "/c": False}


# --- Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (401, FailureReason.HTTP, "password"),
        (403, FailureReason.HTTP, "refuses"),
        (404, FailureReason.HTTP, "no feed at this address"),
        (410, FailureReason.GONE, "gone for good"),
        (418, FailureReason.HTTP, "teapot"),
        (429, FailureReason.HTTP, "too often"),
        (500, FailureReason.HTTP, "broken"),
        (503, FailureReason.HTTP, "overloaded"),
        (204, FailureReason.EMPTY, "nothing"),
        (599, FailureReason.HTTP, "does not know"),
    ],
)
def test_each_refusal_has_its_words(
    feed_server: FeedServer, status: int, reason: FailureReason, words: str
) -> None:
    feed_server.pages["/f"] = Page(b"no", "text/plain", status)
    failed = failure(feed_server.url("/f"))
    assert (failed.reason, failed.status) == (reason, status)
    assert words in failed.message


def test_a_browser_challenge_is_called_by_its_name(feed_server: FeedServer) -> None:
    page = b"<html><head><title>Just a moment...</title></head></html>"
    feed_server.pages["/f"] = Page(page, "text/html", 403, headers={"Server": "cloudflare"})
    assert "Cloudflare challenge" in failure(feed_server.url("/f")).message


def test_a_host_that_asks_for_a_pause_is_left_alone_with_all_its_feeds(feed_server: FeedServer) -> None:
    feed_server.pages["/1"] = Page(b"", None, 429, headers={"Retry-After": "120"})
    feeds = [feed(feed_server.url(f"/{number}"), number) for number in range(1, 11)]
    outcomes = dict(fetch(feeds, limits=limits(per_host=1)))
    assert len(outcomes) == 10
    assert {outcome.retry_after.total_seconds() for outcome in outcomes.values()} == {120}
    assert len(feed_server.requests) == 1


# --- Broken exchanges ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [(hang, "connected, and no answer"), (stall, "still sending"), (drip, "still sending")],
)
def test_the_deadline_holds_whatever_the_server_does(feed_server: FeedServer, behaviour, words: str) -> None:
    feed_server.behaviours["/f"] = behaviour
    began = time.monotonic()
    failed = failure(feed_server.url("/f"), timeout_seconds=SHORT)
    assert time.monotonic() - began < SHORT + SLACK
    assert failed.reason is FailureReason.TIMEOUT
    assert words in failed.message


def test_the_deadline_is_for_all_redirects_together(feed_server: FeedServer) -> None:
    feed_server.pages["/a"] = redirect("/b")
    feed_server.behaviours["/b"] = hang
    began = time.monotonic()
    assert failure(feed_server.url("/a"), timeout_seconds=SHORT).reason is FailureReason.TIMEOUT
    assert time.monotonic() - began < SHORT + SLACK


@pytest.mark.parametrize(
    ("behaviour", "reason", "words"),
    [
        (truncate, FailureReason.RESET, "incomplete"),
        (hang_up, FailureReason.RESET, "hung up"),
        (gibberish, FailureReason.HTTP, "does not speak HTTP"),
    ],
)
def test_a_broken_exchange_says_how_it_broke(
    feed_server: FeedServer, behaviour, reason: FailureReason, words: str
) -> None:
    feed_server.behaviours["/f"] = behaviour
    failed = failure(feed_server.url("/f"))
    assert failed.reason is reason
    assert words in failed.message


def test_gzip_garbage_is_told_from_a_broken_feed(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = bomb("gzip", b"this is no gzip at all, whatever the header says")
    failed = failure(feed_server.url("/f"))
    assert failed.reason is FailureReason.MALFORMED
    assert "compressed" in failed.message


def test_nobody_at_home_and_no_such_host_are_told_apart() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert failure(f"http://127.0.0.1:{port}/f").reason is FailureReason.CONNECT
    # RFC 6761: no resolver knows it. One that is out of reach may take longer than we wait, and is told so.
    unknown = failure("http://no-such-host.invalid/f", timeout_seconds=3.0)
    assert unknown.reason is FailureReason.DNS or "not resolved" in unknown.message


def test_a_server_without_tls_behind_https_is_a_tls_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 mail.example ESMTP ready\r\n")
                connection.recv(4096)

        greeter = threading.Thread(target=greet)
        greeter.start()
        failed = failure(f"https://127.0.0.1:{listener.getsockname()[1]}/f")
        greeter.join()
    assert failed.reason is FailureReason.TLS
    assert "encrypted" in failed.message


@pytest.mark.parametrize(
    "url", ["ftp://h.example/f", "feeds/one.xml", "http://", "http://h:port/", "http://a b/"]
)
def test_what_is_no_web_address_is_a_failure_not_a_crash(url: str) -> None:
    outcome = ask(url)
    assert isinstance(outcome, Failed)


# --- Size ----------------------------------------------------------------------------------------


def test_a_body_larger_than_allowed_is_refused_before_it_is_read(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(b"x" * 50_000)
    failed = failure(feed_server.url("/f"), max_bytes=10_000)
    assert failed.reason is FailureReason.TOO_LARGE
    assert "10000 bytes" in failed.message


def test_a_body_without_end_is_cut_off(feed_server: FeedServer) -> None:
    feed_server.behaviours["/f"] = endless
    assert failure(feed_server.url("/f"), max_bytes=1_000_000).reason is FailureReason.TOO_LARGE


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_small_body_that_unpacks_to_a_large_one_is_cut_off(feed_server: FeedServer, encoding: str) -> None:
    body = b"<rss>" + b" " * 50_000_000
    packed = gzip.compress(body, 9) if encoding == "gzip" else zlib.compress(body, 9)
    assert len(packed) < 60_000
    feed_server.pages["/f"] = bomb(encoding, packed)
    assert failure(feed_server.url("/f"), max_bytes=1_000_000).reason is FailureReason.TOO_LARGE


def test_headers_without_end_are_cut_off(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS, headers={f"X-{number}": "y" * 1000 for number in range(1000)})
    assert failure(feed_server.url("/f")).reason in {FailureReason.TOO_LARGE, FailureReason.RESET}


@pytest.mark.parametrize("compress", [False, True])
def test_many_large_bodies_at_once_all_arrive_and_few_lie_in_memory(
    feed_server: FeedServer,
    compress: bool,
) -> None:
    size = 3_000_000
    bodies = {f"/{number}": bytes([65 + number]) * size for number in range(12)}
    queues = HostQueues(per_host=12)
    for number, (path, body) in enumerate(bodies.items()):
        feed_server.pages[path] = Page(body, compress=compress)
        queues.add("127.0.0.1", feed(feed_server.url(path), number))
    run = Run(limits(max_bytes=size))
    run.pool.budget = 2 * size
    arrived: dict[str, Outcome] = {}
    for each, outcome in run.ask(queues):
        assert run.pool.held <= run.pool.budget + size + 12 * LARGE
        arrived[each.url] = outcome
    assert run.pool.held == 0
    for path, body in bodies.items():
        outcome = arrived[feed_server.url(path)]
        assert isinstance(outcome, Fetched), outcome
        assert outcome.body == body


@pytest.mark.parametrize("compress", [False, True])
def test_of_what_nobody_reads_only_the_size_and_a_sum_are_kept(
    feed_server: FeedServer, compress: bool
) -> None:
    size = KEPT + 3_000_000
    feed_server.pages["/f"] = Page(b"x" * size, compress=compress)
    feed_server.pages["/other"] = Page(b"x" * (size - 1) + b"y", compress=compress)
    one, same, other = (
        outcome
        for path in ("/f", "/f", "/other")
        for _, outcome in fetch([feed(feed_server.url(path))], limits=limits(max_bytes=2 * size))
    )
    assert isinstance(one, Fetched)
    assert isinstance(same, Fetched)
    assert isinstance(other, Fetched)
    assert (len(one.body), one.size, one.beyond) == (KEPT, size, 3_000_000)
    assert one.beyond_hash == sha256(b"x" * 3_000_000).hexdigest() == same.beyond_hash
    assert other.beyond_hash not in ("", one.beyond_hash)


# --- Private addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "[::ffff:10.0.0.1]"]
)
def test_private_addresses_are_refused_unless_allowed(feed_server: FeedServer, host: str) -> None:
    failed = failure(feed_server.url("/f", host=host), private_networks=False)
    assert failed.reason is FailureReason.PRIVATE_ADDRESS
    assert "private_networks" in failed.message
    assert not feed_server.requests


def test_a_name_is_judged_by_the_address_that_is_connected_to(feed_server: FeedServer) -> None:
    """The machine's own name is no literal: it resolves to a private address when libcurl connects."""
    name = socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        pytest.skip("this machine's name does not resolve")
    failed = failure(feed_server.url("/f", host=name), private_networks=False)
    assert failed.reason is FailureReason.PRIVATE_ADDRESS


def test_a_redirect_to_a_private_address_is_refused_before_anything_is_sent() -> None:
    terms = Terms(
        timeout_seconds=1,
        connect_timeout_seconds=1,
        max_bytes=1,
        private_networks=False,
        user_agent="",
        ca_file="",
    )
    transfer = Transfer(Pool(budget=1), terms)
    assert transfer.begin(feed("http://public.example/"), "public.example") is None
    hop = transfer._follow("http://169.254.169.254/latest/meta-data/", 302)
    assert isinstance(hop, Failed)
    assert hop.reason is FailureReason.PRIVATE_ADDRESS
    assert "a redirect leads to 169.254.169.254" in hop.message


# --- Many feeds ----------------------------------------------------------------------------------


def test_bad_feeds_delay_nobody_beyond_the_timeout(feed_server: FeedServer) -> None:
    for number in range(40):
        feed_server.pages[f"/good/{number}"] = Page(RSS)
    for number, behaviour in enumerate((hang, stall, drip, truncate, hang_up) * 2):
        feed_server.behaviours[f"/bad/{number}"] = behaviour
    feed_server.pages["/bad/loop"] = redirect("/bad/loop")
    feed_server.pages["/bad/500"] = Page(b"", None, 500)
    paths = [*feed_server.behaviours, *feed_server.pages]
    feeds = [feed(feed_server.url(path), number) for number, path in enumerate(paths)]
    began = time.monotonic()
    order = [
        (each.url, type(outcome)) for each, outcome in fetch(feeds, limits=limits(timeout_seconds=SHORT))
    ]
    assert time.monotonic() - began < SHORT + SLACK
    assert len(order) == len(paths)
    good = [position for position, (url, kind) in enumerate(order) if "/good/" in url and kind is Fetched]
    assert len(good) == 40
    assert max(good) < len(order) - 6, "the good ones come first; those that hang come last"


def test_one_address_under_two_names_is_asked_once_unless_one_knows_more(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS, etag='"1"')
    url = feed_server.url("/f")
    outcomes = {
        each.id: outcome
        for each, outcome in fetch([feed(url, 1), feed(url, 2), feed(url, 3, etag='"1"')], limits=limits())
    }
    assert outcomes[1] == outcomes[2]
    assert isinstance(outcomes[1], Fetched)
    assert isinstance(outcomes[3], NotModified)
    assert len(feed_server.requests) == 2


def test_a_host_is_never_asked_by_more_connections_than_allowed(feed_server: FeedServer) -> None:
    async def slow(request, writer) -> None:
        import asyncio

        await asyncio.sleep(0.02)
        writer.write(render(200, {"Connection": "close"}, RSS))

    feeds = []
    for number in range(12):
        feed_server.behaviours[f"/{number}"] = slow
        feeds.append(feed(feed_server.url(f"/{number}"), number))
    assert len(list(fetch(feeds, limits=limits(per_host=2)))) == 12
    assert feed_server.most_at_once["127.0.0.1"] == 2


def test_a_host_that_never_answers_is_given_up_and_others_go_on() -> None:
    with FeedServer(hosts=("127.0.0.1", "127.0.0.2")) as server:
        server.behaviours["/hang"] = hang
        server.pages["/f"] = Page(RSS)
        feeds = [feed(server.url("/hang", host="127.0.0.2"), number) for number in range(20)]
        feeds += [feed(server.url("/f"), number) for number in range(20, 25)]
        began = time.monotonic()
        outcomes = list(fetch(feeds, limits=limits(per_host=2, timeout_seconds=SHORT)))
        assert time.monotonic() - began < 2 * SHORT + SLACK
        assert len(outcomes) == 25
        assert sum(isinstance(outcome, Fetched) for _, outcome in outcomes) == 5
        assert len(server.asked("/hang")) <= 4


def test_connections_are_reused_and_closed_in_the_end(feed_server: FeedServer) -> None:
    for number in range(30):
        feed_server.pages[f"/{number}"] = Page(RSS)
    files = Path("/proc/self/fd")
    before = len(list(files.iterdir())) if files.is_dir() else 0
    feeds = [feed(feed_server.url(f"/{number}"), number) for number in range(30)]
    assert len(list(fetch(feeds, limits=limits(per_host=2)))) == 30
    assert feed_server.connections <= 2
    if before:
        # The server's own ends of the connections may still be closing.
        assert len(list(files.iterdir())) <= before + 2 * feed_server.connections


def test_leaving_early_closes_everything(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS)
    feed_server.behaviours["/hang"] = hang
    outcomes = fetch([feed(feed_server.url(path)) for path in ("/f", "/hang", "/hang")], limits=limits())
    _, outcome = next(outcomes)
    assert isinstance(outcome, Fetched)
    outcomes.close()


def test_ctrl_c_in_the_middle_comes_out_at_once(feed_server: FeedServer) -> None:
    async def interrupt(request, writer) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await hang(request, writer)

    feed_server.behaviours["/f"] = interrupt
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ask(feed_server.url("/f"))
    assert time.monotonic() - began < SLACK
