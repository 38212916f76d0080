"""Does a public list of advisories know any of the locked libraries?

    python -m tests.supply.audit PIP_AUDIT

Asks for every lock, through the pip-audit that is named. Ends with 0 when nothing is known that is not accepted in
advisories.toml, with 1 when something is, and with 75 when the list could not be asked about everything: silence is
not a clean bill.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from packaging.version import Version

from tests.supply import locks

ADVISORIES = Path(__file__).with_name("advisories.toml")
KNOWN, UNASKED = 1, 75
SECONDS = 300
"""A list that does not answer ends the wait."""


def advisories() -> list[dict[str, str]]:
    return tomllib.loads(ADVISORIES.read_text("utf-8"))["advisory"]


def accepted() -> frozenset[str]:
    return frozenset(each["id"] for each in advisories() if "accepted" in each)


def known_bad(name: str, version: Version) -> list[str]:
    """The advisories of our own list that a version of a library is older than the answer to."""
    return [
        each["id"] for each in advisories() if each["library"] == name and version < Version(each["fixed_in"])
    ]


def verdict(reports: Iterable[Mapping[str, Any]], living_with: frozenset[str]) -> tuple[int, list[str]]:
    """What pip-audit's reports come to: an exit code, and lines to print."""
    holes, unasked, asked = [], set(), set()
    for each in (library for report in reports for library in report["dependencies"]):
        if "skip_reason" in each:
            unasked.add(each["name"])
            continue
        asked.add(each["name"])
        holes += [
            f"{each['name']} {each['version']}: {hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'none'}"
            for hole in each["vulns"]
            if not living_with & {hole["id"], *hole.get("aliases", ())}
        ]
    lines = sorted(set(holes))
    if unasked or not asked:
        lines.append(f"{len(unasked)} libraries could not be asked about: is the network there?")
        return KNOWN if holes else UNASKED, lines
    return KNOWN if holes else 0, [
        *lines,
        f"{len(asked)} libraries asked about, {len(lines)} with known holes",
    ]


def report_of(program: str, lock: str) -> Mapping[str, Any]:
    """Let pip-audit look at one lock; an empty report when it could not."""
    path = locks.ROOT / "requirements" / f"{lock}.txt"
    command = [
        program,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--format",
        "json",
        "-r",
        path,
    ]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        return json.loads(ended.stdout)
    except (json.JSONDecodeError, subprocess.TimeoutExpired):
        return {"dependencies": []}


def main(program: str) -> int:
    code, lines = verdict([report_of(program, lock) for lock in locks.LOCKS], accepted())
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
