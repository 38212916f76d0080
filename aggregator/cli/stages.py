"""How is the pipeline run, whole or by stage?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from aggregator.cli import offers, render_report
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import safe, to_json
from aggregator.models import Report

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Advance = Callable[[str, int, int], None]
"""What a stage calls as it goes: its name, how much is done, of how much."""

ENOUGH_TO_JUDGE = 3
"""When only some feeds were due and all of those failed, fewer than this may just be the dead ones of a list;
more, and it is the network."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print the report.")
force_option = click.option("--force", is_flag=True, help="Poll every feed, due or not.")
strict_option = click.option("--strict", is_flag=True, help="Exit with 1 when any feed failed.")


@click.command(cls=Command)
@force_option
@strict_option
@json_option
@current
def run(invocation: Invocation, *, force: bool, strict: bool, as_json: bool) -> None:
    """Do it all: poll, dedup, summarise, export.

    Safe to call as often as you like: only feeds that are due are asked. Silent unless something is
    wrong, so it suits cron.

    Examples:
      aggregator run
      */10 * * * *  aggregator -C ~/news run
    """
    from aggregator import pipeline

    with progress(invocation) as advance:
        report = pipeline.run(
            invocation.home, invocation.config(), invocation.now, force=force, progress=advance
        )
    end(invocation, report, as_json=as_json, strict=strict)


@click.command(cls=Command)
@force_option
@strict_option
@json_option
@current
def poll(invocation: Invocation, *, force: bool, strict: bool, as_json: bool) -> None:
    """Fetch the feeds that are due and store what is new.

    The first of the four stages of `run`. What is new waits in the store for the next ones.

    Examples:
      aggregator poll -v
      aggregator poll --force --json | jq .feeds
    """
    from aggregator import pipeline

    with progress(invocation) as advance:
        report = pipeline.poll(
            invocation.home, invocation.config(), invocation.now, force=force, progress=advance
        )
    end(invocation, report, as_json=as_json, strict=strict)


@click.command(cls=Command)
@click.option(
    "--try",
    "story",
    metavar="STORY",
    shell_complete=offers.stories,
    help="Only ask your model about one story, and tell all.",
)
@json_option
@current
def summarise(invocation: Invocation, *, story: str | None, as_json: bool) -> None:
    """Write an abstract for every story that changed.

    With --try nothing is changed: the model of [machine] is asked about one story, whatever is remembered of it,
    and you see what it said, what it cost, and whether it would be shown.

    Examples:
      aggregator summarise
      aggregator summarise --try 2c323fd
    """
    from aggregator import pipeline

    if story is not None:
        _try(invocation, story, as_json=as_json)
        return
    with progress(invocation) as advance:
        report = pipeline.summarise(invocation.home, invocation.config(), invocation.now, progress=advance)
    end(invocation, report, as_json=as_json)


@click.command(cls=Command)
@json_option
@current
def export(invocation: Invocation, *, as_json: bool) -> None:
    """Write the merged feed and the page into public/.

    Unchanged files are left alone, down to their times.

    Examples:
      aggregator export
      aggregator export --json | jq -r '.files[]'
    """
    from aggregator import pipeline

    with progress(invocation) as advance:
        report = pipeline.export(invocation.home, invocation.config(), invocation.now, progress=advance)
    end(invocation, report, as_json=as_json)


def _try(invocation: Invocation, story: str, *, as_json: bool) -> None:
    from aggregator import pipeline
    from aggregator.cli import render_model

    found = pipeline.try_model(invocation.home, invocation.config(), story)
    if as_json:
        click.echo(to_json(asdict(found), indent=1))
    else:
        for line in render_model.lines(found):
            click.echo(line)
    if found.verdict == "failed":
        raise click.exceptions.Exit(1)


def end(invocation: Invocation, report: Report, *, as_json: bool, strict: bool = False) -> None:
    """Print what there is to say and choose the exit code."""
    if as_json:
        click.echo(to_json(report.as_json(), indent=1))
    for warning in report.warnings:
        invocation.say(safe(warning))
    lines = list(render_report.failures(report))
    nothing_worked = all_failed(report)
    for line in lines:
        (invocation.warn if nothing_worked or strict else invocation.say)(line)
    if nothing_worked:
        invocation.warn("every feed that was due failed: is the network there?")
    invocation.say(render_report.summary(report))
    if nothing_worked or (strict and report.feeds["failed"]):
        raise click.exceptions.Exit(1)


def all_failed(report: Report) -> bool:
    """Whether nothing worked: all feeds there are failed, or all of enough that were due."""
    due, failed = report.feeds["due"], report.feeds["failed"]
    return failed > 0 and failed == due and (report.feeds["skipped"] == 0 or due >= ENOUGH_TO_JUDGE)


# --- Progress ------------------------------------------------------------------------------------


@contextmanager
def progress(invocation: Invocation) -> Iterator[Advance | None]:
    """Show bars while the block lasts, where a person is looking; they leave no trace."""
    if invocation.verbosity < 0 or not sys.stderr.isatty():
        yield None
        return
    # rich costs 60 ms, so only where its bars are seen.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        yield _advance(bars)


def _advance(bars: Progress) -> Advance:
    tasks: dict[str, TaskID] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    return advance
