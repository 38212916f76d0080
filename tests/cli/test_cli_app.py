from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from aggregator import __version__
from aggregator.cli import app
from aggregator.errors import AggregatorError, ConfigError, ExportError, StoreBusy, StoreError, UsageError

HEAVY = {
    "feedparser", "jinja2", "lxml", "nh3", "nltk", "numpy", "pycurl", "rapidfuzz", "requests", "rich",
    "selectolax", "sqlite_utils", "ssl", "sumy",
}  # fmt: skip

LOADED_BY = """
import json, os, sys
from aggregator.cli import main
for line in sys.stdin:
    if os.fork() == 0:
        tell = os.dup(1)
        for each in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), each)
        try:
            main(json.loads(line))
        except SystemExit:
            pass
        os.write(tell, (" ".join({name.partition(".")[0] for name in sys.modules}) + "\\n").encode())
        os._exit(0)
    if os.wait()[1]:
        print(flush=True)
"""
"""What has only been loaded to hear commands, and splits for each of them."""


@pytest.fixture(scope="module")
def loaded_by() -> Iterator[Callable[..., set[str]]]:
    """What is loaded when a command has ended."""
    with subprocess.Popen(
        [sys.executable, "-c", LOADED_BY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as listening:

        def loaded(*arguments: str) -> set[str]:
            listening.stdin.write(json.dumps(arguments) + "\n")
            listening.stdin.flush()
            return set(listening.stdout.readline().split())

        yield loaded


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["list", "--help"], ["feeds", "--help"], ["run", "-h"]]
)
def test_help_loads_nothing_heavy(loaded_by, arguments):
    loaded = loaded_by(*arguments)
    assert "click" in loaded
    assert loaded & HEAVY == set()


OF_DEDUP = {"numpy"}
"""Judging texts takes arrays; nothing else does."""

OF_WIDTHS = {"rich"}
"""Its tables of Unicode, 15 ms, where a text is not ASCII and has to be broken into lines."""

OF_EXPORT = {"nh3"}
"""What stands in the merged feed is chosen where it is made."""


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ([], set()),
        (["list"], set()),
        (["list", "--json"], set()),
        (["list", "--csv", "--coin", "BTC", "--feed", "ledger", "--since", "2w"], set()),
        (["list", "--search", "bitcoin"], set()),
        (["list", "--open", "1"], set()),
        (["search", "bitcoin"], set()),
        (["search", '"hot wallets"', "--json"], set()),
        (["show", "STORY"], set()),
        (["feeds", "list"], set()),
        (["feeds", "export"], set()),
        (["rulings"], set()),
        (["rulings", "--json"], set()),
        (["stats"], set()),
        (["dump"], set()),
        (["completion", "bash"], set()),
        (["backup", "BACKUP"], set()),
        (["vacuum"], set()),
        (["explain", "STORY"], OF_DEDUP | OF_WIDTHS),
        (["prune", "--older-than", "300w", "--dry-run"], OF_DEDUP | OF_EXPORT),
        (["split", "nothing"], OF_DEDUP),
        (["export"], {"jinja2"} | OF_EXPORT),
        (["doctor"], {"pycurl"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_what_it_needs_and_nothing_else_that_is_heavy(
    own_demo, aggregator, loaded_by, command, needs
):
    story = aggregator("-C", own_demo, "list", "-n", "1", "--format", "{id}").out.strip()
    words = {"STORY": story, "BACKUP": str(own_demo / "kept.db")}
    loaded = loaded_by("-C", str(own_demo), *(words.get(word, word) for word in command))
    assert "click" in loaded
    assert loaded & HEAVY <= needs


def test_version(aggregator):
    assert aggregator("--version").out == f"aggregator {__version__}\n"


@pytest.mark.parametrize(
    ("files", "says", "next_step"),
    [
        ({}, "no home yet", "aggregator init"),
        ({"feeds.opml": "<opml/>"}, "nothing fetched yet", "aggregator run"),
        (
            {"aggregator.db": "not a database, but long enough to be taken for one" * 9},
            "aggregator.db",
            "--help",
        ),
    ],
)
def test_without_a_command_it_says_where_one_stands_and_what_comes_next(
    aggregator, tmp_path, files, says, next_step
):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = aggregator("-C", tmp_path)
    assert (result.code, result.err) == (0, "")
    assert says in result.out
    assert next_step in result.out
    assert str(tmp_path) in result.out


def test_without_a_command_a_store_is_summed_up(aggregator, demo_home):
    result = aggregator("-C", demo_home, "--now", "2026-11-22T12:00:00Z")
    assert "14 feeds · 108 items in 67 stories" in result.out
    assert "aggregator list" in result.out


def test_every_command_is_listed_with_a_whole_sentence(aggregator):
    text = aggregator("--help").out
    for section in app.COMMANDS.values():
        for name in section:
            line = next(line for line in text.splitlines() if line.startswith(f"  {name} "))
            assert line.endswith("."), line
            assert not line.endswith("..."), line


def test_the_list_of_commands_says_what_each_says_itself():
    context = click.Context(app.cli)
    for section in app.COMMANDS.values():
        for name, (_, about) in section.items():
            command = app.cli.get_command(context, name)
            assert command.name == name
            assert command.help.startswith(about), name


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lsit"], "There is no command 'lsit'. Did you mean list?"),
        (["LIST"], "Did you mean list?"),
        (["zzzzzz"], "There is no command 'zzzzzz'."),
        (["feeds", "ad", "x"], "Did you mean add?"),
        (["list", "--sicne", "6h"], "There is no option '--sicne'. Did you mean --since?"),
        (["list", "--lim", "3"], "Did you mean --limit?"),
        (["list", "--json-lines"], "Did you mean --jsonl?"),
        (["list", "--tag_s"], "Did you mean --tag?"),
        (["list", "--no"], "Did you mean --no-pager or --now?"),
        (["list", "--halp"], "Did you mean --help?"),
        (["--versoin"], "Did you mean --version?"),
        (["feeds", "--quite"], "Did you mean --quiet?"),
        (["dump", "--item", "x"], "There is no option '--item'.\n"),
        (["list", "--colour"], "There is no option '--colour'.\n"),
        (["list", "--order"], "There is no option '--order'.\n"),
        (["run", "--all"], "There is no option '--all'.\n"),
        (["run", "-z"], "There is no option '-z'.\n"),
        (["run", "--" + "x" * 5_000], "There is no option"),
        (["item"], "There is no command 'item'.\n"),
        (["list", "--limit", "-1"], "--limit"),
        (["show"], "STORY"),
        (["--now", "soon", "list"], "2026-11-22T12:00:00Z"),
        (["--now", "9999-12-31T23:59:59Z", "run"], "2026-11-22T12:00:00Z"),
        (["-C", "~nobody-here/news", "list"], "~nobody-here"),
        (["feeds", "add", "https://a.example/", "--priority", "9" * 30], "--priority"),
    ],
)
def test_wrong_usage_is_2_and_says_what_was_meant(aggregator, arguments, says):
    result = aggregator(*arguments)
    assert result.code == 2
    assert says in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("no"), 2),
        (ConfigError("no"), 1),
        (StoreError("no"), 1),
        (StoreBusy("no"), 75),
        (ExportError("no"), 1),
        (AggregatorError("no"), 1),
        (KeyboardInterrupt(), 130),
        (app.Terminated(), 143),
    ],
)
def test_each_end_has_its_exit_code(error, code, capsys, hearing):
    def command():
        raise error

    assert app.ended(command) == code
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt, 130), (app.Terminated, 143)])
def test_being_stopped_while_a_class_is_loaded_is_being_stopped(stop, code, capsys, hearing):
    class Field:
        def __set_name__(self, owner, name):
            raise stop

    assert app.ended(lambda: type("Loaded", (), {"field": Field()})) == code
    assert "what was recorded stays" in capsys.readouterr().err


def test_an_error_that_a_class_makes_while_it_is_loaded_stays_one(hearing):
    class Field:
        def __set_name__(self, owner, name):
            raise ValueError("a mistake of ours")

    with pytest.raises((RuntimeError, ValueError)):
        app.ended(lambda: type("Loaded", (), {"field": Field()}))


def test_a_command_that_ends_well_ends_with_0():
    assert app.ended(lambda: None) == 0


def test_an_error_is_one_line_on_stderr_whatever_it_quotes(aggregator, home):
    result = aggregator("-C", f"{home}\n\x1b[31m", "list")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err
    assert result.err.startswith("aggregator: ")


@pytest.mark.parametrize("place", ["front", "behind", "environment"])
def test_the_home_can_be_named_in_front_behind_or_by_the_environment(aggregator, monkeypatch, home, place):
    if place == "environment":
        monkeypatch.setenv("AGGREGATOR_HOME", str(home))
    arguments = {"front": ["-C", home, "init"], "behind": ["init", "-C", home], "environment": ["init"]}[
        place
    ]
    assert aggregator(*arguments).code == 0
    assert (home / "feeds.opml").exists()


def test_the_current_directory_is_the_home_of_last_resort(aggregator, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert aggregator("init").code == 0
    assert (tmp_path / "feeds.opml").exists()


def test_a_reader_that_closes_the_pipe_ends_it_quietly_as_it_ends_other_programs(demo_home):
    script = f"{sys.executable} -m aggregator -C {demo_home} dump | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "{141\n"
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["list", "dump", "--help"])
def test_output_that_finds_no_room_is_told_in_one_line(demo_home, command):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "aggregator", "-C", str(demo_home), command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "aggregator: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_reason_to_fail(demo_home, closed):
    script = f"{sys.executable} -m aggregator -C {demo_home} list --limit 1 {closed}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_text_the_locale_cannot_spell_is_printed_as_escapes(demo_home):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "-C", str(demo_home), "list", "--limit", "100"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert "\\u" in done.stdout
