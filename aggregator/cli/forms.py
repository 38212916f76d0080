"""In which form do scripts get stories: JSON, a table, a line of their own making?"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from aggregator.cli import times
from aggregator.cli.render_list import as_json
from aggregator.cli.safe import safe, to_json
from aggregator.errors import UsageError
from aggregator.models import Story

FIELDS: Mapping[str, Callable[[Story], str]] = {
    "id": lambda story: story.id,
    "published": lambda story: times.iso(story.published) or "",
    "updated": lambda story: times.iso(story.updated) or "",
    "title": lambda story: story.title,
    "url": lambda story: story.url or "",
    "feed": lambda story: story.feed.title,
    "feed_url": lambda story: story.feed.url,
    "author": lambda story: story.author or "",
    "language": lambda story: story.language or "",
    "coins": lambda story: " ".join(story.coins),
    "tags": lambda story: ", ".join(story.tags),
    "reposts": lambda story: str(len(story.reposts)),
    "outlets": lambda story: ", ".join(dict.fromkeys(copy.feed.title for copy in story.reposts)),
    "abstract": lambda story: story.abstract or "",
    "labels": lambda story: ", ".join(story.labels),
}
"""What a story can say in one cell; the order is that of the columns of ``--csv``."""

FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would run (OWASP, CSV injection); blanks are gone by then."""

_PIECE = re.compile(r"\\(?P<escape>.?)|(?P<brace>\{\{|\}\})|\{(?P<field>[^{}]*)\}|(?P<stray>[{}])", re.DOTALL)
_ESCAPES = {"t": "\t", "n": "\n", "\\": "\\", "0": "\0"}

Extra = Callable[[Story], Mapping[str, object]]
"""Keys that a command adds to a story."""

Template = Sequence[str | Callable[[Story], str]]


def array(stories: Sequence[Story], extra: Extra | None = None) -> Iterator[str]:
    """Lines of a JSON array, one story after the other: all of an archive at once would fill the memory."""
    if not stories:
        yield "[]"
        return
    yield "["
    for left, story in zip(range(len(stories) - 1, -1, -1), stories, strict=True):
        text = to_json(_object(story, extra), indent=1)
        yield " " + text.replace("\n", "\n ") + ("," if left else "")
    yield "]"


def json_lines(stories: Sequence[Story], extra: Extra | None = None) -> Iterator[str]:
    """One JSON object a line, with the keys of the array's."""
    return (to_json(_object(story, extra)) for story in stories)


def _object(story: Story, extra: Extra | None) -> Mapping[str, object]:
    return {**as_json(story), **(extra(story) if extra else {})}


def table(stories: Sequence[Story]) -> Iterator[str]:
    """Comma-separated values (RFC 4180) under a line of names.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front: titles are strangers' words.
    """
    yield _cells(list(FIELDS))
    for story in stories:
        yield _cells([_inert(safe(value(story))) for value in FIELDS.values()])


def _cells(cells: Sequence[str]) -> str:
    import csv

    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def template(text: str) -> Template:
    r"""Understand ``{title}\t{url}``: names of :data:`FIELDS` in braces, ``\t \n \0 \\``, ``{{`` and ``}}``.

    Raises ``UsageError`` that names the place and what can stand there.
    """
    pieces: list[str | Callable[[Story], str]] = []
    end = 0
    for found in _PIECE.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        pieces.append(_piece(found))
    pieces.append(text[end:])
    return pieces


def _piece(found: re.Match[str]) -> str | Callable[[Story], str]:
    if found["stray"]:
        raise UsageError(
            f"--format: a single {found['stray']} at {found.start() + 1}; write it twice to print one"
        )
    if found["brace"]:
        return found["brace"][0]
    if found["field"] is not None:
        return _field(found["field"])
    if found["escape"] not in _ESCAPES:
        raise UsageError(
            rf"--format: {found[0]} at {found.start() + 1} means nothing; known are \t, \n, \0 and \\"
        )
    return _ESCAPES[found["escape"]]


def _field(name: str) -> Callable[[Story], str]:
    if name in FIELDS:
        return FIELDS[name]
    import difflib

    close = difflib.get_close_matches(name.lower(), FIELDS, n=1, cutoff=0.6)
    hint = f"did you mean {{{close[0]}}}?" if close else f"known are {', '.join(FIELDS)}"
    raise UsageError(f"--format: there is no {{{safe(name)}}}; {hint}")


def filled(stories: Sequence[Story], pieces: Template) -> Iterator[str]:
    """One text a story; what feeds said is one line of visible characters in it."""
    for story in stories:
        yield "".join(piece if isinstance(piece, str) else safe(piece(story)) for piece in pieces)
