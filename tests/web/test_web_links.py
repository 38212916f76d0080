"""What Link headers lead to: the grammar of RFC 8288, and whatever else servers send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.web.headers import parse_lines
from aggregator.web.links import linked

CASES = {
    "quoted": ('<https://h.example/>; rel="hub"', ["https://h.example/"]),
    "bare": ("<https://h.example/>;rel=hub", ["https://h.example/"]),
    "in capitals": ('<https://h.example/> ; REL = "HUB"', ["https://h.example/"]),
    "one of several relations": ('<https://h.example/>; rel="self hub"', ["https://h.example/"]),
    "the second of two links": ('<https://s.example/>; rel="self", <https://h.example/>; rel="hub"', ["https://h.example/"]),
    "two hubs": ('<https://a.example/>; rel="hub", <https://b.example/>; rel="hub"', ["https://a.example/", "https://b.example/"]),
    "commas and semicolons in quotes": ('<https://h.example/>; title="a, b; rel=x \\" c"; rel=hub', ["https://h.example/"]),
    "a comma in the address": ("<https://h.example/?a=1,2>; rel=hub", ["https://h.example/?a=1,2"]),
    "relative": ("</hub>; rel=hub", ["/hub"]),
    "of two rel the first": ('<https://h.example/>; rel="self"; rel="hub"', []),
    "about something else": ('<https://h.example/>; rel="hub"; anchor="https://other.example/"', []),
    "backwards": ('<https://h.example/>; rev="hub"', []),
    "a longer word": ('<https://h.example/>; rel="hubs"', []),
    "no relation": ("<https://h.example/>", []),
    "cut in its address": ("<https://h.exam", []),
    "cut in its relation": ('<https://h.example/>; rel="hu', []),
    "words": ("hub", []),
    "nothing": ("", []),
}  # fmt: skip


@pytest.mark.parametrize(("header", "addresses"), CASES.values(), ids=CASES)
def test_a_link_header_leads_where_its_grammar_says(header: str, addresses: list[str]) -> None:
    assert list(linked({"link": header}, "hub")) == addresses


def test_headers_in_several_lines_are_one() -> None:
    headers = parse_lines(
        [b'Link: <https://s.example/>; rel="self"', b'LINK: <https://h.example/>; rel="hub"']
    )
    assert list(linked(headers, "hub")) == ["https://h.example/"]
    assert list(linked({}, "hub")) == []


@given(st.text(alphabet='<>;,="\\ \trelhub/:a', max_size=300))
def test_any_header_gives_addresses_that_stand_in_it(header: str) -> None:
    for address in linked({"link": header}, "hub"):
        assert f"<{address}" in header.replace("< ", "<").replace("<\t", "<") or address in header


@pytest.mark.parametrize("piece", ["<a>;", '<a>;"', "<", '<a>;rel="\\', "<a>; rel=hub", '";', ","])
def test_two_kilobytes_of_anything_take_no_time(piece: str) -> None:
    header = (piece * 2048)[:2048]
    assert len(list(linked({"link": header}, "hub"))) <= 200
