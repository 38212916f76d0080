from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli import queries
from aggregator.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (["hot", "wallet"], "hot wallet"),
        (["hot wallet"], '"hot wallet"'),
        (["hot wallet", "-insurer"], '"hot wallet" -insurer'),
        (["theft", "-hot wallet"], 'theft -"hot wallet"'),
        (['"hot wallet" -insurer'], '"hot wallet" -insurer'),
        (["wallet -insurer"], "wallet -insurer"),
        (["hot wal*"], "hot wal*"),
        (["BTC-USD pair"], '"BTC-USD pair"'),
        (["比特币"], "比特币"),
        (["feed:Ledger Post"], 'feed:"Ledger Post"'),
        (["etf", "feed:Ledger Post", "coin:BTC"], 'etf feed:"Ledger Post" coin:BTC'),
        (["etf coin:BTC"], "etf coin:BTC"),
        (["etf inflow coin:BTC"], "etf inflow coin:BTC"),
        (["feed:ledger coin:BTC"], "feed:ledger coin:BTC"),
    ],
)
def test_a_query_is_put_together_again_after_the_shell_took_its_quotes(typed, query):
    assert queries.joined(typed) == query


@pytest.mark.parametrize(
    ("query", "words", "fields"),
    [
        ("etf coin:BTC since:2w", "etf", {"coin": "BTC", "since": "2w"}),
        ('feed:"Ledger Post" etf', "etf", {"feed": "Ledger Post"}),
        ("LANG:en", "", {"language": "en"}),
        ("tag:markets -price", "-price", {"tag": "markets"}),
        ("until:2026-11-20T10:00Z news", "news", {"until": "2026-11-20T10:00Z"}),
        ('"coin:BTC"', '"coin:BTC"', {}),
        ('-"since:then" x', '-"since:then" x', {}),
        ("https://a.example/x 14:30 foo:bar", "https://a.example/x 14:30 foo:bar", {}),
        ("altcoin:BTC", "altcoin:BTC", {}),
        ("比特币 coin:BTC", "比特币", {"coin": "BTC"}),
        ("", "", {}),
    ],
)
def test_fields_are_told_from_words(query, words, fields):
    assert queries.understood(query) == (words, fields)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("coin:", "coin: needs a value"),
        ("coin: BTC", "such as coin:BTC"),
        ('feed:""', "feed: needs a value"),
        ("-coin:BTC", "-coin: cannot leave stories out"),
        ("coin:BTC coin:ETH", "at character 10: coin: stands twice"),
        ('etf "hot wall', "at character 5: a quotation begins and does not end"),
        ('feed:"Ledger etf', "at character 1: a quotation begins"),
        ('etf hot"', "at character 5: a quotation begins"),
        ("etf OR ether", "at character 5: OR is no sign here; all words must occur"),
        ("etf NOT ether", "at character 5: NOT is no sign here; write -word"),
        ("etf - ether", "at character 5: - is no sign here; write -word, without a blank"),
        ("etf *let", r"at character 5: \* stands behind the beginning"),
        ("-*", r"at character 1: \* stands behind"),
    ],
)
def test_a_field_that_cannot_be_meant_is_refused_in_words(query, says):
    with pytest.raises(UsageError, match=says):
        queries.understood(query)


@given(st.text())
def test_whatever_is_typed_is_understood_or_refused_in_words(text):
    try:
        words, fields = queries.understood(text)
    except UsageError:
        return
    assert set(fields) <= set(queries.FIELDS.values())
    assert all(each in text for each in words.split())
