"""A month of cron runs against servers of every temper (``tests/etiquette.py`` says how it is lived through)."""

from __future__ import annotations

from pathlib import Path

import pytest

import etiquette


def test_every_rule_of_good_manners_is_kept_for_a_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = etiquette.simulate(tmp_path)
    with capsys.disabled():
        print()
        for line in etiquette.table(cases):
            print(line)
    assert {case.name: case.faults() for case in cases if case.faults()} == {}
