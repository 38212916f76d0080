"""How does history come in, and how does it leave?"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any

import click

from aggregator.cli import render_report, stages
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import safe, to_json
from aggregator.errors import UsageError

BAD_LINES_SHOWN = 20
"""More of them are counted: whoever has that many has one mistake, not many."""

GZIP = b"\x1f\x8b"
"""RFC 1952 §2.3.1: how a gzip file begins, whatever it is called."""

LONGEST_LINE = 16 * 1024 * 1024 + 1
"""Bytes kept of a line, so that a file without line breaks cannot fill the memory; longer than any item may be."""


@click.command("import", cls=Command)
@click.argument("file", type=click.File("rb"))
@click.option("--pruned", is_flag=True, help="Also bring back what was pruned.")
@click.option("--json", "as_json", is_flag=True, help="Print the report.")
@current
def import_(invocation: Invocation, *, file: IO[bytes], pruned: bool, as_json: bool) -> None:
    """Bring history as JSON Lines, also gzipped.

    FILE has one item a line; - is standard input.

    Items are stored in the order given and go through the same pipeline as polled ones. Needed are a title
    or text, an id or url, and a feed or source. Bad lines are reported with their number, good ones kept.
    Items that were pruned stay away unless you say --pruned. Whatever else a dump holds is taken over where
    this home has no word of its own on it.

    Examples:
      aggregator import archive.jsonl.gz
      aggregator -C old dump --all | aggregator -C new import -
    """
    from aggregator import pipeline

    with stages.progress(invocation) as advance:
        done = pipeline.import_items(
            invocation.home,
            invocation.config(),
            invocation.now,
            lines(file),
            pruned=pruned,
            progress=advance,
        )
    if as_json:
        names = ("read", "new", "updated", "unchanged", "pruned", "beside")
        counts = {name: getattr(done, name) for name in names}
        bad = [{"line": number, "problem": problem} for number, problem in done.bad]
        click.echo(to_json({**counts, "bad": bad}, indent=1))
    tell_bad_lines(invocation, file.name, done.bad)
    invocation.say(
        f"read {render_report.counted(done.read, 'line')}: {done.new:,} new, {done.updated:,} updated, "
        f"{done.unchanged:,} unchanged, {len(done.bad):,} bad"
    )
    if done.beside:
        invocation.say(
            f"and {done.beside:,} facts beside them: feeds, rulings, what was pruned and what was told"
        )
    if done.pruned:
        invocation.say(f"{done.pruned:,} stayed away, because they were pruned; --pruned brings them back")
    if done.bad and len(done.bad) == done.read:
        raise click.exceptions.Exit(1)


def tell_bad_lines(invocation: Invocation, name: str, bad: Sequence[tuple[int, str]]) -> None:
    """Say which lines of a file could not be read, and why; of many, how many."""
    for number, problem in bad[:BAD_LINES_SHOWN]:
        invocation.warn(safe(f"{name}, line {number}: {problem}"))
    if len(bad) > BAD_LINES_SHOWN:
        invocation.warn(f"… and {len(bad) - BAD_LINES_SHOWN} more bad lines")


def lines(file: IO[bytes]) -> Iterator[bytes]:
    """Stream the lines of a file, unpacked when it is gzipped; ``UsageError`` when that is damaged."""
    import gzip
    import zlib

    buffered = io.BufferedReader(_Raw(file))
    packed = buffered.peek(len(GZIP)).startswith(GZIP)
    source: Any = gzip.GzipFile(fileobj=buffered) if packed else buffered
    try:
        while line := source.readline(LONGEST_LINE):
            yield line
            while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                line = source.readline(LONGEST_LINE)
    except (OSError, EOFError, zlib.error) as damaged:
        raise UsageError(
            f"{file.name}: cannot be unpacked: {damaged}; the lines before that are kept"
        ) from damaged


class _Raw(io.RawIOBase):
    """Standard input and files alike, in the form that ``BufferedReader`` can peek into."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@click.command(cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what is no item, for a move to another home.")
@current
def dump(invocation: Invocation, *, everything: bool) -> None:
    """Print every item as JSON Lines, oldest first.

    Each names the story it is in. With --all comes behind the items what else a move must not lose, a line
    each, under the key "aggregator": feeds and how they have been, what you joined and split, what was pruned,
    where readers were told of which story.

    Examples:
      aggregator dump | jq -r 'select(.canonical) | .title'
      aggregator dump --all | gzip > archive.jsonl.gz
    """
    from aggregator import pipeline

    for record in pipeline.dump(invocation.home, items_alone=not everything):
        sys.stdout.write(to_json(record) + "\n")
