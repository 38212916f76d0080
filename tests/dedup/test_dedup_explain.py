from dataclasses import fields, replace

import pytest
from dedup_items import BODY, LEAD, TITLE, made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import explain, misses
from aggregator.dedup.editing import edited, thresholds
from aggregator.dedup.features import Features
from aggregator.dedup.judge import Settings, judge
from aggregator.models import CleanText, Relation

OTHER_TITLE = "Thief empties the Norrin bridge with a key that everybody had forgotten"
COLLAPSED = (Relation.REPOST, Relation.REWRITE)


def explained(one, other, settings=None):
    return explain.explain(judge(one, other, settings), CleanText(title="One"), CleanText(title="Other"))


def test_every_feature_has_a_meaning_in_words():
    assert {each.name for each in fields(Features)} <= set(explain._NAMES)


@pytest.mark.parametrize(
    "other",
    [made(2, feed="copyrelay.example"), made(2, title="Something else", body="", feed="elsewhere.example")],
    ids=["a match", "no match"],
)
def test_every_feature_is_told_with_its_value_and_what_it_is_held_against(other):
    why = explained(made(1), other)
    features = judge(made(1), other).features
    assert {record.feature: record.value for record in why.records} == {
        each.name: getattr(features, each.name) for each in fields(Features)
    }
    held = {record.feature: record.threshold for record in why.records if record.threshold is not None}
    assert held["body_containment"] == Settings().containment
    assert why.titles == ("One", "Other")


def test_a_pair_that_just_misses_names_the_threshold_and_what_it_would_take():
    one, other = made(1), made(2, feed="copyrelay.example", body=BODY[:2], minutes=60 * 24 * 6)
    assert judge(one, other).match is None
    miss = misses.nearest(one, other, Settings(), COLLAPSED)
    assert miss is not None
    assert (miss.threshold, miss.value, miss.relation) == ("window_days", 5, "repost")
    assert miss.needed == pytest.approx(6, abs=0.001)
    found = judge(one, other, edited(Settings(), {miss.threshold: miss.needed})).match
    assert (found.rule, found.relation.value) == (miss.rule, miss.relation)


def test_what_is_far_from_every_rule_has_no_nearest_one():
    one = made(1)
    other = made(
        2, title="Ferry line pays in stablecoins", body="Captains get paid on Fridays.", feed="b.example"
    )
    assert misses.nearest(one, other, Settings(), tuple(Relation)) is None


@given(
    title=st.sampled_from([TITLE, OTHER_TITLE, f"{TITLE}, report says"]),
    body=st.sampled_from([BODY, (LEAD,), (LEAD[:90],), BODY[1:], ""]),
    minutes=st.sampled_from([5, 50, 400, 3000, 9000]),
    feed=st.sampled_from(["signalpost.example", "copyrelay.example"]),
)
def test_what_would_have_been_enough_is_enough_and_no_more_than_half_or_twice(title, body, minutes, feed):
    older, newer = made(1), made(2, title=title, body=body, minutes=minutes, feed=feed)
    if judge(older, newer).match is not None:
        return
    miss = misses.nearest(older, newer, Settings(), tuple(Relation))
    if miss is not None:
        assert miss.value / misses.REACH <= miss.needed <= miss.value * misses.REACH
        match = judge(older, newer, edited(Settings(), {miss.threshold: miss.needed})).match
        assert match is not None
        assert match.rule == miss.rule
        assert thresholds(Settings())[miss.threshold] == miss.value


def test_whole_numbers_stay_whole():
    settings = replace(Settings(), few_words=40)
    assert all(
        isinstance(getattr(edited(settings, {name: value}), name), type(value))
        for name, value in thresholds(settings).items()
    )
