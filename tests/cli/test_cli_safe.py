from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli.safe import safe, to_json


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;your shell is mine\x07title", "title"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("unfinished \x1b[", "unfinished ["),
        ("unfinished \x1b]0;title", "unfinished ]0;title"),
        ("tabs\tand\r\nlines", "tabs and lines"),
        ("pay \u202egnp.exe", "pay gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("back\x08space\x7f", "backspace"),
        ("half \ud83d", "half"),
        ("family 👨\u200d👩\u200d👧 stays", "family 👨\u200d👩\u200d👧 stays"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
        ("  中文\u3000标题 ", "中文 标题"),
    ],
)
def test_what_a_terminal_would_obey_never_reaches_it(hostile, shown):
    assert safe(hostile) == shown


@given(st.text() | st.text(st.sampled_from("\x1b[]0;m\x07\\\x9b\x9d a\n\u202e")))
def test_no_control_character_is_left_and_once_is_enough(text):
    shown = safe(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert safe(shown) == shown
    shown.encode()


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    )
)
def test_json_keeps_every_character_and_none_that_a_terminal_obeys(value):
    text = to_json(value)
    assert json.loads(text) == value
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)
    text.encode()


def test_json_leaves_the_worlds_scripts_readable():
    assert to_json({"title": "比特币 – é 🚀"}) == '{"title": "比特币 – é 🚀"}'
