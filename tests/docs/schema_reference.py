"""Which tables, views and columns does the store have? Taken from one that was just migrated."""

from __future__ import annotations

import re
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from aggregator.store.connection import open_store

WORDS = Path(__file__).resolve().parent / "schema_words.toml"
INTERNAL = re.compile(
    r"sqlite_.*|_sqlite_migrations|search_(?:data|idx|content|docsize|config).*|.*_search_.*"
)
"""Tables of SQLite, of its full-text index, and of sqlite-utils."""
COMMENT = re.compile(r"^\s*(?P<column>\w+) .*?--\s*(?P<words>.+)$", re.MULTILINE)
KINDS = ("view", "fact", "derived", "queue")


def reference(words: Path = WORDS) -> str:
    """Make the page; ``ValueError`` names what has no words, and words for what is not there."""
    told = tomllib.loads(words.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "aggregator.db"
        with open_store(path):
            pass
        with closing(sqlite3.connect(path)) as store:
            version = store.execute("PRAGMA user_version").fetchone()[0]
            made = {
                name: sql
                for name, sql in store.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
                )
                if not INTERNAL.fullmatch(name)
            }
            wrong = sorted(made.keys() ^ told.keys())
            if wrong:
                raise ValueError(f"schema_words.toml and the schema differ in {', '.join(wrong)}")
            lines = [f"This is version {version} (`PRAGMA user_version`).", ""]
            for kind in KINDS:
                names = [name for name in told if told[name]["kind"] == kind]
                for name in names:
                    lines += _table(store, name, made[name], told[name])
    return "\n".join(lines)


def _table(store: sqlite3.Connection, name: str, sql: str, told: Mapping[str, Any]) -> Iterator[str]:
    said = {found["column"]: found["words"] for found in COMMENT.finditer(sql)}
    words: Mapping[str, str] = told.get("columns", {})
    references = {
        row[3]: f"`{row[2]}.{row[4]}`"
        for row in store.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,))
    }
    columns = store.execute("SELECT name, type, pk FROM pragma_table_info(?)", (name,)).fetchall()
    unknown = words.keys() - {column for column, _, _ in columns}
    if unknown:
        raise ValueError(f"schema_words.toml: {name} has no {', '.join(sorted(unknown))}")
    yield from (f"### `{name}`", "", f"{told['about']} ({told['kind'].capitalize()})", "")
    yield from ("| column | type | refers to | what it is |", "|---|---|---|---|")
    for column, kind, key in columns:
        what = words.get(column) or said.get(column) or ("key" if key else "")
        if words and not what and column not in references:
            raise ValueError(f"schema_words.toml: {name}.{column} has no words")
        yield f"| `{column}` | {kind} | {references.get(column, '')} | {what} |"
    yield ""
