from dataclasses import replace

import pytest
from dedup_items import made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.cluster import MAX_MEMBERS, cluster
from aggregator.dedup.fingerprint import identity
from aggregator.dedup.judge import Settings
from aggregator.models import Match, Relation, Ruling, Verdict

HOUR = 3600
WIRE = identity("publisher", "globenewswire")

PLAIN = replace(made(1), publisher=0)
"""Clustering reads identities and preferences only; the texts do not matter here."""


def items(count, **changes):
    return {
        number: replace(
            PLAIN, item=number, uid=f"{number:020x}", feed=number, at=number * 60, pages=(number,), **changes
        )
        for number in range(1, count + 1)
    }


def edge(older, newer, relation=Relation.REPOST, score=0.95, rule="near-text"):
    return Match(older=older, newer=newer, relation=relation, rule=rule, score=score)


def groups(clusters):
    return [each.members for each in clusters]


def test_copies_of_one_item_are_one_story_founded_by_the_first():
    (story,) = cluster(items(3), [edge(1, 2), edge(1, 3)])
    assert (story.founder, story.members, story.via[1], story.via[2].rule) == (
        1,
        (1, 2, 3),
        None,
        "near-text",
    )


def test_weak_likeness_does_not_chain():
    weak = [edge(number, number + 1, Relation.REWRITE, 0.7, "rewrite") for number in range(1, 6)]
    assert groups(cluster(items(6), weak)) == [(1, 2), (3, 4), (5, 6)]


def test_one_story_per_event_holds_what_is_linked_to_its_first_report_and_never_runs_away():
    chain = [edge(number, number + 1, Relation.RELATED, 0.99, "same-event") for number in range(1, 40)]
    star = [edge(50, number, Relation.RELATED, 0.8, "same-event") for number in range(51, 60)]
    stories = cluster(items(60), chain + star, collapse=Relation.RELATED)
    assert max(len(each.members) for each in stories if each.founder < 50) == 2
    assert [each.members for each in stories if each.founder == 50] == [tuple(range(50, 60))]


def test_a_copy_of_a_copy_joins_but_a_copy_of_that_does_not():
    chain = [edge(1, 2), edge(2, 3), edge(3, 4)]
    assert groups(cluster(items(4), chain)) == [(1, 2, 3), (4,)]


def test_an_item_joins_the_founder_it_matches_rather_than_a_closer_copy_elsewhere():
    edges = [edge(1, 2), edge(3, 5, score=0.9), edge(2, 5, score=0.99)]
    assert groups(cluster(items(5), edges)) == [(1, 2), (3, 5), (4,)]


def test_one_weak_edge_never_joins_two_stories():
    edges = [edge(1, 2), edge(3, 4), edge(1, 5, score=0.7), edge(3, 5, score=0.7)]
    assert groups(cluster(items(5), edges)) == [(1, 2, 5), (3, 4)]


def test_a_full_text_joins_two_excerpts_of_it_and_the_older_founder_stays():
    (story,) = cluster(items(3), [edge(1, 3), edge(2, 3)])
    assert (story.founder, story.members) == (1, (1, 2, 3))


def test_an_identity_joins_two_stories():
    edges = [edge(1, 2), edge(3, 4), edge(2, 4, score=1.0, rule="same-url")]
    assert groups(cluster(items(4), edges)) == [(1, 2, 3, 4)]


def test_rewrites_collapse_only_as_far_as_the_reader_wants():
    edges = [edge(1, 2, Relation.REWRITE), edge(1, 3, Relation.RELATED)]
    assert groups(cluster(items(3), edges, collapse=Relation.REPOST)) == [(1,), (2,), (3,)]
    assert groups(cluster(items(3), edges)) == [(1, 2), (3,)]
    assert groups(cluster(items(3), edges, collapse=Relation.RELATED)) == [(1, 2, 3)]


def test_what_is_not_collapsed_is_related():
    edges = [edge(1, 2, Relation.REWRITE), edge(1, 3, Relation.RELATED)]
    first, second, third = cluster(items(3), edges, collapse=Relation.REPOST)
    assert (first.related, second.related, third.related) == ((2, 3), (1,), (1,))


def test_an_item_outside_can_be_related_but_not_a_member():
    (story,) = cluster(items(1), [edge(1, 9)])
    assert (story.members, story.related) == ((1,), (9,))


def rule(one, other, verdict):
    return Ruling(a=f"{one:020x}", b=f"{other:020x}", verdict=verdict)


def test_a_person_joins_what_no_rule_would():
    (story,) = cluster(items(2), [], [rule(2, 1, Verdict.SAME)])
    assert (story.members, story.via) == ((1, 2), {1: None, 2: None})


def test_a_person_splits_what_every_rule_would_join():
    edges = [edge(1, 2, rule="same-url", score=1.0), edge(1, 3), edge(2, 3)]
    assert groups(cluster(items(3), edges, [rule(1, 2, Verdict.DIFFERENT)])) == [(1, 3), (2,)]


def test_the_later_of_two_rulings_holds():
    words = [rule(1, 2, Verdict.DIFFERENT), rule(2, 1, Verdict.SAME)]
    assert groups(cluster(items(2), [edge(1, 2)], words)) == [(1, 2)]
    assert groups(cluster(items(2), [edge(1, 2)], words[::-1])) == [(1,), (2,)]


def test_what_a_person_said_of_two_holds_for_what_they_called_the_same():
    """B is A and not C, so C is not A either, though a match and the order of arrival would have it so."""
    words = [rule(1, 3, Verdict.SAME), rule(2, 3, Verdict.DIFFERENT)]
    assert groups(cluster(items(3), [edge(1, 2)], words)) == [(1, 3), (2,)]


def test_two_stories_become_one_only_where_the_judges_settings_allow_it():
    """The founders are six days apart: too far for the default window, not for a longer one."""
    apart = {number: replace(each, at=number * 6 * 86_400, text=0) for number, each in items(2).items()} | {
        3: replace(items(3)[3], at=9 * 86_400, text=0)
    }
    edges = [edge(1, 3), edge(2, 3)]
    assert groups(cluster(apart, edges)) == [(1, 3), (2,)]
    assert groups(cluster(apart, edges, settings=Settings(window_days=9))) == [(1, 2, 3)]


def test_a_story_is_bounded():
    count = MAX_MEMBERS + 5
    sizes = [
        len(each.members)
        for each in cluster(items(count), [edge(1, number) for number in range(2, count + 1)])
    ]
    assert max(sizes) == MAX_MEMBERS
    assert sum(sizes) == count


@pytest.mark.parametrize(
    ("changes", "options", "canonical"),
    [
        ({}, {}, 1),
        ({1: {"sources": (2,)}}, {}, 2),
        ({}, {"priority": {2: 5}}, 2),
        ({1: {"publisher": WIRE}, 2: {"sources": ()}}, {"priority": {2: 5}}, 1),
        ({2: {"publisher": WIRE}}, {"priority": {1: 5}}, 2),
        ({1: {"sources": (2,)}, 3: {"publisher": WIRE}}, {}, 2),
        ({1: {"language": "zh"}, 2: {"language": "en", "at": 9_999}}, {"languages": ("en",)}, 2),
        ({1: {"at": 999}}, {}, 2),
        ({2: {"at": 70, "length": 10_000}}, {}, 2),
        ({2: {"at": 71, "length": 10_000}}, {}, 1),
        ({2: {"at": 120 - 8 * HOUR, "length": 10_000}}, {}, 1),
        ({2: {"at": 120 - 5 * HOUR}}, {}, 2),
        ({1: {"at": 60}, 2: {"at": 60, "length": 10_000}}, {}, 2),
        ({1: {"language": "zh"}, 2: {"language": "en"}}, {"languages": ("en",)}, 2),
        ({1: {"sources": (2,)}, 2: {"sources": (1,)}}, {}, 1),
        ({1: {"sources": (2,)}}, {"priority": {1: 5}}, 2),
    ],
)
def test_the_source_then_a_wire_then_preference_then_the_earliest_then_the_longest_speaks(
    changes, options, canonical
):
    members = items(max(2, *changes, 0))
    for number, each in changes.items():
        members[number] = replace(members[number], **each)
    (story,) = cluster(members, [edge(1, number) for number in members if number > 1], **options)
    assert story.canonical == canonical


# --- Laws ----------------------------------------------------------------------------------------

COUNT = 9
EDGES = st.lists(
    st.builds(
        lambda one, other, relation, score, rule: edge(
            min(one, other), max(one, other), relation, score, rule
        ),
        st.integers(1, COUNT),
        st.integers(1, COUNT),
        st.sampled_from(Relation),
        st.sampled_from([0.5, 0.8, 0.9, 1.0]),
        st.sampled_from(["near-text", "same-url", "rewrite"]),
    ).filter(lambda match: match.older != match.newer),
    max_size=20,
    unique_by=lambda match: (match.older, match.newer),
)
WORDS = st.lists(
    st.builds(rule, st.integers(1, COUNT), st.integers(1, COUNT), st.sampled_from(Verdict)).filter(
        lambda ruling: ruling.a != ruling.b
    ),
    max_size=4,
    unique_by=lambda ruling: frozenset((ruling.a, ruling.b)),
)


@given(EDGES, WORDS, st.sampled_from(Relation))
def test_every_item_is_in_one_story_founded_by_its_first(matches, rulings, collapse):
    clusters = cluster(items(COUNT), matches, rulings, collapse=collapse)
    assert sorted(number for each in clusters for number in each.members) == list(range(1, COUNT + 1))
    for each in clusters:
        assert each.founder == each.members[0]
        assert list(each.members) == sorted(each.members)
        assert each.canonical in each.members
        assert set(each.via) == set(each.members)
        assert each.via[each.founder] is None
        assert not set(each.related) & set(each.members)


@given(EDGES, WORDS, st.randoms(use_true_random=False))
def test_the_order_of_matches_and_rulings_makes_no_difference(matches, rulings, random):
    expected = cluster(items(COUNT), matches, rulings)
    mixed, mixed_rulings = list(matches), list(rulings)
    random.shuffle(mixed)
    random.shuffle(mixed_rulings)
    backwards = dict(reversed(items(COUNT).items()))
    assert cluster(backwards, mixed, mixed_rulings) == expected


@given(EDGES, WORDS)
def test_a_component_alone_becomes_what_it_becomes_among_all(matches, rulings):
    everything = cluster(items(COUNT), matches, rulings)
    links = [(match.older, match.newer) for match in matches]
    links += [(int(ruling.a, 16), int(ruling.b, 16)) for ruling in rulings]
    component = {1}
    while grown := {number for pair in links if component & set(pair) for number in pair} - component:
        component |= grown
    some = {number: each for number, each in items(COUNT).items() if number in component}
    assert cluster(some, matches, rulings) == tuple(each for each in everything if each.founder in component)


@given(EDGES, WORDS)
def test_no_story_holds_two_items_that_a_person_told_apart(matches, rulings):
    apart = {frozenset((r.a, r.b)) for r in rulings if r.verdict is Verdict.DIFFERENT}
    for each in cluster(items(COUNT), matches, rulings):
        uids = [f"{number:020x}" for number in each.members]
        assert not any(frozenset((one, other)) in apart for one in uids for other in uids)


@given(EDGES, st.lists(st.tuples(st.integers(1, COUNT), st.integers(1, COUNT)), max_size=8), st.data())
def test_a_persons_words_all_hold_whatever_matches_say(matches, pairs, data):
    belongs = data.draw(st.lists(st.integers(1, 3), min_size=COUNT, max_size=COUNT))
    said = {
        frozenset(pair): belongs[pair[0] - 1] == belongs[pair[1] - 1] for pair in pairs if pair[0] != pair[1]
    }
    words = [rule(*pair, Verdict.SAME if same else Verdict.DIFFERENT) for pair, same in said.items()]
    home = {item: each.founder for each in cluster(items(COUNT), matches, words) for item in each.members}
    for pair, same in said.items():
        one, other = pair
        assert (home[one] == home[other]) == same


def claims(*edges):
    """Two English articles, then a Ukrainian one that each of them claims as its translation."""
    english = items(3)
    return cluster(english | {3: replace(english[3], language="uk")}, edges)


def test_of_two_originals_that_claim_a_translation_the_likelier_stands_and_the_other_is_linked():
    weak, strong = (edge(each, 3, score=score, rule="anchors") for each, score in ((1, 0.6), (2, 0.95)))
    apart, together = claims(weak, strong)
    assert (apart.members, apart.related) == ((1,), (3,))
    assert together.members == (2, 3)


def test_a_translation_by_its_address_stands_before_a_likelier_claim():
    by_address = edge(1, 3, score=0.8, rule="translation")
    assert groups(claims(by_address, edge(2, 3, score=0.99, rule="anchors"))) == [(1, 3), (2,)]


def test_two_copies_of_one_original_both_keep_their_translation():
    both = (edge(1, 3, score=0.9, rule="anchors"), edge(2, 3, score=0.95, rule="anchors"))
    assert groups(claims(edge(1, 2), *both)) == [(1, 2, 3)]
