from __future__ import annotations

import re
from importlib import metadata

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply import locks

LOCKED = {name: locks.pins(locks.text_of(name)) for name in locks.LOCKS}


def here() -> dict[str, str]:
    return {name: str(value) for name, value in default_environment().items()}


@pytest.mark.parametrize("lock", locks.LOCKS)
def test_every_pin_is_one_version_known_by_the_hashes_of_its_files(lock: str) -> None:
    for pin in LOCKED[lock]:
        assert pin.hashes, pin.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in pin.hashes), pin.name


@pytest.mark.parametrize("lock", locks.LOCKS)
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    text = locks.text_of(lock)
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-(?!-hash=)", text)
    assert " @ " not in text


@pytest.mark.parametrize("lock", locks.LOCKS)
def test_a_lock_satisfies_what_pyproject_asks_for_on_every_machine(lock: str) -> None:
    asked = locks.asked_for(locks.pyproject(), lock)
    for machine in locks.MACHINES:
        missing = locks.unsatisfied(asked, LOCKED[lock], machine)
        assert not missing, f"{missing} on {machine}: `make lock`"


@pytest.mark.parametrize("lock", locks.LOCKS)
def test_no_machine_has_two_versions_of_a_library_to_choose_from(lock: str) -> None:
    for machine in locks.MACHINES:
        names = [pin.name for pin in LOCKED[lock] if pin.applies(machine)]
        assert len(names) == len(set(names))


def test_a_dependency_that_was_added_without_locking_is_noticed() -> None:
    machine = locks.MACHINES[0]
    asked = [
        Requirement(each) for each in ("click", "no-such-library>=1", "jinja2>=99", "rich; os_name == 'nt'")
    ]
    missing = locks.unsatisfied(asked, LOCKED["dev"], machine)
    assert [each.name for each in missing] == ["no-such-library", "jinja2"]


def test_what_builds_is_the_same_in_both_locks() -> None:
    chosen = {(pin.name, pin.version) for pin in LOCKED["dev"]}
    assert {(pin.name, pin.version) for pin in LOCKED["build"]} <= chosen


def test_the_backend_that_pyproject_names_is_locked() -> None:
    backend = [Requirement(each) for each in locks.pyproject()["build-system"]["requires"]]
    for machine in locks.MACHINES:
        assert not locks.unsatisfied(backend, LOCKED["build"], machine)


def test_a_fuzzer_that_is_installed_is_the_one_that_its_lock_names() -> None:
    installed = {canonicalize_name(each.name): each.version for each in metadata.distributions()}
    for pin in LOCKED["fuzz"]:
        if pin.applies(here()):
            assert installed.get(pin.name, str(pin.version)) == str(pin.version), "`make fuzz`"


def test_the_tests_run_on_what_the_lock_names() -> None:
    installed = {canonicalize_name(each.name): each.version for each in metadata.distributions()}
    for pin in LOCKED["dev"]:
        if pin.applies(here()):
            assert installed.get(pin.name) == str(pin.version), f"{pin.name}: `make setup-dev`"
