"""How a model's server is asked, against a real one that behaves or does not."""

from __future__ import annotations

import time

import feedserver
import pytest
from model_server import (
    ModelServer,
    Part,
    answers,
    behaves,
    completion,
    in_turn,
    knows_only,
    says,
    sends,
    writes,
)

from aggregator.config import MachineConfig
from aggregator.pipeline.model import MAX_BYTES, STRIKES, Model, Unanswered
from aggregator.summarise.machine.allowance import Spent
from aggregator.summarise.machine.answer import Answered

SAID = [{"role": "system", "content": "rules"}, {"role": "user", "content": "material"}]


class Meter:
    """Counts, and lets through as many questions as it is told."""

    def __init__(self, requests: int = 100) -> None:
        self.requests = requests
        self.spent = Spent()
        self.taken: list[Spent] = []

    def take(self, cost: Spent) -> str | None:
        if self.spent.requests >= self.requests:
            return "requests"
        self.taken.append(cost)
        self.spent = self.spent.plus(cost)
        return None

    def settle(self, estimate: int, actual: int) -> None:
        self.spent = self.spent.plus(Spent(tokens=actual - estimate))


class Asked:
    """A model at a server, what it used, and how long it wanted to wait."""

    def __init__(
        self, url: str, *, requests: int = 100, failures: int = 0, key: str | None = None, **settings
    ) -> None:
        self.meter = Meter(requests)
        self.waited: list[float] = []
        config = MachineConfig(model="m", url=url, **{"timeout_seconds": 5.0, **settings})
        self.model = Model(config, self.meter, api_key=key, failures=failures, sleep=self.waited.append)

    def ask(self) -> Answered | Unanswered:
        return self.model.ask(SAID, max_answer=100)


@pytest.fixture
def asked(model_server: ModelServer) -> Asked:
    return Asked(model_server.url)


def test_a_question_is_answered_and_what_it_cost_is_counted(model_server: ModelServer, asked: Asked) -> None:
    model_server.plays(says("Fine.", tokens=77))
    assert asked.ask() == Answered(said="Fine.", tokens=77)
    assert asked.meter.spent == Spent(requests=1, tokens=77)
    assert model_server.questions[0]["messages"] == SAID
    assert model_server.questions[0]["model"] == "m"


def test_the_estimate_stands_where_the_server_does_not_say_what_it_cost(
    model_server: ModelServer, asked: Asked
) -> None:
    model_server.plays(says("Fine.", tokens=None))
    asked.ask()
    assert asked.meter.spent == asked.meter.taken[0]


def test_a_whole_address_is_taken_as_it_is(model_server: ModelServer) -> None:
    model_server.plays(says("Fine."))
    assert isinstance(Asked(f"{model_server.url}chat/completions/").ask(), Answered)


def test_the_key_is_sent_and_never_told(model_server: ModelServer) -> None:
    asked = Asked(model_server.url, key="sk-secret")
    model_server.plays(answers(401, b'{"error": {"message": "Incorrect API key provided: sk-secret"}}'))
    failed = asked.ask()
    assert isinstance(failed, Unanswered)
    assert model_server.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert "secret" not in failed.message


def test_a_key_that_cannot_be_sent_is_a_failure_that_does_not_show_it(model_server: ModelServer) -> None:
    failed = Asked(model_server.url, key="sk-\u00e9-secret").ask()
    assert isinstance(failed, Unanswered)
    assert failed.final
    assert "secret" not in failed.message
    assert not model_server.requests


# --- Failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        answers(429),
        answers(429, Retry_After="2"),
        answers(500),
        answers(503),
        behaves(feedserver.hang_up),
        behaves(feedserver.truncate),
    ],
)
def test_one_more_try_is_made_where_it_may_help(model_server: ModelServer, asked: Asked, part: Part) -> None:
    model_server.plays(in_turn(part, says("Fine.")))
    assert isinstance(asked.ask(), Answered)
    assert model_server.asked == 2
    assert len(asked.waited) == 1


def test_a_short_wait_is_kept_and_a_long_one_left_to_another_run(model_server: ModelServer) -> None:
    model_server.plays(in_turn(answers(429, Retry_After="2"), says("Fine.")))
    patient = Asked(model_server.url)
    assert isinstance(patient.ask(), Answered)
    assert patient.waited == [2.0]
    model_server.plays(answers(429, Retry_After="120"))
    before = model_server.asked
    assert isinstance(patient.ask(), Unanswered)
    assert model_server.asked == before + 1
    assert patient.waited == [2.0]


def test_there_is_no_third_try(model_server: ModelServer, asked: Asked) -> None:
    model_server.plays(answers(500))
    assert isinstance(asked.ask(), Unanswered)
    assert model_server.asked == 2


@pytest.mark.parametrize(
    "part",
    [
        sends(b"not json"),
        sends(b"{}"),
        writes(["parts"]),
        answers(413),
        sends(b" " * (MAX_BYTES + 1)),
        behaves(feedserver.endless),
    ],
)
def test_what_no_second_try_mends_is_asked_once(model_server: ModelServer, asked: Asked, part: Part) -> None:
    model_server.plays(part)
    assert isinstance(asked.ask(), Unanswered)
    assert model_server.asked == 1


@pytest.mark.parametrize("behaviour", [feedserver.hang, feedserver.drip, feedserver.stall])
def test_a_slow_server_costs_no_more_than_the_time_it_has(
    model_server: ModelServer, behaviour: feedserver.Behaviour
) -> None:
    model_server.plays(behaves(behaviour))
    asked = Asked(model_server.url, timeout_seconds=1.0)
    began = time.monotonic()
    failed = asked.ask()
    assert isinstance(failed, Unanswered)
    assert failed.again
    assert 2 <= time.monotonic() - began < 6, "two tries of a second each"
    assert asked.meter.spent.tokens == 2 * asked.meter.taken[0].tokens, "it may have worked on both"


def test_what_was_refused_costs_a_request_and_no_tokens(model_server: ModelServer, asked: Asked) -> None:
    model_server.plays(answers(500))
    asked.ask()
    assert asked.meter.spent == Spent(requests=2, tokens=0)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused(model_server: ModelServer, asked: Asked, status: int) -> None:
    with ModelServer() as elsewhere:
        model_server.plays(answers(status, Location=f"{elsewhere.url}chat/completions"))
        failed = asked.ask()
        assert isinstance(failed, Unanswered)
        assert failed.final
        assert not elsewhere.requests


# --- The circuit ---------------------------------------------------------------------------------


def test_after_three_failures_in_a_row_nothing_more_is_asked(model_server: ModelServer, asked: Asked) -> None:
    model_server.plays(sends(b"{}"))
    for _ in range(STRIKES + 2):
        assert isinstance(asked.ask(), Unanswered)
    assert model_server.asked == STRIKES
    assert asked.model.broken


def test_an_answer_in_between_closes_the_circuit_again(model_server: ModelServer, asked: Asked) -> None:
    bad, good = sends(b"{}"), says("Fine.")
    model_server.plays(in_turn(bad, bad, good, bad, bad, good))
    for _ in range(6):
        asked.ask()
    assert asked.model.broken is None


def test_after_a_run_that_ended_so_one_failure_is_enough(model_server: ModelServer) -> None:
    asked = Asked(model_server.url, failures=STRIKES - 1)
    model_server.plays(sends(b"{}"))
    asked.ask()
    asked.ask()
    assert model_server.asked == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405])
def test_what_no_try_can_mend_ends_it_at_once(model_server: ModelServer, asked: Asked, status: int) -> None:
    model_server.plays(answers(status))
    asked.ask()
    asked.ask()
    assert model_server.asked == 1
    assert asked.model.broken
    assert str(status) in asked.model.broken


def test_a_server_that_is_not_there_is_a_failure(asked: Asked) -> None:
    with ModelServer() as gone:
        url = gone.url
    failed = Asked(url).ask()
    assert isinstance(failed, Unanswered)
    assert failed.message == "nobody answers at this address"


# --- Bounds --------------------------------------------------------------------------------------


def test_a_bound_that_is_reached_is_nobodys_failure(model_server: ModelServer) -> None:
    model_server.plays(says("Fine."))
    asked = Asked(model_server.url, requests=1)
    assert isinstance(asked.ask(), Answered)
    left = asked.ask()
    assert isinstance(left, Unanswered)
    assert left.left
    assert asked.model.broken is None
    assert model_server.asked == 1


def test_a_second_try_counts_as_a_request(model_server: ModelServer) -> None:
    model_server.plays(answers(500))
    asked = Asked(model_server.url, requests=1)
    asked.ask()
    assert model_server.asked == 1


def test_no_run_asks_longer_than_it_may(model_server: ModelServer) -> None:
    model_server.plays(behaves(feedserver.hang))
    asked = Asked(model_server.url, seconds_per_run=1.5, timeout_seconds=30.0)
    began = time.monotonic()
    asked.ask()
    assert asked.ask() == Unanswered(message="1.5 seconds in this run", left=True)
    assert time.monotonic() - began < 5


# --- Dialects ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        (("temperature", "max_tokens", "response_format"), 1),
        (("temperature", "max_tokens"), 2),
        (("max_completion_tokens",), 3),
    ],
)
def test_a_server_that_knows_less_is_asked_in_simpler_words_and_from_then_on(
    model_server: ModelServer, asked: Asked, fields: tuple[str, ...], asks: int
) -> None:
    model_server.plays(knows_only(*fields)(says("Fine.")))
    assert isinstance(asked.ask(), Answered)
    assert model_server.asked == asks
    assert isinstance(asked.ask(), Answered)
    assert model_server.asked == asks + 1
    assert asked.waited == []


def test_a_question_that_no_form_helps_does_not_spoil_the_next(
    model_server: ModelServer, asked: Asked
) -> None:
    model_server.plays(
        in_turn(answers(400), answers(400), answers(400), lambda _: completion('{"abstract": "Fine."}'))
    )
    assert isinstance(asked.ask(), Unanswered)
    assert isinstance(asked.ask(), Answered)
    assert "response_format" in model_server.questions[-1]
