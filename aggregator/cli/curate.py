"""Why is this one story, and what if I disagree?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from aggregator.cli import cells, offers, paint
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.render_list import ID_SHOWN
from aggregator.cli.render_report import counted
from aggregator.cli.safe import safe, to_json

if TYPE_CHECKING:
    from aggregator.dedup.misses import Miss
    from aggregator.pipeline.curate import PairExplained


@click.command(cls=Command)
@click.argument("item", shell_complete=offers.stories)
@click.argument("other", required=False, shell_complete=offers.stories)
@click.option("--json", "as_json", is_flag=True, help="Print an array of explained pairs.")
@current
def explain(invocation: Invocation, item: str, other: str | None, *, as_json: bool) -> None:
    """Say why two items are one story, or why not.

    Prints the rule or the guard that decided, every feature with its threshold, both titles, and the passage both
    texts share; of a pair that no rule finds, which one came nearest. With one ITEM: what binds it to its story, or,
    of an item that stands alone, its nearest neighbours and why they are none of its story.

    ITEM is an id as `list --reposts` prints it, the beginning of one, or a link.

    Examples:
      aggregator explain 26832be
      aggregator explain 2c323fd cf2ac61 --json
    """
    from aggregator import pipeline

    pairs = pipeline.explain(invocation.home, invocation.config(), item, other)
    if as_json:
        click.echo(to_json([_as_json(each) for each in pairs], indent=1))
        return
    painted = paint.paint_for(sys.stdout)
    for number, pair in enumerate(pairs):
        for line in ([""] if number else []) + list(_lines(pair, painted)):
            click.echo(line)
    if not pairs:
        invocation.say("nothing stored comes near it")


def _lines(pair: PairExplained, painted: paint.Paint) -> Iterator[str]:
    why = pair.explanation
    head = "one story" if pair.one_story else "two stories"
    yield painted.title(head)
    if pair.ruling is not None:
        from aggregator.pipeline.curate import SAID

        yield painted.count(SAID[pair.ruling])
    for line in (why.verdict, pair.note):
        yield from cells.wrap(safe(line), paint.columns())
    for each, title in zip((pair.older, pair.newer), why.titles, strict=True):
        yield f"  {painted.faint(each.uid[:ID_SHOWN])}  {safe(title)}"
    for record in why.records:
        if record.value or record.threshold is not None:
            value = "yes" if record.value is True else f"{record.value:.3g}"
            held = [f"threshold {record.threshold:g}"] if record.threshold is not None else []
            held += [f"weight {record.weight:+.2f}"] if record.weight else []
            aside = painted.faint("  (" + ", ".join(held) + ")") if held else ""
            yield f"  {value:>7}  {record.meaning}{aside}"
    rest = [each.meaning for each in why.records if not each.value and each.threshold is None]
    for number, line in enumerate(cells.wrap(" · ".join(rest), paint.columns() - 11)):
        yield painted.faint(f"  {'' if number else 'no or 0':>7}  {line}")
    if why.chance is not None:
        limit = painted.faint(f"  (threshold {why.chance_threshold:g})")
        yield f"  {why.chance:>7.2f}  chance of one article, all weighed{limit}"
    if why.nearest is not None:
        yield from _nearest(why.nearest, painted)
    if why.passage:
        yield "  both say:"
        yield from (f"    {line}" for line in cells.wrap(safe(why.passage), paint.columns() - 4))
    yield painted.faint(f"  {_otherwise(pair)}")


def _otherwise(pair: PairExplained) -> str:
    """How a person changes it."""
    older, newer = pair.older.uid[:ID_SHOWN], pair.newer.uid[:ID_SHOWN]
    if pair.ruling is not None:
        return f"take your word back: aggregator rulings withdraw {older} {newer}"
    return "if you disagree: aggregator " + (f"split {newer}" if pair.one_story else f"join {older} {newer}")


def _nearest(miss: Miss, painted: paint.Paint) -> Iterator[str]:
    """The rule that came nearest, by how much it missed, and how to see what else its threshold decides."""
    needed = f"{miss.threshold}={miss.needed:g}"
    words = f"nearest: rule {miss.rule} ({miss.relation}) would find it at {needed}; it is {miss.value:g}"
    yield from cells.wrap(words, paint.columns())
    yield painted.faint(f"  what else that would change: aggregator dedup --dry-run --set {needed}")


def _as_json(pair: PairExplained) -> dict[str, object]:
    from aggregator.dedup import explain as explaining

    return {
        "older": pair.older.uid,
        "newer": pair.newer.uid,
        "one_story": pair.one_story,
        "ruling": pair.ruling,
        "note": pair.note or None,
        **explaining.as_json(pair.explanation),
    }


@click.command(cls=Command)
@click.argument("item", shell_complete=offers.stories)
@click.argument("other", shell_complete=offers.stories)
@click.option("--undo", is_flag=True, help="Take it back: let the program decide again.")
@click.option("--yes", is_flag=True, help="Do not ask, whatever it takes back.")
@current
def join(invocation: Invocation, item: str, other: str, *, undo: bool, yes: bool) -> None:
    """Make two items one story, whatever the program thinks.

    Your word beats every match and survives every rebuild; of two words on one pair the later holds, and on a
    terminal it asks before it takes back what you said earlier. The older story keeps its id; the younger one leaves
    the merged feed. `aggregator rulings` lists what you said.

    Examples:
      aggregator join 2c323fd cf2ac61
      aggregator join 2c323fd cf2ac61 --undo
    """
    from aggregator import pipeline

    if not (undo or yes) and sys.stdin.isatty():
        overruled = pipeline.overruled_by(invocation.home, item, other)
        if overruled:
            question = f"This takes back {counted(overruled, 'earlier ruling')} that keeps them apart. Do it?"
            click.confirm(question, abort=True, err=True)
    done = pipeline.join(invocation.home, invocation.config(), invocation.now, item, other, undo=undo)
    ids = f"{done.one.uid[:ID_SHOWN]} {done.other.uid[:ID_SHOWN]}"
    said = "the program decides again" if undo else "one story"
    invocation.say(f"{said}: {safe(done.one.title)} + {safe(done.other.title)}")
    if done.overruled:
        earlier = counted(done.overruled, "earlier ruling")
        invocation.say(f"this takes back {earlier} that kept the two stories apart")
    if not undo:
        invocation.say(f"take it back: aggregator join {ids} --undo")


@click.command(cls=Command)
@click.argument("item", shell_complete=offers.stories)
@click.option("--undo", is_flag=True, help="Take it back: let the program decide again.")
@current
def split(invocation: Invocation, item: str, *, undo: bool) -> None:
    """Make an item a story of its own, whatever the program thinks.

    Your word beats every match and survives every rebuild. `aggregator rulings` lists what you said.

    Examples:
      aggregator split 26832be
      aggregator split 26832be --undo
    """
    from aggregator import pipeline

    found = pipeline.split(invocation.home, invocation.config(), invocation.now, item, undo=undo)
    done = "the program decides again about" if undo else "a story of its own:"
    invocation.say(f"{done} {safe(found.title)}")
    if not undo:
        invocation.say(f"take it back: aggregator split {found.uid[:ID_SHOWN]} --undo")
