"""A model that writes abstracts, from the command line, each command a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedserver
import pytest
from model_server import ModelServer, Reply, answers, behaves, completion, says

pytestmark = (
    pytest.mark.slow
)  # every command here is a process of its own, beside a server that wastes its time

Command = Callable[..., subprocess.CompletedProcess[str]]

KEY = "sk-desk-secret-0042"


def first_sentence(question: dict[str, Any]) -> Reply:
    """A cautious model: the longest sentence that each text has, which is true of it."""
    material = question["messages"][-1]["content"].split("\n\n", 1)[1].split("\n\n<<<")[0]
    sentences = [
        each.strip() for line in material.split("\n") for each in line.replace(". ", ".\0").split("\0")
    ]
    fitting = [each for each in sentences if len(each) < 300 and each.endswith((".", "。"))]
    return completion(json.dumps({"abstract": max(fitting, key=len, default="")}))


@pytest.fixture
def model_home(demo_home: Path, tmp_path: Path, model_server: ModelServer) -> Path:
    """The demo's home before its first run, with a model in its settings."""
    place = tmp_path / "desk"
    place.mkdir()
    for name in ("feeds.opml", "feeds"):
        source = demo_home / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
    (place / "aggregator.toml").write_text(
        f'[machine]\nmodel = "tiny"\nurl = "{model_server.url}"\napi_key_env = "DESK_MODEL_KEY"\n',
        encoding="utf-8",
    )
    model_server.plays(first_sentence)
    return place


@pytest.fixture
def command(model_home: Path) -> Command:
    def run(*arguments: str, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AGGREGATOR")}
        environment |= {"DESK_MODEL_KEY": key} if key else {}
        line = [
            sys.executable,
            "-m",
            "aggregator",
            "-C",
            str(model_home),
            "--now",
            "2026-11-22T12:00:00Z",
            *arguments,
        ]
        return subprocess.run(line, capture_output=True, text=True, env=environment, timeout=120, check=False)

    return run


def test_a_run_writes_marked_abstracts_and_the_next_asks_nothing(
    command: Command, model_server: ModelServer, model_home: Path
) -> None:
    ran = command("run", "--json")
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)["machine"]
    assert report["asked"] == model_server.asked > 0
    assert report["accepted"] > 0
    stories = json.loads(command("list", "--json", "--limit", "1000").stdout)
    written = [story for story in stories if story["abstract_method"] == "machine"]
    assert len(written) == report["accepted"]
    atom = (model_home / "public" / "atom.xml").read_text(encoding="utf-8")
    assert atom.count("(Abstract written by a model)") == report["accepted"]
    shown = command("show", written[0]["id"]).stdout
    assert "Written by a model from the texts of this story." in shown
    asked = model_server.asked
    again = json.loads(command("run", "--json").stdout)
    assert again["files"] == []
    assert model_server.asked == asked


def test_the_key_reaches_the_server_and_nothing_else(
    command: Command, model_server: ModelServer, model_home: Path
) -> None:
    told = command("-v", "run", "--json")
    model_server.plays(answers(401, f'{{"error": "bad key {KEY}"}}'.encode()))
    tried = command("-v", "summarise", "--try", json.loads(command("list", "--json").stdout)[0]["id"])
    assert {request.headers["authorization"] for request in model_server.requests} == {f"Bearer {KEY}"}
    for end in (told, tried):
        assert KEY not in end.stdout + end.stderr
    for file in model_home.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file


def test_a_run_whose_model_is_gone_still_writes_everything_and_says_so_once(
    command: Command, model_server: ModelServer, model_home: Path
) -> None:
    model_server.plays(answers(500))
    ran = command("-v", "run")
    assert ran.returncode == 0
    assert ran.stderr.count("the model tiny was left alone: HTTP 500") == 1
    stories = json.loads(command("list", "--json", "--limit", "1000").stdout)
    assert not any(story["abstract_method"] == "machine" for story in stories)
    assert sum(story["abstract"] is not None for story in stories) > len(stories) / 2
    assert (model_home / "public" / "atom.xml").exists()


def test_cron_hears_nothing_of_it(command: Command, model_server: ModelServer) -> None:
    model_server.plays(answers(500))
    ran = command("run")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_refusal_is_shown_with_its_reason(command: Command, model_server: ModelServer) -> None:
    model_server.plays(
        says("The exchange of Port Nowhere lost 123456789 coins to thieves on Friday, it said.")
    )
    command("run")
    stories = json.loads(command("list", "--json", "--limit", "1000").stdout)
    refused = [story for story in stories if "model_refused" in story]
    assert refused
    assert all(story["abstract_method"] != "machine" for story in refused)
    english = next(story for story in refused if story["model_refused"].startswith(("number", "name")))
    assert (
        f"A model's abstract was refused: {english['model_refused']}" in command("show", english["id"]).stdout
    )


def test_a_trial_says_what_was_sent_what_came_and_what_it_means(
    command: Command, model_server: ModelServer
) -> None:
    command("run")
    stories = json.loads(command("list", "--json", "--limit", "1000").stdout)
    story = next(each for each in stories if each["abstract_method"] == "machine")
    tried = command("summarise", "--try", story["id"][:8])
    assert tried.returncode == 0
    assert f"asked     tiny at {model_server.url}chat/completions" in tried.stdout
    assert f"answer    {story['abstract']}" in tried.stdout
    assert "verdict   accepted: it would be shown, marked as written by a model" in tried.stdout
    model_server.plays(answers(404))
    failed = command("summarise", "--try", story["id"], "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["verdict"] == "failed"
    assert "knows no such model" in json.loads(failed.stdout)["reason"]
    assert json.loads(command("list", "--json", "--limit", "1000").stdout) == stories


def test_a_trial_without_a_model_says_where_to_write_one(command: Command, model_home: Path) -> None:
    command("run")
    story = json.loads(command("list", "--json").stdout)[0]["id"]
    (model_home / "aggregator.toml").write_text("", encoding="utf-8")
    tried = command("summarise", "--try", story)
    assert tried.returncode == 1
    assert "[machine] names no model" in tried.stderr
    assert "Traceback" not in tried.stderr


@pytest.mark.parametrize(
    "behaviour", [feedserver.hang, feedserver.drip, feedserver.endless], ids=lambda each: each.__name__
)
def test_a_server_that_wastes_time_gets_a_bounded_share_of_the_run(
    command: Command, model_server: ModelServer, model_home: Path, behaviour: feedserver.Behaviour
) -> None:
    settings = model_home / "aggregator.toml"
    settings.write_text(
        f"{settings.read_text(encoding='utf-8')}timeout_seconds = 1\nseconds_per_run = 2\n", encoding="utf-8"
    )
    model_server.plays(behaves(behaviour))
    ran = command("run", "--json")
    report = json.loads(ran.stdout)
    assert ran.returncode == 0
    assert report["machine"]["accepted"] == 0
    assert report["seconds"]["summarise"] < 60
    assert "public/atom.xml" in report["files"]


def test_a_run_that_is_killed_while_it_waits_for_an_answer_is_continued(
    command: Command, model_server: ModelServer, model_home: Path
) -> None:
    model_server.plays(behaves(feedserver.hang))
    line = [sys.executable, "-m", "aggregator", "-C", str(model_home), "--now", "2026-11-22T12:00:00Z", "run"]
    with subprocess.Popen(line, env={**os.environ, "DESK_MODEL_KEY": KEY}) as process:
        deadline = time.monotonic() + 60
        while not model_server.asked and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    assert model_server.asked == 1
    assert not (model_home / "public" / "atom.xml").exists()
    model_server.plays(first_sentence)
    report = json.loads(command("run", "--json").stdout)
    assert report["machine"]["accepted"] > 0
    assert report["machine"]["failed"] == 0
