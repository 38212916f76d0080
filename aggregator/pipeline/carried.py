"""What did readers of another machine last read of a story, so that moving shows them nothing as new again?

A dump tells it on the line of the item that founded the story. It is taken over where the story was never shown here:
then its link stays with the copy that spoke, and its time of update moves only if its words come out otherwise. Its
abstract comes along with what it was made from, since that is history: it was made of the copies there were by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aggregator.models import Abstract
from aggregator.store import stories
from aggregator.store.connection import Store
from aggregator.text import urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What readers were told of a story."""

    speaker: str
    """uid of the item that spoke."""
    wording: stories.Wording
    method: str | None
    """How the abstract was made."""
    updated: datetime


def read(value: object) -> Told | None:
    """Understand the key ``told`` of a line; None where it is missing or no use: the item is taken without it."""
    if not isinstance(value, Mapping):
        return None
    speaker, title, updated = (_text(value, key) for key in ("item", "title", "updated"))
    try:
        moment = datetime.fromisoformat(updated)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not speaker or not title:
        return None
    wording = stories.Wording(
        title=title, url=urls.absolute(_text(value, "url")), abstract=_text(value, "abstract") or None
    )
    return Told(
        speaker=speaker,
        wording=wording,
        method=_text(value, "method") or None,
        updated=moment.replace(microsecond=0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """An abstract as it was made elsewhere."""

    abstract: Abstract | None
    """None: the texts deserved none."""
    sources: tuple[str, ...]
    """uids of the items of its sentences."""
    input_hash: str


def read_abstract(value: object) -> Short | None:
    """Understand the key ``abstract`` of a line; None where it is missing or no use: another one is made."""
    if not isinstance(value, Mapping):
        return None
    text, method, input_hash = (_text(value, key) for key in ("text", "method", "input"))
    sources = value.get("sources")
    if not method or not isinstance(sources, list) or not all(isinstance(each, str) for each in sources):
        return None
    return Short(
        abstract=Abstract(text=text, method=method) if text else None,
        sources=tuple(sources),
        input_hash=input_hash,
    )


def _text(value: Mapping[Any, Any], key: str) -> str:
    found = value.get(key)
    if not isinstance(found, str):
        return ""
    return found.encode("utf-8", "replace").decode().replace("\0", "")


@dataclass(slots=True)
class Carried:
    """Takes over what lines tell, also where the item that spoke comes later in the file."""

    store: Store
    now: datetime
    _waiting: dict[str, tuple[str, Told]] = field(default_factory=dict)
    """uid of an item that is not stored yet → the story it spoke for."""

    def take(self, uid: str, told: Told | None, short: Short | None) -> None:
        """Take over what is told of the story founded by the item ``uid``, which is stored now."""
        if short is not None:
            stories.remember_abstract(self.store, uid, short.abstract, short.sources, short.input_hash)
        if told is not None and not self._remember(uid, told):
            self._waiting[told.speaker] = (uid, told)
        if (waiting := self._waiting.pop(uid, None)) is not None:
            self._remember(*waiting)

    def _remember(self, story: str, told: Told) -> bool:
        updated = min(told.updated, self.now)
        return stories.remember(self.store, story, told.speaker, told.wording, told.method, updated)
