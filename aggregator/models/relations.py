"""Which words are there for how two items belong together?"""

from __future__ import annotations

from enum import StrEnum


class Relation(StrEnum):
    """How close two items are, closest first."""

    REPOST = "repost"
    """Another copy of the same article: verbatim, trimmed, wrapped, retitled, translated."""
    REWRITE = "rewrite"
    """Another outlet's light paraphrase, no reporting of its own."""
    RELATED = "related"
    """The same event, independently told, or a follow-up: linked, never collapsed by default."""


class Verdict(StrEnum):
    """A person's word on two items."""

    SAME = "same"
    DIFFERENT = "different"
