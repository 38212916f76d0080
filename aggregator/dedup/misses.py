"""Of a pair that no rule finds: which rule came nearest, and by how much did it miss?

Asked of the judge itself: which single threshold, moved as little as possible, would let a rule find? So the answer
stays true whatever the rules are.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from aggregator.dedup.editing import Number, edited, is_share, thresholds
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.dedup.judge import judge
from aggregator.dedup.thresholds import Settings
from aggregator.models import Relation

REACH = 2.0
"""A threshold moved further than to half or twice its value is another rule, not a near miss."""
STEPS = 20
"""Halvings of the way there: a millionth of it remains."""
DIGITS = 3
"""Of a figure that a person is shown and may try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """The threshold that lies nearest to what it takes."""

    threshold: str
    value: Number
    """What it is."""
    needed: Number
    """At which a rule would find."""
    rule: str
    relation: str
    """What that rule would call the pair."""


def nearest(
    older: Fingerprint, newer: Fingerprint, settings: Settings, wanted: Collection[Relation]
) -> Miss | None:
    """The least move of one threshold after which the judge finds one of the wanted relations."""
    found: list[tuple[float, Miss]] = []
    for name, value in thresholds(settings).items():
        for limit in _limits(value):
            miss = _miss(older, newer, settings, name, value, limit, wanted)
            if miss is not None:
                found.append((abs(math.log(miss.needed / value)), miss))
    return min(found, key=lambda each: (each[0], each[1].threshold))[1] if found else None


def _limits(value: Number) -> tuple[Number, ...]:
    if value <= 0:
        return ()
    if isinstance(value, int):
        return (math.ceil(value / REACH), math.floor(value * REACH))
    return (value / REACH, min(1.0, value * REACH) if is_share(value) else value * REACH)


def _miss(
    older: Fingerprint,
    newer: Fingerprint,
    settings: Settings,
    name: str,
    value: Number,
    limit: Number,
    wanted: Collection[Relation],
) -> Miss | None:
    """Halve the way from the present value, which does not find, to the limit, if that does."""

    def found(tried: Number) -> bool:
        match = judge(older, newer, edited(settings, {name: tried})).match
        return match is not None and match.relation in wanted

    if limit == value or not found(limit):
        return None
    short, enough = float(value), float(limit)
    for _ in range(STEPS):
        middle = (short + enough) / 2
        short, enough = (short, middle) if found(_whole(middle, value, limit)) else (middle, enough)
    exact = _whole(enough, value, limit)
    needed = next((each for each in _short(exact, value) if found(each)), exact)
    match = judge(older, newer, edited(settings, {name: needed})).match
    if match is None:
        return None
    return Miss(threshold=name, value=value, needed=needed, rule=match.rule, relation=match.relation.value)


def _whole(tried: float, value: Number, limit: Number) -> Number:
    """Keep to whole numbers where the threshold is one, rounded towards the limit."""
    if not isinstance(value, int):
        return tried
    return math.floor(tried) if limit < value else math.ceil(tried)


def _short(needed: Number, value: Number) -> tuple[Number, ...]:
    """Figures of few digits that may do as well, the nearest first."""
    if isinstance(needed, int):
        return (needed,)
    step = 10.0**-DIGITS
    near = round(needed, DIGITS)
    return near, round(near - step if needed < value else near + step, DIGITS)
