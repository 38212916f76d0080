"""Does anything that a stranger can write crash, hang or confuse a reader? Prints one table.

    python -m tests.fuzz [TARGET…] [--seconds 60] [--seed 1] [--keep DIR]

Each target runs in a process of its own, one after the other; the input that took longest for its length is tried once
more without the fuzzer's instruments, and that is the time printed. Exits with 1 when anything was found.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import seconds_of


def main() -> int:
    """Try the targets, print a row for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=60.0, help="CPU seconds of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own", action="store_true", help="without atheris")
    parser.add_argument(
        "--keep", type=Path, help="a directory for findings and inputs worth keeping; to go on from there"
    )
    asked = parser.parse_args()
    unknown = set(asked.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    print(
        f"{'target':<11}{'CPU s':>6}{'clock':>7}{'inputs':>10}{'a CPU s':>9}{'KB each':>9}{'slowest: ms per 100 KB':>24}{'MB':>6}{'new coverage':>14}{'found':>7}"
    )
    wrong = False
    with tempfile.TemporaryDirectory(prefix="aggregator-fuzz-") as temporary:
        for name in asked.targets or TARGETS:
            place = (asked.keep or Path(temporary)) / name
            place.mkdir(parents=True, exist_ok=True)
            wrong = _row(name, _tried(name, place, asked)) or wrong
    return int(wrong)


def _tried(name: str, place: Path, asked: argparse.Namespace) -> dict[str, Any]:
    report = place / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.child", name, "--place", str(place)]
    command += ["--seconds", str(asked.seconds), "--seed", str(asked.seed), *(["--own"] if asked.own else [])]
    ended = subprocess.run(
        command, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True
    )
    told: dict[str, Any] = json.loads(report.read_text()) if report.exists() else {"findings": {}}
    if ended.returncode != 0 or not report.exists():
        log = (place / "log").read_text(errors="replace") if (place / "log").exists() else ""
        told["findings"]["ended"] = f"exit {ended.returncode}: {(ended.stderr + log)[-1_000:]}"
    told |= _libfuzzer(place / "log") if told.get("engine") == "atheris" else {}
    if (place / "slowest").exists():
        data = (place / "slowest").read_bytes()
        told |= {
            "slowest_size": len(data),
            "slowest": min(seconds_of(TARGETS[name], data) for _ in range(2)) * 1e8 / len(data),
        }
    return told


def _libfuzzer(log: Path) -> dict[str, Any]:
    """Inputs and coverage as libFuzzer counts them: edges of the code, before and after."""
    text = log.read_text(errors="replace")
    edges = [int(each) for each in re.findall(r"(?:INITED|NEW|DONE|REDUCE|pulse) +cov: (\d+)", text)]
    return {"coverage": [edges[0], edges[-1]]} if edges else {}


def _row(name: str, told: dict[str, Any]) -> bool:
    tried, seconds = told.get("tried", 0), told.get("cpu", 0.0)
    before, after = told.get("coverage", (0, 0))
    coverage = f"{before} +{after - before}" if after else "not told"
    slowest = f"{told.get('slowest', 0.0):.0f} ({told.get('slowest_size', 0) / 1000:.0f} KB)"
    print(
        f"{name:<11}{seconds:>6.0f}{told.get('clock', 0.0):>7.0f}{tried:>10,}{tried / max(seconds, 1):>9.0f}{told.get('bytes', 0) / max(tried, 1) / 1000:>9.1f}"
        f"{slowest:>24}{told.get('peak_mb', 0):>6}{coverage:>14}{len(told['findings']):>7}",
        flush=True,
    )
    for key, words in told["findings"].items():
        print(f"    {key}: {words.strip()}".replace("\n", "\n      "), flush=True)
    return bool(told["findings"])


if __name__ == "__main__":
    sys.exit(main())
