from __future__ import annotations

import re

import pytest

from tests.supply import licences, locks

PAGE = locks.ROOT / "docs" / "reference" / "licences.md"


@pytest.mark.parametrize("library", licences.libraries(), ids=lambda library: library.name)
def test_every_library_comes_under_a_licence_that_asks_for_a_notice_at_most(
    library: licences.Library,
) -> None:
    assert library.licence, f"{library.name} does not say"
    assert licences.allowed(library.licence) or licences.EXCEPTIONS.get(library.name) == library.licence


def test_no_exception_is_made_without_need() -> None:
    found = {each.name: each.licence for each in licences.libraries()}
    assert {name: found.get(name) for name in licences.EXCEPTIONS} == licences.EXCEPTIONS


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT", True),
        ("LGPL-2.1-only OR MIT", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_choice_of_licences_needs_one_that_is_allowed_and_a_sum_needs_all(
    licence: str, allowed: bool
) -> None:
    assert licences.allowed(licence) is allowed


def test_the_page_names_every_library_with_its_licence_and_the_locked_version() -> None:
    shown = dict(re.findall(r"(?m)^\| ([a-z][\w-]+) \| [^|]+ \| ([^|]+) \|", PAGE.read_text("utf-8")))
    shown.pop("library")
    assert shown == {each.name: each.licence for each in licences.libraries()}
    assert licences.table() in PAGE.read_text("utf-8")
