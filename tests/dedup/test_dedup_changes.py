from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.changes import Move, Place, changes


def state(*groups):
    """Stories by their members; the first founds it, and it is called by its number."""
    return {item: Place(story=str(group[0])) for group in groups for item in group}


FOUNDERS = {str(number): number for number in range(1, 10)}


def test_what_leaves_a_story_and_what_comes_to_one_is_told_with_the_founder_as_what_stays():
    before = state([1, 2, 3], [4, 5], [6])
    before[3] = Place(story="1", rule="rewrite", score=0.7)
    after = state([1, 2], [3], [4, 5, 6])
    after[6] = Place(story="4", rule="excerpt", score=0.9)
    found = changes(before, after, FOUNDERS)
    assert found.parted == (Move(items=(3,), story="1", rule="rewrite", score=0.7),)
    assert found.merged == (Move(items=(6,), story="4", rule="excerpt", score=0.9),)
    assert (found.stories_before, found.stories_after) == (3, 3)


def test_a_story_that_loses_its_founder_tells_what_goes_with_the_rest():
    found = changes(state([1, 2, 3]), state([1], [2, 3]), FOUNDERS)
    assert [move.items for move in found.parted] == [(2, 3)]
    assert found.merged == ()


def test_an_item_that_goes_from_one_story_to_another_is_in_both_lists():
    found = changes(state([1, 2], [3]), state([1], [2, 3]), FOUNDERS)
    assert [(move.story, move.items) for move in found.parted] == [("1", (2,))]
    assert [(move.story, move.items) for move in found.merged] == [("2", (3,))]


def test_items_in_one_state_alone_are_no_change():
    found = changes(state([1, 2]), state([1, 2, 3], [4]), FOUNDERS)
    assert (found.merged, found.parted, found.stories_after) == ((), (), 1)


partitions = st.lists(st.integers(0, 3), min_size=9, max_size=9).map(
    lambda colours: state(
        *(
            [number + 1 for number, each in enumerate(colours) if each == colour]
            for colour in sorted(set(colours))
        )
    )
)


@given(partitions, partitions)
def test_two_states_differ_exactly_where_something_moves(before, after):
    found = changes(before, after, FOUNDERS)
    same = {item: place.story for item, place in before.items()} == {
        item: place.story for item, place in after.items()
    }
    assert (not found.merged and not found.parted) == same
    moved = {item for move in (*found.merged, *found.parted) for item in move.items}
    assert all(before[item].story == after[item].story for item in before.keys() - moved)


@given(partitions)
def test_a_state_does_not_differ_from_itself(partition):
    found = changes(partition, partition, FOUNDERS)
    assert (found.merged, found.parted) == ((), ())
