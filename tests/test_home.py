from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import ConfigError, StoreBusy, StoreError
from aggregator.home import Home, bundled

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from aggregator.home import Home
with Home(Path(sys.argv[1])).lock():
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of tmp_path until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"locked\n"
    yield process
    process.kill()
    process.communicate()


def test_names_the_files_of_the_contract(tmp_path):
    home = Home(tmp_path)
    names = [path.name for path in (home.opml, home.config, home.database, home.public, home.lock_file)]
    assert names == ["feeds.opml", "aggregator.toml", "aggregator.db", "public", "aggregator.lock"]
    assert not any(tmp_path.iterdir())


def test_a_second_run_is_refused_and_told_who_is_at_work(tmp_path, holder):
    with (
        pytest.raises(StoreBusy, match=rf"another run \(process {holder.pid}\)") as caught,
        Home(tmp_path).lock(),
    ):
        pass
    assert caught.value.exit_code == 75


def test_a_killed_run_leaves_no_lock_behind(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with Home(tmp_path).lock():
        pass


def test_the_lock_is_free_again_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), Home(tmp_path).lock():
        _ = 1 / 0
    with Home(tmp_path).lock():
        assert Home(tmp_path).lock_file.read_text() == f"{os.getpid()}\n"


def test_a_shorter_process_number_replaces_a_longer_one(tmp_path):
    Home(tmp_path).lock_file.write_text("99999999999\n")
    with Home(tmp_path).lock():
        assert Home(tmp_path).lock_file.read_text() == f"{os.getpid()}\n"


def test_a_missing_home_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="init"), Home(tmp_path / "nowhere").lock():
        pass


def test_a_file_is_no_home(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="not a directory"), Home(tmp_path / "file").lock():
        pass


def test_a_home_that_cannot_be_written_to_is_refused_in_words(tmp_path):
    (tmp_path / "aggregator.lock").mkdir()  # stands in for a read-only place, which root would not notice
    with pytest.raises(StoreError, match="cannot be written to"), Home(tmp_path).lock():
        pass


def test_what_comes_with_the_program_is_found():
    assert bundled("feeds.opml").read_bytes().startswith(b"<?xml")
    assert (bundled("demo") / "feeds.opml").is_file()
    assert isinstance(bundled("demo"), Path)
