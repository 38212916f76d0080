"""What have I said about stories, and how do I take it back or pass it on?"""

from __future__ import annotations

import sys

import click

from aggregator.cli import paint, render_rulings
from aggregator.cli.app import Group
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.render_list import ID_SHOWN
from aggregator.cli.render_report import counted
from aggregator.cli.safe import safe, to_json
from aggregator.errors import UsageError
from aggregator.models import Verdict


@click.group(cls=Group, invoke_without_command=True, subcommand_metavar="[COMMAND]")
@click.option("--json", "as_json", is_flag=True, help="Print an array of rulings.")
@click.option(
    "--labels", is_flag=True, help="Print JSON Lines for `aggregator dedup eval`, here or elsewhere."
)
@click.pass_context
def rulings(context: click.Context, *, as_json: bool, labels: bool) -> None:
    """List what you said with `join` and `split`, newest first.

    All of it is in force until you withdraw it, also where an item is no longer stored.

    On a terminal to be read, otherwise one line per ruling, divided by tabs: when, verdict (same or different), ids,
    feeds and titles of the two items.

    Examples:
      aggregator rulings
      aggregator rulings --labels > labels.jsonl
      aggregator rulings withdraw 2c323fd cf2ac61
    """
    if context.invoked_subcommand is not None:
        if as_json or labels:
            raise UsageError("--json and --labels are about the list, not about withdrawing")
        return
    if as_json and labels:
        raise UsageError("--json or --labels, not both")
    _list(context.ensure_object(Invocation), as_json=as_json, labels=labels)


def _list(invocation: Invocation, *, as_json: bool, labels: bool) -> None:
    from aggregator.store import reading
    from aggregator.store import rulings as ruling_store

    with reading.open_reading(invocation.home.database) as store:
        found = ruling_store.in_force(store)
    if as_json:
        click.echo(to_json([render_rulings.as_json(each) for each in found], indent=1))
    elif labels:
        for each in found:
            click.echo(to_json(render_rulings.as_label(each)))
    elif not paint.on_terminal():
        for line in render_rulings.plain(found):
            click.echo(line)
    else:
        painted = paint.paint_for(sys.stdout)
        for line in render_rulings.table(found, now=invocation.now, columns=paint.columns(), paint=painted):
            click.echo(line)
    if not found:
        invocation.say("you have ruled on nothing; aggregator join and aggregator split do")


@rulings.command()
@click.argument("item")
@click.argument("other", required=False)
@click.option("--yes", is_flag=True, help="Do not ask, however many they are.")
@current
def withdraw(invocation: Invocation, item: str, other: str | None, *, yes: bool) -> None:
    """Take back what you said of ITEM, or of ITEM and OTHER alone.

    The program decides again; how to say it once more is told. On a terminal it asks before it takes back more than
    one ruling. An item is an id as this list prints it, the beginning of one, or a link.

    Examples:
      aggregator rulings withdraw 26832be
      aggregator rulings withdraw 2c323fd cf2ac61
    """
    from aggregator import pipeline

    if not yes and sys.stdin.isatty():
        number = len(pipeline.said_of(invocation.home, item, other))
        if number > 1:
            click.confirm(f"You said so in {counted(number, 'ruling')}. Take back all?", abort=True, err=True)
    freed = pipeline.withdraw(invocation.home, invocation.config(), invocation.now, item, other)
    invocation.say(f"took back {counted(len(freed), 'ruling')}; the program decides again")
    for each in freed:
        ids = f"{each.a[:ID_SHOWN]} {each.b[:ID_SHOWN]}"
        said = "one story" if each.verdict is Verdict.SAME else "two stories"
        again = f"join {ids}" if each.verdict is Verdict.SAME else f"split {safe(item)}"
        invocation.say(f"  {ids}  you had said: {said}; again: aggregator {again}")
