"""What exactly do the locks in requirements/ name, and is it what pyproject.toml asks for?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("build", "dev", "fuzz", "tools")
PYTHONS = ("3.11.0", "3.11.15", "3.12.0", "3.13.0", "3.14.0")
"""A lock may name two versions of a library, told apart by the Python it is for."""
MACHINES = tuple(
    {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "sys_platform": platform,
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[platform],
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
    }
    for python in PYTHONS
    for platform in ("linux", "darwin")
    for machine in ("x86_64", "arm64")
)
"""What the locks are for, as markers see it (PEP 508)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One line of a lock: exactly this version, where its marker says so, in one of these files."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> Version:
        return Version(str(self.requirement.specifier).removeprefix("=="))

    def applies(self, machine: Mapping[str, str]) -> bool:
        return self.requirement.marker is None or self.requirement.marker.evaluate({**machine, "extra": ""})


def text_of(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")


def pins(text: str) -> list[Pin]:
    """Read a lock; anything but pins, hashes and comments in it is a ``ValueError``."""
    found = []
    for line in re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n?", "", text)).splitlines():
        named, *hashes = re.split(r"\s--hash=", line)
        if not named.strip():
            continue
        requirement = Requirement(named.strip())
        if not re.fullmatch(r"==[0-9][^,*]*", str(requirement.specifier)):
            raise ValueError(f"no exact version: {line}")
        found.append(Pin(requirement=requirement, hashes=tuple(each.strip() for each in hashes)))
    return found


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def group(project: Mapping[str, Any], name: str) -> Iterator[str]:
    """The requirements of a dependency group and of those it includes (PEP 735)."""
    for each in project["dependency-groups"][name]:
        if isinstance(each, str):
            yield each
        else:
            yield from group(project, each["include-group"])


def asked_for(project: Mapping[str, Any], lock: str) -> list[Requirement]:
    """What a lock has to satisfy."""
    own = project["project"]["dependencies"] if lock == "dev" else []
    return [Requirement(each) for each in (*own, *group(project, lock))]


def unsatisfied(
    asked: Iterable[Requirement], locked: Iterable[Pin], machine: Mapping[str, str]
) -> list[Requirement]:
    """What is asked for on a machine and is not pinned there, or not to a version that will do."""
    pinned = {pin.name: pin for pin in locked if pin.applies(machine)}

    def met(each: Requirement) -> bool:
        pin = pinned.get(canonicalize_name(each.name))
        return pin is not None and each.specifier.contains(pin.version, prereleases=True)

    return [
        each
        for each in asked
        if (each.marker is None or each.marker.evaluate({**machine, "extra": ""})) and not met(each)
    ]


def lowest(specifier: SpecifierSet) -> Version | None:
    """The oldest version that a range allows, or nothing when it has no lower end."""
    return max(
        (Version(each.version) for each in specifier if each.operator in (">=", "==", "~=")), default=None
    )
