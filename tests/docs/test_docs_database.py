"""The questions in docs/how-to/database.md are asked, in SQLite and through sqlite-utils, of the demo's database."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from aggregator.store.views import VIEWS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "database.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?);\n```", PAGE, re.DOTALL)
NAMED = re.findall(r"sql: \|-\n((?: {10}.*\n)+)", (ROOT / "examples" / "datasette.yaml").read_text("utf-8"))


@pytest.fixture
def database(demo_home) -> Path:
    return demo_home / "aggregator.db"


def test_there_are_three_questions_and_every_view_is_described():
    assert len(QUERIES) == 3
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(VIEWS)


@pytest.mark.parametrize("query", QUERIES, ids=["coins", "copiers", "words"])
def test_a_question_of_the_docs_is_answered_also_through_sqlite_utils(database, query):
    rows = list(Database(database).query(query))
    assert rows
    command = [str(Path(sys.executable).with_name("sqlite-utils")), "query", str(database), query]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert json.loads(told) == rows


def test_the_first_question_tells_both_weeks(database):
    found = {row["coin"]: row for row in Database(database).query(QUERIES[0])}
    assert found["BTC"]["now"] > 0
    assert found["BTC"]["before"] is None


def test_the_command_of_the_docs_prints_a_view(database):
    line = re.search(r"^\$ (sqlite-utils rows .*)$", PAGE, re.MULTILINE)
    words = line[1].replace("~/news/aggregator.db", str(database)).split()
    program = str(Path(sys.executable).with_name("sqlite-utils"))
    told = subprocess.run([program, *words[1:]], capture_output=True, check=True, text=True).stdout
    assert len(told.splitlines()) == 2 + 14
    assert "Ledger Post: Bitcoin" in told


def test_the_questions_kept_for_datasette_are_answered(database):
    answers = {"since": "2026-11-01", "words": "bitcoin"}
    assert len(NAMED) == 3
    for query in NAMED:
        assert list(Database(database).query(query, answers))


def test_what_the_settings_for_datasette_name_is_there(database):
    named = (ROOT / "examples" / "datasette.yaml").read_text("utf-8")
    known = {*Database(database).table_names(), *Database(database).view_names()}
    assert set(re.findall(r"^      (\w+):$", named, re.MULTILINE)) - {"behind", "carried", "words"} <= known
    for view, columns in re.findall(
        r"^      (\w+_overview):\n(?:.*\n)*?        sortable_columns: \[(.*)\]", named, re.MULTILINE
    ):
        assert set(columns.split(", ")) <= {each.name for each in Database(database)[view].columns}
