"""How much does each likeness count for, where no single one decides?

A logistic model per class of pair (script, one publisher or two): the weighted sum of what was measured, turned
into a probability that the two are one article. Weights and thresholds stand in ``judge.toml``; they are learnt
from hand-labelled pairs by ``python -m tests.quality.train``, and nothing but addition is left of that here.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from aggregator.dedup.features import Features

HALF_DAY = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The weights of one class of pairs."""

    bias: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a model makes of a pair."""

    chance: float
    """The probability that the two are one article."""
    contributions: Mapping[str, float]
    """Input → weight times value, in log-odds; the bias among them. Their sum gives the probability."""


@cache
def data() -> Mapping[str, Mapping[str, object]]:
    """What stands in ``judge.toml``, as TOML gives it."""
    return tomllib.loads(resources.files("aggregator.dedup").joinpath("judge.toml").read_text("utf-8"))


@cache
def models() -> Mapping[str, Model]:
    """Every model, by class."""
    return {
        name: Model(bias=table["bias"], weights=table["weights"])
        for name, table in data()["models"].items()
        if isinstance(table, dict)
    }


def kind(f: Features) -> str:
    """The class a pair belongs to; its threshold is called the same, ``chance_`` before it."""
    return f"{'unspaced' if f.unspaced else 'spaced'}_{'same' if f.same_publisher else 'cross'}"


def weigh(f: Features) -> Weighed:
    """The probability that a pair is one article, with what each input adds to it."""
    model = models()[kind(f)]
    values = inputs(f)
    contributions = {name: weight * values[name] for name, weight in model.weights.items() if values[name]}
    contributions["bias"] = model.bias
    odds = sum(contributions.values())
    return Weighed(
        chance=1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))),
        contributions=contributions,
    )


FEATURE_OF = {
    "body_bare": "body_shorter",
    "body_short": "body_shorter",
    "body_long": "body_shorter",
    "hours_over_12": "hours",
}
"""Inputs that are made of a feature of another name."""


def inputs(f: Features) -> dict[str, float]:
    """The features as the models take them: 0 to 1 each, so that weights can be compared."""
    return {
        "title_resemblance": f.title_resemblance,
        "title_containment": f.title_containment,
        "title_shared": min(f.title_shared, 12) / 12,
        "title_run": f.title_run,
        "same_title": float(f.same_title),
        "title_covered": f.title_covered,
        "title_covered_least": f.title_covered_least,
        "title_numbers_conflict": float(f.title_numbers_conflict),
        "title_names_conflict": min(f.title_names_conflict, 2) / 2,
        "lead_containment": f.lead_containment,
        "lead_resemblance": f.lead_resemblance,
        "lead_numbers_shared": min(f.lead_numbers_shared, 4) / 4,
        "lead_numbers_conflict": min(f.lead_numbers_conflict, 3) / 3,
        "lead_numbers_only": min(f.lead_numbers_only, 4) / 4,
        "names_shared": min(f.names_shared, 5) / 5,
        "names_only": min(f.names_only, 4) / 4,
        "body_containment": f.body_containment,
        "body_resemblance": f.body_resemblance,
        "opening": f.opening,
        "same_text": float(f.same_text),
        "body_bare": float(f.body_shorter < 5),
        "body_short": float(f.body_shorter < 25),
        "body_long": float(f.body_shorter >= 60),
        "hours": math.log1p(f.hours) / 5,
        "hours_over_12": float(f.hours > HALF_DAY),
        "series": float(f.series),
        "digest": float(f.digest),
        "japanese": float(f.japanese),
    }
