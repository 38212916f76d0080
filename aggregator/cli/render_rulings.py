"""How do rulings look: on a terminal, in a pipe, as JSON, as labels?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from aggregator.cli import cells, times
from aggregator.cli.paint import Paint
from aggregator.cli.render_list import ID_SHOWN
from aggregator.cli.safe import safe
from aggregator.models import Verdict
from aggregator.store.rulings import RuledItem, RulingMade

SAID = {Verdict.SAME: "one story", Verdict.DIFFERENT: "two stories"}
GONE = "(no longer stored)"
SET = "rulings"
"""The set that exported labels are counted in."""


def table(
    rulings: Sequence[RulingMade],
    *,
    now: datetime,
    columns: int,
    paint: Paint,
    zone: tzinfo | None = None,
) -> Iterator[str]:
    """Three lines a ruling: what was said and when, and the two items."""
    for number, ruling in enumerate(rulings):
        at = ruling.made_at.astimezone(zone)
        told = f"{times.day_name(at, now.astimezone(zone))} {at:%H:%M}"
        if number:
            yield ""
        yield f"{paint.count(SAID[ruling.verdict])}  {paint.faint(told)}"
        for each in (ruling.one, ruling.other):
            yield _item(each, columns, paint)


def _item(item: RuledItem, columns: int, paint: Paint) -> str:
    room = columns - ID_SHOWN - 4
    head = f"  {paint.faint(item.uid[:ID_SHOWN])}  "
    if item.title is None or item.feed is None:
        return head + paint.faint(GONE)
    source = cells.fit(safe(item.feed.title), room // 3)
    return f"{head}{paint.source(source)}  {cells.fit(safe(item.title), room - cells.width(source) - 2)}"


def plain(rulings: Sequence[RulingMade]) -> Iterator[str]:
    """One line per ruling, divided by tabs; more fields may one day follow, none will move."""
    for each in rulings:
        sides = (each.one, each.other)
        fields = (
            times.iso(each.made_at) or "",
            each.verdict.value,
            *(side.uid for side in sides),
            *(side.feed.title if side.feed else "" for side in sides),
            *(side.title or "" for side in sides),
        )
        yield "\t".join(safe(field) for field in fields)


def as_json(ruling: RulingMade) -> Mapping[str, object]:
    """A ruling with both items; what is not stored any more is null."""
    return {
        "verdict": ruling.verdict.value,
        "made": times.iso(ruling.made_at),
        "items": [_side(each) for each in (ruling.one, ruling.other)],
    }


def _side(item: RuledItem) -> Mapping[str, object]:
    feed = {"title": item.feed.title, "url": item.feed.url} if item.feed else None
    return {"item": item.uid, "title": item.title, "guid": item.guid, "feed": feed}


def as_label(ruling: RulingMade) -> Mapping[str, object]:
    """A ruling as a line of a label file."""
    from aggregator.dedup import labels

    one, other = (
        labels.Named(name=each.uid, guid=each.guid or "", feed=each.feed.url if each.feed else "")
        for each in (ruling.one, ruling.other)
    )
    said = labels.OF_VERDICT[ruling.verdict]
    return labels.as_json(labels.Label(a=one, b=other, label=said, group=SET))
