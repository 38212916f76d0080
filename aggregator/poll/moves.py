"""Has a feed moved for good, or is somebody's server only saying so today?

A misconfigured server, a captive portal or a lapsed domain sends permanent redirects too. So a move is believed
when it is permanent from end to end, leads to a good document without giving up encryption, and has been seen
at three polls in a row. Until then the old address is asked, and the validators are those of the new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.models import Feed, Fetched, NotModified

POLLS_TO_BELIEVE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is to be remembered after a good poll."""

    target: str | None
    """Where permanent redirects led, None: nowhere."""
    seen: int
    """At so many polls in a row."""

    @property
    def believed(self) -> bool:
        """Whether the target is polled from now on."""
        return self.seen >= POLLS_TO_BELIEVE


def move(feed: Feed, outcome: Fetched | NotModified) -> Move:
    """Count where a good poll was led; one without a permanent redirect starts over."""
    target = outcome.url if outcome.moved_permanently else None
    if target is None or target == feed.url:
        return Move(target=None, seen=0)
    return Move(target=target, seen=feed.moves_seen + 1 if target == feed.moving_to else 1)


def stays(feed: Feed, outcome: Fetched | NotModified) -> bool:
    """Whether there is nothing to remember: no permanent redirect, now or at the last poll."""
    return not outcome.moved_permanently and feed.moving_to is None and not feed.moves_seen
