"""How much does it say that two texts share this word?

The weight of a word is its surprise: minus the logarithm of the share of news items that use it in title or lead
(Sparck Jones 1972). Shares come from a table of the commonest stems of 38,000 crypto news items in English,
Chinese, Japanese and Ukrainian, shipped with the program; whatever the table lacks is rare. The weights do not
depend on what a store holds, so that a pair is judged the same today and in a rebuild next year.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable
from functools import cache, lru_cache
from math import log
from pathlib import Path

STEP = 32
"""Weights are kept in steps of 1/32, far finer than the shares are known; so kept, their sums are exact and do not
depend on the order of the words."""
RARE = round(log(1000) * STEP) / STEP
"""Weight of a word of which the table knows nothing: fewer than one item in a thousand uses it."""

TABLE = "rarity.bin"
_HEADER = struct.Struct("<4sI")
_MAGIC = b"rar1"


def weights(words: Iterable[int]) -> list[float]:
    """The weights of words given by their hashes (`words.token_hash`): 0.7 for "bitcoin", 6.9 for a new name."""
    known = table()
    return [known.get(word, RARE) for word in words]


def weigh(words: Iterable[int]) -> float:
    """The weights of these words together."""
    return sum(weights(words))


@lru_cache(maxsize=4096)
def weigh_set(words: frozenset[int]) -> float:
    """The same of a set that is asked for again and again: a lead is compared with two dozen others."""
    return weigh(words)


@cache
def table() -> dict[int, float]:
    """Weights of the common words by hash; read from the package at the first question (70 KB, 3 ms)."""
    return decode(Path(__file__).with_name(TABLE).read_bytes())


def encode(weights: dict[int, float]) -> bytes:
    """The table as bytes, little-endian: count, the hashes in order, their weights in steps."""
    ordered = sorted(weights)
    return b"".join(
        (
            _HEADER.pack(_MAGIC, len(ordered)),
            struct.pack(f"<{len(ordered)}I", *ordered),
            bytes(min(255, max(0, round(weights[word] * STEP))) for word in ordered),
        )
    )


def decode(data: bytes) -> dict[int, float]:
    """The table back; ValueError when the bytes are something else."""
    if len(data) < _HEADER.size:
        raise ValueError("not a table of word weights")
    magic, count = _HEADER.unpack_from(data)
    if magic != _MAGIC or len(data) != _HEADER.size + 5 * count:
        raise ValueError("not a table of word weights")
    words = struct.unpack_from(f"<{count}I", data, _HEADER.size)
    steps = array("B", data[-count:] if count else b"")
    return {word: step / STEP for word, step in zip(words, steps, strict=True)}
