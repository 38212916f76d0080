"""Which stories say these words, best first? The word index (FTS5) answers, whatever a person types."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.errors import UsageError
from aggregator.store.connection import Store
from aggregator.text.segment import segment

TITLE_WEIGHT = 5.0
"""A word in the title counts as much as five in the text (bm25 column weight)."""

_TERM = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


def match_expression(text: str) -> str | None:
    """Write a person's query in FTS5's language; whatever they type, it is valid. ``None``: no word in it.

    Words must all occur; "a phrase" in that order; -word must not; word* is a prefix.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for found in _TERM.finditer(text):
        raw = found["phrase"] if found["word"] is None else found["word"]
        prefix = "*" if found["word"] is not None and raw.endswith("*") else ""
        words = re.findall(r"\w+", segment(raw))
        if not words:
            continue
        quoted = '"' + " ".join(words) + '"' + prefix
        (unwanted if found["minus"] else wanted).append(quoted)
    if not wanted:
        return None
    expression = " AND ".join(wanted)
    return f"({expression}) NOT ({' OR '.join(unwanted)})" if unwanted else expression


def match_any(texts: Iterable[str]) -> str | None:
    """Write several queries in FTS5's language, of which one must be met. ``None``: no word in any."""
    expressions = [expression for expression in map(match_expression, texts) if expression]
    return " OR ".join(f"({expression})" for expression in expressions) or None


def ranked(store: Store, text: str) -> list[tuple[str, float]]:
    """Find the stories of which a copy says the words: (story id, rank), best first; lower ranks are better.

    Raises ``UsageError`` when there is no word that must occur.
    """
    expression = match_expression(text)
    if expression is None:
        raise UsageError(f"nothing to search for in {text!r}; give at least one word that must occur")
    rows = store.execute(
        """
        WITH best AS (
            SELECT rowid AS item_id, bm25(search, :title_weight, 1.0) AS rank
            FROM search WHERE search MATCH :expression
            LIMIT -1  -- keeps SQLite from merging the two queries: bm25 cannot stand beside an aggregate
        )
        SELECT story_id, min(rank) AS rank FROM best
        JOIN memberships ON memberships.item_id = best.item_id
        GROUP BY story_id ORDER BY rank, story_id
        """,
        {"title_weight": TITLE_WEIGHT, "expression": expression},
    )
    return [(row["story_id"], row["rank"]) for row in rows]
