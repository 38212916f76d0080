"""What does a person's query ask of a text, and where does it stand there?

Words that must all occur, "a phrase" that must stand like that, -word that must not occur, word* that may go on. The
word index knows which words an item has, not where they stand, which would take five times the room. So it names
candidates, and whether a phrase stands in one of them is looked up in its text, here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aggregator.text.segment import PIECE, SPACELESS, folded, is_run, pairs

Stem = Callable[[str], str]
"""A word, folded → what the index keeps in its place, the same for all forms of the word."""

_TERM = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')
_LETTER = rf"[^\W_{SPACELESS}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, or pieces that must stand in a row."""

    pieces: tuple[str, ...]
    """Words, and runs of characters without spaces between them; at least one."""
    prefix: bool = False
    """The last piece may go on."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """What the index must have of it, in FTS5's language; all quoted, so that nothing in it is a sign."""
        found: list[str] = []
        for number, piece in enumerate(self.pieces, start=1):
            if not is_run(piece):
                found.append(f'"{piece}"' + "*" * (self.prefix and number == len(self.pieces)))
            elif len(piece) == 1:
                found.append(f'"{piece}"*')
            else:
                found += (f'"{pair}"' for pair in pairs(piece)[:-1])
        return tuple(dict.fromkeys(found))

    @property
    def in_a_row(self) -> bool:
        """Whether it takes a look into the text to know that it stands there."""
        return len(self.pieces) > 1 or len(self.tokens) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What must occur, and what must not."""

    wanted: tuple[Term, ...]
    """At least one."""
    unwanted: tuple[Term, ...] = ()

    @property
    def expression(self) -> str:
        """What the index must have of an item, in FTS5's language: no item that is asked for lacks it."""
        wanted = " AND ".join(dict.fromkeys(token for term in self.wanted for token in term.tokens))
        unwanted = " OR ".join(term.tokens[0] for term in self.unwanted if not term.in_a_row)
        return f"({wanted}) NOT ({unwanted})" if unwanted else wanted

    @property
    def length(self) -> int:
        """How many words and runs it names."""
        return sum(len(term.pieces) for term in (*self.wanted, *self.unwanted))

    @property
    def goes_on(self) -> bool:
        """Whether the index must look up the beginnings of words."""
        return any(token.endswith("*") for term in self.wanted for token in term.tokens)

    @property
    def in_a_row(self) -> bool:
        """Whether what the index finds must be looked up in the texts."""
        return any(term.in_a_row for term in (*self.wanted, *self.unwanted))


def query(text: str) -> Query | None:
    """Understand what a person typed, whatever it is; None: there is no word in it that must occur."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for found in _TERM.finditer(text):
        raw = found["phrase"] if found["word"] is None else found["word"]
        pieces = tuple(PIECE.findall(raw))
        if pieces:
            term = Term(pieces=pieces, prefix=found["word"] is not None and raw.endswith("*"))
            (unwanted if found["minus"] else wanted).append(term)
    return Query(wanted=tuple(wanted), unwanted=tuple(unwanted)) if wanted else None


class Finder:
    """Finds a term in folded texts, in any form of its words."""

    def __init__(self, term: Term, stem: Stem) -> None:
        self._stem = stem
        self._prefix = term.prefix
        self._stems = [piece if is_run(piece) else stem(piece) for piece in map(folded, term.pieces)]
        self._head, self._pattern = _loosely([folded(piece) for piece in term.pieces], self._stems)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Beginning and end of each place where it stands."""
        for found in self._pattern.finditer(text):
            first, *rest = found.groups()
            if self._fits([self._head + first, *rest]):
                yield found.start(), found.end(found.re.groups)

    def stands_in(self, text: str) -> bool:
        """Whether it stands anywhere."""
        return next(self.places(text), None) is not None

    def _fits(self, words: list[str]) -> bool:
        for number, (word, wanted) in enumerate(zip(words, self._stems, strict=True), start=1):
            if word == wanted or is_run(word):
                continue  # the pattern holds whole runs
            goes_on = self._prefix and number == len(words)
            if goes_on and len(words) == 1 and word.startswith(wanted):
                continue  # a single word was decided by the index
            has = self._stem(word)
            if not (has.startswith(wanted) if goes_on else has == wanted):
                return False
        return True


def _loosely(pieces: list[str], stems: list[str]) -> tuple[str, re.Pattern[str]]:
    """Find where words stand in a row that begin like the wanted ones.

    Only the head, the sure letters of the first word, is consumed, so that places may overlap; a pattern that begins
    with plain letters is found at the speed of a string.
    """
    head, *others = [
        piece if is_run(piece) else _beginning(stem) for piece, stem in zip(pieces, stems, strict=True)
    ]
    ahead = "()" if is_run(pieces[0]) else f"({_LETTER}*)"
    for number, sure in enumerate(others, start=1):
        apart = "+" if is_run(pieces[number]) == is_run(pieces[number - 1]) else "*"
        more = "" if is_run(pieces[number]) else f"{_LETTER}*"
        ahead += rf"[\W_]{apart}({re.escape(sure)}{more})"
    literal = re.escape(head)
    bound = "" if is_run(pieces[0]) else f"(?<!{_LETTER}{literal})"
    return head, re.compile(f"{literal}{bound}(?={ahead})")


def _beginning(stem: str) -> str:
    """Letters that every form of a word begins with.

    The stemmer (Porter 1980) changes the last letter of what it leaves, at most: ponies and pony are poni.
    """
    return stem[: max(2, len(stem) - 1)]
