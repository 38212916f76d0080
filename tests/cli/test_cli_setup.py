from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator import config, opml
from aggregator.config import Config


def test_init_writes_a_list_and_a_config_that_can_be_read(aggregator, home):
    result = aggregator("-C", home, "init")
    assert (result.code, result.out) == (0, "")
    assert sorted(path.name for path in home.iterdir()) == ["aggregator.toml", "feeds.opml"]
    assert len(opml.read(home / "feeds.opml").subscriptions) >= 60
    assert config.load(home / "aggregator.toml") == Config()


def test_init_leaves_what_is_there_as_it_is(aggregator, home):
    home.mkdir()
    (home / "feeds.opml").write_text("<opml/>")
    result = aggregator("-C", home, "init", "-v")
    assert result.code == 0
    assert (home / "feeds.opml").read_text() == "<opml/>"
    assert f"left {home / 'feeds.opml'} as it is" in result.err
    assert f"wrote {home / 'aggregator.toml'}" in result.err
    assert aggregator("-C", home, "init").code == 0


def test_init_says_what_comes_next_only_where_it_is_heard(aggregator, home):
    assert "aggregator -C" in aggregator("-C", home, "init", "-v").err
    assert aggregator("-C", home, "init", "-q").err == ""
    assert aggregator("-C", home, "init").err == ""  # no terminal there


@pytest.mark.parametrize("found", [True, False])
def test_the_next_command_can_be_pasted_as_it_is(tmp_path, found):
    script = Path(sys.executable).with_name("aggregator")
    ended = subprocess.run(
        [script, "-C", tmp_path / "my news", "init", "-v"],
        env={**os.environ, "PATH": str(script.parent) if found else ""},
        capture_output=True,
        text=True,
        check=True,
    )
    call = f"{'aggregator' if found else shlex.quote(str(script))} -C '{tmp_path / 'my news'}'"
    assert ended.stderr.splitlines()[-1] == f"next: {call} run, then {call} list"


def test_a_place_that_cannot_be_written_to_is_refused_in_words(aggregator, tmp_path):
    (tmp_path / "file").write_text("")
    result = aggregator("-C", tmp_path / "file" / "home", "init")
    assert result.code == 1
    assert "cannot be written" in result.err


@pytest.mark.parametrize("command", [["list"], ["search", "x"], ["show", "abc"], ["dump"]])
def test_reading_an_empty_home_says_what_to_do_first(aggregator, home, command):
    result = aggregator("-C", home, *command)
    assert (result.code, result.out) == (1, "")
    assert "aggregator run" in result.err


def test_running_in_no_home_says_how_to_make_one(aggregator, home):
    result = aggregator("-C", home, "run")
    assert result.code == 1
    assert "init" in result.err


def test_a_wrong_config_stops_a_run_before_it_begins(aggregator, home):
    aggregator("-C", home, "init")
    (home / "aggregator.toml").write_text("[poll]\nper_hots = 3\n")
    result = aggregator("-C", home, "run")
    assert result.code == 1
    assert "did you mean per_host?" in result.err
    assert not (home / "aggregator.db").exists()


def test_a_list_that_was_written_in_part_is_not_left_for_a_whole_one(tmp_path):
    script = Path(sys.executable).with_name("aggregator")
    small = ["sh", "-c", 'ulimit -f 2; exec "$@"', "sh"]  # files of at most 2 KB
    command = [script, "-C", tmp_path / "home", "init"]
    refused = subprocess.run([*small, *command], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "feeds.opml: cannot be written: File too large" in refused.stderr
    assert list((tmp_path / "home").iterdir()) == []
    subprocess.run(command, check=True)
    assert len(opml.read(tmp_path / "home" / "feeds.opml").subscriptions) >= 60
