"""Is anything lost, whatever happens to the process, the machine and what comes in? Prints one table.

    python -m tests.soak [--short] [--seed 1] [--only kills …] [--jobs 2]

Real processes, real servers on loopback, homes in a temporary directory. Exits with 1 when anything was wrong.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.soak import process, table, warm

PARTS = (
    "tests.soak.kills",
    "tests.soak.stops",
    "tests.soak.crowd",
    "tests.soak.writes",
    "tests.soak.keeping",
    "tests.soak.machine",
    "tests.soak.locks",
    "tests.soak.damage",
    "tests.soak.moving",
    "tests.soak.inputs",
    "tests.soak.load",
)
"""In this order."""

MEMORY = Path("/dev/shm")
"""A file system that does not wait for a disk; what reaches the disk and when is not what is tried here."""


def main() -> int:
    """Try everything, print a row for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="as every change is tested")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="last words of the parts' names")
    parser.add_argument("--jobs", type=int, default=2, help="parts at a time")
    asked = parser.parse_args()
    process.listen()
    began = time.monotonic()
    names = [name for name in PARTS if not asked.only or name.rpartition(".")[2] in asked.only]
    with ThreadPoolExecutor(asked.jobs) as pool:
        found = pool.map(lambda name: _tried(name, short=asked.short, seed=asked.seed), names)
        lines = [each for part in found for each in part]
    print(table.head())
    for row, seconds in lines:
        print(table.line(row, seconds))
    rows = [row for row, _ in lines]
    warm.close()
    used = os.times()
    print(
        f"{table.foot(rows)}; {(time.monotonic() - began) / 60:.0f} minutes, "
        f"{(used.user + used.system + used.children_user + used.children_system) / 60:.0f} of CPU time"
    )
    return int(any(row.wrong or row.lost for row in rows))


def _tried(name: str, *, short: bool, seed: int) -> list[tuple[table.Row, float]]:
    """The rows of a part with the seconds each took; told on stderr as they come."""
    part: table.Part = importlib.import_module(name)  # type: ignore[assignment]
    lines = []
    with tempfile.TemporaryDirectory(prefix="aggregator-soak-", dir=where()) as place:
        since = time.monotonic()
        for row in part.rows(Path(place), short=short, seed=seed):
            lines.append((row, time.monotonic() - since))
            print(table.line(*lines[-1]), file=sys.stderr, flush=True)
            since = time.monotonic()
    return lines


def where() -> Path | None:
    """Where homes are made."""
    return MEMORY if os.access(MEMORY, os.W_OK) else None


if __name__ == "__main__":
    sys.exit(main())
