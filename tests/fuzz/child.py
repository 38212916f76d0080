"""One target, tried for so many CPU seconds, in a process of its own; started by ``python -m tests.fuzz``.

With atheris (libFuzzer for Python) where it is installed: inputs that reach something new are kept and changed further.
Without it our own mutations of the seeds are tried, kept where a new line of code was reached (Python 3.12 or newer can
tell).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

MEMORY = 3 * 1024**3
"""Bytes of address space; an input that wants more is a finding (``MemoryError``)."""
REPORT_EVERY = 5.0
CLOCK = 10.0
"""Times the CPU seconds asked for that may pass by the clock: a busy machine gives a tenth of itself."""
INSTRUMENTED = 5.0
"""Times as slow as without atheris' counters, at most."""


def main() -> None:
    """Try a target until the time is over, then write what happened as JSON."""
    asked = argparse.ArgumentParser()
    asked.add_argument("target")
    asked.add_argument("--seconds", type=float, required=True, help="CPU seconds")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument(
        "--place", type=Path, required=True, help="for the report, the findings and the inputs kept"
    )
    asked.add_argument(
        "--own", action="store_true", help="our own mutations, also where atheris is installed"
    )
    given = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if given.own or importlib.util.find_spec("atheris") is None:
        _with_ours(given)
    else:
        _with_atheris(given)


def cpu() -> float:
    """CPU seconds that this process and those it started and waited for have taken."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Budget:
    """The time of one target: CPU seconds, so that a busy machine tries as much as a quiet one, and a bound by the clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since, self._cpu_since = time.monotonic(), cpu()
        self._due = 0.0

    @property
    def cpu(self) -> float:
        """CPU seconds taken of it."""
        return cpu() - self._cpu_since

    @property
    def clock(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._since

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.cpu >= self._seconds or self.clock >= CLOCK * self._seconds

    @property
    def is_report_due(self) -> bool:
        """True once in ``REPORT_EVERY`` seconds."""
        due = self.clock >= self._due
        if due:
            self._due = self.clock + REPORT_EVERY
        return due


def _report(given: argparse.Namespace, watch: Any, budget: Budget, **more: object) -> None:
    for finding in watch.findings.values():
        (given.place / f"finding-{finding.key}").write_bytes(finding.data)
    if watch.slowest_data:
        (given.place / "slowest").write_bytes(watch.slowest_data)
    told = {
        "tried": watch.tried,
        "bytes": watch.bytes,
        "clock": budget.clock,
        "cpu": budget.cpu,
        "slowest": watch.slowest,
        "slowest_size": len(watch.slowest_data),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "findings": {each.key: each.told for each in watch.findings.values()},
        **more,
    }
    new = given.place / "report.json.new"
    new.write_text(json.dumps(told))
    new.replace(given.place / "report.json")


def _with_atheris(given: argparse.Namespace) -> None:
    import atheris

    with atheris.instrument_imports(include=["aggregator", "feedparser"]):
        from tests.fuzz.mutate import mutated
        from tests.fuzz.targets import TARGETS, beginnings
        from tests.fuzz.watch import Watch, seconds_of

        seeds = beginnings(TARGETS[given.target])
        for seed in seeds:  # what is imported when it is needed is to be seen, too
            seconds_of(TARGETS[given.target], seed)
    watch = Watch(TARGETS[given.target], patience=INSTRUMENTED)
    kept = given.place / "kept"
    kept.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds):
        (kept / f"seed-{number}").write_bytes(seed)
    budget = Budget(given.seconds)

    def give(data: bytes) -> None:
        watch.give(data)
        if (ends := budget.spent) or budget.is_report_due:
            _report(given, watch, budget, engine="atheris")
        if ends:
            os.kill(os.getpid(), signal.SIGUSR1)  # libFuzzer knows time by the clock only; this ends it

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.4:
            return bytes(atheris.Mutate(data, most))
        return mutated(bytes(data), random, watch.target, seeds, most)

    arguments = [
        sys.argv[0], str(kept), f"-max_total_time={int(CLOCK * given.seconds)}", f"-max_len={watch.target.most}", "-len_control=0",
        "-timeout=300", f"-seed={given.seed}", "-rss_limit_mb=0", f"-artifact_prefix={given.place}/crash-", "-print_final_stats=1",
    ]  # fmt: skip
    log = os.open(given.place / "log", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(log, 2)
    atheris.Setup(arguments, give, custom_mutator=mutate)
    atheris.Fuzz()


def _with_ours(given: argparse.Namespace) -> None:
    from tests.fuzz.mutate import mutated
    from tests.fuzz.targets import TARGETS, beginnings
    from tests.fuzz.watch import Watch

    watch = Watch(TARGETS[given.target])
    pool = list(beginnings(watch.target))
    random = Random(given.seed)
    reached = _Lines()
    for data in pool:
        watch.give(data)
    first = reached.count
    budget = Budget(given.seconds)
    while not budget.spent:
        before = reached.count
        data = mutated(random.choice(pool), random, watch.target, pool, watch.target.most)
        watch.give(data)
        if reached.count > before:
            pool.append(data)
        if budget.is_report_due:
            _report(given, watch, budget, engine="own", coverage=[first, reached.count])
    _report(given, watch, budget, engine="own", coverage=[first, reached.count])


class _Lines:
    """Counts the lines of code that were reached, each once, where the interpreter can tell at no cost."""

    def __init__(self) -> None:
        self.count = 0
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is not None:
            self._disable = monitoring.DISABLE
            monitoring.use_tool_id(monitoring.COVERAGE_ID, "fuzz")
            monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, self._reach)
            monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)

    def _reach(self, code: CodeType, _line: int) -> Any:
        self.count += "aggregator" in code.co_filename or "feedparser" in code.co_filename
        return self._disable


if __name__ == "__main__":
    main()
