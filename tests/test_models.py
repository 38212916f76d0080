"""The nouns have one address, and each is made when it is first asked for."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from aggregator import models

DATACLASSES = [name for name in models.__all__ if dataclasses.is_dataclass(getattr(models, name))]
LOADED = """
import sys
{statement}
print(*sorted(name.rpartition(".")[2] for name in sys.modules if name.startswith("aggregator.models.")))
"""


def rooms_after(statement: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement=statement)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("name", models.__all__)
def test_every_noun_is_found_under_the_one_address(name: str) -> None:
    assert getattr(models, name) is getattr(models, name)
    assert name in vars(models)


@pytest.mark.parametrize("name", DATACLASSES)
def test_nouns_are_slotted_take_keywords_only_and_never_change(name: str) -> None:
    noun = getattr(models, name)
    assert hasattr(noun, "__slots__")
    assert all(each.kw_only for each in dataclasses.fields(noun))
    assert noun.__dataclass_params__.frozen is (name != "Report")  # type: ignore[attr-defined]


def test_nothing_else_is_found_there() -> None:
    with pytest.raises(ImportError, match="Storey"):
        exec("from aggregator.models import Storey")


def test_asking_for_one_noun_enters_one_room() -> None:
    assert rooms_after("import aggregator.models") == []
    assert rooms_after("from aggregator.models import Failed") == ["answers"]
