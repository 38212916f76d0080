"""May the model be asked once more, and what will it cost?

Every bound is checked before a request is sent, with an estimate that is too high rather than too low; what the answer
says it cost takes its place afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CHARACTERS_PER_TOKEN = 3.0
"""Of ASCII text. About four is common for English prose, fewer for figures and tickers."""
TOKENS_PER_WIDE_CHARACTER = 1.0
"""Of any other character: letters of other alphabets take less, ideographs about as much, emoji more but are rare."""
OVERHEAD = 16
"""Tokens of a chat template around the messages, at most."""
MOST_BELIEVED = 10_000_000
"""Tokens that an answer may claim to have cost; a larger number is a mistake, and the estimate holds."""


def tokens_in(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few."""
    wide = 0 if text.isascii() else sum(character > "\x7f" for character in text)
    return math.ceil((len(text) - wide) / CHARACTERS_PER_TOKEN + wide * TOKENS_PER_WIDE_CHARACTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used up: requests, and tokens in and out together."""

    requests: int = 0
    tokens: int = 0

    def plus(self, other: Spent) -> Spent:
        """The sum of both; neither part falls below nothing."""
        return Spent(
            requests=max(0, self.requests + other.requests), tokens=max(0, self.tokens + other.tokens)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What may be used up, from ``[machine]`` of the settings."""

    requests_per_run: int
    tokens_per_run: int
    requests_per_day: int
    tokens_per_day: int


def refusal(caps: Caps, run: Spent, day: Spent, next_request: Spent) -> str | None:
    """Say which bound the next request would pass, in words; ``None``: it may be sent."""
    after_run, after_day = run.plus(next_request), day.plus(next_request)
    if after_run.requests > caps.requests_per_run:
        return f"{caps.requests_per_run} requests in this run"
    if after_day.requests > caps.requests_per_day:
        return f"{caps.requests_per_day} requests today"
    if after_run.tokens > caps.tokens_per_run:
        return f"{caps.tokens_per_run} tokens in this run"
    if after_day.tokens > caps.tokens_per_day:
        return f"{caps.tokens_per_day} tokens today"
    return None
