"""The pure parts of asking: addresses, hops, queues."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Failed, FailureReason, Feed, Fetched
from aggregator.poll.hosts import TIMEOUTS_TO_GIVE_UP, HostQueues
from aggregator.poll.responses import is_lasting_move, next_hop
from aggregator.web.addresses import is_private_literal, is_public
from aggregator.web.wire import host_by_grammar, request_host, wire_form


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("64:ff9b::5db8:d70e", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, public: object) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "private"),
    [("localhost", True), ("a.localhost.", True), ("[::1]", True), ("10.0.0.1", True), ("l.example", False)],
)
def test_a_literal_address_is_judged_before_anything_is_resolved(host: str, private: object) -> None:
    assert is_private_literal(host) is private


@pytest.mark.parametrize(
    ("url", "location", "expected"),
    [
        ("https://a.example/x/y", "z", "https://a.example/x/z"),
        ("https://a.example/x", "//b.example", "https://b.example/"),
        ("http://u:p@a.example/x", "/y", "http://u:p@a.example/y"),
        ("http://u:p@a.example/x", "http://a.example:80/y", "http://u:p@a.example:80/y"),
        ("http://u:p@a.example/x", "http://a.example:81/y", "http://a.example:81/y"),
        ("http://u:p@a.example/x", "http://b.example/y", "http://b.example/y"),
        ("http://a.example/x", "http://x:y@a.example/y#part", "http://a.example/y"),
        ("http://a.example/x", "/a b?c d", "http://a.example/a%20b?c%20d"),
        ("http://a.example/x", " https://[2001:db8::1]/y ", "https://[2001:db8::1]/y"),
    ],
)
def test_a_hop_keeps_credentials_for_the_same_server_only(url: str, location: str, expected: str) -> None:
    assert next_hop(url, location, 302) == expected


@pytest.mark.parametrize("location", [None, "", "mailto:x@a.example", "http://a:b/", "http://[", "x" * 9000])
def test_a_hop_to_nowhere_is_a_failure(location: str | None) -> None:
    hop = next_hop("http://a.example/", location, 301)
    assert isinstance(hop, Failed)
    assert hop.reason is FailureReason.REDIRECT


@given(st.text())
def test_no_location_can_crash_or_leave_the_web(location: str) -> None:
    hop = next_hop("http://u:p@a.example/", location, 301)
    assert isinstance(hop, Failed) or (hop.startswith(("http://", "https://")) and wire_form(hop).isascii())
    request_host(location)


def test_a_host_in_another_script_is_asked_for_by_its_ascii_name() -> None:
    assert wire_form("https://bücher.example/ä") == "https://xn--bcher-kva.example/%C3%A4"
    assert wire_form("https://zeitung.köln:8443/ä") == "https://zeitung.xn--kln-sna:8443/%C3%A4"


@pytest.mark.parametrize(
    ("url", "hop", "status", "lasting"),
    [
        ("http://a.example/", "https://a.example/", 301, True),
        ("http://a.example/", "http://b.example/", 308, True),
        ("https://a.example/", "http://a.example/", 301, False),
        ("http://a.example/", "https://a.example/", 302, False),
        ("http://a.example/", "https://a.example/", 307, False),
    ],
)
def test_only_a_permanent_move_that_keeps_encryption_lasts(
    url: str, hop: str, status: int, lasting: object
) -> None:
    assert is_lasting_move(url, hop, status) is lasting


def feeds(host: str, count: int) -> list[Feed]:
    return [Feed(id=n, url=f"http://{host}/{n}", first_url="", title="") for n in range(count)]


DONE = Fetched(body=b"", url="")


def test_hosts_take_turns_and_none_gets_more_than_its_share() -> None:
    queues = HostQueues(per_host=2)
    for host in ("a", "b"):
        for each in feeds(host, 5):
            queues.add(host, each)
    assert [host for host, _ in queues.start(10, 0.0)] == ["a", "b", "a", "b"]
    assert list(queues.start(10, 0.0)) == []
    assert list(queues.finish("a", DONE)) == []
    assert [host for host, _ in queues.start(10, 0.0)] == ["a"]
    assert queues


def test_a_silent_host_is_given_up_but_one_answer_gives_it_another_chance() -> None:
    silence = Failed(reason=FailureReason.TIMEOUT, message="no answer")
    queues = HostQueues(per_host=1)
    for each in feeds("a", 12):
        queues.add("a", each)
    given_up: list[tuple[Feed, Failed]] = []
    for outcome in (silence, silence, DONE, *([silence] * TIMEOUTS_TO_GIVE_UP)):
        assert not given_up
        assert len(list(queues.start(5, 0.0))) == 1
        given_up = list(queues.finish("a", outcome))
    assert len(given_up) == 6
    assert all("not asked" in failed.message for _, failed in given_up)
    assert not queues
    assert list(queues.start(5, 0.0)) == []


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 4), st.integers(1, 8))
def test_every_feed_gets_its_turn_exactly_once(hosts: list[str], per_host: int, concurrency: int) -> None:
    queues = HostQueues(per_host=per_host)
    for number, host in enumerate(hosts):
        queues.add(host, Feed(id=number, url=host, first_url=host, title=""))
    active: list[tuple[str, Feed]] = []
    seen: list[int] = []
    while queues or active:
        active += queues.start(concurrency - len(active), 0.0)
        assert len(active) <= concurrency
        assert all(sum(host == name for host, _ in active) <= per_host for name in "abc")
        host, each = active.pop(0)
        seen.append(each.id)
        assert list(queues.finish(host, DONE)) == []
    assert sorted(seen) == list(range(len(hosts)))


@given(
    st.sampled_from(["http", "https", "HTTP", "ftp"]),
    st.text(st.sampled_from("ab1.-A_@:[]"), max_size=12),
    st.sampled_from(["", ":80", ":65535", ":65536", ":0", ":x", ":"]),
    st.text(st.sampled_from("/?#@:. \\a\x7f\xe9"), max_size=8),
)
def test_a_plain_address_names_the_host_that_the_grammar_finds(
    scheme: str, host: str, port: str, rest: str
) -> None:
    url = f"{scheme}://{host}{port}/{rest}"
    assert request_host(url) == host_by_grammar(url)
