"""Which weights tell a second report of an event from a look-alike? Writes `aggregator/dedup/events.toml`.

    python -m tests.quality.train_events            prints what it would write
    python -m tests.quality.train_events --write

Logistic regression with a ridge penalty by Newton's method (Hastie, Tibshirani and Friedman 2009, §4.4) on the
labelled pairs of ``dev`` and of ``pairs_dev`` that reach the model: those that an earlier rule finds or refuses do
not. Cross-validated figures are printed, each pair judged by a model that has seen no pair of the same first item.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aggregator.dedup import common, events
from aggregator.dedup.features import compare
from tests.quality import measure_related
from tests.quality.measure_related import Labelled

TARGET = Path(events.__file__).parent / events.MODEL
LIMITS = events.Limits(hours=36.0, title=2.0, told=8.0, rarest=4.0)
RIDGE = {"spaced": 1.0, "unspaced": 3.0}
"""In units of standardised features. Twenty-five positive pairs of unspaced scripts need the stronger one."""
THRESHOLDS = {"spaced": 0.7, "unspaced": 0.75}
FOLDS = 10
AGAINST = frozenset(("other_values", "hours", "publisher", "wording", "series", "resemblance"))
"""Features that may only speak against a link; the others only for one. What few examples say to the contrary is
chance, and could not be explained to anybody: such a feature gets no weight."""

Array = NDArray[np.float64]


def examples(kind: str) -> tuple[list[Labelled], Array, Array]:
    """The labelled pairs of a class of languages that reach the model, their features, and 1 for one event."""
    kept, rows = [], []
    for pair in (*measure_related.labelled(own=False), *measure_related.labelled(own=True)):
        one, other = pair.prints
        if pair.group.startswith("held-out") or events.language_class(one, other) != kind:
            continue
        if kind == "spaced" and pair.group.endswith("link"):
            continue  # drawn from what an earlier model linked; there are enough others
        features = compare(one, other)
        settled = pair.judgement.refused or pair.judgement.rule not in {"", "same-event"}
        if settled or events.excluded(one, other, features) or features.hours > LIMITS.hours:
            continue
        found = common.measure(one, other, features)
        if found.told >= LIMITS.told and found.title >= LIMITS.title and found.rarest >= LIMITS.rarest:
            kept.append(pair)
            rows.append(list(asdict(found).values()))
    return kept, np.array(rows, float), np.array([float(pair.same) for pair in kept])


def fit(values: Array, same: Array, ridge: float) -> tuple[float, Array]:
    """Intercept and weights for the features as they are, each with the sign it may have."""
    sign = np.array([-1.0 if name in AGAINST else 1.0 for name in common.NAMES])
    kept = np.ones(len(sign), bool)
    while True:
        intercept, found = _newton(values[:, kept], same, ridge)
        weights = np.zeros(len(sign))
        weights[kept] = found
        wrong = weights * sign < 0
        if not wrong.any():
            return intercept, weights
        kept[int(np.argmin(weights * sign * values.std(axis=0)))] = False


def _newton(values: Array, same: Array, ridge: float) -> tuple[float, Array]:
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    design = np.column_stack([np.ones(len(values)), (values - mean) / spread])
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    found = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (chance - same) + penalty @ found
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-8:
            break
    weights = found[1:] / spread
    return float(found[0] - weights @ mean), weights


def crossed(pairs: Sequence[Labelled], values: Array, same: Array, ridge: float) -> Array:
    """The probability of each pair by a model that has not seen its fold."""
    fold = np.array([zlib.crc32(pair.a["id"].encode()) % FOLDS for pair in pairs])
    chance = np.zeros(len(pairs))
    for each in range(FOLDS):
        intercept, weights = fit(values[fold != each], same[fold != each], ridge)
        chance[fold == each] = 1 / (1 + np.exp(-(intercept + values[fold == each] @ weights)))
    return chance


def given(kind: str, pairs: Sequence[Labelled], chance: Array) -> str:
    """How the pairs that came with the items fare so, those included that a rule settles."""
    unseen = {id(pair): value >= THRESHOLDS[kind] for pair, value in zip(pairs, chance, strict=True)}
    right = linked = same = 0
    for pair in measure_related.labelled(own=False):
        if events.language_class(*pair.prints) != kind:
            continue
        settled = pair.linked and pair.judgement.rule != events.RULE
        link = unseen.get(id(pair), settled)
        right, linked, same = right + (link and pair.same), linked + link, same + pair.same
    return (
        f"# pairs_dev, from {THRESHOLDS[kind]} on: precision {right / linked:.3f}, recall {right / same:.3f}"
    )


def main(arguments: list[str]) -> None:
    """Train, print, and write if asked to."""
    lines = [
        "# Made by `python -m tests.quality.train_events --write`; see there and `events.py` for what it means.",
        "",
        "# What is asked of a pair before it is weighed: hours apart, weight of the words told, of the rarest one.",
        "[limits]",
        *(f"{name} = {value}" for name, value in asdict(LIMITS).items()),
    ]
    for kind, ridge in RIDGE.items():
        pairs, values, same = examples(kind)
        intercept, weights = fit(values, same, ridge)
        chance = crossed(pairs, values, same, ridge)
        evidence = [f"# {len(pairs)} pairs, {int(same.sum())} of one event; cross-validated:"]
        for threshold in (0.5, 0.6, 0.7, 0.8, 0.9):
            linked = chance >= threshold
            right = float(same[linked].sum())
            evidence.append(
                f"# from {threshold} on: precision {right / max(1, linked.sum()):.3f}, recall {right / same.sum():.3f}"
            )
        evidence.append(given(kind, pairs, chance))
        print(kind, *evidence, sep="\n")
        lines += ["", *evidence, f"[classes.{kind}]"]
        lines += [
            f"threshold = {THRESHOLDS[kind]}",
            f"intercept = {intercept:.3f}",
            "",
            f"[classes.{kind}.weights]",
        ]
        lines += [f"{name} = {weight:.3f}" for name, weight in zip(common.NAMES, weights, strict=True)]
    text = "\n".join(lines) + "\n"
    if "--write" in arguments:
        TARGET.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
