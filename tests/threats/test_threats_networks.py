from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from feedserver import FeedServer, Page
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import Failed, FailureReason, Feed, Fetched
from aggregator.poll.fetch import FetchLimits, fetch
from aggregator.web.addresses import is_private_literal, is_public
from aggregator.web.post import Bounds, post
from aggregator.web.wire import request_host, wire_form

RSS = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def asked(url: str, *, private_networks: bool = False) -> Fetched | Failed:
    feed = Feed(id=1, url=url, first_url=url, title="")
    limits = FetchLimits(timeout_seconds=5, private_networks=private_networks)
    ((_, outcome),) = fetch([feed], limits=limits)
    assert isinstance(outcome, (Fetched, Failed))
    return outcome


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",  # site-local
        "3fff::1",  # documentation
        "2001:db8::1",
        "5f00::1",  # segment routing
        "4000::1",  # given out to nobody
        "::7f00:1",  # IPv4-compatible
        "::ffff:169.254.169.254",
        "::ffff:0:7f00:1",  # IPv4-translated
        "64:ff9b::a9fe:a9fe",  # NAT64
        "64:ff9b:1::a00:1",
        "2002:a9fe:a9fe::1",  # 6to4
        "2001:0:5ef5:79fb:0:0:80ff:fffe",  # Teredo to 127.0.0.1
        "fe80::1%eth0",
        "fd00:ec2::254",  # a cloud's metadata
        "100.64.0.1",  # carrier-grade NAT
        "169.254.170.2",
        "168.63.129.16",
        "192.0.0.8",
        "192.0.0.192",
        "0.0.0.0",
        "0.1.2.3",
        "198.18.0.1",
        "255.255.255.255",
    ],
)
def test_no_address_of_an_inner_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_addresses_of_the_internet_stay_public(address: str) -> None:
    assert is_public(address)


SPELLINGS = [
    "2130706433",
    "0x7f000001",
    "0X7F000001",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0",
    "127.0.0.1.",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "localhost",
    "LOCALHOST.",
    "ⓛocalhost",
    "inside.localhost",
    "[::1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_however_an_inner_address_is_spelt_nothing_is_sent_to_it(feed_server: FeedServer, host: str) -> None:
    feed_server.pages["/f"] = Page(RSS)
    assert is_private_literal(host)
    outcome = asked(feed_server.url("/f", host=host))
    assert isinstance(outcome, Failed)
    assert outcome.reason is FailureReason.PRIVATE_ADDRESS
    assert not feed_server.requests


@pytest.mark.parametrize(
    "host", ["8.8", "134744072", "1inch.example", "0x.example", "1.2.3.4.5", "example", "9999999999"]
)
def test_a_name_is_not_mistaken_for_an_inner_address(host: str) -> None:
    assert not is_private_literal(host)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{0}", "0x{0:x}", "0{0:o}"]))
def test_every_spelling_is_judged_as_its_address(number: int, spelling: str) -> None:
    assert is_private_literal(spelling.format(number)) is not is_public(str(IPv4Address(number)))


@given(st.integers(0, 2**128 - 1))
def test_what_ends_at_an_inner_address_is_never_public(number: int) -> None:
    outer = IPv6Address(number)
    inner = IPv4Address(number & 0xFFFFFFFF)
    if not is_public(str(inner)):
        assert not is_public(f"::ffff:{inner}")
        assert not is_public(str(IPv6Address((0x64FF9B << 96) | int(inner))))
        assert not is_public(str(IPv6Address((0x2002 << 112) | (int(inner) << 80))))
    assert (
        is_public(str(outer)) is False
        or 0x2000 <= number >> 112 < 0x4000
        or outer.ipv4_mapped is not None
        or number >> 32 == 0x64FF9B << 64
    )


@pytest.fixture
def proxy(feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> FeedServer:
    """A proxy named by the environment, as companies do it; it lies in an inner network."""
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, feed_server.url(""))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return feed_server


def test_a_proxy_of_an_inner_network_is_asked_only_when_those_are_allowed(proxy: FeedServer) -> None:
    proxy.pages["http://feeds.example/f"] = Page(RSS)
    refused = asked("http://feeds.example/f")
    assert isinstance(refused, Failed)
    assert refused.reason is FailureReason.PRIVATE_ADDRESS
    assert not proxy.requests
    assert isinstance(asked("http://feeds.example/f", private_networks=True), Fetched)


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_proxy_is_sent_to_an_inner_address(proxy: FeedServer, host: str) -> None:
    assert isinstance(asked(f"http://{host}:1/f"), Failed)
    bounds = Bounds(seconds=2, connect_seconds=2, max_bytes=100)
    assert isinstance(
        post(f"http://{host}:1/f", b"", headers={"Content-Type": "text/plain"}, bounds=bounds), Failed
    )
    assert not proxy.requests


def test_neither_cookies_nor_netrc_are_sent(
    feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    home = str(tmp_path)
    with open(f"{home}/.netrc", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("NETRC", f"{home}/.netrc")
    feed_server.pages["/f"] = Page(RSS, headers={"Set-Cookie": "who=me; Path=/"})
    for _ in range(2):
        asked(feed_server.url("/f"), private_networks=True)
    assert len(feed_server.requests) == 2
    assert not [
        name for each in feed_server.requests for name in each.headers if name in {"cookie", "authorization"}
    ]


@pytest.mark.parametrize(
    "scheme", ["file", "ftp", "gopher", "dict", "smb", "ldap", "telnet", "scp", "javascript", "data"]
)
def test_no_other_scheme_is_asked_or_followed(feed_server: FeedServer, scheme: str) -> None:
    target = f"{scheme}://127.0.0.1/etc/passwd"
    assert request_host(target) is None
    feed_server.pages["/f"] = Page(b"", None, 302, headers={"Location": target})
    for url in (target, feed_server.url("/f")):
        outcome = asked(url, private_networks=True)
        assert isinstance(outcome, Failed)
        assert "root:" not in outcome.message


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_address_makes_a_second_header_or_request(text: str) -> None:
    url = f"http://a.example/{text}"
    if request_host(url) is not None:
        assert not {"\r", "\n", " ", "\0"} & set(wire_form(url))


def test_a_stored_validator_that_would_be_two_headers_is_not_sent(feed_server: FeedServer) -> None:
    feed_server.pages["/f"] = Page(RSS)
    url = feed_server.url("/f")
    feed = Feed(
        id=1, url=url, first_url=url, title="", etag='"x"\r\nX-Evil: 1', last_modified="now\nX-Evil: 2"
    )
    list(fetch([feed], limits=FetchLimits(private_networks=True)))
    (request,) = feed_server.requests
    assert "x-evil" not in request.headers
    assert "if-none-match" not in request.headers
