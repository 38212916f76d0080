from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import aggregator
from aggregator import open_home
from aggregator.errors import StoreBusy, StoreError, UsageError
from aggregator.home import Home, bundled


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The bundled feeds, run once through the door itself."""
    place = tmp_path_factory.mktemp("api") / "home"
    shutil.copytree(bundled("demo"), place)
    report = aggregator.run(place)
    assert report.stories["new"] == 67
    return place


def listed(place, *arguments):
    command = [sys.executable, "-m", "aggregator", "-C", str(place), *arguments, "--json"]
    return [
        each["id"] for each in json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    ]


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
    assert set(aggregator.__all__) == {"Reader", "__version__", "open_home", "run"}
    assert all(getattr(aggregator, name) for name in aggregator.__all__)
    with pytest.raises(AttributeError, match="open_hoem"):
        aggregator.open_hoem  # noqa: B018


def test_the_example_of_the_documentation_runs_as_it_stands(demo, capsys):
    page = (Path(__file__).parent.parent / "docs/how-to/scripts.md").read_text()
    example = next(
        each for each in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "open_home" in each
    )
    exec(compile(example.replace("~/news", str(demo)), "scripts.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 11
    assert printed[-1] == "67 []"
