from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import EVERYDAY, THOROUGH, examples


@pytest.mark.parametrize(
    ("profile", "wanted", "tried"),
    [
        ("thorough", 100, 100),
        ("thorough", 3, 3),
        ("everyday", 100, 25),
        ("everyday", 300, 75),
        ("everyday", 15, 5),
        ("everyday", 3, 3),
    ],
)
def test_an_everyday_run_tries_a_quarter_and_no_less_than_a_handful(profile, wanted, tried):
    before = settings.default.max_examples
    settings.load_profile(profile)
    try:
        assert examples(wanted) == tried
    finally:
        settings.load_profile("everyday" if before == EVERYDAY else "thorough")


def test_a_law_that_asks_for_no_number_is_tried_as_often_as_the_run_says():
    seen = []

    @given(st.integers())
    def law(number):
        seen.append(number)

    law()
    assert len(seen) == settings.default.max_examples
    assert settings.default.max_examples in {EVERYDAY, THOROUGH}
