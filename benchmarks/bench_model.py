"""How strict is the verdict on a model's abstract, and what does it cost? No model is needed.

    python benchmarks/bench_model.py [DATA]

Written by people: standfirsts of the same article, which nobody told to keep to its words. Whole sentences: what the
recipe chose. Lies: each accepted text with one thing changed; what is let through is printed. DATA is the directory
with ``items/`` and ``summaries/`` (default: ``$AGGREGATOR_DATA``, else ``../shared/data``).
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from aggregator.models import CleanText, Item
from aggregator.summarise.machine import claims, request
from aggregator.summarise.machine.faults import Refused
from aggregator.summarise.machine.material import Material, pool
from aggregator.summarise.machine.verdict import Accepted, judge
from aggregator.summarise.recipe import summarise
from aggregator.text.clean import clean

SETS = ("crypto_dek", "feeds_dek")
ITEMS = ("en_fulltext", "zh_flash", "en_rss_summaries", "en_uk_translations")
PER_FILE = 500
TOKENS = 2000
BUDGET = 300
LIES_SHOWN = 10
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A text with an abstract that somebody wrote of it."""

    title: str
    material: Material
    said: str


def main(arguments: Sequence[str]) -> None:
    """Print all of it."""
    data = Path(arguments[0] if arguments else os.environ.get("AGGREGATOR_DATA", "../shared/data"))
    if not data.is_dir():
        print(f"no real items at {data}: nothing measured")
        return
    people = list(by_people(data))
    _print_verdicts("standfirsts written by people", people)
    chosen = list(by_the_recipe(data))
    _print_verdicts("whole sentences, chosen by the recipe", chosen)
    _print_lies([case for case in [*people, *chosen] if isinstance(_judged(case), Accepted)])
    _print_cost(chosen)


def by_people(data: Path) -> Iterator[Case]:
    """Articles with the standfirst that their own outlet gave them."""
    for name in SETS:
        with gzip.open(data / "summaries" / f"{name}_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                text = CleanText(
                    title=row["title"],
                    paragraphs=tuple(filter(None, row["text"].split("\n"))),
                    language=row["lang"][:2],
                )
                material = pool([text], max_tokens=3 * TOKENS)
                if material is not None:
                    said = row["reference"].strip()
                    yield Case(row["title"], material, f"{said}." if said[-1:].isalnum() else said)


def by_the_recipe(data: Path) -> Iterator[Case]:
    """Real items with the abstract that is made of their sentences."""
    for name in ITEMS:
        for text in islice(cleaned(data, name), PER_FILE):
            abstract = summarise([text], title=text.title, budget=BUDGET)
            material = pool([text], max_tokens=TOKENS)
            if abstract and abstract.method != "excerpt" and material is not None:
                yield Case(text.title, material, abstract.text)


def cleaned(data: Path, name: str) -> Iterator[CleanText]:
    """Real items as the program reads them, spread over the file."""
    with gzip.open(data / "items" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in random.Random(1).sample(rows, len(rows)):
        yield clean(
            Item(
                id=1,
                uid="",
                feed_id=1,
                guid=row["id"],
                title=row["title"] or "",
                summary_html=row["summary_html"] or "",
                content_html=row["content_html"] or "",
                language=row["lang"],
                first_seen=NOW,
                at=NOW,
            )
        )


def _judged(case: Case, said: str | None = None) -> Accepted | Refused:
    return judge(case.said if said is None else said, case.material, title=case.title, budget=3 * BUDGET)


def _print_verdicts(what: str, cases: Sequence[Case]) -> None:
    verdicts = [_judged(case) for case in cases]
    accepted = sum(isinstance(each, Accepted) for each in verdicts)
    print(f"{what}: {len(cases)}, accepted {accepted / len(cases):.0%}")
    faults = Counter(str(each.fault) for each in verdicts if isinstance(each, Refused))
    for fault, count in faults.most_common():
        print(f"  {count:5}  {fault}")


# --- Lies ----------------------------------------------------------------------------------------


def _print_lies(cases: Sequence[Case]) -> None:
    chance = random.Random(1)
    told, caught = Counter[str](), Counter[str]()
    missed: list[str] = []
    names = sorted({name for case in cases for name in _names(case.said) if name.isascii()})
    for case in cases:
        for kind, lie in _lies(case, names, chance):
            told[kind] += 1
            if isinstance(_judged(case, lie), Refused):
                caught[kind] += 1
            else:
                missed.append(f"{kind}: {lie[:150]}")
    for kind, count in told.items():
        print(f"lies of {kind}: {count}, caught {caught[kind] / count:.1%}")
    for each in chance.sample(missed, min(LIES_SHOWN, len(missed))):
        print(f"  missed {each}")


def _names(text: str) -> list[str]:
    return [name for name in re.findall(r"(?<=[a-z,] )[A-Z]\w+\b(?![-’'.])", text) if len(name) > 2]


def _lies(case: Case, names: Sequence[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Each says something that no copy has: looked up before it is told."""
    whole = " ".join(f"{each.title} {each.body}" for each in case.material.texts)
    amounts = list(claims.amounts(case.said, case.material.language))
    if amounts:
        amount = chance.choice(amounts)
        at = chance.choice([at for at, each in enumerate(amount.shown) if each.isdigit()])
        digit = chance.choice([each for each in "123456789" if each != amount.shown[at]])
        other = amount.shown[:at] + digit + amount.shown[at + 1 :]
        if other not in whole:
            yield "a digit", case.said.replace(amount.shown, other, 1)
        if "%" in amount.shown and f"${amount.shown.strip('%')}" not in whole:
            yield "a unit", case.said.replace(amount.shown, f"${amount.shown.strip('% ')}", 1)
        if "million" in amount.shown and amount.shown.replace("million", "billion") not in whole:
            yield "a scale", case.said.replace(amount.shown, amount.shown.replace("million", "billion"), 1)
    own = _names(case.said)
    if own:
        other = chance.choice(names)
        if other.casefold() not in whole.casefold():
            yield "a name", case.said.replace(chance.choice(own), other, 1)
    if case.material.language == "en":
        yield "an order to the reader", f"{case.said} Visit the site to claim your tokens."
        yield "a link", f"{case.said} More at https://pines.example/."


# --- Cost ----------------------------------------------------------------------------------------


def _print_cost(cases: Sequence[Case]) -> None:
    sizes = sorted(
        request.cost(
            request.messages(case.material, max_chars=BUDGET, nonce="0" * 32),
            max_answer=request.answer_tokens(case.material.language, max_chars=BUDGET),
        )
        for case in cases
    )
    print(
        f"tokens of a question and its answer, estimated: median {sizes[len(sizes) // 2]}, most {sizes[-1]}"
    )
    began = time.process_time()
    for case in cases:
        _judged(case)
    print(f"a verdict: {(time.process_time() - began) / len(cases) * 1000:.1f} ms of CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
