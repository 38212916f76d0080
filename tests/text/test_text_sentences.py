"""Where sentences end, in crypto prose of twelve languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.sentences import join, split

ENGLISH = [
    ["Kestrel is based in Tallinn.", "It serves a million people."],
    ["Regulators in the U.S. and the U.K. will meet on Monday.", "No agenda was published."],
    ["The fund is sold by Binance.US and Harborline Inc. to retail clients.", "Fees are low."],
    ["Trading stops at 3 p.m. ET on Friday.", "It resumes on Sunday."],
    ["The vote closed at 9 a.m.", "The result came an hour later."],
    ["Bitcoin fell 3.4% to $59,960.12 overnight.", "Ether lost more."],
    ["Support is at approx. $58,500.", "Below that there is air."],
    ["Part No. 4 appears on Jan. 9.", "Part 5 follows."],
    ["The draft (see fig. 3) was leaked.", "Nobody denied it."],
    ["“We left the light on,” she wrote.", "Nobody answered."],
    ["He said: “We are fine. We always were.”", "The market disagreed."],
    ["Is this a bottom?", "Hardly.", "Volumes are thin!"],
    ["Mr. Brandl and Dr. Roth signed for Corvid Ltd. in March.", "Terms were not disclosed."],
    ["J. R. Okonjo joined in 2024.", "She left this week."],
    ["dYdX halted deposits.", "iShares filed an amendment.", "zkSync followed."],
    ["The answer is ... complicated.", "Ask again later."],
    ["Users were sent to app.tidepool.example.net by mistake.", "It has been fixed."],
    ["The token (TIDE) rose.", "(It fell an hour later.)", "Nobody noticed."],
    ["Yahoo! Finance carried the story.", "Others followed."],
    ["Version 2.1.3 is out.", "Operators should update."],
    ["Volume was $1.2 bn. in May.", "June was quieter."],
    ["St. Gallen and Ft. Worth tie the record.", "Both are small."],
]
OTHERS = [
    ("de", ["Der Kurs fiel am 21. November um ca. 5 %.", "Anleger blieben ruhig."]),
    ("de", ["Banken, z. B. die Nordbank, machen mit.", "Das teilte Dr. Böttcher mit."]),
    ("de", ["„Das ist viel“, sagte sie.", "Mehr wollte sie nicht sagen."]),
    ("es", ["El precio es de 1.234,50 dólares.", "La Sra. Ortiz no comentó."]),
    ("pt", ["O Dr. Lima falou às 10h.", "O preço subiu 0,5%."]),
    ("fr", ["M. Fournier a vendu 3,5 bitcoins.", "Le cours n’a pas bougé."]),
    ("it", ["Il dott. Rossi ha firmato.", "La banca conferma."]),
    ("ru", ["В 2026 г. цена упала.", "Объём составил 5 млрд долл. США."]),
    ("ru", ["«Мы ждём», — сказал А. Б. Петров.", "Рынок ждёт тоже."]),
    ("uk", ["Ціна впала до 59 тис. доларів.", "Ринок спокійний."]),
    ("tr", ["Fiyat %3,5 düştü.", "Hacim arttı."]),
    ("ko", ["거래소는 출금을 중단했다.", "손실은 8,300만 달러다."]),
    ("zh", ["平台已暂停提现。", "损失约 8300 万美元！", "何时恢复？"]),
    ("zh", ["“我们会赔偿。”她说。", "市场反应平淡。"]),
    ("ja", ["出金を停止した。", "損失は自社で補填する。"]),
    ("ja", ["「待つだけだ。」と述べた。", "再開は未定。"]),
]
TABLE = [("en", case) for case in ENGLISH] + OTHERS


@pytest.mark.parametrize(("language", "sentences"), TABLE, ids=[case[1][0][:30] for case in TABLE])
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
