"""How does a trial look: what would change, for people, for scripts?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aggregator.cli import cells, times
from aggregator.cli.paint import Paint
from aggregator.cli.render_list import ID_SHOWN
from aggregator.cli.render_report import counted
from aggregator.cli.safe import safe
from aggregator.dedup.changes import Move

if TYPE_CHECKING:
    from aggregator.pipeline.trial import Trial
    from aggregator.store.lookup import Found

PERSON = "your word"
"""What is given as the rule where none brought an item to its story."""


def table(trial: Trial, *, columns: int, paint: Paint) -> Iterator[str]:
    """The stories that would become one, then those that would come apart."""
    for moves, head, joins in (
        (trial.changes.merged, "would become one story", True),
        (trial.changes.parted, "would come apart", False),
    ):
        if not moves:
            continue
        yield paint.rule(f"{head}: {len(moves)}")
        for move in moves:
            yield from _move(trial, move, columns, paint, joins=joins)
        yield ""


def _move(trial: Trial, move: Move, columns: int, paint: Paint, *, joins: bool) -> Iterator[str]:
    yield ""
    yield _item(_story(trial, move), move.story, columns, paint)
    first = trial.items.get(move.items[0])
    yield _item(first, first.uid if first else "", columns, paint)
    more = f", and {counted(len(move.items) - 1, 'more item')}" if len(move.items) > 1 else ""
    score = "" if move.score is None else f" {move.score:.2f}"
    why = f"{safe(move.rule) or PERSON}{score}"
    yield " " * (ID_SHOWN + 4) + paint.faint(f"{'by' if joins else 'no longer by'} {why}{more}")


def _item(item: Found | None, uid: str, columns: int, paint: Paint) -> str:
    title = cells.fit(safe(item.title), columns - ID_SHOWN - 4) if item else ""
    return f"  {paint.faint(uid[:ID_SHOWN])}  {title}"


def _story(trial: Trial, move: Move) -> Found | None:
    return next((each for each in trial.items.values() if each.uid == move.story), None)


def summary(trial: Trial) -> str:
    """One sentence: what was judged, under which thresholds, what would change."""
    found = trial.changes
    looked = f"judged {counted(trial.judged, 'item')}" if trial.judged else "nothing is stale"
    if trial.since is not None:
        looked += f" since {times.iso(trial.since)}"
    if trial.edits:
        looked += ", " + ", ".join(
            f"{name} {_value(was)} → {_value(tried)}" for name, (was, tried) in trial.edits.items()
        )
    if not (found.merged or found.parted or trial.links_added or trial.links_dropped):
        return f"{looked}: nothing would change"
    return (
        f"{looked}: {len(found.merged)} would merge, {len(found.parted)} would part, "
        f"{found.stories_before:,} stories would be {found.stories_after:,}; "
        f"related links +{trial.links_added} −{trial.links_dropped}"
    )


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def plain(trial: Trial) -> Iterator[str]:
    """One line per change, divided by tabs; more fields may one day follow, none will move."""
    for kind, moves in (("merge", trial.changes.merged), ("part", trial.changes.parted)):
        for move in moves:
            story, first = _story(trial, move), trial.items.get(move.items[0])
            fields = (
                kind,
                move.story,
                first.uid if first else "",
                str(len(move.items)),
                move.rule,
                "" if move.score is None else f"{move.score:.3f}",
                story.title if story else "",
                first.title if first else "",
            )
            yield "\t".join(safe(each) for each in fields)


def as_json(trial: Trial) -> Mapping[str, object]:
    """All of it, with every item that would move."""
    return {
        "judged": trial.judged,
        "since": times.iso(trial.since),
        "thresholds": {name: {"is": was, "tried": tried} for name, (was, tried) in trial.edits.items()},
        "stories": {"before": trial.changes.stories_before, "after": trial.changes.stories_after},
        "related": {"added": trial.links_added, "dropped": trial.links_dropped},
        "merged": [_as_json(trial, move) for move in trial.changes.merged],
        "parted": [_as_json(trial, move) for move in trial.changes.parted],
    }


def _as_json(trial: Trial, move: Move) -> Mapping[str, object]:
    story = _story(trial, move)
    return {
        "story": move.story,
        "title": story.title if story else None,
        "rule": move.rule or None,
        "score": move.score,
        "items": [
            {
                "item": trial.items[item].uid,
                "title": trial.items[item].title,
                "story_now": trial.items[item].story,
                "story_then": trial.new_stories.get(item),
            }
            for item in move.items
            if item in trial.items
        ],
    }
