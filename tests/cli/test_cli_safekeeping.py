from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import forked
import pytest

PROGRAM = [sys.executable, "-m", "aggregator"]


def piped(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)], input=given, capture_output=True, check=False, timeout=60
    )


def test_a_home_goes_through_a_pipe(aggregator, demo_home, tmp_path):
    poured = piped("-C", demo_home, "backup", "-")
    assert (poured.returncode, poured.stderr) == (0, b"")
    assert poured.stdout.startswith(b"SQLite format 3")
    taken = piped("-C", tmp_path / "there", "restore", "-", given=poured.stdout)
    assert taken.returncode == 0
    for home in (demo_home, tmp_path / "there"):
        listed = aggregator("-C", home, "list", "--limit", "0")
        assert listed.code == 0
    same = [aggregator("-C", home, "dump", "--all").out for home in (demo_home, tmp_path / "there")]
    assert same[0] == same[1]
    assert len(same[0].splitlines()) > 100


def test_what_comes_through_a_pipe_is_looked_through_before_it_is_believed(tmp_path):
    taken = piped("-C", tmp_path / "there", "restore", "-", given=b"no backup at all")
    assert taken.returncode == 1
    assert b"standard input: damaged, or no backup at all" in taken.stderr
    assert not (tmp_path / "there").exists()


def test_a_backup_is_not_poured_into_its_own_report(demo_home):
    poured = piped("-C", demo_home, "backup", "-", "--json")
    assert (poured.returncode, poured.stdout) == (2, b"")


@pytest.mark.parametrize("command", ["import", "feeds import", "dedup eval", "restore"])
def test_a_dash_is_standard_input_wherever_a_file_is_read(command, tmp_path):
    ended = forked.run("-C", tmp_path, *command.split(), "-")
    assert "No such file" not in ended.stderr
    assert "does not exist" not in ended.stderr
    assert not (tmp_path / "-").exists()


def test_a_backup_that_finds_no_room_names_itself_and_leaves_nothing(demo_home, tmp_path):
    script = Path(sys.executable).with_name("aggregator")
    small = ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh"]  # files of at most 100 KB
    target = tmp_path / "news.db"
    command = [*small, script, "-C", demo_home, "backup", target]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"aggregator: {target}: cannot be written: ")
    assert list(tmp_path.iterdir()) == []
