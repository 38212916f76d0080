"""Is anything lost, whatever happens to the process and the machine? Prints one table.

    python -m tests.soak [--kills 200] [--crowd 200] [--seed 1]

Real processes, a real server on loopback, homes in a temporary directory. Exits with 1 when anything was wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.soak import crowd, kills, machine, stops

Row = tuple[str, int, str, list[str]]
"""What was tried, how often, with what to say beside it, and everything that was wrong."""


def _kills(place: Path, wanted: int, seed: int) -> Row:
    done = kills.survive(place, wanted=wanted, days=8, seed=seed)
    each = ", ".join(f"{name} {count}" for name, count in sorted(done.kills.items()))
    return "SIGKILL at random moments", done.total, each, done.faults


def _migrations(place: Path, wanted: int, seed: int) -> Row:
    done = kills.survive_migration(place, wanted=wanted, seed=seed)
    return "SIGKILL while a first store is migrated", done.total, "", done.faults


def _stops(place: Path, times: int, seed: int) -> Row:
    done = stops.stop_everything(place, times=times, seed=seed)
    return (
        "SIGTERM and Ctrl-C",
        done.stopped,
        f"{done.finished} came too late, {done.early} too early",
        done.faults,
    )


def _waits(place: Path) -> Row:
    done = stops.stop_while_waiting(place)
    return "… while a server is silent", done.stopped, "", done.faults


def _crowd(place: Path, size: int) -> Row:
    done = crowd.crowd(place, size=size)
    told = ", ".join(f"{count} ended with {code}" for code, count in sorted(done.ends.items()))
    return "runs started at once", size, told, done.faults


def _machine(name: str, done: machine.Faults) -> Row:
    told = f"left out: {done.skipped}" if done.skipped else f"{done.refused} refused in one line"
    return name, done.tried, told, done.faults


def main() -> int:
    """Try everything, print a row for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--crowd", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    disks = (160, 320, 480, 640, 800, 960, 1200)
    trials: list[Callable[[Path], Row]] = [
        lambda place: _kills(place, asked.kills, asked.seed),
        lambda place: _migrations(place, max(1, asked.kills // 10), asked.seed),
        lambda place: _stops(place, max(2, asked.kills // 20), asked.seed),
        _waits,
        lambda place: _crowd(place, asked.crowd),
        lambda place: _machine("files that may not grow further", machine.file_sizes(place, sizes=16)),
        lambda place: _machine("full and read-only disks", machine.full_disk(place, sizes=disks)),
        lambda place: _machine("stores of others, damage, clocks", machine.others(place)),
    ]
    wrong = False
    print(f"{'what happened':<42}{'times':>6}{'wrong':>7}{'s':>6}")
    for trial in trials:
        since = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="aggregator-soak-") as place:
            name, times, told, faults = trial(Path(place))
        print(
            f"{name:<42}{times:>6}{len(faults):>7}{time.monotonic() - since:>6.0f}  {told}".rstrip(),
            flush=True,
        )
        for each in faults[:20]:
            print(f"    {each}")
        wrong = wrong or bool(faults)
    print("something was lost or broken" if wrong else "nothing was lost")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
