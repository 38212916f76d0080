"""Stage 3 with the store: which stories need an abstract, and is the one they have still good?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from aggregator.config import Config
from aggregator.models import Abstract, CleanText
from aggregator.pipeline import backlog
from aggregator.pipeline.session import Progress
from aggregator.store import meta, stories, texts
from aggregator.store.connection import Store

BATCH = 100
"""Stories per transaction: a run that is stopped loses at most half a second of work."""

_WANTING = ("none", "excerpt")
"""Of an abstract that a copy with more text may better."""


def summarise(store: Store, config: Config, progress: Progress) -> None:
    """Write the abstracts that are due; one whose input did not change is kept as it is."""
    recipe = backlog.recipe(config)
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
    inputs = {uid: stored[item].text for item, uid in zip(due.items, due.uids, strict=True) if item in stored}
    if due.input_hash == _input_hash(recipe, due, inputs, due.sources, due.method):
        return
    abstract = _first_sound(due, list(inputs.values()), config)
    known = list(inputs)
    sources = [known[index] for index in abstract.sources] if abstract else []
    method = abstract.method if abstract else "none"
    stories.save_abstract(store, due, abstract, sources, _input_hash(recipe, due, inputs, sources, method))


def _first_sound(due: stories.SummaryInput, inputs: Sequence[CleanText], config: Config) -> Abstract | None:
    """What the copies say that were there with the speaker; of later ones as few as make it sound.

    So it depends on no copy that arrives after it was sound, and comes out the same after a rebuild.
    """
    from aggregator.summarise.recipe import MAX_TEXTS  # and sumy, once one is to be made

    poor = None
    for count in range(min(due.together, MAX_TEXTS), max(1, min(len(inputs), MAX_TEXTS)) + 1):
        abstract = _made(inputs[:count], due.title, config)
        if abstract is not None and abstract.method not in _WANTING:
            return abstract
        poor = poor or abstract
    return poor


def _made(inputs: Sequence[CleanText], title: str, config: Config) -> Abstract | None:
    from aggregator.summarise.recipe import summarise as summarise_texts

    if not inputs:
        return None
    return summarise_texts(
        inputs, title=title, budget=config.summarise.max_chars, algorithm=config.summarise.algorithm
    )


def _input_hash(
    recipe: str,
    due: stories.SummaryInput,
    inputs: Mapping[str, CleanText],
    sources: Sequence[str],
    method: str | None,
) -> str:
    """Of what an abstract stands on: the speaker's text and those it quotes; of every copy while it is poor."""
    quoted = set(inputs) if method is None or method in _WANTING else {due.uids[0], *sources}
    said = [
        (uid, text.title, text.paragraphs, text.truncated, text.language)
        for uid, text in inputs.items()
        if uid in quoted
    ]
    gone = len(quoted - set(inputs))
    return hashlib.sha256(json.dumps([recipe, due.title, gone, said]).encode()).hexdigest()[:32]
