"""What a feed's history costs and whether it is whole: a file of items, or the demo, with a page behind every 100.

The items come from FILE.jsonl[.gz] (``aggregator dump`` writes such files); without one, the demo's are taken with
pages of 5. Printed are the CPU seconds of the export that writes all of the history, of the next one after one new
story, and of one after nothing; and what a walk back from the live feed finds, against the stories of the store.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aggregator import pipeline
from aggregator.config import Config, ExportConfig
from aggregator.export.identity import story_id
from aggregator.home import Home
from aggregator.store.reading import StoryQuery, list_stories, open_reading

A = "{http://www.w3.org/2005/Atom}"
ROOT = Path(__file__).parent.parent


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, packed or not."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield from file


def walk(public: Path, base: str) -> Iterator[tuple[str, list[str]]]:
    """Address and story ids of the live feed, then of each page behind it."""
    address: str | None = f"{base}atom.xml"
    while address:
        root = ET.parse(public / urlsplit(address.removeprefix(base)).path).getroot()
        yield address, [entry.findtext(A + "id") or "" for entry in root.findall(A + "entry")]
        links = {link.get("rel"): link.get("href") for link in root.findall(A + "link")}
        address = links.get("prev-archive")


def timed(name: str, work: Callable[[], object]) -> object:
    """Print the CPU and wall seconds of a piece of work; give what it gave."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    print(f"{name:<42}{time.process_time() - cpu:9.3f} s CPU{time.perf_counter() - wall:9.2f} s")
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    file = parser.parse_args().file
    directory = Path(tempfile.mkdtemp(prefix="history-"))
    try:
        report(Home(directory), file)
    finally:
        shutil.rmtree(directory)


def report(home: Home, file: Path | None) -> None:
    """Fill the home, export, walk."""
    now = datetime.now(UTC).replace(microsecond=0)
    quiet = Config(export=ExportConfig(archives=()))
    config = Config(export=ExportConfig())
    if file is None:
        config = Config(export=ExportConfig(limit=10, min_hours=0, archive_stories=5))
        shutil.copytree(ROOT / "examples" / "demo", home.path, dirs_exist_ok=True)
        timed("run", lambda: pipeline.run(home, quiet, now))
    else:
        timed("import, without history", lambda: pipeline.import_items(home, quiet, now, lines(file)))
    timed("export that writes all of the history", lambda: pipeline.export(home, config, now))
    new = {"id": "new", "source": "New", "title": "A story that nobody else has told", "published": str(now)}
    pipeline.import_items(home, quiet, now, [json.dumps(new).encode()])
    timed("export after one new story", lambda: pipeline.export(home, config, now))
    timed("the same without history", lambda: pipeline.export(home, quiet, now))
    pipeline.export(home, config, now)
    timed("export after nothing", lambda: pipeline.export(home, config, now + timedelta(minutes=5)))
    found: Counter[str] = Counter()
    pages = 0
    for _, ids in walk(home.public, config.export.base_url):
        pages += 1
        found.update(ids)
    with open_reading(home.database) as store:
        stories = {story_id(story.id) for story in list_stories(store, StoryQuery())}
    archive = list((home.public / "archive").iterdir())
    print(
        f"stories {len(stories)}, found by walking {len(found)}, missing {len(stories - found.keys())}, ",
        end="",
    )
    print(f"unknown {len(found.keys() - stories)}, twice {sum(count > 1 for count in found.values())}")
    size = sum(path.stat().st_size for path in archive)
    print(f"documents walked {pages}, files of history {len(archive)}, {size / 1024 / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
