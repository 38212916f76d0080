"""Abstracts never embarrass: shares of faults among those of our own texts, and of real items where they are present.

The judge is `abstract_faults`, which asks nothing of the summariser; that it sees each fault is tested first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from aggregator.models import Abstract, CleanText
from aggregator.summarise.recipe import summarise
from tests.quality import abstract_faults, labels
from tests.quality.abstract_faults import AT_MOST, NEVER, Case

OWN = Path(__file__).parents[1] / "data" / "quality_pairs.jsonl"
needs_real_data = pytest.mark.skipif(not labels.REAL.is_dir(), reason=f"no real items at {labels.REAL}")

EACH = 2_000
"""Real items of each file; four have as many, the fifth 1,769."""
LEAST = 5_000
"""Abstracts among them that the gate must have seen."""

BODY = (
    "The Pelican bridge halted withdrawals on Friday after a loss of 4,100 ether. Users will be repaid in March.",
    "It reopens once every key has been changed, the operators said. “We are sorry,” they wrote.",
    "Will the bridge reopen? The post appeared first on Origin. See https://pelican.example/report for the report.",
)
FLAWED = {
    "cut": "halted withdrawals on Friday after a loss of 4,100 ether.",
    "over budget": " ".join([*BODY, *BODY]),
    "unsupported number": "The Pelican bridge halted withdrawals on Friday after a loss of 4,200 ether.",
    "sentence twice": "Users will be repaid in March. Users will be repaid in March.",
    "unbalanced": "“We are sorry, they wrote.",
    "link or markup": "See https://pelican.example/report for the report.",
    "boilerplate": "The post appeared first on Origin.",
    "title repeated": "The Pelican bridge halted withdrawals on Friday.",
    "dangling": "It reopens once every key has been changed, the operators said.",
    "question": "Will the bridge reopen?",
}


def case(made: str | None, method: str = "reduction") -> Case:
    text = CleanText(title="Pelican bridge halted withdrawals on Friday", paragraphs=BODY)
    return Case(name="x", text=text, abstract=Abstract(text=made, method=method) if made else None)


@pytest.mark.parametrize("fault", FLAWED)
def test_the_judge_sees_each_fault(fault):
    assert fault in abstract_faults.faults(case(FLAWED[fault]))


def test_the_judge_sees_that_an_abstract_is_missing():
    assert abstract_faults.faults(case(None)) == {"missing"}
    nothing = Case(name="x", text=CleanText(paragraphs=("Too short.",)), abstract=None)
    assert not abstract_faults.faults(nothing)


@pytest.mark.parametrize(
    ("made", "method"),
    [
        ("The Pelican bridge halted withdrawals on Friday after a loss of 4,100 ether.", "lead"),
        ("Users will be repaid in March. “We are sorry,” they wrote.", "lead"),
        ("The Pelican bridge halted withdrawals on Friday after a…", "excerpt"),
    ],
)
def test_the_judge_lets_sound_abstracts_pass(made, method):
    assert not abstract_faults.faults(case(made, method))


@cache
def own() -> list[Case]:
    rows = [json.loads(line) for line in OWN.read_text("utf-8").splitlines()]
    items = [
        {"id": f"{row['pair']}{side}", "content_html": row[side]["html"], **row[side]}
        for row in rows
        for side in "ab"
    ]
    cleaned = [(row["id"], abstract_faults.clean(abstract_faults.item(row))) for row in items]
    return abstract_faults.cases([each for each in cleaned if each[1].paragraphs])


@cache
def real() -> list[Case]:
    return abstract_faults.cases(abstract_faults.texts(EACH))


def check(judged: list[Case]) -> None:
    counted, total = abstract_faults.shares(judged)
    wrong = {name: counted[name] for name in NEVER if counted[name]}
    for name, share in AT_MOST.items():
        if counted[name] > share * (len(judged) if name == "missing" else total):
            wrong[name] = counted[name]
    assert not wrong, [each.name for each in judged if abstract_faults.faults(each) & wrong.keys()][:10]


def test_abstracts_of_our_own_texts_in_twelve_languages_have_hardly_a_fault():
    assert len(own()) > 500
    assert {each.text.language for each in own()} >= set("en es pt de fr ru uk tr it ko zh ja".split())
    check(own())


@pytest.mark.slow
@needs_real_data
def test_abstracts_of_real_items_have_hardly_a_fault():
    assert sum(each.abstract is not None for each in real()) >= LEAST
    check(real())


@pytest.mark.slow
@needs_real_data
def test_abstracts_of_real_items_do_not_depend_on_what_was_summarised_before():
    for each in reversed(real()):
        assert summarise([each.text], title=each.text.title) == each.abstract


PROGRAM = """
import hashlib
from tests.quality.test_abstract_gate import own
made = "\\n".join(each.abstract.text if each.abstract else "" for each in own())
print(hashlib.sha256(made.encode()).hexdigest())
"""


@pytest.mark.slow
def test_the_hash_seed_does_not_show_in_the_abstracts_of_our_own_texts():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
