"""What becomes of a good answer? The document is parsed, its entries stored, and the feed's health noted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.errors import ParseError
from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Report
from aggregator.poll import moves, schedule
from aggregator.poll.limits import APART, PATIENCE
from aggregator.poll.unreadable import Busy, Unreadable
from aggregator.store import feeds as feed_store
from aggregator.store.connection import Store

if TYPE_CHECKING:
    from aggregator.models import Entry, ParsedFeed
    from aggregator.poll.apart.desk import Apart
    from aggregator.store.items import AddResult

DELTA = 226
"""The status of a document that holds what is new only (RFC 3229)."""
CHURNS = 3
"""Documents in a row that rewrote at least half of the known entries, after which texts that changed alone are no
revisions: one is a new template, two a correction of it, a counter goes on for ever."""
CHURNS_OF_FEW = 10
"""The same for documents of fewer than ``FEW`` entries, where one live report being written is half of them."""
FEW = 5
TOGETHER, TOGETHER_SECONDS = 64, 0.5
"""Answers that brought nothing new are noted in one transaction while no more than so many came, in no longer time:
one for each is a quarter of what such an answer costs. A run that is killed forgets the latest of them, and these
feeds are asked once more, with the same validators."""


class Unusable(Exception):  # noqa: N818 - carries a value, is not reported as an error
    """A document came that is no feed."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


@dataclass(slots=True, kw_only=True)
class Intake:
    """Takes answers in, and counts them in the report."""

    store: Store
    report: Report
    now: datetime
    bounds: schedule.Bounds
    older: list[tuple[Feed, str]] = field(default_factory=list)
    """Feeds that were read for the first time, with the address at which they say their history goes on."""
    patience: float = PATIENCE
    """CPU seconds after which a document is read apart."""
    _unwritten: list[feed_store.Success] = field(default_factory=list)
    _settled_at: float = field(default_factory=time.monotonic)
    _apart: Apart[tuple[Feed, Fetched, str]] | None = None

    def not_modified(self, feed: Feed, outcome: NotModified) -> None:
        """Note that there is nothing new."""
        self._nothing_new(feed, outcome)
        self.report.feeds["not_modified"] += 1

    def _nothing_new(self, feed: Feed, outcome: Fetched | NotModified) -> None:
        next_poll_at = schedule.next_poll(feed, outcome, self.now, self.bounds)
        if moves.stays(feed, outcome):
            self._unwritten.append(feed_store.success(feed, outcome, next_poll_at=next_poll_at, now=self.now))
            moment = time.monotonic()
            if len(self._unwritten) >= TOGETHER or moment - self._settled_at > TOGETHER_SECONDS:
                self.settle()
                self._settled_at = moment
        else:
            with self.store.transaction():
                self._note(feed, outcome, next_poll_at)

    def settle(self) -> None:
        """Write down the answers that are to be noted together; to be called when the last one has come."""
        if self._unwritten:
            with self.store.transaction():
                feed_store.record_successes(self.store, self._unwritten)
            self._unwritten = []

    def document(self, feed: Feed, fetched: Fetched) -> None:
        """Store what a document brings, at once or, where it is read apart, by ``read_apart``.

        Raises ``Unusable`` when it is none.
        """
        from hashlib import sha256  # brings a library of ciphers along

        body_hash = sha256(fetched.body + fetched.beyond_hash.encode()).hexdigest()
        if body_hash == feed.body_hash:
            self._nothing_new(feed, fetched)
            self.report.feeds["unchanged"] += 1
            return
        try:
            parsed = None if len(fetched.body) > APART else parsed_here(fetched, feed, self.patience)
        except Busy:
            parsed = None
        if parsed is None:
            self._set_aside(feed, fetched, body_hash)
        else:
            self._take_in(feed, fetched, parsed, body_hash)

    def _set_aside(self, feed: Feed, fetched: Fetched, body_hash: str) -> None:
        if self._apart is None:
            from aggregator.poll.apart.desk import Apart  # few documents are that large, or that odd

            self._apart = Apart()
        rest = replace(fetched, body=b"", beyond=fetched.size)
        self._apart.submit((feed, rest, body_hash), fetched, feed_url=feed.first_url)

    def read_apart(self, *, wait: bool = False) -> Iterator[tuple[Feed, Failed]]:
        """Store what the documents brought that have been read apart by now; gives those that are none.

        ``wait``: for all of them, also those that are still being read.
        """
        if self._apart is None:
            return
        for (feed, fetched, body_hash), outcome in self._apart.rest() if wait else self._apart.finished():
            if not isinstance(outcome, Unreadable):
                self._take_in(feed, fetched, outcome, body_hash)
            else:
                yield feed, Failed(reason=outcome.reason, message=str(outcome), status=fetched.status)

    def close(self) -> None:
        """Write down what is unwritten, and end what is still being read; the answers are asked for again."""
        if self._apart is not None:
            self._apart.close()
        self.settle()

    def _take_in(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, body_hash: str) -> None:
        parsed = _with_hub(parsed, fetched)
        with self.store.transaction():
            added = self.add(feed, parsed)
            self._note_content(feed, fetched, parsed, added, body_hash)
        if feed.last_ok_at is None and parsed.older_url is not None:
            self.older.append((feed, parsed.older_url))
        self.report.feeds["fetched"] += 1
        self.report.warnings.extend(f"{feed.title}: {each}" for each in parsed.warnings)

    def add(self, feed: Feed, parsed: ParsedFeed) -> AddResult:
        """Store a document's entries, oldest first; inside a transaction."""
        from aggregator.store import items as item_store
        from aggregator.store import renaming

        renaming.adopt(self.store, feed.id, parsed.entries)
        added = item_store.add_entries(
            self.store,
            feed_id=feed.id,
            feed_first_url=feed.first_url,
            entries=sorted(parsed.entries, key=self._moment),
            now=self.now,
            revise=parsed.malformed is None,
            steady=is_steady(feed, len(parsed.entries)),
        )
        self.report.items["new"] += added.new
        self.report.items["updated"] += added.updated
        return added

    def _moment(self, entry: Entry) -> datetime:
        return entry.published or entry.updated or self.now

    def _note_content(
        self, feed: Feed, fetched: Fetched, parsed: ParsedFeed, added: AddResult, body_hash: str
    ) -> None:
        from aggregator.poll import rhythm

        whole = fetched.status != DELTA  # a delta's few entries tell no rhythm
        pace = rhythm.rhythm(parsed.entries, self.now) if whole else feed.rhythm
        known = replace(feed, rhythm=pace, last_new_at=self.now if added.new else feed.last_new_at)
        next_poll_at = schedule.next_poll(known, fetched, self.now, self.bounds, parsed)
        self._note(feed, fetched, next_poll_at, complete=parsed.complete)
        feed_store.record_content(
            self.store,
            feed,
            parsed,
            body_hash=body_hash if parsed.complete and whole else None,
            new=added.new,
            now=self.now,
            habits=feed_store.Habits(rhythm=pace, churn=churn(feed, added)),
        )

    def _note(
        self, feed: Feed, outcome: Fetched | NotModified, next_poll_at: datetime, *, complete: bool = True
    ) -> None:
        noted = feed_store.success(feed, outcome, next_poll_at=next_poll_at, now=self.now, complete=complete)
        feed_store.record_successes(self.store, [noted])
        if not complete:
            return
        found = moves.move(feed, outcome)
        if feed_store.record_move(
            self.store, feed, target=found.target, seen=found.seen, believed=found.believed
        ):
            self.report.warnings.append(
                f"{feed.title}: has moved for good and is now polled at {found.target}"
            )


def is_steady(feed: Feed, entries: int) -> bool:
    """Whether a text that changed alone is to be taken for a revision."""
    return feed.churn < (CHURNS if entries >= FEW else CHURNS_OF_FEW)


def churn(feed: Feed, added: AddResult) -> int:
    """How many documents in a row rewrote most of what we knew, this one included."""
    known = added.updated + added.unchanged
    return feed.churn + 1 if known and added.rewritten * 2 >= known else 0


def parsed_or_unusable(fetched: Fetched, feed: Feed) -> ParsedFeed:
    """Parse a document, wherever that is safe, and wait for it; raises ``Unusable`` when it is none."""
    try:
        if len(fetched.body) <= APART:
            return _with_hub(parsed_here(fetched, feed, PATIENCE), fetched)
    except Busy:
        pass
    from aggregator.poll.apart import desk

    try:
        return _with_hub(desk.read(fetched, feed_url=feed.first_url), fetched)
    except ParseError as error:
        raise _unusable(error, fetched) from error


def _with_hub(parsed: ParsedFeed, fetched: Fetched) -> ParsedFeed:
    """Let the hub that the answer's headers name go before the document's (W3C WebSub §4)."""
    if "link" not in fetched.headers:
        return parsed
    from aggregator.text.urls import absolute
    from aggregator.web.links import linked

    named = (absolute(each, fetched.url) for each in linked(fetched.headers, "hub"))
    return replace(parsed, hub=next((hub for hub in named if hub), parsed.hub))


def parsed_here(fetched: Fetched, feed: Feed, seconds: float) -> ParsedFeed:
    """Parse behind the one boundary that catches everything: a feed must never stop the run.

    Raises ``Busy`` after so many seconds of CPU time, and ``Unusable``.
    """
    from aggregator.poll import parse

    try:
        return parse.parse(fetched, feed_url=feed.first_url, cpu_seconds=seconds)
    except Busy:
        raise
    except ParseError as error:
        raise _unusable(error, fetched) from error
    except Exception as error:
        message = f"the parser gave up ({type(error).__name__}: {str(error)[:200]})"
        raise Unusable(
            Failed(reason=FailureReason.CRASHED, message=message, status=fetched.status)
        ) from error


def _unusable(error: ParseError, fetched: Fetched) -> Unusable:
    reason = getattr(error, "reason", FailureReason.NOT_A_FEED)
    return Unusable(Failed(reason=reason, message=str(error), status=fetched.status))
