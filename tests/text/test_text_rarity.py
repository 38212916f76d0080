import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import rarity, words

HASHES = st.integers(0, 2**32 - 1)


def weight(word):
    (found,) = rarity.weights([words.token_hash(words.stems([word])[0])])
    return found


def test_a_word_of_every_other_headline_says_next_to_nothing_and_a_new_name_most():
    assert weight("bitcoin") < 1 < weight("tariff") < weight("quillfeather") == rarity.RARE


@pytest.mark.parametrize("word", ["market", "市场", "取引", "美元", "криптовалют"])
def test_common_words_of_each_language_are_known(word):
    assert weight(word) < rarity.RARE


def test_the_weight_of_words_together_is_the_sum_whatever_their_order():
    some = [words.token_hash(word) for word in "quillfeather opens a bitcoin vault in harrow".split()]
    assert rarity.weigh(some) == rarity.weigh(reversed(some)) == sum(rarity.weights(some))
    assert rarity.weigh_set(frozenset(some)) == rarity.weigh(some)


@given(st.dictionaries(HASHES, st.integers(0, 255).map(lambda step: step / rarity.STEP), max_size=50))
def test_a_table_reads_back_as_it_was_written(weights):
    assert rarity.decode(rarity.encode(weights)) == weights


@pytest.mark.parametrize("data", [b"", b"rar1", b"xxxx\0\0\0\0", rarity.encode({1: 1.0})[:-1]])
def test_other_bytes_are_not_taken_for_a_table(data):
    with pytest.raises(ValueError, match="not a table"):
        rarity.decode(data)


def test_the_table_stays_small():
    assert len(rarity.encode(rarity.table())) < 80_000
