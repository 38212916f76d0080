"""How are copies found, what would other thresholds find, and how well does it agree with people?"""

from __future__ import annotations

import sys
from typing import IO

import click

from aggregator.cli import history, paint, stages, times
from aggregator.cli.app import Group
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import safe, to_json
from aggregator.errors import UsageError


@click.group(cls=Group, invoke_without_command=True, subcommand_metavar="[COMMAND]")
@click.option("--rebuild", is_flag=True, help="Judge everything anew; your own rulings stay.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="Try another threshold, such as containment=0.5, or collapse=repost; several times.",
)
@click.option(
    "--since", metavar="TIME", help="Try it on items from then on. [default: a window before the newest]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the report.")
@click.pass_context
def dedup(
    context: click.Context,
    *,
    rebuild: bool,
    dry_run: bool,
    assignments: tuple[str, ...],
    since: str | None,
    as_json: bool,
) -> None:
    """Find the copies of each story among the stored items.

    With --dry-run nothing is changed: it tells which stories would become one and which would come apart, now or
    under other thresholds. Those are tried on the stored fingerprints, with --rebuild on everything, read anew on a
    copy of the store. On a terminal to be read, otherwise one line per change, divided by tabs: merge or part, story,
    first item that moves, number of items, rule, score, titles of story and item.

    Examples:
      aggregator dedup
      aggregator dedup --dry-run --set containment=0.5 --since 2w
      aggregator dedup eval labels.jsonl
    """
    invocation = context.ensure_object(Invocation)
    if context.invoked_subcommand is not None:
        if rebuild or dry_run or assignments or since is not None or as_json:
            raise UsageError(f"options of `dedup {context.invoked_subcommand}` stand behind its name")
        return
    if dry_run:
        _try(invocation, rebuild=rebuild, assignments=assignments, since=since, as_json=as_json)
        return
    if assignments or since is not None:
        raise UsageError("--set and --since are for trying: add --dry-run")
    from aggregator import pipeline

    with stages.progress(invocation) as advance:
        report = pipeline.dedup(
            invocation.home, invocation.config(), invocation.now, rebuild=rebuild, progress=advance
        )
    stages.end(invocation, report, as_json=as_json)


def _try(
    invocation: Invocation, *, rebuild: bool, assignments: tuple[str, ...], since: str | None, as_json: bool
) -> None:
    moment = times.moment(since, invocation.now) if since is not None else None
    from aggregator import pipeline
    from aggregator.cli import render_trial

    with stages.progress(invocation) as advance:
        found = pipeline.try_dedup(
            invocation.home,
            invocation.config(),
            invocation.now,
            assignments=assignments,
            since=moment,
            rebuild=rebuild,
            progress=advance,
        )
    if as_json:
        click.echo(to_json(render_trial.as_json(found), indent=1))
    elif not paint.on_terminal():
        for line in render_trial.plain(found):
            click.echo(line)
    else:
        painted = paint.paint_for(sys.stdout)
        for line in render_trial.table(found, columns=paint.columns(), paint=painted):
            click.echo(line)
    invocation.say(render_trial.summary(found))


@dedup.command("eval")
@click.argument("labels", type=click.File("rb"))
@click.option("--wrong", is_flag=True, help="Show every wrong pair with its titles and what decided.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@current
def evaluate(invocation: Invocation, *, labels: IO[bytes], wrong: bool, as_json: bool) -> None:
    """Score the stories against labelled pairs of items.

    LABELS is JSON Lines, also gzipped; - is standard input. Each line names two items, `a` and `b`, by id, guid or
    link, and says in `label` what they are: repost (must be one story); different, template, independent-coverage or
    related (must not); rewrite, derived-light-rewrite or ambiguous (counted apart). `set` groups them.

    Prints precision, recall and F1 with their 95 % intervals (bootstrap). Exits with 1 when no pair could be scored.

    Examples:
      aggregator dedup eval labels.jsonl --wrong
      aggregator rulings --labels | aggregator dedup eval -
    """
    from aggregator import pipeline
    from aggregator.cli import render_quality

    done = pipeline.evaluate(invocation.home, invocation.config(), history.lines(labels), explain=wrong)
    if as_json:
        click.echo(to_json(render_quality.as_json(done), indent=1))
    elif done.scored:
        painted, columns = paint.paint_for(sys.stdout), paint.columns()
        for line in render_quality.table(done, columns=columns, paint=painted):
            click.echo(line)
        for line in render_quality.wrong(done, columns=columns, paint=painted) if wrong else ():
            click.echo(line)
    history.tell_bad_lines(invocation, labels.name, done.bad)
    if done.absent:
        invocation.warn(render_quality.missing(done))
        for number, problem in done.absent[: history.BAD_LINES_SHOWN] if invocation.verbosity > 0 else ():
            invocation.warn(safe(f"{labels.name}, line {number}: {problem}"))
    if not done.scored:
        invocation.warn("no pair could be scored")
        raise click.exceptions.Exit(1)
