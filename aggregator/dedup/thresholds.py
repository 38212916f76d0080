"""From which figure on is a likeness a copy? The judge's thresholds, as a value that can be varied.

The numbers and the evidence for each stand in ``judge.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aggregator.dedup.weights import data


def _default(name: str) -> Any:
    """The value in ``judge.toml``."""
    return field(default=data()["thresholds"][name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How far apart two copies may be, and how much alike; shares are 0 to 1, lengths are in tokens."""

    window_days: float = _default("window_days")
    echo_hours: float = _default("echo_hours")
    soon_hours: float = _default("soon_hours")
    event_hours: float = _default("event_hours")
    edition_hours: float = _default("edition_hours")
    repeat_hours: float = _default("repeat_hours")
    rewrite_minutes: float = _default("rewrite_minutes")
    containment: float = _default("containment")
    containment_same_title: float = _default("containment_same_title")
    few_words: int = _default("few_words")
    containment_few_words: float = _default("containment_few_words")
    whole: float = _default("whole")
    verbatim: float = _default("verbatim")
    mould_containment: float = _default("mould_containment")
    mould_title: float = _default("mould_title")
    mould_containment_unspaced: float = _default("mould_containment_unspaced")
    weighed_least: float = _default("weighed_least")
    weighed_least_any: float = _default("weighed_least_any")
    weighed_least_bare: float = _default("weighed_least_bare")
    resemblance: float = _default("resemblance")
    resemblance_same_publisher: float = _default("resemblance_same_publisher")
    bare_text: int = _default("bare_text")
    short_text: int = _default("short_text")
    long_text: int = _default("long_text")
    title_words: int = _default("title_words")
    long_title: int = _default("long_title")
    unique_title: int = _default("unique_title")
    title_resemblance: float = _default("title_resemblance")
    lead_containment: float = _default("lead_containment")
    lead_resemblance: float = _default("lead_resemblance")
    lead_words: int = _default("lead_words")
    rewrite_phrases: float = _default("rewrite_phrases")
    rewrite_title: float = _default("rewrite_title")
    rewrite_other: int = _default("rewrite_other")
    chance_spaced_cross: float = _default("chance_spaced_cross")
    chance_spaced_same: float = _default("chance_spaced_same")
    chance_unspaced_cross: float = _default("chance_unspaced_cross")
    chance_unspaced_same: float = _default("chance_unspaced_same")
