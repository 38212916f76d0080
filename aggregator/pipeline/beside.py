"""What does a dump say besides its items, and what becomes of it here?

Feeds with their health, rulings, tombstones, where readers were told of stories, what was decided of abstracts: one
a line, behind the items, each under the key ``aggregator`` that says what it is (``store.dumping`` writes them).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.errors import ParseError
from aggregator.models import Verdict
from aggregator.pipeline import values
from aggregator.pipeline.values import Values
from aggregator.store import dumping, model, taking, told, tombstones
from aggregator.store import feeds as feed_store
from aggregator.store.connection import Store
from aggregator.store.naming import UID_HEX_DIGITS
from aggregator.store.tombstones import Tombstone
from aggregator.text import urls

KIND = dumping.KIND

NAME = re.compile(f"[0-9a-f]{{{UID_HEX_DIGITS}}}")
"""Of an item, or a story by its founder."""
EIGHT_BYTES = re.compile("[0-9a-f]{16}")

COUNTS = (
    "failures",
    "last_status",
    "rhythm_seconds",
    "churn",
    "polls",
    "polls_not_modified",
    "body_bytes",
    "bytes_saved",
)


@dataclass(slots=True)
class Beside:
    """Takes lines that are no items, one by one, inside a transaction."""

    store: Store
    now: datetime
    _feeds: dict[str, int] = field(default_factory=dict)
    _closed: dict[str, bool] = field(default_factory=dict)
    """Output → whether it had closed pages of its own before."""

    def take(self, line: Values) -> None:
        """Take over what a line says. Raises ``ParseError`` that says what it lacks."""
        match line[KIND]:
            case dumping.FEED:
                self._feed(line)
            case dumping.RULING:
                self._ruling(line)
            case dumping.TOMBSTONE:
                self._tombstone(line)
            case dumping.STORY:
                self._story(line)
            case dumping.DECISION:
                self._decision(line)
            case other:
                raise ParseError(
                    f'"{KIND}" is {str(other)[:12]!r}: written by a newer version of this program'
                )

    def _feed_id(self, line: Values) -> tuple[int, str]:
        address = _required(line, "feed")
        if address not in self._feeds:
            self._feeds[address] = feed_store.imported_feed(
                self.store, url=address, name=values.text(line, "source"), now=self.now
            )
        return self._feeds[address], address

    def _feed(self, line: Values) -> None:
        url = values.text(line, "url")
        known = taking.FeedKnown(
            # As after a redirect: never to a file.
            url=url if url.startswith(("https://", "http://")) else "",
            title=values.text(line, "source"),
            site_url=urls.absolute(values.text(line, "site_url")),
            language=values.text(line, "lang") or None,
            folder=values.strings(line, "folder"),
            tags=values.strings(line, "tags"),
            priority=values.whole(line, "priority", least=-values.MOST_NUMBER) or 0,
            added=self._past(line, "added"),
            removed=self._past(line, "removed"),
            gone=self._past(line, "gone"),
            last_polled=self._past(line, "last_polled"),
            last_ok=self._past(line, "last_ok"),
            last_new=self._past(line, "last_new"),
            last_error=values.text(line, "last_error") or None,
            counts={name: values.whole(line, name) for name in COUNTS},
        )
        feed_id, address = self._feed_id(line)
        taking.feed(self.store, feed_id, address, known)

    def _ruling(self, line: Values) -> None:
        a, b = sorted((_name(line, "a"), _name(line, "b")))
        verdict = values.text(line, "verdict")
        if a == b or verdict not in {each.value for each in Verdict}:
            raise ParseError('no ruling: it takes two items and the "verdict" same or different')
        said = taking.RulingKnown(
            a=a,
            b=b,
            verdict=Verdict(verdict),
            made=self._past(line, "made") or self.now,
            withdrawn=self._past(line, "withdrawn"),
        )
        taking.ruling(self.store, said)

    def _tombstone(self, line: Values) -> None:
        day = self._past(line, "day")
        stone = Tombstone(
            name=_eight_bytes(line, "name"),
            title=_eight_bytes(line, "title"),
            link=_eight_bytes(line, "link") if line.get("link") is not None else None,
            published=values.whole(line, "published", least=-values.MOST_NUMBER),
        )
        feed_id, _ = self._feed_id(line)
        taking.tombstone(self.store, feed_id, stone, tombstones.day_of(day or self.now))

    def _story(self, line: Values) -> None:
        outputs = line.get("outputs") or {}
        if not isinstance(outputs, dict):
            raise ParseError('"outputs" is not an object of pages')
        pages = {values.sound(name): values.whole(outputs, name, least=1) for name in outputs}
        known = taking.StoryKnown(
            story=_name(line, "story"),
            shown=line.get("shown") is True,
            # Two histories cannot share numbers of pages: what is closed here stays as it was read.
            pages={name: None if self._has_closed(name) else page for name, page in pages.items()},
            left=line.get("left") is True,
            departed=self._past(line, "departed"),
        )
        taking.story(self.store, known)

    def _has_closed(self, output: str) -> bool:
        if output not in self._closed:
            self._closed[output] = told.last_closed(self.store, output) > 0
        return self._closed[output]

    def _decision(self, line: Values) -> None:
        verdict = values.text(line, "verdict")
        if verdict not in {each.value for each in model.Verdict}:
            raise ParseError('"verdict" is none that is known')
        decided = model.Decision(
            input_hash=values.text(line, "input_hash"),
            verdict=model.Verdict(verdict),
            reason=values.text(line, "reason"),
            text=values.text(line, "text") or None,
            sources=values.strings(line, "sources"),
            asked=values.whole(line, "asked") or 0,
        )
        taking.decision(self.store, _name(line, "story"), decided, self._past(line, "at") or self.now)

    def _past(self, line: Values, key: str) -> datetime | None:
        """A time; one that is still to come was noted by a clock that ran ahead."""
        found = values.moment(line, key)
        return None if found is None else min(found, self.now)


def _required(line: Values, key: str) -> str:
    found = values.text(line, key)
    if not found:
        raise ParseError(f'"{key}" is missing')
    return found


def _name(line: Values, key: str) -> str:
    found = values.text(line, key)
    if not NAME.fullmatch(found):
        raise ParseError(f'"{key}" is not the id of an item or a story')
    return found


def _eight_bytes(line: Values, key: str) -> int:
    found = values.text(line, key)
    if not EIGHT_BYTES.fullmatch(found):
        raise ParseError(f'"{key}" is not eight bytes in hexadecimal')
    return int.from_bytes(bytes.fromhex(found), "big", signed=True)
