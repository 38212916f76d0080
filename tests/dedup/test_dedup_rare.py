from dedup_items import made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import rare
from aggregator.dedup.candidates import MIN_SHARED
from aggregator.text import words

HASHES = st.integers(0, 2**32 - 1)


def hashes(text):
    return tuple(words.token_hash(word) for word in words.stems(words.tokens(text)))


def test_what_everybody_writes_is_no_key():
    assert not rare.words(hashes("Bitcoin price"), frozenset(hashes("Bitcoin price market crypto")))


def test_two_outlets_that_share_two_rare_words_are_worth_a_judgement():
    one = made(title="Quillfeather buys 40 bitcoin for its harrowgate vault", body="")
    other = made(2, title="Harrowgate firm Quillfeather adds to its coins", body="", feed="relay.example")
    assert len(set(one.text_keys) & set(other.text_keys)) >= MIN_SHARED


def test_a_name_in_one_title_is_found_in_the_other_lead():
    title, lead = (
        hashes("A lender stakes its reserves"),
        frozenset(hashes("Quillfeather of Harrowgate said so")),
    )
    assert rare.words(hashes("Quillfeather"), frozenset()) <= rare.words(title, lead)


@given(st.lists(HASHES, max_size=80), st.frozensets(HASHES, max_size=80))
def test_an_item_has_no_more_keys_than_its_title_words_and_a_dozen(title, lead):
    assert len(rare.words(title, lead)) <= len(set(title)) + rare.LEAD_WORDS
    assert len(rare.pairs(title)) <= rare.PAIRED * (rare.PAIRED - 1) / 2


@given(st.lists(HASHES, max_size=20), st.randoms())
def test_the_order_of_words_does_not_matter(title, draw):
    shuffled = list(title)
    draw.shuffle(shuffled)
    assert rare.pairs(title) == rare.pairs(shuffled)
    assert rare.words(title, frozenset(title)) == rare.words(shuffled, frozenset(title))
