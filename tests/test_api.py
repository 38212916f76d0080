from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import forked
import pytest

import aggregator
from aggregator import api, open_home
from aggregator.errors import StoreBusy, StoreError, UsageError
from aggregator.home import Home, bundled

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The bundled feeds, run once through the door itself."""
    place = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(bundled("demo"), place)
    report = aggregator.run(place)
    assert report.stories["new"] == 67
    return place


def listed(place, *arguments):
    done = forked.run("-C", place, *arguments, "--json")
    assert done.returncode == 0
    return [each["id"] for each in json.loads(done.stdout)]


def test_a_script_reads_the_stories_that_the_command_lists(demo):
    with open_home(demo) as home:
        assert [each.id for each in home.stories(limit=20)] == listed(demo, "list")
        assert [each.id for each in home.stories(coin="BTC")] == listed(
            demo, "list", "--coin", "BTC", "-n", "999"
        )
        assert [each.id for each in home.search("bitcoin")] == listed(demo, "search", "bitcoin")
        assert home.status().items == 108
        assert len(home.feeds()) == 14


def test_times_without_an_offset_are_utc(demo):
    with open_home(str(demo)) as home:
        newest = home.stories()
        at = newest[len(newest) // 2].published
        naive = home.stories(since=at.replace(tzinfo=None))
        assert naive == home.stories(since=at.astimezone(UTC))
        assert at in {each.published for each in naive}
        assert not {each.id for each in naive} & {each.id for each in home.stories(until=at)}
        assert home.stories(until=datetime(1990, 1, 1)) == []  # noqa: DTZ001 - the point of the test


def test_a_story_is_found_by_the_beginning_of_its_id_or_told_why_not(demo):
    with open_home(demo) as home:
        story = home.stories(limit=1)[0]
        assert home.story(story.id[:9]) == story
        with pytest.raises(UsageError, match="no story"):
            home.story("zzz")
        with pytest.raises(UsageError, match="at least one word"):
            home.search("...")


def test_a_reader_sees_one_state_while_a_run_goes_on(demo, tmp_path):
    place = tmp_path / "home"
    shutil.copytree(demo, place)
    with open_home(place) as home:
        before = home.stories()
        assert aggregator.run(place, force=True).failures == []
        assert home.stories() == before


def test_what_cannot_be_opened_or_run_says_what_to_do(tmp_path, demo):
    with pytest.raises(StoreError, match="aggregator run"), open_home(tmp_path):
        pass
    with Home(demo).lock(), pytest.raises(StoreBusy):
        aggregator.run(demo)


def test_the_door_names_what_it_has():
    assert set(aggregator.__all__) == {
        "AggregatorError",
        "ConfigError",
        "Reader",
        "StoreBusy",
        "StoreError",
        "UsageError",
        "__version__",
        "open_home",
        "run",
    }
    assert all(getattr(aggregator, name) for name in aggregator.__all__)
    assert set(api.__all__) == set(aggregator.__all__) - {"__version__"}
    with pytest.raises(AttributeError, match="open_hoem"):
        aggregator.open_hoem  # noqa: B018


def test_the_figures_are_those_of_the_command(demo):
    told = json.loads(forked.run("-C", demo, "stats", "--since", "2020-01-01", "--json").stdout)
    with open_home(demo) as home:
        found = home.stats()
        assert [each.feed.title for each in found.feeds] == [each["feed"]["title"] for each in told]
        at = home.stories()[10].published
        assert (
            0
            < home.stats(since=at.replace(tzinfo=None)).stories
            == home.stats(since=at).stories
            < found.stories
        )


def open_files():
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(each.readlink()))
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="files that are open are seen in /proc")
def test_what_was_opened_is_closed_whatever_happens(demo):
    database = str(demo / "aggregator.db")
    with open_home(demo) as home:
        home.stories(limit=1)
        assert database in open_files()
    assert database not in open_files()
    with suppress(ValueError), open_home(demo) as home:
        raise ValueError("a script's own mistake")
    assert database not in open_files()
    reader = open_home(demo)
    reader.close()
    reader.close()
    assert database not in open_files()


def test_a_reader_that_was_closed_says_so(demo):
    with open_home(demo) as home:
        pass
    for use in (home.stories, home.feeds, home.status, home.stats, lambda: home.search("bitcoin")):
        with pytest.raises(UsageError, match=r"closed; open_home\(\) gives a new one"):
            use()


def test_a_reader_in_another_thread_says_so(demo):
    with (
        open_home(demo) as home,
        ThreadPoolExecutor(1) as pool,
        pytest.raises(UsageError, match="each thread"),
    ):
        pool.submit(home.status).result()


def test_a_damaged_database_is_an_error_of_ours(demo, tmp_path):
    place = tmp_path / "home"
    shutil.copytree(demo, place)
    with sqlite3.connect(place / "aggregator.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with (place / "aggregator.db").open("r+b") as file:
        for page in range(2, (place / "aggregator.db").stat().st_size // 4096):
            file.seek(4096 * page)
            file.write(b"\xa5" * 512)
    with pytest.raises(StoreError, match="damaged"), open_home(place) as home:
        home.stories()


def test_a_home_of_nobody_is_an_error_of_ours():
    with pytest.raises(UsageError, match="no such user"):
        open_home("~nobody-of-that-name/news")


PAGES = [ROOT / "docs" / "how-to" / "scripts.md", ROOT / "docs" / "reference" / "python.md"]
SNIPPETS = [
    pytest.param(text, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, text in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_of_the_docs_runs_as_it_stands(demo, capsys, snippet):
    exec(compile(snippet.replace("~/news", str(demo)), "docs", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_what_the_first_snippet_prints(demo, capsys):
    exec(compile(SNIPPETS[0].values[0].replace("~/news", str(demo)), "docs", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 11
    assert printed[-1] == "67 []"


def test_the_package_says_that_it_is_typed():
    assert (files("aggregator") / "py.typed").is_file()


SCRIPT = """
from datetime import datetime

from aggregator import AggregatorError, Reader, StoreBusy, open_home, run


def latest(home: Reader, coin: str) -> list[tuple[datetime, str, int]]:
    return [(each.published, each.title, len(each.reposts)) for each in home.stories(coin=coin, limit=5)]


def main() -> None:
    try:
        print(run("~/news", force=True).stories["new"])
        with open_home("~/news") as home:
            reveal_type(home)
            reveal_type(home.story("x").reposts)
            reveal_type(home.stats().coins)
            reveal_type(home.feeds()[0].feed.failures)
            latest(home, "BTC")
    except StoreBusy as busy:
        reveal_type(busy.exit_code)
    except AggregatorError as error:
        print(error)
"""


@pytest.mark.slow
def test_a_script_passes_the_strictest_type_checker_and_a_typo_does_not(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "typo.py").write_text("from aggregator import open_hoem\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "script.py", "typo.py"]
    told = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False, text=True
    ).stdout.splitlines()
    assert [line.partition("note: Revealed type is ")[2].strip('"') for line in told if "note:" in line] == [
        "aggregator.api.Reader",
        "tuple[aggregator.models.stories.Copy, ...]",
        "tuple[aggregator.models.overview.CoinTrend, ...]",
        "int",
        "int",
    ]
    assert ["open_hoem" in line and line.startswith("typo.py") for line in told if "error:" in line] == [True]
