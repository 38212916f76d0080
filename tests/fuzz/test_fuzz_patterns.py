"""Slow patterns are found where they are planted, and the search for them can be ended at any time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fuzz import patterns
from tests.fuzz.bounds import BOUNDED, Bound, bound_of

SECONDS = 20.0
SHORT = Bound(longest=100, why="asked of a hundred characters")


@pytest.mark.slow
@pytest.mark.parametrize("form", [r"a+b", r"\s*;", r"x[^y]*?y", r"(?:ab|cd)*e", r"<[^>]*>"])
def test_a_planted_pattern_of_quadratic_time_is_found_with_the_text_that_shows_it(form: str) -> None:
    _, _, worst = patterns.slowest(re.compile(form), {"search"}, SECONDS)
    assert worst is not None
    assert worst[1] >= patterns.SUSPECT


@pytest.mark.parametrize("form", [r"ab", r"(?<!a)a++b", r"[^\W_]+", r"a{1,20}b"])
def test_a_pattern_of_linear_time_is_not_suspected(form: str) -> None:
    tried, of, worst = patterns.slowest(re.compile(form), {"search"}, SECONDS)
    assert worst is None
    assert tried == of > 20


def test_a_pattern_that_meets_short_texts_alone_may_take_quadratic_time_but_not_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patterns, "GIVEN_UP", 0.2)
    assert patterns.slowest(re.compile(r"a+b"), {"search"}, SECONDS, SHORT)[2] is None
    _, _, worst = patterns.slowest(re.compile(r"(?:a|aa)+b"), {"search"}, SECONDS, SHORT)
    assert worst is not None


@pytest.mark.slow
def test_a_search_goes_on_where_it_was_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = tmp_path / "patterns.jsonl"
    asked = ["export.chars", "export.identity", "--keep", str(keep)]
    assert patterns.main([*asked, "--seconds", "0"]) == 0
    assert "8 cut short, 0 not tried" in capsys.readouterr().out
    assert patterns.main([*asked, "--total", "0"]) == 0
    assert "0 cut short, 8 not tried" in capsys.readouterr().out
    assert patterns.main(asked) == 0
    assert "0 cut short, 0 not tried" in capsys.readouterr().out
    first = keep.read_text()
    keep.write_text(first[:-20])  # killed while it wrote
    assert patterns.main(asked) == 0
    assert "0 cut short, 0 not tried" in capsys.readouterr().out
    assert len(keep.read_text().splitlines()) == len(first.splitlines()) + 1, "one was tried anew"


def test_every_bound_is_that_of_a_pattern() -> None:
    names = patterns.patterns()
    found = {bound_of(name, pattern) for name, pattern in names.items()}
    assert found >= set(BOUNDED.values())
