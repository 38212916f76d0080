"""What does polling cost beside the PyPI package ``reader``? CPU seconds of whole processes, one load for both.

    python benchmarks/bench_reader.py [--feeds 1000] [--rounds 3]

A loopback server in another process offers feeds of 30 items of about 6 KB (those of ``bench_poll.py``). ``reader``
is installed into an environment of its own that is thrown away; where that cannot be, only this program is
measured and the reason is printed.

``cold``: everything is new, and stored. ``dedup`` (with ``--dedup``) is measured apart: ``reader`` has nothing to
compare with, and made-up texts of one small vocabulary are its worst case. ``304``: nothing changed and the server
says so. ``200``: nothing changed and the server sends everything again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

VERSION = "3.26"
"""Of ``reader``, falling back to the newest there is."""
WORKERS = 8

OURS = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from aggregator import pipeline
from aggregator.config import Config, PollConfig
from aggregator.home import Home
config = Config(poll=PollConfig(private_networks=True, host_spacing_seconds=0.0))
home, step = Home(Path(sys.argv[1])), sys.argv[2]
now = datetime.now(UTC).replace(microsecond=0)
if step == "dedup":
    pipeline.dedup(home, config, now)
else:
    pipeline.poll(home, config, now, force=True)
"""
THEIRS = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1] + "/reader.sqlite")
if sys.argv[2] == "cold":
    for url in open(sys.argv[1] + "/urls"):
        reader.add_feed(url.strip())
reader.update_feeds(scheduled=False, workers=%d)
"""


@contextmanager
def server(feeds: int) -> Iterator[int]:
    """Serve the load from another process; gives its port."""
    command = [sys.executable, __file__, "--serve", str(feeds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def serve(feeds: int) -> None:
    """Run the server until the parent closes our standard input. ``/v/``: with validators, ``/n/``: without."""
    from bench_poll import HOSTS, rss
    from feedserver import FeedServer, Page

    with FeedServer(hosts=HOSTS) as running:
        for number in range(feeds):
            body = rss(number)
            running.pages[f"/v/{number}"] = Page.of(body)
            running.pages[f"/n/{number}"] = Page(body)
        print(running.port, flush=True)
        sys.stdin.read()


def spent(command: list[str]) -> tuple[float, float, float]:
    """Run a command; give its CPU seconds, wall seconds and peak memory in MB."""
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT)}  # with compiled modules kept, as in any installation
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed:\n{said}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024


def installed(place: Path) -> Path | str:
    """Install ``reader``; gives the interpreter that has it, or the reason why there is none."""
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    # The copy of feedparser that it carries needs sgmllib3k, which not every version of it asks for.
    for wanted in (f"reader=={VERSION}", "reader"):
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", wanted, "sgmllib3k"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return python
    return done.stderr.strip().splitlines()[-1]


def measure(
    name: str,
    python: Path | str,
    script: str,
    home: Path,
    urls_of: Callable[[str], list[str]],
    *,
    rounds: int,
    dedup: bool,
) -> None:
    """Print what each step costs: the first poll once, the later ones as medians with their spread."""
    from aggregator import opml
    from aggregator.models import Subscription

    for kind, again in (("v", "304"), ("n", "200")):
        place = home / f"{name.split(maxsplit=1)[0]}-{kind}"
        place.mkdir()
        urls = urls_of(kind)
        (place / "urls").write_text("\n".join(urls))
        (place / "feeds.opml").write_bytes(opml.write([Subscription(url=url) for url in urls]))
        command = [str(python), "-c", script, str(place)]
        results = {"cold": [spent([*command, "cold"])]}
        if dedup and kind == "v":
            results["dedup"] = [spent([*command, "dedup"])]
        results[again] = [spent([*command, again]) for _ in range(rounds)]
        for step, figures in results.items():
            cpu, wall, memory = zip(*figures, strict=True)
            print(
                f"{name:14} {step:5} {len(urls):5} feeds  CPU {statistics.median(cpu):7.2f} s "
                f"({min(cpu):.2f}-{max(cpu):.2f})  wall {statistics.median(wall):6.2f} s  peak {max(memory):4.0f} MB",
                flush=True,
            )


def main() -> None:
    """Read the arguments, start the server, measure both."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--dedup", action="store_true", help="measure the dedup of the cold load too")
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    with tempfile.TemporaryDirectory() as scratch, server(chosen.feeds) as port:
        place = Path(scratch)
        from bench_poll import HOSTS

        def urls_of(kind: str) -> list[str]:
            hosts = (HOSTS[number % len(HOSTS)] for number in range(chosen.feeds))
            return [f"http://{host}:{port}/{kind}/{number}" for number, host in enumerate(hosts)]

        measure("aggregator", sys.executable, OURS, place, urls_of, rounds=chosen.rounds, dedup=chosen.dedup)
        theirs = installed(place / "venv")
        if isinstance(theirs, str):
            print(f"reader         not measured, it could not be installed: {theirs}")
            return
        listed = subprocess.run(
            [theirs, "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
        )
        version = next(each["version"] for each in json.loads(listed.stdout) if each["name"] == "reader")
        script = THEIRS % WORKERS
        measure(f"reader {version}", theirs, script, place, urls_of, rounds=chosen.rounds, dedup=False)


if __name__ == "__main__":
    main()
