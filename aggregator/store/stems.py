"""Which words are forms of one? SQLite's own stemmer is asked, so that texts are read as the word index read them."""

from __future__ import annotations

import sqlite3


class Stems:
    """Answers ``stems("wallets")`` with what the index keeps in its place, and remembers the answer."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._index = sqlite3.connect(":memory:", isolation_level=None)
        self._index.execute(
            "CREATE VIRTUAL TABLE forms USING fts5 (word, content='', "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._index.execute("CREATE VIRTUAL TABLE kept USING fts5vocab (forms, row)")

    def __call__(self, word: str) -> str:
        """Tell the stem of a word; of what SQLite takes for several words, all of them."""
        if word not in self._known:
            self._index.execute("INSERT INTO forms (rowid, word) VALUES (1, ?)", (word,))
            stems = self._index.execute("SELECT term FROM kept ORDER BY term").fetchall()
            self._index.execute("INSERT INTO forms (forms) VALUES ('delete-all')")
            self._known[word] = " ".join(stem for (stem,) in stems)
        return self._known[word]
