from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.supply import locks

pytestmark = pytest.mark.slow  # builds the wheel twice


def built(place: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, locks.ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = place.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_asks_for_what_pyproject_declares_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        about = message_from_bytes(archive.read(name))
    asked = {str(Requirement(each)) for each in about.get_all("Requires-Dist") or []}
    project = locks.pyproject()["project"]
    assert asked == {str(Requirement(each)) for each in project["dependencies"]}
    assert about["Requires-Python"] == project["requires-python"]
    assert about["License-Expression"] == project["license"]


def test_the_wheel_carries_the_program_and_nothing_of_its_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"aggregator"}
    assert not [name for name in names if "test" in name.lower() or name.endswith((".pyc", ".db"))]
    assert "aggregator/py.typed" in names


def test_the_same_sources_make_the_same_wheel_to_the_byte(wheel: Path, tmp_path: Path) -> None:
    assert built(tmp_path).read_bytes() == wheel.read_bytes()
