from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli import cells

mixed = st.text(st.sampled_from("ab c d-eé中文字。，「」（）한글 かな🚀\u0301 $1,240"), max_size=60)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("plain", 5),
        ("中文", 4),
        ("かな", 4),
        ("한글", 4),
        ("e\u0301", 1),
        ("🚀", 2),
        ("ﾊﾝｶｸ", 4),
        ("–…", 2),
        ("", 0),
    ],
)
def test_width_counts_cells_not_characters(text, width):
    assert cells.width(text) == width


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, []),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 13, ["one two three"]),
        ("  one   two  ", 5, ["one", "two"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("ab abcdefgh", 4, ["ab", "abcd", "efgh"]),
        ("比特币突破十万美元", 8, ["比特币突", "破十万美", "元"]),
        ("比特币突破，十万", 10, ["比特币突", "破，十万"]),  # no line begins with a comma
        ("他说「比特币」好", 6, ["他说", "「比特", "币」好"]),  # and none ends with an opening bracket
        ("持有 ETF 的人", 8, ["持有 ETF", "的人"]),
        ("비트코인 가격이 급등", 10, ["비트코인", "가격이", "급등"]),
        ("he said “yes” now", 10, ["he said", "“yes” now"]),
    ],
)
def test_lines_break_where_each_script_allows(text, columns, lines):
    assert cells.wrap(text, columns) == lines


@given(mixed, st.integers(8, 40))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text, columns):
    lines = cells.wrap(text, columns)
    assert all(cells.width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(mixed, st.integers(2, 40))
def test_what_is_shortened_fits_and_says_so(text, columns):
    short = cells.fit(text, columns)
    assert cells.width(short) <= columns
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(mixed, st.integers(0, 80), st.booleans())
def test_padding_fills_to_the_column(text, columns, right):
    padded = cells.pad(text, columns, right=right)
    assert padded.strip() == text.strip()
    assert len(padded) == len(text) + max(0, columns - cells.width(text))
