"""The short form of `make soak`: every kind of trial once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import crowd, kills, machine, stops


@pytest.mark.slow
def test_whatever_is_killed_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    done = kills.survive(tmp_path, wanted=0, days=4, attempts=1)
    assert done.faults == []
    assert done.total >= 8


@pytest.mark.slow
def test_a_migration_that_is_killed_is_done_by_the_next_run(tmp_path: Path) -> None:
    done = kills.survive_migration(tmp_path, wanted=3)
    assert done.faults == []
    assert done.total >= 3


@pytest.mark.slow
def test_every_command_that_is_asked_to_stop_does_so_in_one_line(tmp_path: Path) -> None:
    done = stops.stop_everything(tmp_path, times=2)
    assert done.faults == []
    assert done.stopped + done.early > 0


@pytest.mark.slow
def test_a_run_that_waits_for_a_silent_server_stops_when_asked(tmp_path: Path) -> None:
    done = stops.stop_while_waiting(tmp_path)
    assert done.faults == []
    assert done.stopped == 2


@pytest.mark.slow
def test_of_many_runs_at_once_one_works_and_nothing_is_doubled(tmp_path: Path) -> None:
    done = crowd.crowd(tmp_path, size=6)
    assert done.faults == []
    assert sum(done.ends.values()) == 6


@pytest.mark.slow
def test_a_run_that_may_not_write_on_is_continued_by_the_next(tmp_path: Path) -> None:
    done = machine.file_sizes(tmp_path, sizes=4)
    assert done.faults == []
    assert done.refused > 0


@pytest.mark.slow
def test_a_full_disk_loses_nothing_and_a_read_only_one_can_still_be_read(tmp_path: Path) -> None:
    done = machine.full_disk(tmp_path, sizes=(320, 640))
    if done.skipped:
        pytest.skip(done.skipped)
    assert done.faults == []
    assert done.refused >= 2


@pytest.mark.slow
def test_a_store_that_cannot_be_used_is_told_in_one_line_and_a_jumping_clock_breaks_nothing(
    tmp_path: Path,
) -> None:
    done = machine.others(tmp_path)
    assert done.faults == []
    assert done.refused == len(machine.SPOILT)
