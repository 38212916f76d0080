"""One bounded POST, against a real server that behaves or does not."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from dataclasses import replace

import feedserver
import pytest
from feedserver import FeedServer, Page, Request

from aggregator.models import Failed, FailureReason
from aggregator.web.post import Answer, Bounds, post

BOUNDS = Bounds(seconds=5, connect_seconds=2, max_bytes=10_000, private_networks=True)
JSON = {"Content-Type": "application/json"}


def sent(server: FeedServer, path: str, **changes: object) -> Answer | Failed:
    bounds = replace(BOUNDS, **changes)  # type: ignore[arg-type]
    return post(server.url(path), b'{"a": 1}', headers=JSON, bounds=bounds)


def test_what_is_posted_arrives_and_the_answer_comes_back(feed_server: FeedServer) -> None:
    feed_server.pages["/ask"] = Page(b'{"b": 2}', "application/json")
    answer = post(
        feed_server.url("/ask"), b'{"a": 1}', headers={**JSON, "Authorization": "Bearer key"}, bounds=BOUNDS
    )
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b'{"b": 2}')
    assert answer.headers["content-type"] == "application/json"
    (request,) = feed_server.requests
    assert (request.method, request.body) == ("POST", b'{"a": 1}')
    assert request.headers["authorization"] == "Bearer key"
    assert request.headers["user-agent"].startswith("aggregator/")


def test_a_large_body_is_sent_without_asking_first(feed_server: FeedServer) -> None:
    feed_server.pages["/ask"] = Page(b"ok", "text/plain")
    body = b"x" * 2_000_000
    assert isinstance(post(feed_server.url("/ask"), body, headers=JSON, bounds=BOUNDS), Answer)
    (request,) = feed_server.requests
    assert "expect" not in request.headers
    assert len(request.body) == 2_000_000


@pytest.mark.parametrize("status", [204, 400, 401, 404, 429, 500, 503])
def test_every_status_is_an_answer(feed_server: FeedServer, status: int) -> None:
    feed_server.pages["/ask"] = Page(b"" if status == 204 else b"why", status=status)
    answer = sent(feed_server, "/ask")
    assert isinstance(answer, Answer)
    assert answer.status == status


def test_a_redirect_is_not_followed(feed_server: FeedServer) -> None:
    feed_server.pages["/ask"] = feedserver.redirect(feed_server.url("/elsewhere"), 307)
    answer = sent(feed_server, "/ask")
    assert isinstance(answer, Answer)
    assert answer.status == 307
    assert not feed_server.asked("/elsewhere")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (feedserver.hang, FailureReason.TIMEOUT),
        (feedserver.stall, FailureReason.TIMEOUT),
        (feedserver.drip, FailureReason.TIMEOUT),
        (feedserver.endless, FailureReason.TOO_LARGE),
        (feedserver.truncate, FailureReason.RESET),
        (feedserver.hang_up, FailureReason.RESET),
    ],
)
def test_a_server_that_misbehaves_is_a_failure_within_the_time(
    feed_server: FeedServer, behaviour: feedserver.Behaviour, reason: FailureReason
) -> None:
    feed_server.behaviours["/ask"] = behaviour
    began = time.monotonic()
    failed = sent(feed_server, "/ask", seconds=0.5)
    assert isinstance(failed, Failed)
    assert failed.reason is reason
    assert "127.0.0.1" not in failed.message
    assert time.monotonic() - began < 3


def test_a_port_where_nobody_listens_is_a_failure() -> None:
    with FeedServer() as server:
        url = server.url("/ask")
    failed = post(url, b"", headers=JSON, bounds=BOUNDS)
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.CONNECT


def test_the_answer_may_be_as_large_as_the_bound_and_no_larger(feed_server: FeedServer) -> None:
    feed_server.pages["/ask"] = Page(b"x" * 10_000)
    assert isinstance(sent(feed_server, "/ask"), Answer)
    failed = sent(feed_server, "/ask", max_bytes=9_999)
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.TOO_LARGE


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/ask", "http://localhost:{port}/ask"])
def test_this_machine_is_asked_only_where_the_person_allows_it(feed_server: FeedServer, url: str) -> None:
    bounds = replace(BOUNDS, private_networks=False)
    failed = post(url.format(port=feed_server.port), b"", headers=JSON, bounds=bounds)
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.PRIVATE_ADDRESS
    assert not feed_server.requests


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "", "x"])
def test_nothing_but_the_web_is_posted_to(url: str) -> None:
    failed = post(url, b"", headers=JSON, bounds=BOUNDS)
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.CONNECT


@pytest.mark.parametrize("value", ["secret\r\nX-Other: 1", "secret\n", "s\x00ecret", "sécret"])
def test_a_header_that_would_be_two_is_refused_and_not_shown(feed_server: FeedServer, value: str) -> None:
    with pytest.raises(ValueError, match="Authorization") as refused:
        post(feed_server.url("/ask"), b"", headers={"Authorization": value}, bounds=BOUNDS)
    assert "cret" not in str(refused.value)
    assert not feed_server.requests


def test_a_proxy_of_the_environment_never_sees_what_is_for_this_machine(
    feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_server.pages["/ask"] = Page(b"here", "text/plain")
    with FeedServer() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        answer = sent(feed_server, "/ask")
    assert isinstance(answer, Answer)
    assert answer.body == b"here"
    assert not proxy.requests


def test_a_person_can_interrupt_the_wait(feed_server: FeedServer) -> None:
    asked = threading.Event()

    async def wait(_request: Request, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.Event().wait()

    feed_server.behaviours["/ask"] = wait

    def interrupt() -> None:
        asked.wait(5)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        sent(feed_server, "/ask", seconds=30)
    thread.join()
    assert time.monotonic() - began < 5
