"""How well do the stories of this store agree with what a person said of pairs of its items?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aggregator.config import Config
from aggregator.dedup.labels import Label, Named, parse_line
from aggregator.dedup.scoring import is_wrong
from aggregator.errors import ParseError, UsageError
from aggregator.pipeline import curate
from aggregator.store import lookup
from aggregator.store.connection import Store
from aggregator.store.lookup import Found
from aggregator.text.urls import public_address

if TYPE_CHECKING:
    from aggregator.pipeline.curate import PairExplained

OWN_SET = "pairs"
"""The set of labels that name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A labelled pair and what the store makes of it."""

    line: int
    group: str
    label: str
    collapsed: bool
    linked: bool
    explained: PairExplained | None = None
    """Of a pair that counts against us, if asked for."""

    @property
    def wrong(self) -> bool:
        """Whether strict scoring counts it against us."""
        return is_wrong(self)


@dataclass(slots=True, kw_only=True)
class Evaluation:
    """What became of a label file; the lists hold (line, what is wrong)."""

    read: int = 0
    scored: list[Scored] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    """Lines that are no label."""
    absent: list[tuple[int, str]] = field(default_factory=list)
    """Labels of items that this store does not hold, or does not hold apart."""

    def by_group(self) -> dict[str, list[Scored]]:
        """The scored pairs by their set, in the order in which the sets begin."""
        groups: dict[str, list[Scored]] = {}
        for each in self.scored:
            groups.setdefault(each.group, []).append(each)
        return groups


def evaluate(store: Store, config: Config, lines: Iterable[bytes], *, explain: bool) -> Evaluation:
    """Score every labelled pair of items in this store; ``explain`` those that count against us."""
    done = Evaluation()
    labels = dict(_labels(lines, done))
    found = _Finder(store, [side for label in labels.values() for side in (label.a, label.b)])
    pairs: list[tuple[int, Label, Found, Found]] = []
    for number, label in labels.items():
        try:
            one, other = found.item(label.a), found.item(label.b)
        except UsageError as error:
            done.absent.append((number, str(error)))
            continue
        if one.id == other.id:
            done.absent.append((number, f"{label.a.name!r} and {label.b.name!r} are one item here"))
            continue
        pairs.append((number, label, one, other))
    linked = lookup.linked(store, {each.story for pair in pairs for each in pair[2:]})
    for number, label, one, other in pairs:
        collapsed = one.story == other.story
        scored = Scored(
            line=number,
            group=label.group or OWN_SET,
            label=label.label,
            collapsed=collapsed,
            linked=collapsed or frozenset((one.story, other.story)) in linked,
        )
        if explain and scored.wrong:
            scored = _explained(store, config, scored, one, other)
        done.scored.append(scored)
    return done


def _explained(store: Store, config: Config, scored: Scored, one: Found, other: Found) -> Scored:
    return replace(scored, explained=curate.explain_pair(store, config, one, other))


def _labels(lines: Iterable[bytes], done: Evaluation) -> Iterator[tuple[int, Label]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        done.read += 1
        try:
            yield number, parse_line(line, first=number == 1)
        except ParseError as error:
            done.bad.append((number, str(error)))


class _Finder:
    """Finds the items that labels name: all ids and guids at once, the rest one by one."""

    def __init__(self, store: Store, named: Iterable[Named]) -> None:
        self.store = store
        wanted = list(named)
        self.by_uid = lookup.by_uid(store, {each.name for each in wanted})
        unknown = [each for each in wanted if each.name not in self.by_uid]
        self.by_guid = lookup.by_guid(
            store, {text for each in unknown for text in (each.name, each.guid) if text}
        )

    def item(self, named: Named) -> Found:
        """The item a label names: by its id, a guid, the beginning of an id, a link; then by its guid and feed.

        Raises ``UsageError`` where there is none or more than one.
        """
        if named.name in self.by_uid:
            return self.by_uid[named.name]
        for text in (named.name, named.guid):
            found = self._of_feed(self.by_guid.get(text, {}), named.feed)
            if len(found) == 1 or (found and "://" in text):
                return min(found, key=lambda each: each.id)  # of several under one link, the first to arrive
            if found:
                raise UsageError(
                    f"{text!r} is the guid of {len(found)} items; name them by their ids, or add the feed"
                )
        return lookup.find_item(self.store, named.name)

    @staticmethod
    def _of_feed(found: Mapping[int, tuple[Found, frozenset[str]]], feed: str) -> list[Found]:
        """Of several feeds' items under one guid, those of the feed that the label names, if it names one."""
        there = [item for item, known in found.values() if feed in {*known, *map(public_address, known)}]
        return there or [item for item, _ in found.values()]
