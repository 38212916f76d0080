"""Hand-made labels on real items: where they are, and the items they speak of.

Three sets. ``pairs_dev.jsonl`` lies with the items, outside the project. ``labels.jsonl`` and ``labels_held.jsonl``
here were made by reading for this project, blind to what the program says, and hold ids only: the first teaches the
judge's models, the second was made when rules and weights stood, and nothing learns from it. The texts are never part
of the project.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("AGGREGATOR_DATA", ROOT.parent / "shared" / "data"))
"""Real items and labels, not part of the project; see its README for what they are."""
FILES = ("en_fulltext", "zh_flash", "en_ja_excerpts", "en_rss_summaries")

SAME = frozenset(("repost",))
APART = frozenset(("independent-coverage", "template", "different", "related"))
"""Strict scoring: these against those; light rewrites and ambiguous pairs are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a reader said of two real items."""

    pair: str
    group: str
    """What kind of items: ``en-fulltext``, ``en-excerpt``, ``zh-flash``, ``ja-excerpt``."""
    a: str
    b: str
    label: str
    sure: bool


@cache
def given() -> tuple[Label, ...]:
    """The labels that lie with the real items."""
    return _read(REAL / "labels" / "pairs_dev.jsonl")


@cache
def own() -> tuple[Label, ...]:
    """The labels that were made for this project."""
    return _read(Path(__file__).with_name("labels.jsonl"))


@cache
def held() -> tuple[Label, ...]:
    """Labels of pairs that nothing was tuned or trained on."""
    return _read(Path(__file__).with_name("labels_held.jsonl"))


def _read(path: Path) -> tuple[Label, ...]:
    rows = map(json.loads, path.read_text().splitlines())
    return tuple(
        Label(
            pair=row["pair"],
            group=row["set"],
            a=row["a"],
            b=row["b"],
            label=row["label"],
            sure=row.get("sure", True),
        )
        for row in rows
    )


@cache
def items() -> dict[str, dict[str, Any]]:
    """The real items that any label speaks of, by id."""
    wanted = {item for each in (*given(), *own(), *held()) for item in (each.a, each.b)}
    return {row["id"]: row for name in FILES for row in stream(name) if row["id"] in wanted}


def stream(name: str) -> Iterator[dict[str, Any]]:
    """All items of a file, in its order."""
    with gzip.open(REAL / "items" / f"{name}.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)
