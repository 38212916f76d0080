"""Under which licences do the libraries come that the program brings along?

Read from the metadata of what is installed: the `License-Expression` where there is one (PEP 639), else what the older
fields say, put into the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply import locks

ALLOWED = frozenset(
    "0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python MIT MPL-2.0 PSF-2.0 Public-Domain Zlib".split()
)
"""Whoever uses or passes on the program has to keep a notice at most; MPL-2.0 asks for the sources of the library's own
files, which anyone who installs it has."""
EXCEPTIONS = {
    "pycountry": "LGPL-2.1-only",  # names of languages for sumy: data, brought along unchanged, imported and not linked
}
OLDER_WORDS = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Public Domain": "Public-Domain",
    "Python Software Foundation License": "PSF-2.0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One library that the program needs, itself or through another."""

    name: str
    licence: str
    needed_by: tuple[str, ...]


def libraries() -> list[Library]:
    """All that comes with the program, by name; ``PackageNotFoundError`` where the environment is not complete."""
    parents: dict[str, set[str]] = {}
    waiting = [(each, "aggregator") for each in locks.pyproject()["project"]["dependencies"]]
    seen = set()
    while waiting:
        asked, parent = waiting.pop()
        requirement = Requirement(asked)
        name = canonicalize_name(requirement.name)
        parents.setdefault(name, set()).add(parent)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(each, name) for each in needs(name, extra)]
    return [
        Library(
            name=name, licence=licence_of(metadata.distribution(name)), needed_by=tuple(sorted(parents[name]))
        )
        for name in sorted(parents)
    ]


def needs(name: str, extra: str) -> list[str]:
    """What a library asks for here, with one of its extras or none."""
    found = []
    for each in metadata.requires(name) or []:
        marker = Requirement(each).marker
        if marker is None or marker.evaluate({"extra": extra}):
            found.append(each)
    return found


def licence_of(distribution: metadata.Distribution) -> str:
    """An SPDX expression, or nothing where the metadata say nothing that is known."""
    about = distribution.metadata
    if said := about.get("License-Expression"):
        return said
    classified = [
        each.rpartition(" :: ")[2]
        for each in about.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    for words in (about.get("License") or "", *classified):
        if found := OLDER_WORDS.get(words, words if allowed(words) else ""):
            return found
    return ""


def allowed(licence: str) -> bool:
    """Whether every licence that has to be kept is one of ours: of a choice (OR), one is enough."""
    if not licence:
        return False
    return any(
        all(part in ALLOWED for part in re.split(r" AND ", choice))
        for choice in re.split(r" OR ", licence.strip("()"))
    )


def table() -> str:
    """The page's table: versions as the lock has them, which may name one for older Pythons."""
    pinned: dict[str, list[str]] = {}
    for pin in locks.pins(locks.text_of("dev")):
        pinned.setdefault(pin.name, []).append(str(pin.version))
    lines = ["| library | version | licence | needed by |", "|---|---|---|---|"]
    lines += [
        f"| {each.name} | {' or '.join(pinned[each.name])} | {each.licence} | {', '.join(each.needed_by)} |"
        for each in libraries()
    ]
    return "\n".join(lines) + "\n"
