"""How long until a command answers? CPU seconds and peak memory of whole processes, medians of runs in turns.

Targets: ``--help`` and ``list`` within twice ``python -c "import click, sqlite3"`` plus 60 ms, on a store of
10,000 items; any command below 200 MB. Byte code is cached first, as in any installation.
"""

from __future__ import annotations

import compileall
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import synthetic

ITEMS = 10_000
RUNS = 9
MARGIN_SECONDS = 0.060
FACTOR = 2.0
MEMORY_MB = 200
KIB_PER_MB = 1024

AGGREGATOR = [sys.executable, "-c", "from aggregator.cli import main; main()"]
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}, "NO_COLOR": "1"}


def cpu_seconds(command: list[str], home: Path) -> float:
    """Run a command to its end and count its user and system time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=home, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_mb(command: list[str], home: Path, *, data: bytes | None = None) -> float:
    """Run a command under a parent of its own and read the largest memory it ever held."""
    meter = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", meter, *command],
        cwd=home,
        env=ENVIRONMENT,
        input=data,
        stderr=subprocess.PIPE,
        check=True,
    )
    return int(done.stderr.split()[-1]) / KIB_PER_MB


def main() -> None:
    """Fill a store, then measure command by command."""
    compileall.compile_dir("aggregator", quiet=2)
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        (home / "feeds.opml").write_text(
            '<opml version="2.0"><head/><body><outline xmlUrl="https://outlet0.example/feed/"/></body></opml>'
        )
        (home / "items.jsonl").write_bytes(synthetic.jsonl(ITEMS, feeds=60, sentences=12))
        memory = {"import": peak_mb([*AGGREGATOR, "import", "items.jsonl"], home)}
        commands = {
            "import click, sqlite3": [sys.executable, "-c", "import click, sqlite3"],
            "--help": [*AGGREGATOR, "--help"],
            "list": [*AGGREGATOR, "list"],
            "list --json": [*AGGREGATOR, "list", "--json"],
            "search": [*AGGREGATOR, "search", "bitcoin"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                seconds[name].append(cpu_seconds(command, home))
        others = [[name] for name in ("list", "dedup", "export", "dump")]
        for name in (*others, ["dedup", "--rebuild"], ["search", "bitcoin"]):
            memory[" ".join(name)] = peak_mb([*AGGREGATOR, *name], home)
    report(seconds, memory)


def report(seconds: dict[str, list[float]], memory: dict[str, float]) -> None:
    """Print the figures beside their targets."""
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    target = FACTOR * medians["import click, sqlite3"] + MARGIN_SECONDS
    print(
        f"store of {ITEMS} items; CPU ms, median of {RUNS} (lowest to highest); target {target * 1000:.0f} ms"
    )
    for name, values in seconds.items():
        print(
            f"  {name:24} {medians[name] * 1000:6.0f}   ({min(values) * 1000:.0f} to {max(values) * 1000:.0f})"
        )
    print(f"peak memory, MB; target {MEMORY_MB}")
    for name, value in memory.items():
        print(f"  {name:24} {value:6.0f}")


if __name__ == "__main__":
    main()
