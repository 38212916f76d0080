"""Learn the weights of the judge's models from hand-labelled pairs, and say how well they do on unseen ones.

    python -m tests.quality.train            print the cross-validated figures
    python -m tests.quality.train --write    … and write the weights into aggregator/dedup/judge.toml

Logistic regression with a ridge penalty, by Newton's method (Hastie, Tibshirani and Friedman, The Elements of
Statistical Learning, 4.4.1): deterministic, so that the same labels give the same file. Reposts against independent
coverage, templates and different articles; pairs that an identity decides are left out, as the judge never weighs them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from aggregator.dedup import weights
from aggregator.dedup.features import Features, compare
from aggregator.dedup.thresholds import Settings
from tests.quality import labels, measure

PENALTY = 0.5
"""Of .2, .5 and 1.5 the best or nearly so in every class, cross-validated."""
UNSURE = 0.3
"""What a label counts for that its reader was not sure of."""
FOLDS, ROUNDS = 10, 5
MARK = "# --- models: written by"


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled pair, measured."""

    label: labels.Label
    features: Features

    @property
    def target(self) -> float:
        return float(self.label.label in labels.SAME)

    @property
    def weight(self) -> float:
        return 1.0 if self.label.sure else UNSURE


def examples() -> dict[str, list[Example]]:
    """The pairs to learn from, by class."""
    press = measure.Press()
    prints = {item: press.print_of(row, 1) for item, row in labels.items().items()}
    found: dict[str, list[Example]] = {}
    for each in (*labels.given(), *labels.own()):
        features = compare(prints[each.a], prints[each.b])
        learnable = each.label in labels.SAME | labels.APART and features.same_language
        if learnable and not (features.same_page or features.attributed):
            found.setdefault(weights.kind(features), []).append(Example(each, features))
    return found


def fit(inputs: Any, targets: Any, importance: Any) -> Any:
    """The weights, the bias last: rows of inputs against 0 or 1, each row counting as much as it is important."""
    rows = np.c_[inputs, np.ones(len(inputs))]
    found = np.zeros(rows.shape[1])
    ridge = np.eye(rows.shape[1]) * PENALTY
    ridge[-1, -1] = 1e-3  # the bias is free, but the step must have a solution
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (importance * (chance - targets)) + ridge @ found
        bend = (rows.T * (importance * chance * (1 - chance))) @ rows + ridge
        found = found - np.linalg.solve(bend, slope)
    return found


def unseen(inputs: Any, targets: Any, importance: Any) -> Any:
    """The probability of each row by models that were not shown it: the mean over rounds of folds."""
    draw, total = random.Random(20261126), np.zeros(len(targets))
    order = list(range(len(targets)))
    for _ in range(ROUNDS):
        draw.shuffle(order)
        for fold in range(FOLDS):
            held = order[fold::FOLDS]
            shown = sorted(set(order).difference(held))
            found = fit(inputs[shown], targets[shown], importance[shown])
            total[held] += 1 / (1 + np.exp(-(np.c_[inputs[held], np.ones(len(held))] @ found)))
    return total / ROUNDS


def _table(name: str, kind: Sequence[Example]) -> tuple[str, str]:
    """The class as TOML, and its figures as a line."""
    names = list(weights.inputs(kind[0].features))
    inputs = np.array([list(weights.inputs(each.features).values()) for each in kind])
    targets = np.array([each.target for each in kind])
    importance = np.array([each.weight for each in kind])
    found = fit(inputs, targets, importance)
    said = unseen(inputs, targets, importance) >= getattr(Settings(), f"chance_{name}")
    hits, false, missed = (said * targets).sum(), (said * (1 - targets)).sum(), (~said * targets).sum()
    precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
    line = (
        f"{name}: {len(kind)} pairs, {int(targets.sum())} of them reposts; on pairs not seen "
        f"P {precision:.3f} R {recall:.3f} F1 {2 * hits / (2 * hits + false + missed):.3f}"
    )
    rows = [f"{each} = {value:.2f}" for each, value in zip(names, found, strict=False) if abs(value) >= 0.005]
    toml = [f"# {line}", f"[models.{name}]", f"bias = {found[-1]:.2f}"]
    return "\n".join([*toml, "", f"[models.{name}.weights]", *rows, ""]), line


def main(arguments: Sequence[str]) -> None:
    """Print the figures; write the file when asked to."""
    tables = []
    for name, kind in sorted(examples().items()):
        toml, line = _table(name, kind)
        tables.append(toml)
        print(line)
    if "--write" in arguments:
        path = resources.files("aggregator.dedup").joinpath("judge.toml")
        head, mark, _ = path.read_text("utf-8").partition(MARK)
        rest = f"{mark} `python -m tests.quality.train --write` -----------------------\n\n" + "\n".join(
            tables
        )
        (labels.ROOT / "aggregator" / "dedup" / "judge.toml").write_text(head + rest, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
