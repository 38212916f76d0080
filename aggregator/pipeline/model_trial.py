"""What would the model say of one story, and would it be shown? For whoever sets one up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.config import Config
from aggregator.errors import ConfigError, UsageError
from aggregator.pipeline import machine
from aggregator.pipeline.model import Model, Unanswered
from aggregator.store import model as model_store
from aggregator.store import texts
from aggregator.store.connection import Store
from aggregator.store.lookup import find_story
from aggregator.summarise.machine import material, request
from aggregator.summarise.machine.allowance import Spent, refusal
from aggregator.summarise.machine.verdict import Accepted
from aggregator.text.titles import shown_title


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTrial:
    """One question, its answer and what is thought of it."""

    story: str
    title: str
    address: str
    model: str
    copies: int
    """Sent, of all that the story has."""
    characters: int
    """Of the question."""
    tokens_estimated: int
    """Of question and answer together, before it was asked."""
    requests: int
    tokens: int
    """As the server says, else as estimated."""
    said: str
    """What the model wrote for the abstract."""
    verdict: str
    """``accepted``, ``refused`` or ``failed``."""
    reason: str
    """Of a refusal or failure."""


class _OneMeter:
    """Counts one trial; what it uses is not held against the day, for a person asked for it."""

    def __init__(self, config: Config) -> None:
        self.spent = Spent()
        self._caps = machine.caps(config)

    def take(self, cost: Spent) -> str | None:
        passed = refusal(self._caps, self.spent, Spent(), cost)
        if passed is None:
            self.spent = self.spent.plus(cost)
        return passed

    def settle(self, estimate: int, actual: int) -> None:
        self.spent = self.spent.plus(Spent(tokens=actual - estimate))


def trial(store: Store, config: Config, story: str) -> ModelTrial:
    """Ask about one story, whatever is remembered of it. Raises ``UsageError`` where nothing can be asked."""
    if not config.machine.model:
        raise ConfigError(
            '[machine] names no model: write one into aggregator.toml, such as model = "qwen2.5:7b", '
            "and start its server"
        )
    (candidate,) = model_store.candidates(store, [find_story(store, story).id])
    stored = texts.by_item(store, candidate.items)
    told = [stored[item].text for item in candidate.items if item in stored]
    read = material.pool(told, max_tokens=config.machine.input_tokens)
    if read is None:
        raise UsageError(
            f"{story}: its text is empty or has words to a model in it; it would not be asked about"
        )
    said, max_answer = machine.question(read, config)
    api_key, missing = machine.key_of(config)
    meter = _OneMeter(config)
    model = Model(config.machine, meter, api_key=api_key)
    model.broken = missing
    title = shown_title(candidate.title, told[0].body)
    report = ModelTrial(
        story=candidate.story_id,
        title=title,
        address=model.address,
        model=config.machine.model,
        copies=len(read.texts),
        characters=sum(len(each["content"]) for each in said),
        tokens_estimated=request.cost(said, max_answer=max_answer),
        requests=0,
        tokens=0,
        said="",
        verdict="failed",
        reason="",
    )
    outcome = model.ask(said, max_answer=max_answer)
    report = replace(report, requests=meter.spent.requests, tokens=meter.spent.tokens)
    if isinstance(outcome, Unanswered):
        return replace(report, reason=outcome.message)
    verdict = machine.judged(outcome.said, outcome.fault, read, title=title, config=config)
    if isinstance(verdict, Accepted):
        return replace(report, said=verdict.text, verdict="accepted")
    return replace(report, said=outcome.said, verdict="refused", reason=str(verdict))
