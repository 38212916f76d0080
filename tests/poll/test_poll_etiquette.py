"""A month of cron runs against servers of every temper (``tests/etiquette`` says how it is lived through)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.etiquette.crowd import crowd
from tests.etiquette.month import simulate
from tests.etiquette.table import table


@pytest.mark.slow
def test_every_rule_of_good_manners_is_kept_for_a_month(tmp_path: Path) -> None:
    cases = simulate(tmp_path)
    sys.stdout.write("\n".join(table(cases)))
    assert {case.name: case.faults() for case in cases if case.faults()} == {}


def test_a_host_with_many_feeds_is_not_crowded() -> None:
    assert [(case.rule, case.faults()) for case in crowd() if case.faults()] == []
