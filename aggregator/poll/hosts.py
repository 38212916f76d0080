"""Whose turn is it, so that no host is asked by more connections than is polite?

Waiting feeds stand in one queue per host; hosts take turns. Between two requests a host gets time to breathe,
however many of its feeds wait. One that asks for a pause, or does not answer time after time, is left alone for
the rest of the run: its other feeds fail with the reason, unasked.

Time is an argument: seconds of a clock that never goes back.
"""

from __future__ import annotations

import heapq
import ipaddress
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from aggregator.models import Failed, FailureReason, Feed, Outcome

TIMEOUTS_TO_GIVE_UP = 3
"""In a row, with no answer in between. Fewer, and a host with two slow feeds among many loses the rest; more,
and one dead host with many feeds holds up a run for many times the timeout."""

_NO_ANSWER = frozenset({FailureReason.TIMEOUT, FailureReason.DNS, FailureReason.CONNECT})


@dataclass(slots=True)
class _Host:
    spared: bool
    """This machine itself, asked as fast as it answers."""
    waiting: deque[Feed] = field(default_factory=deque)
    active: int = 0
    silent: int = 0
    queued: bool = False
    ready_at: float = 0.0


def is_own_machine(name: str) -> bool:
    """Tell whether a host name or address means this machine itself, whose patience is ours to spend."""
    bare = name.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


class HostQueues:
    """Feeds still to be asked; false when there are none."""

    def __init__(
        self, *, per_host: int, spacing_seconds: float = 0.0, spare_own_machine: bool = False
    ) -> None:
        self._per_host = max(1, per_host)
        self._spacing = max(0.0, spacing_seconds)
        self._spare_own_machine = spare_own_machine
        self._breathing: list[tuple[float, str]] = []
        """Hosts that may be asked again only later: a heap of moments and names."""
        self._hosts: dict[str, _Host] = {}
        self._turns: deque[str] = deque()
        self._waiting = 0

    def __bool__(self) -> bool:
        return self._waiting > 0

    def hosts(self) -> Iterator[str]:
        """Give the hosts that were ever queued."""
        yield from self._hosts

    def add(self, name: str, feed: Feed) -> None:
        """Queue a feed behind the others of its host."""
        host = self._hosts.get(name)
        if host is None:
            spared = self._spare_own_machine and is_own_machine(name)
            host = self._hosts[name] = _Host(spared=spared)
        host.waiting.append(feed)
        self._waiting += 1
        self._take_turn(name, host)

    def start(self, count: int, now: float) -> Iterator[tuple[str, Feed]]:
        """Give up to ``count`` feeds that may be asked now, one host after the other."""
        while self._breathing and self._breathing[0][0] <= now:
            self._turns.append(heapq.heappop(self._breathing)[1])
        while count > 0 and self._turns:
            name = self._turns.popleft()
            host = self._hosts[name]
            host.queued = False
            if not host.waiting:
                continue
            host.active += 1
            host.ready_at = 0.0 if host.spared else now + self._spacing
            self._waiting -= 1
            count -= 1
            yield name, host.waiting.popleft()
            self._take_turn(name, host)

    def seconds_to_next(self, now: float) -> float | None:
        """How long until a host that breathes may be asked; None when none waits for that."""
        return max(0.0, self._breathing[0][0] - now) if self._breathing else None

    def finish(self, name: str, outcome: Outcome) -> Iterator[tuple[Feed, Failed]]:
        """Note how an asked feed fared; gives those that will not be asked because of it."""
        host = self._hosts[name]
        host.active -= 1
        no_answer = isinstance(outcome, Failed) and outcome.reason in _NO_ANSWER
        host.silent = host.silent + 1 if no_answer else 0
        if isinstance(outcome, Failed) and _is_to_be_left_alone(host, outcome):
            verdict = replace(
                outcome,
                message=f"{outcome.message} (said of another feed of this host; not asked)",
                asked=False,
            )
            while host.waiting:
                self._waiting -= 1
                yield host.waiting.popleft(), verdict
        self._take_turn(name, host)

    def _take_turn(self, name: str, host: _Host) -> None:
        if host.waiting and not host.queued and (host.active < self._per_host or host.spared):
            host.queued = True
            if self._spacing and host.ready_at:
                heapq.heappush(self._breathing, (host.ready_at, name))
            else:
                self._turns.append(name)


def _is_to_be_left_alone(host: _Host, failed: Failed) -> bool:
    paused = failed.status == 429 or (failed.status == 503 and failed.retry_after is not None)
    return paused or (host.silent >= TIMEOUTS_TO_GIVE_UP and not host.spared)
