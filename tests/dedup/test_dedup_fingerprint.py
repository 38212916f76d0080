from dataclasses import replace
from time import process_time

import pytest
from dedup_items import BODY, LEAD, made, parts
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator.dedup import candidates, headlines, packing
from aggregator.dedup import fingerprint as prints
from aggregator.text import words

TEXT = st.text(max_size=400)


@given(TEXT, TEXT, st.sampled_from(["", "en", "zh"]))
def test_a_fingerprint_survives_storing(title, body, language):
    kept = made(7, title=title, body=body, language=language, attributions=("https://a.example/x",))
    assert packing.decode(packing.encode(kept)) == kept


@given(TEXT, TEXT, st.sampled_from(["", "en", "zh"]))
def test_where_an_item_comes_from_can_be_read_alone(title, body, language):
    kept = made(7, title=title, body=body, language=language, attributions=("https://a.example/x",))
    alone = packing.decode_origins(packing.encode(kept))
    assert alone == packing.Origins(**{name: getattr(kept, name) for name in packing.Origins.__slots__})


@given(TEXT, TEXT)
def test_keys_are_signed_64_bit_and_few(title, body):
    kept = made(title=title, body=body)
    for key in (*kept.exact_keys, *kept.text_keys):
        assert -(2**63) <= key < 2**63
    assert all(-(2**31) <= key < 2**31 for key in kept.text_keys)
    assert len(kept.exact_keys) <= 2 + prints.MAX_SOURCES + 1


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x00" * 200])
def test_bytes_of_another_version_are_refused(data):
    with pytest.raises(ValueError, match="version"):
        packing.decode(data)


def test_an_article_costs_less_than_the_index_may():
    article = made(body=tuple(f"{LEAD} {number}" for number in range(40)))
    assert article.length > 1000
    assert len(packing.encode(article)) < 1600
    assert len(article.text_keys) < 150


def test_a_link_and_a_guid_that_is_a_link_both_name_the_page():
    one = made(guid="https://signalpost.example/?p=5150")
    other = made(2, url="https://signalpost.example/?p=5150")
    assert set(one.pages) & set(other.pages)


def test_a_front_page_names_no_item():
    assert made(url="https://signalpost.example/").pages == ()


def test_sister_editions_have_one_publisher():
    assert made(feed="signalpost.com").publisher == made(feed="es.signalpost.com.br").publisher != 0


def test_a_text_that_names_many_sources_is_no_copy_of_any():
    links = tuple(f"https://a{number}.example/x" for number in range(9))
    assert made(attributions=links).sources == ()
    assert len(made(attributions=links[:2]).sources) == 2


def test_a_short_text_is_no_identity():
    assert made(body="Read more on our site").text == 0
    assert made().text != 0


def test_a_long_title_without_a_text_is_the_text():
    told = made(title=LEAD, body="")
    assert told.length == len(words.tokens(LEAD))


@settings(max_examples=examples(25))
@given(st.integers(0, 150))
def test_copies_share_enough_keys_to_be_found(cut):
    whole = made(body=tuple(f"{each} " * 2 for each in BODY))
    part = made(
        2, title="Something else entirely", body=" ".join(" ".join(BODY).split()[cut // 3 : cut // 3 + 60])
    )
    assert worth(whole, part) >= candidates.MIN_SHARED


def worth(one, other):
    """What the keys that two items share are worth."""
    return sum(value for key, value in one.text_keys.items() if key in other.text_keys)


def test_a_slug_or_a_whole_title_alone_is_enough_to_be_found():
    one = made(url="https://signalpost.example/norrin-bridge-drained-after-test-key", title="", body="")
    other = made(
        2, url="https://es.signalpost.example/norrin-bridge-drained-after-test-key", title="", body=""
    )
    assert worth(one, other) >= candidates.MIN_SHARED
    assert worth(made(title="Up", body=""), made(2, title="Up", body="")) >= candidates.MIN_SHARED


def test_a_paragraph_in_the_title_s_place_is_read_as_text_under_its_first_sentence():
    flash = made(
        title="云雀交易所将于 11 月 21 日下线通道。此前该通道已暂停充值三周，用户须在月底之前提取余额。" * 2,
        body="",
        language="zh",
    )
    short = made(2, title="云雀交易所将于 11 月 21 日下线通道", body="", language="zh")
    assert flash.title == short.title
    assert flash.length > prints.TITLE_IS_TEXT


def test_a_coin_by_name_and_by_ticker_is_one_word_of_the_title():
    assert made(title="Bitcoin falls").title == made(title="BTC falls").title
    assert made(title="币安下线比特币").title[:1] == made(title="Binance 下线 BTC").title[:1]


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("09:41 云雀交易所下线通道", "云雀交易所下线通道"),
        ("币界消息，11 月 20 日，云雀交易所下线通道", "云雀交易所下线通道"),
        ("数据：比特币回升", "比特币回升"),
        ("速報：渡船会社が発表", "渡船会社が発表"),
        ("快讯台消息，据链上数据监测，某地址转入", "某地址转入"),
        ("Bitcoin at 09:41", "Bitcoin at 09:41"),
        ("", ""),
    ],
)
def test_what_a_flash_desk_puts_before_every_title_is_no_part_of_it(text, core):
    assert headlines.core(text) == core


@pytest.mark.parametrize(
    "title",
    [
        "Ether Price Prediction for July 25",
        "Crypto market update: calm before the vote",
        "How queues work, part 3",
        "Why is crypto down today?",
        "币报早餐：三件事",
        "Ether-Kursanalyse: Bullen am Zug",
        "本日の市場まとめ",
    ],
)
def test_titles_that_return_are_known(title):
    assert headlines.is_series(title)


@pytest.mark.parametrize(
    "title",
    ["Norrin bridge drained of $27 million", "Lanternbank opens ether vault", "云雀交易所下线充值通道"],
)
def test_ordinary_titles_are_not_taken_for_series_or_digests(title):
    assert not headlines.is_series(title)
    assert not headlines.is_digest(title)


@pytest.mark.parametrize("piece", ["market_", "live ", "unlock ", "best a ", " "])
def test_a_title_of_a_hundred_kilobytes_takes_no_time_to_be_told_a_series(piece: str) -> None:
    title = piece * (100_000 // len(piece))
    start = process_time()
    headlines.is_series(title)
    headlines.is_digest(title)
    headlines.without_outlet(title)
    assert process_time() - start < 1, "in quadratic time it would take more than ten"


def test_furniture_learned_from_a_feed_is_compared_by_nobody_but_translators_keep_its_paragraph():
    banner = "Ledger Post Academy opens its doors on Monday: seats are few, so bring a friend and a notebook."
    item, text, feed = parts(body=BODY)
    pared = prints.fingerprint(item, text, feed, replace(text, paragraphs=(*BODY, banner)))
    bare = prints.fingerprint(item, text, feed)
    full = prints.fingerprint(item, replace(text, paragraphs=(*BODY, banner)), feed)
    assert (pared.text, pared.head, pared.text_keys) == (bare.text, bare.head, bare.text_keys)
    assert pared.shape == full.shape != bare.shape
