"""Why are two items one story, or why not, and what if a person disagrees?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.config import Config
from aggregator.errors import UsageError
from aggregator.models import CleanText, Relation, Ruling, Verdict
from aggregator.pipeline.dedup_stage import collapsed, judge_settings
from aggregator.store import index, lookup, rulings, texts
from aggregator.store import items as item_store
from aggregator.store.connection import Store
from aggregator.store.lookup import Found

if TYPE_CHECKING:
    from aggregator.dedup.explain import Explanation
    from aggregator.dedup.fingerprint import Fingerprint
    from aggregator.dedup.judge import Judgement
    from aggregator.dedup.misses import Miss

SAID = {Verdict.SAME: "you said: one story", Verdict.DIFFERENT: "you said: two stories"}

NEAREST_SHOWN = 3
"""Of an item that stands alone: how many of its nearest neighbours are explained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplained:
    """What is known about two items."""

    older: Found
    newer: Found
    one_story: bool
    ruling: Verdict | None
    """A person's word, which beats what follows."""
    explanation: Explanation
    note: str = ""
    """Why the two are one story or two although the pair itself was judged otherwise."""

    @property
    def verdict(self) -> str:
        """All that decides, on one line."""
        said = "" if self.ruling is None else SAID[self.ruling]
        return "; ".join(part for part in (said, self.explanation.verdict, self.note) if part)


def explain(store: Store, config: Config, one: str, other: str | None) -> list[PairExplained]:
    """Explain a pair, or an item's place: with its founder, with every copy of it, or with its nearest neighbours.

    Judged anew from the fingerprints, which gives what was recorded as long as the rules are the same ones.
    """
    item = lookup.find_item(store, one)
    if other is not None:
        partner = lookup.find_item(store, other)
        if partner.id == item.id:
            raise UsageError(f"{one!r} and {other!r} are the same item; an explanation needs two")
        return [explain_pair(store, config, item, partner)]
    partners = _partners(store, config, item)
    return [explain_pair(store, config, item, partner) for partner in partners]


def _partners(store: Store, config: Config, item: Found) -> Sequence[Found]:
    members = [each for each in lookup.members(store, item.story) if each.id != item.id]
    if item.uid == item.story and members:
        return members
    if members:
        return [each for each in members if each.uid == item.story]
    return _nearest(store, config, item)


def _nearest(store: Store, config: Config, item: Found) -> list[Found]:
    from aggregator.dedup import candidates, packing

    day, data = index.fingerprints(store, [item.id])[item.id]
    mine = packing.decode(data)
    near = index.candidates(
        store,
        item.id,
        exact_keys=mine.exact_keys,
        text_keys=mine.text_keys,
        day=day,
        window_days=config.dedup.window_days,
        cap=candidates.KEY_CAP,
        limit=NEAREST_SHOWN,
    )
    closest = item_store.items_by_id(store, near[:NEAREST_SHOWN])
    return [lookup.find_item(store, each.uid) for each in closest.values()]


def explain_pair(store: Store, config: Config, one: Found, other: Found) -> PairExplained:
    """Explain a pair of items, in whichever order they are given."""
    from aggregator.dedup import explain as explaining
    from aggregator.dedup import judge

    older, newer = sorted((one, other), key=lambda each: each.id)
    prints = _prints(store, older, newer)
    settings = judge_settings(config)
    judgement = judge.judge(prints[older.id], prints[newer.id], settings)
    read = texts.by_item(store, [older.id, newer.id])
    said = {each.verdict for each in rulings.touching(store, [older.uid]) if newer.uid in (each.a, each.b)}
    ruling = next(iter(said), None)
    return PairExplained(
        older=older,
        newer=newer,
        one_story=older.story == newer.story,
        ruling=ruling,
        explanation=explaining.explain(
            judgement,
            _text(read, older),
            _text(read, newer),
            _nearest_rule(judgement, prints[older.id], prints[newer.id], config),
        ),
        note="" if ruling else _note(store, config, judgement, older, newer),
    )


def _nearest_rule(
    judgement: Judgement, older: Fingerprint, newer: Fingerprint, config: Config
) -> Miss | None:
    """What it would have taken to make a pair one story, or to link it; a guard's refusal is no near miss."""
    from aggregator.dedup import misses

    close = collapsed(config.dedup.collapse)
    if judgement.refused or (judgement.match is not None and judgement.match.relation in close):
        return None
    settings = judgement.settings
    found = misses.nearest(older, newer, settings, close)
    if found is None and judgement.match is None:
        found = misses.nearest(older, newer, settings, tuple(Relation))
    return found


def _note(store: Store, config: Config, judgement: Judgement, older: Found, newer: Found) -> str:
    """Why a pair stands otherwise than it was judged: stories are more than pairs."""
    close = collapsed(config.dedup.collapse)
    joins = judgement.match is not None and judgement.match.relation in close
    if joins == (older.story == newer.story):
        return ""
    if joins:
        return "two stories all the same: an item joins by the founder of a story or a direct copy of it"
    ends: dict[int, set[int]] = {older.id: set(), newer.id: set()}
    for (one, other), match in index.live_matches(store, list(ends)).items():
        for mine, theirs in ((one, other), (other, one)):
            if mine in ends and match.relation in close:
                ends[mine].add(theirs)
    members = lookup.members(store, older.story)
    between = [each for each in members if all(each.id in met for met in ends.values())]
    if between:
        return f"one story all the same: both match {between[0].uid[:7]}, {between[0].title}"
    return "one story all the same, by way of other copies"


def _prints(store: Store, *found: Found) -> dict[int, Fingerprint]:
    from aggregator.dedup import packing

    stored = index.fingerprints(store, [each.id for each in found])
    return {item: packing.decode(data) for item, (_, data) in stored.items()}


def _text(read: dict[int, texts.StoredText], item: Found) -> CleanText:
    return read[item.id].text if item.id in read else CleanText(title=item.title)


# --- A person's word -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two items that a person called one story."""

    one: Found
    other: Found
    overruled: int
    """How many earlier rulings between the two stories this one took back: the last word holds."""


def join(store: Store, now: datetime, one: str, other: str, *, undo: bool) -> Joined:
    """Say that two items are one story, or take that back; dedup has to follow."""
    first, second = lookup.find_item(store, one), lookup.find_item(store, other)
    if first.id == second.id:
        raise UsageError(f"{one!r} and {other!r} are the same item; nothing to join")
    touched, overruled = {first.id, second.id}, 0
    with store.transaction():
        if undo:
            if not rulings.withdraw(store, first.uid, second.uid, Verdict.SAME, now):
                raise UsageError(f"nobody joined {first.uid[:7]} and {second.uid[:7]}; nothing to take back")
        else:
            mine, theirs = (lookup.members(store, each.story) for each in (first, second))
            if first.story != second.story:
                overruled = len(
                    rulings.withdraw_between(
                        store, [each.uid for each in mine], [each.uid for each in theirs], now
                    )
                )
                touched |= {each.id for each in (*mine, *theirs)}
            rulings.rule(store, first.uid, [second.uid], Verdict.SAME, now)
        item_store.also_pending(store, touched, step=1)
    return Joined(one=first, other=second, overruled=overruled)


def overruled_by(store: Store, one: str, other: str) -> int:
    """How many earlier rulings a join of two items would take back."""
    mine, theirs = (
        [each.uid for each in lookup.members(store, lookup.find_item(store, reference).story)]
        for reference in (one, other)
    )
    return 0 if mine == theirs else rulings.count_between(store, mine, theirs)


def said_of(store: Store, one: str, other: str | None) -> list[Ruling]:
    """What :func:`withdraw` would take back."""
    first = _ruled(store, one)
    second = None if other is None else _ruled(store, other)
    return [each for each in rulings.touching(store, [first]) if second is None or second in (each.a, each.b)]


def split(store: Store, now: datetime, reference: str, *, undo: bool) -> Found:
    """Say that an item is a story of its own, or take that back; dedup has to follow."""
    item = lookup.find_item(store, reference)
    with store.transaction():
        if undo:
            freed = rulings.withdraw(store, item.uid, None, Verdict.DIFFERENT, now)
            if not freed:
                raise UsageError(f"nobody split {item.uid[:7]} from anything; nothing to take back")
            _reconsider(store, freed)
        else:
            others = [each for each in lookup.members(store, item.story) if each.id != item.id]
            if not others:
                raise UsageError(f"{item.uid[:7]} is a story of its own already")
            rulings.rule(store, item.uid, [each.uid for each in others], Verdict.DIFFERENT, now)
            item_store.also_pending(store, [item.id, *(each.id for each in others)], step=1)
    return item


def withdraw(store: Store, now: datetime, one: str, other: str | None) -> list[Ruling]:
    """Take back all that was said of an item, or of a pair; dedup has to follow.

    Items are found among those that rulings are about, so that a word on an item that is gone can be taken back.
    """
    first = _ruled(store, one)
    second = None if other is None else _ruled(store, other)
    with store.transaction():
        freed = rulings.withdraw(store, first, second, None, now)
        if not freed:
            whom = first[:7] if second is None else f"{first[:7]} and {second[:7]}"
            raise UsageError(f"nothing was ruled on {whom}; aggregator rulings lists what was")
        _reconsider(store, freed)
    return freed


def _reconsider(store: Store, freed: Iterable[Ruling]) -> None:
    uids = {uid for ruling in freed for uid in (ruling.a, ruling.b)}
    touched = sorted(each.id for each in lookup.by_uid(store, uids).values())
    item_store.also_pending(store, touched, step=1)


def _ruled(store: Store, reference: str) -> str:
    found = rulings.ruled_items(store, reference.lower()) if reference else []
    if len(found) > 1:
        some = ", ".join(found[:5])
        raise UsageError(f"{reference!r} could be {len(found)} items ({some} …); type more of the id")
    return found[0] if found else lookup.find_item(store, reference).uid
