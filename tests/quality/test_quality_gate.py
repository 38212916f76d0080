"""Floors under the judge's figures. Raise one when the figures have risen; never lower one.

Precision's floors are the stricter: a missed copy is read twice, a false merge hides news. Our own pairs are chosen
to be hard, look-alikes above all, so their figures lie below those of real streams; what fails is listed by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache

import pytest

from aggregator.dedup.scoring import score
from aggregator.models import Relation
from tests.quality import measure, measure_translations
from tests.quality.known_wrong import KNOWN_FALSE_REPOSTS, KNOWN_WRONG

FEW = "fr it ko pt tr uk"
"""Languages of five or six pairs each, scored together."""
OWN_FLOORS = {
    # languages: (precision, recall, share of light rewrites collapsed)
    f"de en es ja ru zh {FEW}": (0.98, 0.93, 0.47),  # measured 1.000, .938, .500
    "en": (0.98, 0.935, 0.6),  # 1.000, .942, .600
    "zh": (0.95, 0.95, 0.6),  # 1.000, .960, .667
    "de": (0.95, 0.94, 0.25),  # 1.000, .944, .250
    "ru": (0.95, 0.94, 0.0),  # 1.000, .944, .000
    "ja": (0.95, 0.94, 0.0),  # 1.000, .944, .000
    "es": (0.95, 0.94, 0.33),  # 1.000, .941, .333
    FEW: (0.95, 0.83, 0.5),  # 1.000, .833, .667
}
PROMISED = {"en": 120, "zh": 25, "es": 25, "ru": 25, "de": 25, "ja": 25} | dict.fromkeys(FEW.split(), 5)
"""Languages that the project says it understands, and how many pairs must show each."""

REAL_FLOORS = {
    # group: (precision, recall); the groups read for this project taught the models, the others did in part
    "en-fulltext": (0.99, 0.94),  # measured 1.000, .946
    "en-excerpt": (0.99, 0.93),  # 1.000, .938
    "zh-flash": (0.99, 0.96),  # 1.000, 1.000
    "read en-fulltext": (0.98, 0.98),  # .984, 1.000
    "read en-excerpt": (0.96, 0.9),  # .972, .908
    "held-out en-fulltext": (0.9, 0.95),  # .913, 1.000
    "held-out en-excerpt": (0.96, 0.87),  # .975, .886
    "held-out zh-flash": (0.95, 0.9),  # .962, .916
    "read zh-flash": (0.985, 0.93),  # .994, .936
}
needs_real_data = pytest.mark.skipif(not measure.REAL.is_dir(), reason=f"no real items at {measure.REAL}")


@cache
def own() -> list[measure.Judged]:
    return measure.own_pairs()


@cache
def real() -> list[measure.Judged]:
    return measure.real_pairs()


def of_languages(languages: str) -> list[measure.Judged]:
    return [each for each in own() if each.language in languages.split()]


def wrong(judged: Iterable[measure.Judged]) -> set[str]:
    """Ids of pairs judged otherwise than labelled; a light rewrite that stays apart counts."""
    return {each.pair for each in judged if each.wrong or (each.label == "rewrite" and not each.collapsed)}


def test_no_pair_of_our_own_is_judged_wrongly_but_those_known():
    assert wrong(own()) <= KNOWN_WRONG


def test_no_pair_known_as_judged_wrongly_is_judged_right():
    assert wrong(own()) >= KNOWN_WRONG


def test_no_look_alike_is_called_a_repost_but_those_known():
    called = {each.pair for each in own() if each.label == "different" and each.relation is Relation.REPOST}
    assert called <= KNOWN_FALSE_REPOSTS


@pytest.mark.parametrize("languages", OWN_FLOORS)
def test_our_own_pairs_keep_their_floors_in_every_language(languages):
    held = of_languages(languages)
    precision, recall, rewrites = OWN_FLOORS[languages]
    figures, (collapsed, all_rewrites) = measure.score(held), measure.rewrites_collapsed(held)
    assert figures.precision >= precision
    assert figures.recall >= recall
    assert collapsed / all_rewrites >= rewrites


@pytest.mark.parametrize(("language", "fewest"), PROMISED.items())
def test_our_own_pairs_show_every_label_in_every_language_we_promise(language, fewest):
    held = of_languages(language)
    assert len(held) >= fewest
    assert {each.label for each in held} == {"repost", "rewrite", "related", "different"}


def test_our_own_pairs_are_many_and_each_has_a_name_and_texts_of_its_own():
    rows = [json.loads(line) for line in measure.OWN.read_text().splitlines()]
    assert len(rows) >= 330
    assert len({row["pair"] for row in rows}) == len(rows)
    assert len({json.dumps((row["a"], row["b"]), sort_keys=True) for row in rows}) == len(rows)
    assert all(row["pair"].split("-")[0] == row["label"][:3] for row in rows)


def test_our_own_pairs_name_no_host_that_exists():
    for line in measure.OWN.read_text().splitlines():
        hosts = set(re.findall(r"https?://([^/\"?<]+)", line))
        assert hosts
        assert all(host.endswith((".example", ".invalid")) for host in hosts)


@needs_real_data
@pytest.mark.parametrize("group", REAL_FLOORS)
def test_real_pairs_keep_their_floors(group):
    figures = score(each for each in real() if each.group == group)
    assert figures.precision >= REAL_FLOORS[group][0]
    assert figures.recall >= REAL_FLOORS[group][1]


@needs_real_data
def test_no_real_template_or_different_article_is_merged():
    assert not [
        each
        for each in real()
        if each.label in {"template", "different"}
        and each.collapsed
        and not each.group.startswith(("read ", "held-out "))
    ]


@needs_real_data
@pytest.mark.slow
def test_two_real_days_cluster_as_a_person_clustered_them():
    wanted, found, right, _ = measure.slice_pairs()
    assert right == wanted
    assert found - right <= 1


@needs_real_data
@pytest.mark.slow
def test_translations_without_a_shared_address_are_found_in_a_stream_of_the_held_out_half():
    told = measure_translations.outcome("held out", hours=6)  # measured 1.000 and .924
    assert told.precision >= 0.995
    assert told.recall >= 0.91


@needs_real_data
@pytest.mark.slow
def test_where_there_are_no_translations_none_are_found():
    source, language, days = measure_translations.FOREIGN[1]
    assert not measure_translations.foreign(language, source, days, 1500)
