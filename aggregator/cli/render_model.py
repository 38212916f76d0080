"""How does one question to a model look, with its answer?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aggregator.cli.render_report import counted
from aggregator.cli.safe import safe

if TYPE_CHECKING:
    from aggregator.pipeline.model_trial import ModelTrial

_MEANS = {
    "accepted": "it would be shown, marked as written by a model",
    "refused": "it would not be shown; the sentences of the texts stay",
    "failed": "there is nothing to show; the sentences of the texts stay",
}


def lines(trial: ModelTrial) -> Iterator[str]:
    """What was sent where, what came back, what is thought of it."""
    yield f"story     {trial.story}"
    yield f"title     {safe(trial.title)}"
    yield f"asked     {safe(trial.model)} at {safe(trial.address)}"
    sent = f"{counted(trial.copies, 'copy')}, {trial.characters:,} characters"
    yield f"sent      {sent}; with the answer at most {trial.tokens_estimated:,} tokens"
    yield f"used      {counted(trial.requests, 'request')}, {counted(trial.tokens, 'token')}"
    if trial.said:
        yield f"answer    {safe(trial.said)}"
    reason = f" ({safe(trial.reason)})" if trial.reason else ""
    yield f"verdict   {trial.verdict}{reason}: {_MEANS[trial.verdict]}"
