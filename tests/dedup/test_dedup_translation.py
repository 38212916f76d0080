"""Translations without a shared address: found by names, values and the paragraphs' lengths."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dedup_items import judged, made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import candidates, translation
from aggregator.models import Relation
from aggregator.text import anchors

TITLE = "Quillbridge raises $341 million to settle ferry tickets on Solana"
BODY = (
    "Quillbridge, a payments company from Singapore, has raised $341 million from Lantern Capital and two other funds "
    "in order to settle ferry tickets on Solana, its founder Marta Holm told reporters.",
    "The company handled 8.7 million tickets last year, 62% more than in the year before, and expects to reach twice "
    "as many once the harbours of Portugal join the network in spring.",
    "Infrastructure is the hard part.",
    "Holm wants to keep the portfolio of harbours small at first. Each of them needs its own contract with the local "
    "operators, and some still print their tickets with machines that are older than the people who mend them. A pilot "
    "in Trieste took eleven months instead of the four that had been planned for it.",
    "Lantern Capital gets two seats on the board.",
)
UKRAINIAN_TITLE = "Quillbridge залучає 341 мільйон доларів, щоб розраховувати квитки на пороми в Solana"
UKRAINIAN = (
    "Quillbridge, платіжна компанія із Сінгапуру, залучила 341 мільйон доларів від Lantern Capital та ще двох фондів, "
    "щоб розраховувати квитки на пороми в Solana, розповіла журналістам її засновниця Марта Холм.",
    "Торік компанія обробила 8,7 мільйона квитків, на 62 % більше, ніж роком раніше, і сподівається подвоїти це "
    "число, щойно навесні до мережі долучаться гавані Португалії.",
    "Найважче тут — інфраструктура.",
    "Холм хоче, щоб спершу портфель гаваней був невеликим. Кожна з них потребує власного контракту з місцевими "
    "перевізниками, а дехто й досі друкує квитки на машинах, старших за людей, які їх лагодять. Пробний запуск у "
    "Трієсті тривав одинадцять місяців замість запланованих чотирьох.",
    "Lantern Capital отримує два місця в раді.",
)
OTHER_REPORT = (
    "Quillbridge, платіжна компанія із Сінгапуру, залучила 341 мільйон доларів від Lantern Capital та ще двох фондів, "
    "щоб розраховувати квитки на пороми в Solana, розповіла журналістам її засновниця Марта Холм. Торік компанія "
    "обробила 8,7 мільйона квитків, на 62 % більше, ніж роком раніше.",
    "Гавані поки мовчать, а аналітики сумніваються, що ринок такий великий, як стверджують у компанії, і радять "
    "зачекати на перші звіти, перш ніж вірити обіцянкам.",
    "Торік схожий проєкт закрили.",
    "Наступний раунд, за словами джерел, можливий уже влітку, але лише за умови, що регулятор дасть дозвіл.",
)

english = made(1, title=TITLE, body=BODY)


def ukrainian(body=UKRAINIAN, title=UKRAINIAN_TITLE, *, minutes: float = 90):
    return made(2, title=title, body=body, feed="lystok.example", language="uk", minutes=minutes)


def relation(one, other):
    match = judged(one, other).match
    return match.relation if match else None


def test_a_translation_without_slug_or_link_is_a_repost():
    verdict = judged(english, ukrainian())
    assert (verdict.rule, relation(english, ukrainian())) == ("anchors", Relation.REPOST)
    assert verdict.features.anchors_shared >= 8


def test_a_translation_is_found_by_its_keys_and_not_among_texts_of_its_own_language():
    other = ukrainian()
    assert len(set(other.foreign_keys) & set(english.anchor_keys)) >= candidates.FOREIGN_MIN_SHARED
    assert len(set(english.foreign_keys) & set(other.anchor_keys)) >= candidates.FOREIGN_MIN_SHARED
    assert not set(english.foreign_keys) & set(english.anchor_keys)
    assert not set(english.anchor_keys) & set(english.text_keys)


def test_texts_in_two_languages_neither_of_which_is_english_find_each_other():
    russian = replace(english, language="ru")
    assert set(russian.foreign_keys) & set(ukrainian().anchor_keys)


def test_another_report_of_the_event_is_related_and_not_collapsed():
    assert relation(english, ukrainian(OTHER_REPORT)) is Relation.RELATED


def test_the_same_template_with_another_value_is_no_translation():
    changed = [each.replace("341", "419").replace("8,7", "5,3").replace("62", "48") for each in UKRAINIAN]
    title = UKRAINIAN_TITLE.replace("341", "419")
    assert relation(english, ukrainian(tuple(changed), title)) is not Relation.REPOST


def test_a_translation_days_later_needs_more_and_past_two_days_nothing_is_enough():
    assert relation(english, ukrainian(minutes=20 * 60)) is Relation.REPOST
    assert relation(english, ukrainian(minutes=50 * 60)) is None


def test_without_paragraphs_to_compare_the_same_names_are_related_at_most():
    teaser = "Сінгапурська Quillbridge залучила 341 мільйон доларів від Lantern Capital, каже Марта Холм."
    original = (
        "Quillbridge of Singapore raised $341 million from Lantern Capital, says its founder Marta Holm."
    )
    one, other = made(1, title=TITLE, body=original), ukrainian(teaser)
    assert relation(one, other) in {Relation.RELATED, None}


def test_paragraphs_of_one_length_without_common_anchors_prove_nothing():
    blank = replace(ukrainian(), anchors=())
    assert relation(english, blank) is None
    assert judged(english, blank).features.translation == translation.NONE.shaped


def test_texts_of_one_language_are_not_judged_by_anchors():
    twin = replace(ukrainian(), language="en")
    assert judged(english, twin).features.anchors_shared == 0


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 400])
def test_a_shape_holds_a_byte_for_each_of_the_first_paragraphs(count):
    assert len(translation.shape(["word"] * count)) == min(count, translation.MAX_SHAPE)


def test_headings_are_no_prose():
    assert translation.prose(("What Happened", "It rained.", "x" * 60)) == "It rained.\n" + "x" * 60


anchor_lists = st.lists(
    st.integers(0, 2**32 - 1).map(lambda each: each & ~7 | each % 7), max_size=24, unique_by=anchors.name
)
shapes = st.binary(max_size=translation.MAX_SHAPE)


@given(anchor_lists, anchor_lists, shapes, shapes)
def test_comparing_is_symmetric(one, other, shape, other_shape):
    mixed = list({anchors.name(each): each for each in (*other, *one[:5])}.values())
    forth = translation.compare(one, mixed, shape, other_shape)
    assert forth == translation.compare(mixed, one, other_shape, shape)


@given(anchor_lists, shapes)
def test_keys_are_few(found, shape):
    assert len(set(translation.keys(found, shape))) <= translation.NAMED_KEYS + translation.SHAPED_KEYS


@given(anchor_lists, shapes)
def test_keys_do_not_depend_on_the_order_of_the_anchors(found, shape):
    assert list(translation.keys(found, shape)) == list(translation.keys(found[::-1], shape))


@given(st.floats(-1e6, 1e6))
def test_a_score_is_a_share(odds):
    assert 0 < translation.score(odds) < 1
