"""What could the word be that a person began to type? The store of their home knows.

A shell asks at every press of a key, so nothing here may fail or say anything: no home, no store, one that is being
written, all mean that there is nothing to offer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click

from aggregator.cli.invocation import NAME, Invocation
from aggregator.cli.safe import safe
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from aggregator.store.connection import Store

VARIABLE = f"_{NAME.upper()}_COMPLETE"
"""Through it the shell asks this program (click's convention)."""

OFFERED = 50
"""Words offered at once: a shell asks before it prints more."""

ID_OFFERED = 12
"""Digits of an id that is offered: of a million, two could share so many with a chance of 1 in 500."""

TITLE_OFFERED = 60
"""Characters of a title beside an id: the rest of a line."""

_SPECIAL = re.compile(r"([^\w@%+=:,./-])")

Ask = Callable[["Store", str], Iterable[tuple[str, str]]]
"""Words that begin so, each with what it means to a person, or ""."""


def stories(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Ids of the newest stories, their titles beside them."""
    from aggregator.store import offers

    def ask(store: Store, begun: str) -> Iterator[tuple[str, str]]:
        for uid, title in offers.story_ids(store, begun, limit=OFFERED):
            yield uid[: max(ID_OFFERED, len(begun))], title

    return _offered(context, incomplete, ask)


def feeds(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Titles of the subscribed feeds."""
    from aggregator.store import offers

    return _offered(
        context, incomplete, lambda store, begun: ((title, "") for title in offers.feed_titles(store, begun))
    )


def coins(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Tickers of the newest stories, the most frequent first."""
    from aggregator.store import offers

    return _offered(
        context, incomplete, lambda store, begun: ((each, "") for each in offers.coins(store, begun.upper()))
    )


def languages(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Languages of the newest stories."""
    from aggregator.store import offers

    return _offered(
        context,
        incomplete,
        lambda store, begun: ((each, "") for each in offers.languages(store, begun.lower())),
    )


def _offered(context: click.Context, incomplete: str, ask: Ask) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    from aggregator.store.reading import open_reading

    try:
        with open_reading(context.ensure_object(Invocation).home.database) as store:
            found = [(safe(word), safe(about)) for word, about in ask(store, incomplete)]
    except AggregatorError:
        return []
    return [
        CompletionItem(_typed(word), help=about[:TITLE_OFFERED] or None)
        for word, about in found[:OFFERED]
        if word
    ]


def _typed(word: str) -> str:
    """As it must stand on the command line: zsh and fish quote it themselves, bash does not.

    Twice: click's script reads it with a ``read`` that takes one away.
    """
    bash = os.environ.get(VARIABLE, "").startswith("bash")
    return _SPECIAL.sub(r"\\\\\1", word) if bash else word
