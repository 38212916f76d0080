"""How does a person put a home away, get it back, and keep it small?"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import paint, stages
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.render_report import counted
from aggregator.cli.safe import to_json
from aggregator.errors import AggregatorError, UsageError

if TYPE_CHECKING:
    from aggregator.pipeline.safekeeping import Saved

STREAM = "-"
"""In a file's place: standard input or output."""
BYTES_PER_MB = 1_000_000


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the report.")
@current
def backup(invocation: Invocation, *, file: Path, force: bool, as_json: bool) -> None:
    """Put store, feeds and settings into one file.

    FILE, or - for standard output, is all that another machine needs: the database with feeds.opml and
    aggregator.toml in it. What lies in public/ is made anew from it. A run may be at work meanwhile. The file
    gets its name once it is complete and was looked through; only you can read it, because settings may hold
    passwords.

    Examples:
      aggregator backup ~/backups/news.db
      aggregator backup - | ssh example.org aggregator -C news restore -
      aggregator -q backup --force ~/backups/news-$(date +%a).db
    """
    if str(file) == STREAM:
        _to_stdout(invocation, as_json=as_json)
        return
    saved = _saved(invocation, file, force=force)
    found = saved.contents
    if as_json:
        counts = {"feeds": found.feeds, "items": found.items, "stories": found.stories}
        facts = {"file": str(saved.path), "bytes": saved.bytes, "schema": found.schema, **counts}
        click.echo(to_json({**facts, "files": list(found.files)}, indent=1))
    invocation.say(
        f"{saved.path}: {saved.bytes / BYTES_PER_MB:,.1f} MB, {counted(found.items, 'item')} in "
        f"{counted(found.stories, 'story')}{_with(found.files)}; looked through, nothing is wrong"
    )


def _saved(invocation: Invocation, file: Path, *, force: bool) -> Saved:
    from aggregator import pipeline

    with stages.progress(invocation) as advance:
        return pipeline.backup(invocation.home, file, force=force, progress=advance)


def _to_stdout(invocation: Invocation, *, as_json: bool) -> None:
    """Pour a backup into a pipe, once it is complete and was looked through."""
    if as_json:
        raise UsageError("the backup itself goes to standard output: --json would stand in the middle of it")
    if paint.on_terminal():
        raise UsageError("a backup is nothing to read: write it to a file, or into a pipe")
    with tempfile.TemporaryDirectory() as place:
        saved = _saved(invocation, Path(place) / "backup.db", force=False)
        with saved.path.open("rb") as copy:
            shutil.copyfileobj(copy, sys.stdout.buffer)


@contextlib.contextmanager
def _from_stdin() -> Iterator[Path]:
    """Keep what comes through a pipe until it can be looked through."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "backup.db"
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        try:
            yield path
        except AggregatorError as wrong:
            raise type(wrong)(str(wrong).replace(str(path), "standard input")) from wrong


def _with(files: tuple[str, ...]) -> str:
    return f", {' and '.join(files)}" if files else ""


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--force", is_flag=True, help="Also where a home is; it is kept under other names.")
@click.option("--json", "as_json", is_flag=True, help="Print the report.")
@current
def restore(invocation: Invocation, *, file: Path, force: bool, as_json: bool) -> None:
    """Make this home what a backup says.

    FILE, or - for standard input, is looked through before anything is touched. In an empty directory it
    makes a home; where one is, it needs --force, and store, feeds and settings stay beside the new ones as
    *.before-restore-TIME.

    Examples:
      aggregator -C ~/news restore ~/backups/news.db
      aggregator restore ~/backups/news.db --force && aggregator run
    """
    from aggregator import pipeline

    source = _from_stdin() if str(file) == STREAM else contextlib.nullcontext(file)
    with source as backup_file, stages.progress(invocation) as advance:
        done = pipeline.restore(invocation.home, backup_file, invocation.now, force=force, progress=advance)
    found = done.contents
    if as_json:
        counts = {"feeds": found.feeds, "items": found.items, "stories": found.stories}
        click.echo(to_json({**counts, "aside": [str(path) for path in done.aside]}, indent=1))
    invocation.say(
        f"{counted(found.items, 'item')} in {counted(found.stories, 'story')} are back; go on with: aggregator run"
    )
    for path in done.aside:
        invocation.say(f"kept: {path}")


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print the report.")
@current
def vacuum(invocation: Invocation, *, as_json: bool) -> None:
    """Give unused room back to the disk.

    What `prune` frees is used again by what comes in, so this is seldom needed. It writes the whole database anew
    and needs twice its size free meanwhile, which is looked at first.

    Examples:
      aggregator prune --older-than 90d && aggregator vacuum
    """
    from aggregator import pipeline

    done = pipeline.vacuum(invocation.home)
    if as_json:
        click.echo(to_json({"before": done.before, "after": done.after}, indent=1))
    invocation.say(f"{done.before / BYTES_PER_MB:,.1f} MB before, {done.after / BYTES_PER_MB:,.1f} MB now")
