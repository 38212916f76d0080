"""What a text and its translation have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import anchors, words

SENTENCES = {
    "en": "The desk of Acme Lending raised $1.2 billion, up 12.5%, said @ada_lov and Donald Trump.",
    "uk": "Компанія Acme Lending залучила 1,2 мільярда доларів, на 12,5 % більше, сказали @ada_lov та Дональд Трамп.",
    "ru": "Компания Acme Lending привлекла 1,2 млрд долларов, рост 12,5 %, сказали @ada_lov и Дональд Трамп.",
    "de": "Die Bank Acme Lending nahm 1,2 Milliarden Dollar ein, plus 12,5 Prozent, sagten @ada_lov und Donald Trump.",
    "es": "La firma Acme Lending recaudó 1.200 millones de dólares, un 12,5 %, dijeron @ada_lov y Donald Trump.",
    "zh": "借贷公司 Acme Lending 融资 12 亿美元，增长 12.5%，@ada_lov 与特朗普说。",
    "ja": "融資のAcme Lendingは12億ドルを調達、12.5%増、@ada_lov とトランプ氏。",
}


def found(text: str, language: str = "en", title: str = "") -> list[int]:
    return [anchors.name(each) for each in anchors.anchors(title, text, language, words.tokens(text))]


@pytest.mark.parametrize("language", [each for each in SENTENCES if each != "en"])
def test_a_translation_holds_the_anchors_of_its_original_in_their_order(language):
    original = found(SENTENCES["en"])
    assert len(original) == 7
    translated = [each for each in found(SENTENCES[language], language) if each in original]
    expected = [each for each in original if each in translated]
    assert translated == expected
    assert len(translated) >= (6 if language in {"zh", "ja"} else 7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("about $1.2 billion", "en"), ("близько 1,2 млрд доларів", "uk")),
        (("about $1.2 billion", "en"), ("1.200 millones de euros", "es")),
        (("about $1.2 billion", "en"), ("1,2 Milliarden Euro", "de")),
        (("about $1.2 billion", "en"), ("约 12 亿美元", "zh")),
        (("about $1.2 billion", "en"), ("約12億ドル", "ja")),
        (("$340M", "en"), ("340 мільйонів", "uk")),
        (("$340M", "en"), ("340 миллионов", "ru")),
        (("$340M", "en"), ("3.4億ドル", "ja")),
        (("below 90,000 now", "en"), ("нижче 90 000 тепер", "uk")),
        (("below 90,000 now", "en"), ("нижче 90,000 тепер", "uk")),
        (("below 90,000 now", "en"), ("unter 90.000 jetzt", "de")),
        (("a 7.25 percent rise", "en"), ("на 7,25 відсотка", "uk")),
        (("a 7.25 percent rise", "en"), ("7,25 процента", "ru")),
        (("a 7.25 percent rise", "en"), ("7,25 Prozent mehr", "de")),
        (("a 7.25 percent rise", "en"), ("上涨7.25％", "zh")),
        (("the 80,500s", "en"), ("80 500", "uk")),
    ],
)
def test_a_value_is_one_anchor_whatever_way_it_is_written(one, other):
    assert found(*one) == found(*other)
    assert len(found(*one)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$60,000", "$61,000"),
        ("12.5%", "12.5"),
        ("$340M", "$340"),
        ("1.234", "1,234"),
    ],
)
def test_different_values_are_different_anchors(one, other):
    assert found(one) != found(other)


@pytest.mark.parametrize(
    ("name", "written", "language"),
    [
        ("Trump", "Трамп Трампа Трампом", "uk"),
        ("Saylor", "Сейлор Сейлора Сейлором", "uk"),
        ("Singapore", "Сінгапур Сінгапуру", "uk"),
        ("Buterin", "Бутерин Бутерина", "ru"),
        ("Japan", "Японія Японії", "uk"),
        ("Japan", "Японии", "ru"),
        ("Britain", "Великобританія", "uk"),
        ("BlackRock", "ブラックロック", "ja"),
        ("Binance", "币安", "zh"),
        ("Germany", "Deutschland", "de"),
    ],
)
def test_a_name_is_one_anchor_in_other_letters_and_cases(name, written, language):
    assert set(found(f"so {name} said")) == set(found("", language, title=written))
    assert len(found(f"so {name} said")) == 1


@pytest.mark.parametrize(
    ("word", "borrowed", "language"),
    [
        ("infrastructure", "інфраструктури", "uk"),
        ("consolidation", "консолідація", "uk"),
        ("portfolio", "портфеля", "ru"),
        ("alternative", "alternativa", "es"),
        ("catalyst", "каталізатором", "uk"),
    ],
)
def test_borrowed_words_are_anchors(word, borrowed, language):
    assert found(word) == found(borrowed, language) != []
    assert anchors.kind(found(word)[0]) == anchors.WORD


@pytest.mark.parametrize(
    "text",
    [
        "The market fell. Bitcoin and crypto fell on Monday, 3 March 2025.",
        "Meanwhile it rose. However, it fell 5 of 12 times since 2019.",
        "",
        "… — !",
    ],
)
def test_what_every_text_of_the_trade_holds_is_no_anchor(text):
    assert found(text) == []


def test_a_word_that_begins_a_sentence_is_no_name_and_a_heading_is_none_either():
    assert found("Lanterns glow. Ferries sail.") == []
    assert len(found("So Lantern glows.")) == 1
    assert len(found("Випуск Lantern. Lantern світить.", "uk")) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("say $300", anchors.ROUND),
        ("say $340", anchors.PAIR),
        ("say $341", anchors.EXACT),
        ("say @lantern_desk", anchors.HANDLE),
        ("say Quillbridge", anchors.NAME),
        ("say Coinbase", anchors.KNOWN),
    ],
)
def test_an_anchor_tells_what_it_is(text, kind):
    assert [anchors.kind(each) for each in found(text)] == [kind]


def test_an_anchor_tells_where_it_stands():
    filler = "so it went on and on " * 20
    ends = anchors.anchors("", f"so Quillbridge {filler}and $341", "en")
    assert [anchors.place(each) for each in ends] == [0, anchors.PLACES - 1]


@given(st.text(max_size=300), st.text(max_size=600), st.sampled_from(["", "en", "uk", "de", "zh", "ja"]))
def test_anchors_are_few_distinct_and_32_bit(title, body, language):
    told = anchors.anchors(title, body, language, words.tokens(body))
    assert len(told) <= anchors.MAX_ANCHORS
    assert len({anchors.name(each) for each in told}) == len(told)
    assert all(0 <= each < 2**32 for each in told)
    assert all(0 <= anchors.place(each) < anchors.PLACES for each in told)
    assert all(anchors.kind(each) <= anchors.EXACT for each in told)


@given(st.text(max_size=300), st.sampled_from(["en", "uk", "zh"]))
def test_the_same_text_has_the_same_anchors(body, language):
    assert found(body, language) == found(body, language)
