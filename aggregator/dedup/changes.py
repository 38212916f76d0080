"""What becomes of the stories when they are made anew: which grow together, which come apart?

Compares two states of the same items. A story is known by its id; the part of it that stays is the one with its
founder, so that a person reads what leaves it and what comes to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item is."""

    story: str
    rule: str = ""
    """What brought it there; "" for a founder and for a person's word."""
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Items that change company together, in order of arrival."""

    items: tuple[int, ...]
    story: str
    """The story that they leave, or that they come to."""
    rule: str
    """What had brought the first of them there, or brings them."""
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How two states differ; an item that goes from one story to another is in both lists."""

    merged: tuple[Move, ...]
    """Into which story items of another come."""
    parted: tuple[Move, ...]
    """Out of which story items go."""
    stories_before: int
    stories_after: int


def changes(before: Mapping[int, Place], after: Mapping[int, Place], founders: Mapping[str, int]) -> Changes:
    """Compare two states of the items that are in both. ``founders``: story id → the item that founded it."""
    items = sorted(before.keys() & after.keys())
    merged = _moves(items, of=after, by=before, founders=founders)
    parted = _moves(items, of=before, by=after, founders=founders)
    return Changes(
        merged=merged,
        parted=parted,
        stories_before=len({before[each].story for each in items}),
        stories_after=len({after[each].story for each in items}),
    )


def _moves(
    items: Collection[int],
    *,
    of: Mapping[int, Place],
    by: Mapping[int, Place],
    founders: Mapping[str, int],
) -> tuple[Move, ...]:
    """Take each story of the one state apart by the stories of the other; all but its founder's part move."""
    parts: dict[str, dict[str, list[int]]] = {}
    for item in items:
        parts.setdefault(of[item].story, {}).setdefault(by[item].story, []).append(item)
    moves = []
    for story, groups in parts.items():
        place = by.get(founders.get(story, -1))
        stays = place.story if place else min(groups, key=lambda each: groups[each][0])
        moves += [_move(story, group, of) for name, group in groups.items() if name != stays]
    return tuple(sorted(moves, key=lambda move: move.items))


def _move(story: str, items: Collection[int], of: Mapping[int, Place]) -> Move:
    first = of[min(items)]
    return Move(items=tuple(items), story=story, rule=first.rule, score=first.score)
