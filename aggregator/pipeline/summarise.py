"""Stage 3 with the store: which stories need an abstract, and is the one they have still good?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from aggregator.config import Config
from aggregator.models import Abstract, CleanText
from aggregator.pipeline.session import Progress
from aggregator.store import meta, stories, texts
from aggregator.store.connection import Store

BATCH = 100
"""Stories per transaction: a run that is stopped loses at most half a second of work."""

_WANTING = ("none", "excerpt")
"""Of an abstract that a copy with more text may better."""


def summarise(store: Store, config: Config, progress: Progress) -> None:
    """Write the abstracts that are due; one whose input did not change is kept as it is."""
    total = stories.summaries_due_count(store)
    if not total:
        return
    from aggregator.summarise import VERSION  # sumy comes with it: 600 ms of CPU

    recipe = f"{VERSION}:{config.summarise.algorithm}:{config.summarise.max_chars}"
    if meta.get(store, "summary_recipe") != recipe:
        with store.transaction():
            stories.all_summaries_due(store)
            meta.put(store, "summary_recipe", recipe)
        total = stories.summaries_due_count(store)
    done = 0
    while due := stories.summaries_due(store, limit=BATCH):
        with store.transaction():
            for each in due:
                _summarise_story(store, each, config, recipe)
            stories.summaries_done(store, [each.story_id for each in due])
        done += len(due)
        progress("summarise", done, total)


def _summarise_story(store: Store, due: stories.SummaryInput, config: Config, recipe: str) -> None:
    stored = texts.by_item(store, due.items)
    inputs = [stored[item].text for item in due.items if item in stored]
    # The speaker alone, as long as its text carries an abstract: a repost must not change what was written.
    fresh_hash = _input_hash(recipe, due.title, inputs[:1])
    wanting = due.method in _WANTING and len(inputs) > 1
    if due.input_hash == fresh_hash and not wanting:
        return
    abstract = _made(inputs[:1], due.title, config)
    if (abstract is None or abstract.method in _WANTING) and len(inputs) > 1:
        fresh_hash = _input_hash(recipe, due.title, inputs)
        if due.input_hash == fresh_hash:
            return
        abstract = _made(inputs, due.title, config) or abstract
    stories.save_abstract(store, due, abstract, fresh_hash)


def _made(inputs: Sequence[CleanText], title: str, config: Config) -> Abstract | None:
    from aggregator.summarise import summarise as summarise_texts

    if not inputs:
        return None
    return summarise_texts(
        inputs, title=title, budget=config.summarise.max_chars, algorithm=config.summarise.algorithm
    )


def _input_hash(recipe: str, title: str, inputs: Sequence[CleanText]) -> str:
    said = [(text.title, text.paragraphs, text.truncated, text.language) for text in inputs]
    return hashlib.sha256(json.dumps([recipe, title, said]).encode()).hexdigest()[:32]
