"""What does the model's server answer, and when is it better left alone?

One question, at most one more try where that may help (429, 5xx, a lost connection, silence), simpler forms of the
protocol where a server refuses the fuller one. After `STRIKES` failures in a row, or one that no try can mend, the
circuit is open: nothing more is asked in this run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aggregator.config import MachineConfig
from aggregator.models import Failed, FailureReason
from aggregator.summarise.machine import answer, request
from aggregator.summarise.machine.allowance import Spent
from aggregator.summarise.machine.answer import Answered
from aggregator.summarise.machine.request import Dialect
from aggregator.web.headers import retry_after
from aggregator.web.post import Answer, Bounds, post

STRIKES = 3
"""Failures in a row after which a run goes on without the model. After a run that ended so, one is enough."""
SHORT_WAIT = 5.0
"""Seconds that a server may ask us to wait before the second try; a longer wait is for another run."""
USUAL_WAIT = 0.5
"""Seconds before the second try where the server names none."""
SHORTEST = 1.0
"""Seconds that must be left of the run's time for a question to make sense."""
MAX_BYTES = 256 * 1024
"""Of an answer: an abstract has 2 KB, and what servers put around it a few more."""
PATH = "chat/completions"

_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504, 529))
_REFUSES_FORM = frozenset((400, 422))
_FINAL = {
    401: "it wants another key (HTTP 401); api_key_env in [machine] names the variable that holds it",
    402: "it wants to be paid (HTTP 402)",
    403: "it does not let us in (HTTP 403); is the key in api_key_env the right one?",
    404: "it knows no such model or address (HTTP 404); see model and url in [machine]",
    405: "nobody takes questions at this address (HTTP 405); see url in [machine]",
}
_MAYBE_CHARGED = frozenset((FailureReason.TIMEOUT, FailureReason.RESET, FailureReason.TOO_LARGE))
_WORTH_A_TRY = frozenset((FailureReason.TIMEOUT, FailureReason.RESET))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Why there is no answer, in words that name neither key nor content."""

    message: str
    left: bool = False
    """A bound was reached, so nothing was asked: nobody's failure."""
    again: bool = False
    """A second try may bring one."""
    wait: float = USUAL_WAIT
    form: bool = False
    """The server did not like how it was asked."""
    final: bool = False
    """No try of this run will do better."""
    charged: bool = False
    """The question may have been worked on all the same."""


class Meter(Protocol):
    """Who keeps count of what is used up."""

    def take(self, cost: Spent) -> str | None:
        """Count a question before it is sent; give the bound it would pass instead, where there is one."""

    def settle(self, estimate: int, actual: int) -> None:
        """Put what it cost in the place of the estimate."""


class Model:
    """A server that is asked one question after the other."""

    def __init__(
        self,
        config: MachineConfig,
        meter: Meter,
        *,
        api_key: str | None,
        failures: int = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.config = config
        self.meter = meter
        self.dialect = Dialect.FULL
        self.failures = failures
        self.broken: str | None = None
        """Why nothing more is asked in this run."""
        self._headers = request.headers(api_key)
        self._clock, self._sleep = clock, sleep
        self._ends = clock() + config.seconds_per_run

    @property
    def address(self) -> str:
        """Where questions go."""
        url = self.config.url
        return url.rstrip("/") if url.endswith(f"{PATH}/") else url + PATH

    def ask(self, said: list[dict[str, str]], *, max_answer: int) -> Answered | Unanswered:
        """Ask one question to its end."""
        if self.broken:
            return Unanswered(message=self.broken, final=True)
        before = self.dialect
        outcome = self._in_some_form(said, max_answer)
        if isinstance(outcome, Unanswered) and outcome.again and outcome.wait <= SHORT_WAIT:
            self._sleep(max(0.0, min(outcome.wait, self._left())))
            outcome = self._in_some_form(said, max_answer)
        if isinstance(outcome, Answered):
            self.failures = 0
        elif not outcome.left:
            if outcome.form:
                self.dialect = before  # it was what was asked, not how
            self.failures += 1
            if outcome.final or self.failures >= STRIKES:
                self.broken = outcome.message
        return outcome

    def _in_some_form(self, said: list[dict[str, str]], max_answer: int) -> Answered | Unanswered:
        while True:
            outcome = self._once(said, max_answer)
            simplest = self.dialect is Dialect.BARE
            if isinstance(outcome, Answered) or not outcome.form or simplest:
                return outcome
            self.dialect = Dialect(self.dialect + 1)

    def _once(self, said: list[dict[str, str]], max_answer: int) -> Answered | Unanswered:
        left = self._left()
        if left < SHORTEST:
            return Unanswered(message=f"{self.config.seconds_per_run:g} seconds in this run", left=True)
        estimate = request.cost(said, max_answer=max_answer)
        passed = self.meter.take(Spent(requests=1, tokens=estimate))
        if passed is not None:
            return Unanswered(message=passed, left=True)
        body = request.body(said, model=self.config.model, max_answer=max_answer, dialect=self.dialect)
        bounds = Bounds(
            seconds=min(self.config.timeout_seconds, left),
            connect_seconds=min(self.config.connect_timeout_seconds, left),
            max_bytes=MAX_BYTES,
            private_networks=True,  # the person wrote the address down
        )
        try:
            outcome = _understood(post(self.address, body, headers=self._headers, bounds=bounds))
        except ValueError:
            outcome = Unanswered(message="the key has characters that cannot be sent", final=True)
        if isinstance(outcome, Answered):
            self.meter.settle(estimate, estimate if outcome.tokens is None else outcome.tokens)
        elif not outcome.charged:
            self.meter.settle(estimate, 0)
        return outcome

    def _left(self) -> float:
        return self._ends - self._clock()


def _understood(got: Answer | Failed) -> Answered | Unanswered:
    if isinstance(got, Failed):
        return Unanswered(
            message=got.message,
            again=got.reason in _WORTH_A_TRY,
            final=got.reason is FailureReason.TLS,
            charged=got.reason in _MAYBE_CHARGED,
        )
    if got.status == 200:
        try:
            return answer.read(got.body)
        except answer.NotAnAnswerError as wrong:
            return Unanswered(message=str(wrong), charged=True)
    if got.status in _FINAL:
        return Unanswered(message=_FINAL[got.status], final=True)
    if 300 <= got.status < 400:
        words = f"it sends us elsewhere (HTTP {got.status}), where nothing is sent; see url in [machine]"
        return Unanswered(message=words, final=True)
    asked_for = retry_after(got.headers)
    return Unanswered(
        message=f"HTTP {got.status}",
        again=got.status in _AGAIN,
        wait=USUAL_WAIT if asked_for is None else asked_for.total_seconds(),
        form=got.status in _REFUSES_FORM,
    )
