"""What did the model say, if what came back can be read at all?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from aggregator.summarise.machine.allowance import MOST_BELIEVED

MOST_KEPT = 4_000
"""Characters of an answer; the longest abstract that can be asked for has half of it."""

_THINKS, _HAS_THOUGHT = (
    re.compile("<think(?:ing)?>", re.IGNORECASE),
    re.compile("</think(?:ing)?>", re.IGNORECASE),
)
_FENCED = re.compile(r"```(?:json)?+\s*+(.*?)```", re.DOTALL | re.IGNORECASE)
"""Possessive: what is given back of white space would be tried again with all that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the model wrote for the abstract, unjudged; or why none can be found in what it wrote."""

    said: str = ""
    fault: str = ""
    """For a person; empty where there is something to judge."""
    tokens: int | None = None
    """What the server says it cost, question and answer together."""


class NotAnAnswerError(ValueError):
    """What came back is no chat completion: the server's fault, not the model's."""


def read(body: bytes) -> Answered:
    """Read the body of a successful response. Raises ``NotAnAnswerError`` for what is no chat completion."""
    try:
        completion = json.loads(body)
        choice = completion["choices"][0]
        content = choice["message"]["content"]
        reason = choice.get("finish_reason")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as wrong:
        raise NotAnAnswerError("the server answers with something that is no chat completion") from wrong
    if content is None:
        content = ""
    if not isinstance(content, str):
        raise NotAnAnswerError("the server answers with something that is no text")
    tokens = _tokens(completion.get("usage"))
    if reason == "length":
        return Answered(fault="the answer was cut off at max_tokens", tokens=tokens)
    if reason == "content_filter":
        return Answered(fault="the server's filter withheld the answer", tokens=tokens)
    said = _abstract(content)
    if said is None:
        return Answered(fault='no JSON object with an "abstract"', tokens=tokens)
    return Answered(said=said[:MOST_KEPT], tokens=tokens)


def _tokens(usage: Any) -> int | None:
    if not isinstance(usage, dict):
        return None
    total = usage.get("total_tokens")
    if not isinstance(total, int) or isinstance(total, bool):
        return None
    return total if 0 < total <= MOST_BELIEVED else None


def _abstract(content: str) -> str | None:
    """Find the abstract in the object, alone or in a fence; a model's thoughts before it are passed over."""
    text = _without_thought(content).strip()
    fenced = _FENCED.search(text)
    if fenced:
        text = fenced[1].strip()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    said = found.get("abstract") if isinstance(found, dict) else None
    return said if isinstance(said, str) else None


def _without_thought(content: str) -> str:
    begins = _THINKS.search(content)
    ends = _HAS_THOUGHT.search(content, begins.end()) if begins else None
    return content[: begins.start()] + content[ends.end() :] if begins and ends else content
