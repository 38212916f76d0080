"""What may a person try the judge's thresholds at, and what do they mean by a name or a number?

Works on whatever ``Settings`` holds: a number is a share where its default lies between 0 and 1, else a quantity.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from aggregator.dedup.thresholds import Settings
from aggregator.errors import UsageError

Number = int | float


def thresholds(settings: Settings) -> dict[str, Number]:
    """The numbers among the settings, by name, in the order they are written down in."""
    values = {each.name: getattr(settings, each.name) for each in fields(settings)}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def is_share(default: Number) -> bool:
    """Whether a threshold of this default is a share of something."""
    return isinstance(default, float) and 0 <= default <= 1


def edited(settings: Settings, values: Mapping[str, Number]) -> Settings:
    """The settings with other numbers."""
    return replace(settings, **dict(values))  # type: ignore[arg-type]  # names come from `thresholds`


def parse(
    settings: Settings, assignments: Sequence[str], more: Sequence[str] = ()
) -> dict[str, str | Number]:
    """Understand ``NAME=VALUE``, checked against the settings; names of ``more`` keep their text as it is.

    Raises ``UsageError`` with what to write instead. Of two values for one name the later holds.
    """
    known = thresholds(settings)
    found: dict[str, str | Number] = {}
    for assignment in assignments:
        name, sign, text = (part.strip() for part in assignment.partition("="))
        if not sign or not text:
            raise UsageError(f"{assignment!r}: write a name and a value, such as {_example(known)}")
        name = name.replace("-", "_")
        if name in more:
            found[name] = text
        elif name in known:
            found[name] = _number(name, text, known[name])
        else:
            raise UsageError(f"{name}: no such threshold{_did_you_mean(name, [*known, *more])}")
    return found


def _number(name: str, text: str, default: Number) -> Number:
    try:
        value = int(text) if isinstance(default, int) else float(text)
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise UsageError(f"{name}={text}: write {kind}, such as {name}={default}") from None
    if is_share(default):
        if not 0 <= value <= 1:
            raise UsageError(f"{name}={text}: a share is a number from 0 to 1; the default is {default}")
    elif default >= 0 and not (value > 0 and math.isfinite(value)):
        raise UsageError(f"{name}={text}: write a number above 0; the default is {default}")
    elif not math.isfinite(value):
        raise UsageError(f"{name}={text}: write a finite number; the default is {default}")
    return value


def _example(known: Mapping[str, Number]) -> str:
    name, default = next(iter(known.items()))
    return f"{name}={default}"


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"
