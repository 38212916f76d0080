"""What does the program do, shown in one minute and without a network?"""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli import paint, render_list, stages
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current, program
from aggregator.cli.render_report import counted
from aggregator.cli.safe import to_json
from aggregator.errors import ExportError, UsageError
from aggregator.home import Home, bundled

if TYPE_CHECKING:
    from aggregator.store.reading import Status

DEMO_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The present of the demo's feeds: their newest item is half an hour old."""


@click.command(cls=Command)
@click.argument("directory", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--json", "as_json", is_flag=True, help="Print the counts, the stories and where the files are."
)
@current
def demo(invocation: Invocation, *, directory: Path | None, as_json: bool) -> None:
    """Try it all on bundled feeds, without a network.

    Runs the whole pipeline in DIRECTORY, or in a temporary one. The feeds are made up, and hold every
    kind of repost and look-alike the program knows.

    Examples:
      aggregator demo
      aggregator demo ~/demo
    """
    from aggregator import pipeline
    from aggregator.store import reading

    home = Home(directory or Path(tempfile.mkdtemp(prefix="aggregator-demo-")))
    _copy(home)
    now = invocation.time or DEMO_NOW
    invocation.directory, invocation.time = home.path, now
    with stages.progress(invocation) as advance:
        pipeline.run(home, invocation.config(), now, force=True, progress=advance)
    with reading.open_reading(home.database) as store:
        stories = reading.list_stories(store, reading.StoryQuery())
        status = reading.status(store)
    if as_json:
        shown = [render_list.as_json(story) for story in stories]
        counts = {"feeds": status.feeds, "items": status.items, "stories": len(stories)}
        click.echo(to_json({"home": str(home.path), **counts, "list": shown}, indent=1))
        return
    if paint.on_terminal():
        lines = render_list.terminal(
            stories, now=now, columns=paint.columns(), paint=paint.paint_for(sys.stdout)
        )
    else:
        lines = render_list.plain(stories)
    for line in lines:
        click.echo(line)
    click.echo("\n" + _in_words(status, home))


def _copy(home: Home) -> None:
    """Bring the demo's files; a directory that holds something else is left alone."""
    source = bundled("demo")
    if home.path.exists() and any(home.path.iterdir()) and not _is_demo(home, source):
        raise UsageError(
            f"{home.path} holds other files; name a directory that is empty or does not exist yet"
        )
    try:
        shutil.copytree(source, home.path, dirs_exist_ok=True)
    except OSError as refused:
        raise ExportError(f"{home.path}: cannot be written: {refused}") from refused


def _is_demo(home: Home, source: Path) -> bool:
    return home.opml.is_file() and home.opml.read_bytes() == (source / home.opml.name).read_bytes()


def _in_words(status: Status, home: Home) -> str:
    reposts = status.items - status.stories
    call, place = program(), shlex.quote(str(home.path))
    return (
        f"{counted(status.items, 'item')} in {counted(status.feeds, 'feed')} became "
        f"{counted(status.stories, 'story')}; {counted(reposts, 'repost')} collapsed.\n"
        f"\n"
        f"  the page        {home.public / 'index.html'}\n"
        f"  the merged feed {home.public / 'atom.xml'}\n"
        f"\n"
        f"Look around: {call} -C {place} list --reposts\n"
        f"Start yours: {call} -C ~/news init && {call} -C ~/news run"
    )
