"""What did a person say of pairs of items, in a form that other machines and programs read?

JSON Lines, one pair a line: ``a`` and ``b`` name the items (an id as `list` prints it, a guid, a link), ``label``
says what they are to each other. Optional: ``set``, the group the pair is counted in, and ``a_guid``, ``a_feed``,
``b_guid``, ``b_feed``, by which an item is found where its id is another one. Further keys are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aggregator.dedup.scoring import LABELS
from aggregator.errors import ParseError
from aggregator.models import Verdict
from aggregator.text import jsonlines

OF_VERDICT = {Verdict.SAME: "repost", Verdict.DIFFERENT: "different"}
"""A person who joins two items calls them one article, one who splits them calls them two."""
LINE_LIMIT = 1024 * 1024
"""Bytes: a longer line is no pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One item, as a label names it."""

    name: str
    """Id, guid or link."""
    guid: str = ""
    feed: str = ""
    """The address of its feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A person's word on two items."""

    a: Named
    b: Named
    label: str
    """One of ``scoring.LABELS``."""
    group: str = ""


def parse_line(line: bytes, *, first: bool = False) -> Label:
    """Understand one line; ``first``: it may begin with a byte order mark.

    Raises ``ParseError`` that says what it lacks.
    """
    values = jsonlines.parsed(line, most=LINE_LIMIT, first=first)
    label = _text(values, "label")
    if label not in LABELS:
        raise ParseError(f'"label" is {label!r}; known are {", ".join(LABELS)}')
    one, other = _named(values, "a"), _named(values, "b")
    if one == other:
        raise ParseError('"a" and "b" are the same item')
    return Label(a=one, b=other, label=label, group=_text(values, "set"))


def as_json(label: Label) -> Mapping[str, object]:
    """The label as `parse_line` reads it; what is not known is left out."""
    values = {
        "a": label.a.name,
        "b": label.b.name,
        "label": label.label,
        "set": label.group,
        "a_guid": label.a.guid,
        "a_feed": label.a.feed,
        "b_guid": label.b.guid,
        "b_feed": label.b.feed,
    }
    return {key: value for key, value in values.items() if value}


def _named(values: Mapping[str, Any], side: str) -> Named:
    name = _text(values, side)
    if not name:
        raise ParseError(f'"{side}" is missing: it names an item by its id, guid or link')
    return Named(name=name, guid=_text(values, f"{side}_guid"), feed=_text(values, f"{side}_feed"))


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ParseError(f'"{key}" is not text')
    return str(value).strip()
