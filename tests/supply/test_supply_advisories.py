from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.supply import audit, locks

PINS = [pin for lock in locks.LOCKS for pin in locks.pins(locks.text_of(lock))]
DIRECT = [each for lock in locks.LOCKS for each in locks.asked_for(locks.pyproject(), lock)]


def test_no_locked_version_has_a_hole_that_we_know_and_do_not_live_with() -> None:
    bad = {f"{pin.name} {pin.version}": audit.known_bad(pin.name, pin.version) for pin in PINS}
    assert {name: holes for name, holes in bad.items() if set(holes) - audit.accepted()} == {}


def test_no_range_allows_a_version_with_a_hole_that_we_know() -> None:
    for asked in DIRECT:
        oldest = locks.lowest(asked.specifier) or Version("0")
        assert not set(audit.known_bad(canonicalize_name(asked.name), oldest)) - audit.accepted(), asked


def test_no_hole_is_lived_with_for_longer_than_it_is_there() -> None:
    there = {each for pin in PINS for each in audit.known_bad(pin.name, pin.version)}
    assert audit.accepted() <= there


def test_every_row_is_about_a_library_of_ours() -> None:
    assert {each["library"] for each in audit.advisories()} <= {pin.name for pin in PINS}


def test_a_version_before_the_fix_is_bad_and_the_fix_is_not() -> None:
    assert "CVE-2025-27516" in audit.known_bad("jinja2", Version("3.1.5"))
    assert audit.known_bad("jinja2", Version("3.1.6")) == []
    assert locks.lowest(SpecifierSet(">=3.1.4,<4")) == Version("3.1.4")


def library(name: str, **rest: object) -> dict[str, object]:
    return {"name": name, "version": "1", "vulns": [], **rest}


HOLE = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2"]}


@pytest.mark.parametrize(
    ("libraries", "code", "says"),
    [
        ([library("a")], 0, "1 libraries asked about, 0 with known holes"),
        ([library("a", vulns=[HOLE])], audit.KNOWN, "a 1: PYSEC-1, fixed in 2"),
        ([library("a", vulns=[{**HOLE, "aliases": ["CVE-2"]}])], 0, "0 with known holes"),
        (
            [library("a"), {"name": "b", "skip_reason": "no answer"}],
            audit.UNASKED,
            "1 libraries could not be asked",
        ),
        ([], audit.UNASKED, "could not be asked"),
    ],
)
def test_an_audit_tells_holes_from_silence(libraries: list[object], code: int, says: str) -> None:
    ended, lines = audit.verdict([{"dependencies": libraries}], frozenset({"CVE-2"}))
    assert ended == code
    assert any(says in line for line in lines)
