"""The short form of `make fuzz`: what was once found stays mended, and a little that is new is tried each time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz import scaling, watch
from tests.fuzz.child import CLOCK, Budget
from tests.fuzz.mutate import mutated
from tests.fuzz.target import Target
from tests.fuzz.targets import CORPUS, TARGETS, beginnings, corpus

GENEROUS = 10
"""Times the CPU seconds that the commands allow: another machine may be slow or busy, a hang is a hang on all."""
FEW, MANY = 20, 80
"""Examples of each target, in `make test` and in `make check`: some ten and thirty seconds for all."""

KNOWN = [(target, name) for target in TARGETS for name in corpus(TARGETS[target])]


@pytest.mark.parametrize(("target", "name"), KNOWN, ids=[f"{target}-{name}" for target, name in KNOWN])
def test_an_input_that_once_showed_a_fault_keeps_every_law(target: str, name: str) -> None:
    data = corpus(TARGETS[target])[name]
    start = time.process_time()
    TARGETS[target].run(data)
    assert time.process_time() - start < GENEROUS * watch.limit(len(data))


def test_every_directory_of_the_corpus_is_that_of_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} <= set(TARGETS)


@st.composite
def inputs(draw: st.DrawFn, target: Target) -> bytes:
    """A sound input with words of the grammar and other bytes in one place, which shrinks to the few that matter."""
    seed = draw(st.sampled_from(list(beginnings(target))))
    start = draw(st.integers(0, len(seed)))
    end = draw(st.integers(start, min(len(seed), start + 40)))
    pieces = draw(st.lists(st.sampled_from(list(target.words)) | st.binary(max_size=4), max_size=12))
    return seed[:start] + b"".join(pieces) * draw(st.sampled_from((1, 1, 1, 50))) + seed[end:]


def keeps_its_laws(target: Target, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @example(data=b"")
    @given(data=inputs(target))
    def law(data: bytes) -> None:
        target.run(data[: target.most])

    law()


@pytest.mark.parametrize("name", TARGETS)
def test_a_few_inputs_that_nobody_thought_of_keep_every_law(name: str) -> None:
    keeps_its_laws(TARGETS[name], FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_many_inputs_that_nobody_thought_of_keep_every_law(name: str) -> None:
    keeps_its_laws(TARGETS[name], MANY)


@pytest.mark.slow
@pytest.mark.parametrize("name", scaling.CASES)
def test_nothing_made_against_a_reader_makes_it_hang(name: str) -> None:
    for case, make in scaling.CASES[name].items():
        data = make(12_000)
        assert watch.seconds_of(TARGETS[name], data) < GENEROUS * watch.limit(len(data)), case


def target_of(run: object) -> Target:
    return Target(name="planted", run=run, seeds=lambda: [b"sound"], words=[b"<bad>", b"<good>"], most=1_000)


def raise_for_bad(data: bytes) -> None:
    if b"<bad>" in data:
        raise KeyError(data)


def be_slow_for_bad(data: bytes) -> None:
    start = time.process_time()
    while b"<bad>" in data and time.process_time() - start < 3 * watch.limit(0):
        pass


@pytest.mark.parametrize(("run", "key"), [(raise_for_bad, "KeyError"), (be_slow_for_bad, "slow")])
def test_a_planted_fault_is_found_with_the_input_that_shows_it(run: object, key: str) -> None:
    seen = watch.Watch(target_of(run))
    random = Random(1)
    for _ in range(200):
        seen.give(mutated(b"sound", random, seen.target, [b"sound"], 1_000))
        if seen.findings:
            break
    (finding,) = seen.findings.values()
    assert finding.key.startswith(key)
    assert b"<bad>" in finding.data


def test_a_mutation_is_never_longer_than_allowed_and_the_same_for_the_same_seed() -> None:
    target = target_of(raise_for_bad)
    once, again = (
        [mutated(b"sound", Random(seed), target, [b"other"], 50) for seed in range(300)] for _ in range(2)
    )
    assert once == again
    assert max(map(len, once)) <= 50
    assert len(set(once)) > 100


def test_waiting_takes_nothing_of_a_targets_time_and_computing_does() -> None:
    budget = Budget(0.2)
    time.sleep(0.4)
    assert not budget.spent
    while budget.cpu < 0.2:
        pass
    assert budget.spent


def test_a_target_ends_by_the_clock_when_the_machine_gives_it_next_to_nothing() -> None:
    budget = Budget(0.01)
    time.sleep(0.01 * CLOCK + 0.05)
    assert budget.cpu < 0.01
    assert budget.spent


@pytest.mark.slow
@pytest.mark.parametrize("own", [[], ["--own"]], ids=["whatever is installed", "ours alone"])
def test_the_command_prints_a_row_for_each_target(tmp_path: Path, own: list[str]) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.fuzz",
        "headers",
        "query",
        "--seconds",
        "2",
        "--keep",
        str(tmp_path),
        *own,
    ]
    ended = subprocess.run(command, cwd=CORPUS.parents[2], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [line.split()[0] for line in ended.stdout.splitlines()] == ["target", "headers", "query"]
    assert json.loads((tmp_path / "query" / "report.json").read_text())["tried"] > 0
