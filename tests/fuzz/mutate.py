"""How does one input become another that the grammar nearly allows?

What finds faults in readers: a piece taken away, put twice, put a thousand times, words of the grammar in the wrong
place, a piece of another document. What finds quadratic time is the thousandfold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.target import Target

MOST_STEPS = 5
"""Changes to one input; more, and nothing of the document is left."""

SHORT, LONG_ONES = 3_000, 0.1
"""Bytes that nearly all inputs stay below, and the share of those that may have all: ten short ones are tried in the time
of a long one, and only what takes quadratic time needs length."""


def mutated(data: bytes, random: Random, target: Target, others: Sequence[bytes], most: int) -> bytes:
    """Change an input in one to ``MOST_STEPS`` places; ``most`` bytes come out at most."""
    if random.random() > LONG_ONES:
        if len(data) > SHORT:
            data = random.choice(others)
        most = min(most, max(SHORT, len(data)))
    for _ in range(random.randint(1, MOST_STEPS)):
        data = random.choice(_WAYS)(data, random, target.words, others, most)[:most]
    return data


_Way = Callable[[bytes, Random, Sequence[bytes], Sequence[bytes], int], bytes]


def _range(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + int(random.paretovariate(0.5)))


def _insert(
    data: bytes, random: Random, words: Sequence[bytes], _others: Sequence[bytes], _most: int
) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(words) + data[at:]


def _replace(
    data: bytes, random: Random, words: Sequence[bytes], _others: Sequence[bytes], _most: int
) -> bytes:
    start, end = _range(data, random)
    return data[:start] + random.choice(words) + data[end:]


def _delete(
    data: bytes, random: Random, _words: Sequence[bytes], _others: Sequence[bytes], _most: int
) -> bytes:
    start, end = _range(data, random)
    return data[:start] + data[end:]


def _change(
    data: bytes, random: Random, _words: Sequence[bytes], _others: Sequence[bytes], _most: int
) -> bytes:
    if not data:
        return bytes([random.randrange(256)])
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _splice(
    data: bytes, random: Random, _words: Sequence[bytes], others: Sequence[bytes], _most: int
) -> bytes:
    other = random.choice(others)
    start, end = _range(other, random)
    at = random.randint(0, len(data))
    return data[:at] + other[start:end] + data[at:]


def _repeat(
    data: bytes, random: Random, words: Sequence[bytes], _others: Sequence[bytes], most: int
) -> bytes:
    """A piece or a few words again and again, sometimes to the last byte that may be used."""
    start, end = _range(data, random)
    piece = data[start:end][:200]
    if random.random() < 0.7 or not piece:
        piece = b"".join(random.choice(words) for _ in range(random.randint(1, 3))) or b"\0"
    times = random.choice((3, 30, 300, 3_000, most)) % (most // len(piece) + 2)
    return data[:start] + piece * times + data[start:]


def _nest(data: bytes, random: Random, words: Sequence[bytes], _others: Sequence[bytes], most: int) -> bytes:
    """What opens so often, then as much of something else."""
    one, two = random.choice(words) or b"(", random.choice(words) or b")"
    times = random.choice((3, 30, 300, 3_000)) % (most // (len(one) + len(two)) + 2)
    at = random.randint(0, len(data))
    return data[:at] + one * times + two * times + data[at:]


def _other(
    _data: bytes, random: Random, _words: Sequence[bytes], others: Sequence[bytes], _most: int
) -> bytes:
    return random.choice(others)


_WAYS: Sequence[_Way] = (_insert, _insert, _replace, _delete, _change, _splice, _repeat, _nest, _other)
