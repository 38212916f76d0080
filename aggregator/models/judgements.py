"""How do two items belong together, by dedup's judgement and by a person's word?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.models.relations import Relation, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One judged edge between two items, with what it takes to explain it."""

    older: int
    """Item id that arrived first."""
    newer: int
    relation: Relation
    rule: str
    """Short name: ``same-url``, ``same-text``, ``near-text``, ``excerpt``, ``rewrite`` …"""
    score: float
    """0 to 1, comparable within a rule."""
    evidence: Mapping[str, object] = field(default_factory=dict)
    """JSON-ready: features with values and thresholds, the shared passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person's word: beats every match and survives every rebuild."""

    a: str
    """Item uid."""
    b: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Items that are one story, before anyone gave it words."""

    founder: int
    """The item whose arrival made the story; its uid is the story's id, for ever."""
    canonical: int
    """The item that speaks for the story."""
    members: tuple[int, ...]
    """All item ids, founder included, in order of arrival."""
    via: Mapping[int, Match | None] = field(default_factory=dict)
    """Member id → the match that brought it in (``None``: the founder, or a person's ruling)."""
    related: tuple[int, ...] = ()
    """Item ids outside the cluster that a match calls related, in order of arrival."""
