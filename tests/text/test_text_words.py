import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Strategy\u2019s BTC, and Strategy's", ["strategy", "btc", "and", "strategy"]),
        ("don\u2019t", ["dont"]),
        ("1,045 coins at $92.5M", ["1045", "coins", "at", "92.5", "m"]),
        ("ERC-20 web3 Q3", ["erc", "20", "web3", "q3"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("ﬁne ｆｕｌｌ", ["fine", "full"]),
        ("比特币 ETF", ["btc", "etf"]),
        ("币安上线新币", ["binance", "上线", "线新", "新币"]),
        ("美国3月", ["美国", "3", "月"]),
        ("", []),
        ("… — !", []),
    ],
)
def test_text_becomes_folded_tokens(text, tokens):
    assert words.tokens(text) == tokens


def test_spacing_between_scripts_makes_no_difference():
    assert words.tokens("美国3月季调后17.8万人") == words.tokens("美国 3 月季调后 17.8 万人")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("raises raised raise raising", "raise"),
        ("miners miner", "miner"),
        ("ETFs", "ETF"),
        ("halted halting halts", "halt"),
    ],
)
def test_endings_make_no_difference_to_stems(one, other):
    assert set(words.stems(words.tokens(one))) == set(words.stems(words.tokens(other)))


def test_function_words_are_no_stems():
    assert words.stems(words.tokens("The bank and the bridge of the year")) == ["bank", "bridg", "year"]


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("$92 million, $92M, 92 mln", "", ("92000000",)),
        ("1,045.5 and 1045.5", "", ("1045.5",)),
        ("1.045,5 und 1.045", "de", ("1045", "1045.5")),
        ("1.045", "en", ("1.045",)),
        ("6.25% and 6.25 percent", "", ("6.25%",)),
        ("$1.4bn 1.4 billion", "", ("1400000000",)),
        ("17.8万 6 亿", "zh", ("178000", "600000000")),
        ("60 тыс. долларов", "ru", ("60000",)),
        ("July 25", "", ("25", "month7")),
        ("25 July", "", ("25", "month7")),
        ("May be", "", ()),
        ("part 3", "", ("3",)),
        ("web3", "", ()),
        ("3rd", "", ("3",)),
        ("", "", ()),
    ],
)
def test_values_are_read_whatever_way_they_are_written(text, language, numbers):
    assert words.numbers(text, language) == numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [("below $60,000", "below $61,000"), ("part 3", "part 4"), ("July 5", "June 5"), ("0.15%", "0.16%")],
)
def test_what_tells_look_alikes_apart_differs(one, other):
    assert words.numbers(one) != words.numbers(other)


def test_hashes_are_the_same_on_every_machine():
    assert words.token_hash("bitcoin") == 0xD6C1D26E
    assert words.shingles(["a", "b", "c", "d"]) == [1126558268, 440867865]


def test_a_short_text_is_one_shingle_and_no_text_none():
    assert words.shingles([]) == []
    assert len(words.shingles(["a"])) == 1
    assert len(words.shingles(["a", "b", "c"])) == 1
    assert words.shingles(["a"]) != words.shingles(["b"])


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.lists(st.sampled_from("abcdefgh"), max_size=40))
def test_shared_runs_give_shared_shingles_wherever_they_stand(one, other):
    run = ["x", "y", "z", "w"]
    assert set(words.shingles(run)) <= set(words.shingles([*one, *run, *other]))


@given(st.text())
def test_any_text_can_be_read(text):
    for token in words.tokens(text):
        assert token
        words.token_hash(token)
    assert all(0 <= value < 2**32 for value in words.shingles(words.tokens(text)))
    words.stems(words.tokens(text))
    for value in words.numbers(text):
        assert value.startswith("month") or float(value.rstrip("%")) >= 0
