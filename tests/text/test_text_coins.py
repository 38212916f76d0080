"""Which coins a story is about."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.coins import KNOWN, MAX_COINS, coins

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "coin_cases.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"][:50])
def test_a_coin_is_known_by_name_and_ticker_and_a_word_is_not_a_ticker(case):
    found = coins(case["title"], case.get("body", ""), tuple(case.get("tags", ())))
    assert list(found) == case["coins"]


def test_the_table_is_large_and_has_look_alikes():
    assert len(CASES) >= 120
    assert sum(not case["coins"] for case in CASES) >= 50


def test_every_ticker_of_the_table_is_one_that_settings_take():
    assert {coin for case in CASES for coin in case["coins"]} <= KNOWN


@given(st.text(), st.text())
def test_whatever_a_text_says_its_coins_are_known_ones_and_few(title, body):
    found = coins(title, body)
    assert set(found) <= KNOWN
    assert len(found) <= MAX_COINS


def test_a_name_that_goes_on_is_another_coin():
    assert "ETH" not in coins("EthereumPoW (ETHW) loses a fifth of its value", "")


def test_a_coin_named_once_far_down_is_not_what_the_story_is_about():
    body = "The board met on Friday. " * 30 + "It also discussed Cardano."
    assert coins("Board meets", body) == ()
    assert coins("Board meets", body + " Cardano, again Cardano.") == ("ADA",)


def test_tags_count_in_any_case():
    assert coins("Markets", "", ("bitcoin", "ETH", "#sol", "opinion")) == ("BTC", "ETH")


def test_a_price_list_is_cut():
    assert len(coins("BTC ETH XRP BNB DOGE ADA TRX AVAX LTC BCH XMR", "")) == MAX_COINS
