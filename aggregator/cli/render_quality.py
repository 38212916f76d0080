"""How does the agreement with labels look: as a table for people, as JSON for scripts?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aggregator.cli import cells
from aggregator.cli.paint import Paint
from aggregator.cli.render_list import ID_SHOWN
from aggregator.cli.render_report import counted
from aggregator.cli.safe import safe
from aggregator.dedup import scoring
from aggregator.dedup.scoring import FIGURES

if TYPE_CHECKING:
    from aggregator.pipeline.evaluation import Evaluation, Scored

ALL = "all"
NAME_COLUMNS = (6, 17)
"""The least and the most the name of a set gets: beside it, the figures fill 63 columns of 80."""


def table(done: Evaluation, *, columns: int, paint: Paint) -> Iterator[str]:
    """One line a set with precision, recall and F1, each with its interval; then what strict scoring leaves out."""
    groups = _groups(done)
    least, most = NAME_COLUMNS
    width = max(least, min(most, max(cells.width(safe(name)) for name in groups)))
    heads = "".join(f"  {head:<5} 95 %     " for head in ("P", "R", "F1"))
    yield paint.faint(f"{cells.pad('set', width)}  same apart{heads}".rstrip())
    for name, pairs in groups.items():
        yield _row(cells.pad(cells.fit(safe(name), width), width), pairs)
    yield ""
    for line in _aside(done.scored):
        yield from cells.wrap(line, columns)


def _groups(done: Evaluation) -> Mapping[str, Sequence[Scored]]:
    groups = done.by_group()
    return groups if len(groups) == 1 else {**groups, ALL: done.scored}


def _row(name: str, pairs: Sequence[Scored]) -> str:
    same, apart = _sizes(pairs)
    if not same + apart:
        return f"{name}  {same:>4} {apart:>5}  nothing that strict scoring counts"
    total, around = scoring.score(pairs), scoring.intervals(pairs)
    known = {"precision": total.hits + total.false > 0, "recall": same > 0, "f1": same > 0}
    figures = (
        f"  {getattr(total, figure):.3f} {around[figure][0]:.2f}–{around[figure][1]:.2f}"
        if known[figure]
        else cells.pad("  –", 17)
        for figure in FIGURES
    )
    return f"{name}  {same:>4} {apart:>5}{''.join(figures)}".rstrip()


def _sizes(pairs: Sequence[Scored]) -> tuple[int, int]:
    return sum(each.label in scoring.SAME for each in pairs), sum(
        each.label in scoring.APART for each in pairs
    )


def _aside(pairs: Sequence[Scored]) -> Iterator[str]:
    rewrites = [each.collapsed for each in pairs if each.label in scoring.REWRITES]
    ambiguous = [each.collapsed for each in pairs if each.label == "ambiguous"]
    for held, what in ((rewrites, "light rewrites"), (ambiguous, "ambiguous pairs")):
        if held:
            yield f"{what} that are one story: {sum(held)} of {len(held)}"
    links = scoring.links(pairs)
    events, alike = links.hits + links.missed, _look_alikes(pairs)
    if events:
        yield (
            f"pairs of one event linked or one story: {links.hits} of {events}; "
            f"look-alikes that are: {links.false} of {alike} (P {links.precision:.3f}, R {links.recall:.3f})"
        )


def _look_alikes(pairs: Sequence[Scored]) -> int:
    return sum(each.label in scoring.LOOK_ALIKE for each in pairs)


def wrong(done: Evaluation, *, columns: int, paint: Paint) -> Iterator[str]:
    """Every pair that counts against us: what it is, what became of it and why, and the two titles."""
    for each in done.scored:
        if each.explained is None:
            continue
        became = "one story" if each.collapsed else "two stories"
        yield ""
        yield f"{paint.bad(f'{each.label}, but {became}')}  {paint.faint(f'line {each.line}, {safe(each.group)}')}"
        yield from cells.wrap(f"  {safe(each.explained.verdict)}", columns)
        for item in (each.explained.older, each.explained.newer):
            head = f"  {paint.faint(item.uid[:ID_SHOWN])}  "
            yield head + cells.fit(safe(item.title), columns - ID_SHOWN - 4)


def missing(done: Evaluation) -> str:
    """One line on the labels that could not be scored; "" where all could."""
    if not done.absent:
        return ""
    return f"{counted(len(done.absent), 'pair')} of {done.read} could not be scored: their items are not in this store"


def as_json(done: Evaluation) -> Mapping[str, object]:
    """All of it; intervals are [low, high]."""
    return {
        "read": done.read,
        "scored": len(done.scored),
        "absent": [{"line": number, "problem": problem} for number, problem in done.absent],
        "bad": [{"line": number, "problem": problem} for number, problem in done.bad],
        "sets": {name: _figures(pairs) for name, pairs in _groups(done).items()} if done.scored else {},
        "wrong": [_wrong(each) for each in done.scored if each.wrong],
    }


def _figures(pairs: Sequence[Scored]) -> Mapping[str, object]:
    same, apart = _sizes(pairs)
    total, around, links = scoring.score(pairs), scoring.intervals(pairs), scoring.links(pairs)
    figures = {
        figure: {
            "value": round(getattr(total, figure), 4),
            "interval": [round(each, 4) for each in around[figure]],
        }
        for figure in FIGURES
    }
    rewrites = [each.collapsed for each in pairs if each.label in scoring.REWRITES]
    ambiguous = [each.collapsed for each in pairs if each.label == "ambiguous"]
    return {
        "same": same,
        "apart": apart,
        "hits": total.hits,
        "false": total.false,
        "missed": total.missed,
        **figures,
        "rewrites": {"pairs": len(rewrites), "collapsed": sum(rewrites)},
        "ambiguous": {"pairs": len(ambiguous), "collapsed": sum(ambiguous)},
        "related": {
            "pairs": links.hits + links.missed,
            "linked": links.hits,
            "look_alikes": _look_alikes(pairs),
            "look_alikes_linked": links.false,
            "precision": round(links.precision, 4),
            "recall": round(links.recall, 4),
        },
    }


def _wrong(pair: Scored) -> Mapping[str, object]:
    known: dict[str, object] = {
        "line": pair.line,
        "set": pair.group,
        "label": pair.label,
        "one_story": pair.collapsed,
    }
    if pair.explained is not None:
        known |= {
            "older": pair.explained.older.uid,
            "newer": pair.explained.newer.uid,
            "titles": [pair.explained.older.title, pair.explained.newer.title],
            "verdict": pair.explained.verdict,
            "rule": pair.explained.explanation.rule,
        }
    return known
