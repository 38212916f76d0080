"""What do the page's figures look like? Small drawings (SVG) made of numbers alone.

They carry no text and no style of their own: the page's style colours them by class, in both themes, and words that
say the same stand beside each. Classes: ``own`` and ``again`` for stories told first and stories had
from others, or for now and before; ``dot`` for a value on a line, ``ground`` and ``midnight`` for lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

HOUR_WIDTH, HOUR_GAP, HOURS_HEIGHT = 5, 1, 48
"""Of a bar in the chart of hours: 48 of them are as wide as the narrowest column that holds them."""
BAR_WIDTH, BAR_HEIGHT = 100, 8
NOW_HEIGHT = 5
"""Of a bar that has another one below it."""
NICE = (1, 2, 5)
"""Heights of an axis, times a power of ten: numbers a person can halve."""

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1)
"""Ends of the axis of lags. It is logarithmic: a flash desk is a minute behind, a digest half a day."""
LAG_MARKS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def top(values: Sequence[int]) -> int:
    """The height of an axis that holds all values: the next of 1, 2, 5, 10, 20, …"""
    most = max(values, default=0)
    power = 1
    while True:
        for step in NICE:
            if step * power >= most:
                return step * power
        power *= 10


def hours(values: Sequence[int], midnights: Sequence[int]) -> str:
    """Bars for values in order; a thin line before each position in ``midnights``."""
    height = top(values)
    width = len(values) * HOUR_WIDTH
    lines = "".join(
        f'<path class="midnight" d="M{HOUR_WIDTH * at - HOUR_GAP / 2:g} 0V{HOURS_HEIGHT}"/>'
        for at in midnights
        if at
    )
    across = f"h{HOUR_WIDTH - HOUR_GAP}V{HOURS_HEIGHT}z"
    bars = "".join(
        f"M{HOUR_WIDTH * at} {HOURS_HEIGHT}v-{_size(value, height, HOURS_HEIGHT)}{across}"
        for at, value in enumerate(values)
        if value
    )
    return f'{lines}<path class="own" d="{bars}"/><path class="ground" d="M0 {HOURS_HEIGHT - 0.5}H{width}"/>'


def share(own: int, again: int, *, most: int) -> str:
    """One bar of two parts, as long as the feed is busy: ``most`` fills it."""
    first, rest = (_size(part, most, BAR_WIDTH) for part in (own, again))
    return "".join(
        f'<rect class="{name}" x="{at}" width="{size}" height="{BAR_HEIGHT}"/>'
        for name, at, size in (("own", "0", first), ("again", first, rest))
        if size != "0"
    )


def against(now: int, before: int | None, *, most: int) -> str:
    """A bar, and a thin one below it for what was before; ``most`` fills the room."""
    heights = (BAR_HEIGHT, 0) if before is None else (NOW_HEIGHT, BAR_HEIGHT - NOW_HEIGHT - 1)
    bars = (("own", 0, now, heights[0]), ("again", heights[0] + 1, before or 0, heights[1]))
    return "".join(
        f'<rect class="{name}" y="{top}" width="{size}" height="{height}"/>'
        for name, top, value, height in bars
        if (size := _size(value, most, BAR_WIDTH)) != "0"
    )


def lag(behind: timedelta) -> str:
    """A dot on a line from a minute to a day."""
    middle = BAR_HEIGHT / 2
    marks = "".join(f"M{_along(mark)} 1v{BAR_HEIGHT - 2}" for mark in LAG_MARKS)
    return (
        f'<path class="ground" d="M0 {middle:g}H{BAR_WIDTH}{marks}"/>'
        f'<circle class="dot" cx="{_along(behind)}" cy="{middle:g}" r="3.5"/>'
    )


def _along(behind: timedelta) -> str:
    span = math.log(LONGEST / SHORTEST)
    part = math.log(min(max(behind, SHORTEST), LONGEST) / SHORTEST) / span
    # The dot stays whole at both ends.
    return f"{4 + part * (BAR_WIDTH - 8):.1f}".removesuffix(".0")


def _size(value: int, most: int, room: int) -> str:
    """So much of the room; what is not nothing is seen."""
    size = round(room * value / most, 1) if most else 0
    return f"{max(size, 1.0 if value else 0):g}"
