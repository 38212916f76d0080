"""Which stories does a model write the abstract of, and what becomes of its answers?

Off until ``[machine]`` names a model. Only stories that an output is about to show are asked about, and only before
readers were told of them: a published abstract moves when the text behind it does, never because a copy arrived, a
model came back or a store was rebuilt. Each answer is recorded before the next question.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.config import Config
from aggregator.models import CleanText, Report
from aggregator.pipeline.session import Progress
from aggregator.store import feeds as feed_store
from aggregator.store import meta, texts
from aggregator.store import model as model_store
from aggregator.store.connection import Store
from aggregator.store.model import Answer, Candidate, Decision, Verdict
from aggregator.text.titles import shown_title

if TYPE_CHECKING:
    from aggregator.pipeline.model import Model
    from aggregator.summarise.machine.allowance import Caps, Spent
    from aggregator.summarise.machine.material import Material
    from aggregator.summarise.machine.verdict import Verdict as Judged

MAX_ASKED = 3
"""Questions about one story, however often its text changes: some feeds rewrite their entries at every poll."""
NONCE_BYTES = 16
"""128 random bits: no text can guess them."""

_SEEN, _BROKEN = "model_seen", "model_broken"


def machine(store: Store, config: Config, now: datetime, report: Report, progress: Progress) -> None:
    """Let the model write the abstracts that are due; without one, or where it fails, the sentences stay."""
    if not config.machine.model:
        return
    _put_back(store, now)
    if meta.get(store, _SEEN) == _state(store, config):
        return
    due = _due(store, _about_to_be_shown(store, config, now), now)
    if due:
        _Stage(store, config, now, report).write(due, progress)
    with store.transaction():
        model_store.forget(store, now)
        meta.put(store, _SEEN, _state(store, config))


def _state(store: Store, config: Config) -> str:
    """What must change before there can be anything to do."""
    return f"{meta.get(store, 'revision')} {config.machine.model}"


def _about_to_be_shown(store: Store, config: Config, now: datetime) -> list[str]:
    """Every story that some output is going to show, newest first in each, none twice."""
    from aggregator.pipeline.export.documents import live
    from aggregator.pipeline.export.outputs import outputs

    feeds = feed_store.feeds_by_id(store)
    read = [output for output in outputs(config) if {*output.formats} - {"opml"}]
    ids = (story.id for output in read for story in live(store, output, feeds, now).stories)
    return list(dict.fromkeys(ids))


# --- Which are due -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A story to ask about, with its texts."""

    candidate: Candidate
    texts: tuple[CleanText, ...]
    uids: tuple[str, ...]
    """Of the items whose texts they are."""
    input_hash: str


def _due(store: Store, story_ids: Sequence[str], now: datetime) -> list[_Due]:
    found = []
    for each in _with_texts(store, story_ids):
        if is_due(each.candidate, each.input_hash):
            found.append(each)
        elif each.candidate.decision is None:
            # Told before there was a model: from now on a change of its text is seen.
            left = Decision(
                input_hash=each.input_hash,
                verdict=Verdict.LEFT,
                reason="was published before a model was asked",
            )
            with store.transaction():
                model_store.decide(store, each.candidate.story_id, left, now)
    return found


def is_due(candidate: Candidate, input_hash: str) -> bool:
    """Whether to ask: never about what readers know already, unless the speaker's own text has changed since."""
    decision = candidate.decision
    if decision is None:
        return not candidate.published
    if decision.asked >= MAX_ASKED:
        return False
    if decision.input_hash != input_hash:
        return True
    return not candidate.published and decision.verdict in {Verdict.FAILED, Verdict.LEFT}


def _with_texts(store: Store, story_ids: Sequence[str]) -> Iterable[_Due]:
    for candidate in model_store.candidates(store, story_ids):
        stored = texts.by_item(store, candidate.items)
        known = [
            (uid, stored[item].text)
            for item, uid in zip(candidate.items, candidate.uids, strict=True)
            if item in stored
        ]
        if known and candidate.items[0] in stored:
            yield _Due(
                candidate=candidate,
                texts=tuple(text for _, text in known),
                uids=tuple(uid for uid, _ in known),
                input_hash=_hash(known[0][1]),
            )


def _hash(speaker: CleanText) -> str:
    """The speaker's words alone: a copy that arrives later must not change what was written."""
    said = [speaker.title, speaker.paragraphs, speaker.language]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _put_back(store: Store, now: datetime) -> None:
    """Give stories the accepted abstracts back that a rebuild or a new recipe made anew, if the text is the same."""
    for each in _with_texts(store, list(model_store.displaced(store))):
        decision = each.candidate.decision
        if decision is None or decision.text is None:
            continue
        with store.transaction():
            if decision.input_hash == each.input_hash:
                model_store.wear(store, each.candidate.story_id, decision.text)
            else:
                # Its sentences stand now, and it may be asked about again while it is shown.
                passed = replace(decision, verdict=Verdict.LEFT, reason="its text has changed", text=None)
                model_store.decide(store, each.candidate.story_id, passed, now)


# --- Asking --------------------------------------------------------------------------------------


class _StoreMeter:
    """Counts in the store, before each question, so that a run that is killed has counted too."""

    def __init__(self, store: Store, caps: Caps, now: datetime) -> None:
        from aggregator.summarise.machine.allowance import Spent

        self._store, self._caps, self._now = store, caps, now
        requests, tokens = model_store.used(store, now)
        self.run, self._day = Spent(), Spent(requests=requests, tokens=tokens)

    def take(self, cost: Spent) -> str | None:
        from aggregator.summarise.machine.allowance import refusal

        passed = refusal(self._caps, self.run, self._day, cost)
        if passed is None:
            self._add(cost)
        return passed

    def settle(self, estimate: int, actual: int) -> None:
        from aggregator.summarise.machine.allowance import Spent

        self._add(Spent(tokens=actual - estimate))

    def _add(self, cost: Spent) -> None:
        self.run, self._day = self.run.plus(cost), self._day.plus(cost)
        with self._store.transaction():
            model_store.use(self._store, self._now, requests=cost.requests, tokens=cost.tokens)


class _Stage:
    """One run's questions."""

    def __init__(self, store: Store, config: Config, now: datetime, report: Report) -> None:
        self.store, self.config, self.now, self.report = store, config, now, report
        self.counts: Counter[str] = Counter()
        self.meter = _StoreMeter(store, caps(config), now)
        self.model = self._model()
        self.left: str | None = None
        """The bound that was reached."""

    def _model(self) -> Model:
        from aggregator.pipeline.model import STRIKES, Model

        api_key, missing = key_of(self.config)
        broken_before = meta.get(self.store, _BROKEN) == "1"
        model = Model(
            self.config.machine, self.meter, api_key=api_key, failures=STRIKES - 1 if broken_before else 0
        )
        model.broken = missing
        return model

    def write(self, due: Sequence[_Due], progress: Progress) -> None:
        for done, each in enumerate(due, start=1):
            self._write_one(each)
            progress("model", done, len(due))
        self._tell()

    def _write_one(self, each: _Due) -> None:
        from aggregator.summarise.machine import material, request

        asked = each.candidate.decision.asked if each.candidate.decision else 0
        decision = Decision(input_hash=each.input_hash, verdict=Verdict.LEFT, asked=asked)
        budget = self.config.summarise.max_chars
        read = material.pool(each.texts, max_tokens=self.config.machine.input_tokens)
        if read is None:
            decision = replace(decision, reason="its text is empty or has words to a model in it")
        elif sum(len(text.body) for text in read.texts) <= budget:
            decision = replace(decision, reason="its text is no longer than an abstract")
        else:
            key = request.key(
                read, model=self.config.machine.model, url=self.config.machine.url, max_chars=budget
            )
            told = model_store.answer(self.store, key)
            self.counts["known"] += told is not None
            decision = (
                self._judged(each, read, told, decision) if told else self._asked(each, read, key, decision)
            )
        with self.store.transaction():
            model_store.decide(self.store, each.candidate.story_id, decision, self.now)
        self.counts[decision.verdict.value] += 1

    def _asked(self, each: _Due, read: Material, key: str, decision: Decision) -> Decision:
        from aggregator.pipeline.model import Unanswered

        if self.left or self.model.broken:
            return replace(
                decision, verdict=Verdict.LEFT, reason=self.left or "the model did not answer others"
            )
        before = self.meter.run
        said, max_answer = question(read, self.config)
        outcome = self.model.ask(said, max_answer=max_answer)
        decision = replace(decision, asked=decision.asked + 1)
        if isinstance(outcome, Unanswered):
            if outcome.left:
                self.left = f"the bound of {outcome.message} was reached"
                return replace(decision, verdict=Verdict.LEFT, reason=self.left, asked=decision.asked - 1)
            return replace(decision, verdict=Verdict.FAILED, reason=outcome.message)
        told = Answer(said=outcome.said, fault=outcome.fault)
        with self.store.transaction():
            model_store.keep_answer(self.store, key, told, self.meter.run.tokens - before.tokens, self.now)
        return self._judged(each, read, told, decision)

    def _judged(self, each: _Due, read: Material, told: Answer, decision: Decision) -> Decision:
        from aggregator.summarise.machine.verdict import Accepted

        verdict = judged(told.said, told.fault, read, title=_title(each), config=self.config)
        if isinstance(verdict, Accepted):
            sources = tuple(each.uids[index] for index in read.sources)
            return replace(decision, verdict=Verdict.ACCEPTED, text=verdict.text, sources=sources)
        return replace(decision, verdict=Verdict.REFUSED, reason=str(verdict))

    def _tell(self) -> None:
        """Note in the report what was done, and say once what went wrong."""
        broken = self.model.broken
        self.report.machine |= {
            "asked": self.meter.run.requests,
            "tokens": self.meter.run.tokens,
            **{name: self.counts[name] for name in ("known", "accepted", "refused", "failed", "left")},
        }
        with self.store.transaction():
            if self.meter.run.requests:
                meta.put(self.store, _BROKEN, "1" if broken else "0")
        if broken:
            self.report.warnings.append(f"the model {self.config.machine.model} was left alone: {broken}")
        elif self.left:
            self.report.warnings.append(
                f"the model {self.config.machine.model} was not asked on: {self.left}"
            )


def _title(each: _Due) -> str:
    return shown_title(each.candidate.title, each.texts[0].body)


# --- What `summarise --try` asks too -------------------------------------------------------------


def caps(config: Config) -> Caps:
    """What may be used up."""
    from aggregator.summarise.machine.allowance import Caps

    settings = config.machine
    return Caps(
        requests_per_run=settings.requests_per_run,
        tokens_per_run=settings.tokens_per_run,
        requests_per_day=settings.requests_per_day,
        tokens_per_day=settings.tokens_per_day,
    )


def key_of(config: Config) -> tuple[str | None, str | None]:
    """The server's key from the environment, and what is wrong where it is missing."""
    name = config.machine.api_key_env
    if not name:
        return None, None
    key = os.environ.get(name, "").strip()
    return (
        (key, None)
        if key
        else (None, f"the environment variable {name}, which should hold its key, is not set")
    )


def question(read: Material, config: Config) -> tuple[list[dict[str, str]], int]:
    """Put the question into words, with new random marks; and how many tokens the answer may have."""
    import secrets

    from aggregator.summarise.machine import request

    budget = config.summarise.max_chars
    said = request.messages(read, max_chars=budget, nonce=secrets.token_hex(NONCE_BYTES))
    return said, request.answer_tokens(read.language, max_chars=budget)


def judged(said: str, fault: str, read: Material, *, title: str, config: Config) -> Judged:
    """Judge what was said, where there is something to judge."""
    from aggregator.summarise.machine.faults import Fault, Refused
    from aggregator.summarise.machine.verdict import judge

    if fault:
        return Refused(fault=Fault.UNREADABLE, detail=fault)
    return judge(said, read, title=title, budget=config.summarise.max_chars)
