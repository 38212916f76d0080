"""Which coins a story is about."""

import pytest

from aggregator.text.coins import MAX_COINS, coins

TITLES = {
    "Bitcoin falls below $60,000": ("BTC",),
    "Ether and SOL price slide": ("ETH", "SOL"),
    "Bitcoin Cash miners vote": ("BCH",),
    "Ethereum Classic forks": ("ETC",),
    "Harmony moves $ONE": ("ONE",),
    "NEAR Protocol ships": ("NEAR",),
    "Nobody is NEAR the top, and no ONE is buying": (),
    "THE SOL IS NOT THE ONE": (),
    "Solana (SOL) client bug": ("SOL",),
    "LINK/USDT breaks out": ("LINK",),
    "Follow the LINK below": (),
    "比特币跌破 60000 美元": ("BTC",),
    "イーサリアム急落": ("ETH",),
    "비트코인 반등": ("BTC",),
    "Биткоин и эфир падают": ("BTC", "ETH"),
    "A new bakery opens": (),
    "Bitcoin.com changes hands": (),
}


@pytest.mark.parametrize(("title", "expected"), TITLES.items())
def test_a_title_names_its_coins_and_a_word_is_not_a_ticker(title, expected):
    assert coins(title, "") == expected


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
