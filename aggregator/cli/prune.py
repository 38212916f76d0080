"""How does a person let old things go?"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from aggregator.cli import stages, times
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.render_report import counted
from aggregator.cli.safe import to_json

if TYPE_CHECKING:
    from aggregator.pipeline.retention import PruneReport

REASONS = {
    "ruled": "you ruled on them",
    "shown": "they stand in the merged feed",
    "linked": "they are bound to stories that stay",
    "waiting": "dedup has not been over them",
}


@click.command(cls=Command)
@click.option("--older-than", metavar="TIME", help="How old: 180d, 26w, 2026-01-01. [default: keep_days]")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the report.")
@current
def prune(invocation: Invocation, *, older_than: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Let go of old stories, for good.

    A story goes when its newest item is older than TIME, with all that was made of it. It never comes back: its
    feeds may go on listing it. What you ruled on stays, and what stands in the merged feed. On a terminal it asks
    first. With [store] keep_days in aggregator.toml every `run` does this by itself.

    The room in the database is used again; `aggregator vacuum` gives it back to the disk.

    Examples:
      aggregator prune --older-than 180d --dry-run
      aggregator prune --older-than 26w --yes
    """
    from aggregator import pipeline

    before = times.moment(older_than, invocation.now) if older_than else None
    if dry_run or (sys.stdin.isatty() and not yes):
        foreseen = pipeline.prune(invocation.home, invocation.config(), invocation.now, before, dry_run=True)
        if dry_run:
            _tell(invocation, foreseen, "would go", as_json=as_json)
            return
        click.confirm(f"{_going(foreseen)} will go. Do it?", abort=True, err=True)
    with stages.progress(invocation) as advance:
        done = pipeline.prune(invocation.home, invocation.config(), invocation.now, before, progress=advance)
    _tell(invocation, done, "are gone", as_json=as_json)


def _going(report: PruneReport) -> str:
    what = f"{counted(report.stories, 'story')} with {counted(report.items, 'item')}"
    return f"{what} from before {_day(report.before)}"


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _tell(invocation: Invocation, report: PruneReport, what: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(report.as_json(), indent=1))
        return
    invocation.say(f"{_going(report)} {what}")
    for reason, number in report.kept.items():
        if number:
            invocation.say(f"{counted(number, 'story')} as old stay, because {REASONS[reason]}")
