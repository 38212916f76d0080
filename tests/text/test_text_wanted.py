from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.store.stems import Stems
from aggregator.text.relevance import HALF_LIFE, OLD, occurrence, recency, relevance
from aggregator.text.segment import folded, segment
from aggregator.text.snippets import CHARACTERS, excerpt, marks
from aggregator.text.wanted import Finder, query

STEMS = Stems()


def finders(text: str) -> list[Finder]:
    asked = query(text)
    assert asked is not None
    return [Finder(term, STEMS) for term in asked.wanted]


def marked(text: str, asked: str) -> list[str]:
    return [text[start:end] for start, end in marks(text, finders(asked))]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("比特币", "比特 特币 币"),
        ("新币ETF上市", "新币 币 ETF 上市 市"),
        ("币", "币"),
        ("no such script", "no such script"),
    ],
)
def test_unspaced_runs_become_their_pairs(text, tokens):
    assert segment(text).split() == tokens.split()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Café", "cafe"),
        ("CAFE\u0301", "cafe"),
        ("Й", "й"),
        ("「比特币」 Ü", "「比特币」 u"),
        ("한국", "한국"),
    ],
)
def test_latin_accents_and_case_do_not_matter(text, same):
    assert folded(text) == same


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("query_", "expression"),
    [
        ("wallet", '"wallet"'),
        ("hot wal*", '"hot" AND "wal"*'),
        ('"hot wallet" -insurer', '("hot" AND "wallet") NOT ("insurer")'),
        ('theft -"hot wallet"', '"theft"'),
        ("比特币", '"比特" AND "特币"'),
        ("币", '"币"*'),
        ("NEAR(a b) title:x", '"NEAR" AND "a" AND "b" AND "title" AND "x"'),
    ],
)
def test_the_index_is_asked_for_what_no_story_that_is_meant_lacks(query_, expression):
    asked = query(query_)
    assert asked is not None
    assert asked.expression == expression


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("Hot wallets, hot-wallet, hotter wallets", '"hot wallet"', ["Hot wallets", "hot-wallet"]),
        ("walls walk walls", '"walk walls"', ["walk walls"]),
        ("Mining mined the mines; a miner", "mine", ["Mining", "mined", "mines"]),
        ("Tokenised tokens", "tokeni*", ["Tokenised"]),
        ("新比特币ETF通过", '"比特币 etf"', ["比特币ETF"]),
        ("CAFÉ society", "cafe", ["CAFÉ"]),
        ("ETF etf", "etf ETF", ["ETF", "etf"]),
        ("İstanbul wallet", "wallet", []),  # lower case is longer: no mark is better than a wrong one
    ],
)
def test_what_was_looked_for_is_marked_in_every_form(text, asked, found):
    assert marked(text, asked) == found


def test_an_excerpt_is_cut_where_the_words_stand_together():
    far = "Other things were said here. " * 20
    text = f"{far}A wallet. {far}The hot wallet of the exchange was drained. {far}"
    piece = excerpt(["Nothing in this one.", text], finders("hot drained"))
    assert piece is not None
    assert "The hot wallet of the exchange was drained." in piece
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert len(piece) <= CHARACTERS + 2
    assert excerpt(["Nothing in this one."], finders("hot")) is None
    assert excerpt(["A hot one.", "Another hot one."], finders("hot")) == "A hot one."


@given(
    st.lists(st.text(alphabet="ab cé 比币.\u0301", max_size=600), max_size=3),
    st.sampled_from(["ab", "比币", "c*", '"a b"']),
)
def test_an_excerpt_is_a_piece_of_the_text_and_marks_lie_within_it(paragraphs, asked):
    piece = excerpt(paragraphs, finders(asked))
    if piece is None:
        assert not any(finder.stands_in(folded(each)) for each in paragraphs for finder in finders(asked))
        return
    assert any(piece.strip("…").strip() in each for each in paragraphs)
    ends = [0, *(place for mark in marks(piece, finders(asked)) for place in mark), len(piece)]
    assert ends == sorted(ends)


# --- Relevance -------------------------------------------------------------------------------------


def test_a_title_counts_more_than_a_text_and_a_short_text_more_than_a_long_one():
    title = relevance([occurrence(in_title=1, in_body=0, length=1)])
    usual = relevance([occurrence(in_title=0, in_body=1, length=1)])
    long = relevance([occurrence(in_title=0, in_body=1, length=5)])
    assert 1 > title > usual > long > 0
    assert relevance([]) == 0


@given(st.integers(0, 9), st.integers(0, 99), st.floats(0, 50))
def test_saying_it_once_more_never_counts_less(in_title, in_body, length):
    less = relevance([occurrence(in_title=in_title, in_body=in_body, length=length)])
    assert less <= relevance([occurrence(in_title=in_title, in_body=in_body + 1, length=length)]) < 1
    assert less <= relevance([occurrence(in_title=in_title + 1, in_body=in_body, length=length)]) < 1


def test_age_takes_half_of_what_it_may_take_in_a_half_life():
    assert recency(timedelta()) == recency(timedelta(-3)) == 1
    assert recency(HALF_LIFE) == pytest.approx(OLD + (1 - OLD) / 2)
    assert recency(HALF_LIFE * 100) == pytest.approx(OLD)
