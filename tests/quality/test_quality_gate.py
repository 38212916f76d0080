"""Floors under the judge's figures. Raise one when the figures have risen; never lower one.

Precision's floors are the stricter: a missed copy is read twice, a false merge hides news.
"""

from __future__ import annotations

from functools import cache

import pytest

from aggregator.models import Relation
from tests.quality import measure

REAL_FLOORS = {
    # group: (precision, recall); measured 1.000/.946, 1.000/.938, 1.000/.903
    "en-fulltext": (0.99, 0.94),
    "en-excerpt": (0.99, 0.93),
    "zh-flash": (0.99, 0.90),
}
needs_real_data = pytest.mark.skipif(not measure.REAL.is_dir(), reason=f"no real items at {measure.REAL}")


@cache
def own() -> list[measure.Judged]:
    return measure.own_pairs()


@cache
def real() -> list[measure.Judged]:
    return measure.real_pairs()


@pytest.mark.parametrize("pair", [pytest.param(each, id=f"{each.pair} {each.group}") for each in own()])
def test_every_pair_of_our_own_is_judged_as_labelled(pair):
    assert not pair.wrong, (
        f"judged {pair.relation} by {pair.rule or pair.refused or 'no rule'}: {pair.titles}"
    )


def test_our_own_pairs_are_many_and_show_every_language_we_promise():
    assert len(own()) >= 80
    assert {each.label for each in own()} == {"repost", "rewrite", "related", "different"}


def test_our_own_light_rewrites_collapse():
    assert all(each.collapsed for each in own() if each.label == "rewrite")


def test_independent_reports_of_our_own_are_never_merged_and_look_alikes_never_called_reposts():
    assert not [each for each in own() if each.label == "related" and each.collapsed]
    assert not [each for each in own() if each.label == "different" and each.relation is Relation.REPOST]


@needs_real_data
@pytest.mark.parametrize("group", REAL_FLOORS)
def test_real_pairs_keep_their_floors(group):
    figures = measure.score(each for each in real() if each.group == group)
    assert figures.precision >= REAL_FLOORS[group][0]
    assert figures.recall >= REAL_FLOORS[group][1]


@needs_real_data
def test_no_real_template_or_different_article_is_merged():
    assert not [each for each in real() if each.label in {"template", "different"} and each.collapsed]


@needs_real_data
@pytest.mark.slow
def test_two_real_days_cluster_as_a_person_clustered_them():
    wanted, found, right, _ = measure.slice_pairs()
    assert right == wanted
    assert found - right <= 1
