"""Which items say these words? The word index (FTS5) names them, their texts are looked into where it cannot tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.errors import UsageError
from aggregator.store.connection import Store
from aggregator.store.stems import Stems
from aggregator.text import wanted
from aggregator.text.segment import folded
from aggregator.text.wanted import Finder, Query

AT_A_TIME = 200
"""Texts read at a time."""

MOST_WORDS = 100
"""More than any sentence has; what each costs to look up adds up to seconds for a page of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The text of an item, folded."""

    item: int
    title: str
    body: str


class Words:
    """Queries of which one must be met, ready to be asked of a store."""

    def __init__(self, queries: Sequence[Query]) -> None:
        stems = Stems()
        self.expression = " OR ".join(f"({query.expression})" for query in queries)
        self.goes_on = any(query.goes_on for query in queries)
        """Whether a beginning is asked for."""
        self.looked_into = 0
        """Texts read to tell whether a phrase stands in them, so far."""
        self._sure = not any(query.in_a_row for query in queries)
        self._rows = [
            (
                [Finder(term, stems) for term in query.wanted],
                [Finder(term, stems) for term in query.unwanted],
            )
            for query in queries
        ]
        self.finders = [finder for wanted, _ in self._rows for finder in wanted]
        """Of all that should be found, in the order of the query."""

    def met_by(self, read: Read) -> bool:
        """Whether a text that the index named meets one of the queries."""
        return self._sure or any(
            all(_says(each, read) for each in wanted) and not any(_says(each, read) for each in unwanted)
            for wanted, unwanted in self._rows
        )

    def checked(self, store: Store, items: Iterable[int]) -> list[int]:
        """Of items that the index named, those that say it."""
        named = list(items)
        if self._sure:
            return named
        found: list[int] = []
        for at in range(0, len(named), AT_A_TIME):
            found += [read.item for read in texts_of(store, named[at : at + AT_A_TIME]) if self.met_by(read)]
        self.looked_into += len(named)
        return found


def _says(finder: Finder, read: Read) -> bool:
    return finder.stands_in(read.title) or finder.stands_in(read.body)


def words(text: str) -> Words:
    """Understand one query; ``UsageError`` when there is no word in it that must occur, or too many."""
    query = wanted.query(text)
    if query is None:
        raise UsageError(f"nothing to search for in {text!r}; give at least one word that must occur")
    if query.length > MOST_WORDS:
        raise UsageError(f"{query.length:,} words are too many to search for; {MOST_WORDS} will do")
    return Words([query])


def any_of(texts: Iterable[str]) -> Words | None:
    """Understand several queries, of which one must be met. None: no word in any."""
    queries = [query for query in map(wanted.query, texts) if query]
    return Words(queries) if queries else None


def named(store: Store, asked: Words, *, first: int = 0, last: int = 1 << 62, limit: int = -1) -> list[int]:
    """Items that the index names, the latest to arrive first; :meth:`Words.checked` tells which of them say it."""
    rows = store.execute(
        """
        SELECT rowid FROM search WHERE search MATCH :words AND rowid BETWEEN :first AND :last
        ORDER BY rowid DESC LIMIT :limit
        """,
        {"words": asked.expression, "first": first, "last": last, "limit": limit},
    )
    return [row[0] for row in rows]


def texts_of(store: Store, items: Sequence[int]) -> list[Read]:
    """Read texts as they are searched, in the order of the items."""
    rows = store.execute(
        """
        SELECT texts.item_id, texts.title, texts.body FROM json_each(?) AS wanted
        CROSS JOIN texts ON texts.item_id = wanted.value ORDER BY wanted.key
        """,
        (json.dumps(items),),
    )
    return [Read(item=row[0], title=folded(row[1]), body=folded(row[2])) for row in rows]
