"""All targets, and the inputs each begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fuzz import asked, feeds, texts, wires
from tests.fuzz.target import Target

CORPUS = Path(__file__).parent / "corpus"
"""Inputs that once showed a fault, or that reach what others do not, in a directory for each target."""

_FIRST = ("parse", "jsonfeed", "html", "urls", "opml", "config", "query")
_ALL = {each.name: each for each in (*feeds.TARGETS, *texts.TARGETS, *asked.TARGETS, *wires.TARGETS)}
TARGETS: Mapping[str, Target] = {name: _ALL[name] for name in (*_FIRST, *sorted(_ALL.keys() - set(_FIRST)))}


def corpus(target: Target) -> Mapping[str, bytes]:
    """The regression corpus of a target: name of the file → its bytes."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / target.name).glob("*"))}


def beginnings(target: Target) -> Sequence[bytes]:
    """What a target is tried on first."""
    return [*target.seeds(), *corpus(target).values()]
