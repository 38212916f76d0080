"""Where sentences end, in crypto prose of twelve languages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.sentences import join, split

TABLE = [
    (language, sentences.split("¦"))
    for language, _, sentences in (
        line.partition("\t")
        for line in (Path(__file__).parents[1] / "data" / "sentences.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
]


def test_the_table_is_as_large_as_it_is_said_to_be():
    assert len(TABLE) >= 200
    assert {language for language, _ in TABLE} == set("en es pt de fr ru uk tr it ko zh ja".split())


@pytest.mark.parametrize(
    ("language", "sentences"), TABLE, ids=[f"{language}: {case[0][:30]}" for language, case in TABLE]
)
def test_a_passage_comes_apart_into_its_sentences(language, sentences):
    passage = join(sentences)
    assert split(passage, language) == sentences


def test_a_space_lost_between_paragraphs_does_not_glue_sentences():
    assert split("Bitcoin rose on Friday.Ether was flat.") == ["Bitcoin rose on Friday.", "Ether was flat."]


def test_a_line_break_always_parts():
    assert split("A heading\nA sentence.") == ["A heading", "A sentence."]


def test_a_quotation_that_never_closes_does_not_swallow_the_text():
    text = "“We are open. " + "The market is calm. " * 30
    assert len(split(text)) > 5


@given(st.text())
def test_splitting_loses_and_invents_nothing(text):
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@given(st.text(alphabet='Ab. “”!?"。c1', max_size=400))
def test_no_sentence_is_empty(text):
    assert all(sentence.strip() == sentence != "" for sentence in split(text))
