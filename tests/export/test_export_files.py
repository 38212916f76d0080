"""Documents replace each other whole, or not at all."""

from __future__ import annotations

import os
import resource
import stat
import threading
from contextlib import contextmanager

import pytest

from aggregator.errors import ExportError
from aggregator.export.files import write


@contextmanager
def files_no_larger_than(size):
    """A disk that is full after ``size`` bytes: the kernel refuses the write as it would there."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(directory):
    return sorted(each.name for each in directory.iterdir())


def test_a_new_document_is_written_directories_included(tmp_path):
    path = tmp_path / "public" / "btc" / "atom.xml"
    assert write(path, b"one") is True
    assert path.read_bytes() == b"one"
    assert names(path.parent) == ["atom.xml"]


def test_the_same_bytes_leave_the_file_untouched(tmp_path):
    path = tmp_path / "atom.xml"
    write(path, b"one")
    os.utime(path, (1, 1))
    inode = path.stat().st_ino
    assert write(path, b"one") is False
    assert path.stat().st_mtime_ns == 1_000_000_000
    assert path.stat().st_ino == inode


def test_other_bytes_replace_it_and_keep_its_permissions(tmp_path):
    path = tmp_path / "atom.xml"
    write(path, b"one")
    path.chmod(0o640)
    assert write(path, b"two") is True
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_document_can_be_read_by_a_web_server(tmp_path):
    before = os.umask(0o022)
    try:
        write(tmp_path / "atom.xml", b"one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "atom.xml").stat().st_mode) == 0o644


def test_a_full_disk_leaves_the_old_document_and_nothing_else(tmp_path):
    path = tmp_path / "atom.xml"
    write(path, b"old")
    with files_no_larger_than(1000), pytest.raises(ExportError, match=r"atom\.xml: .*untouched"):
        write(path, b"x" * 100_000)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["atom.xml"]


def test_what_to_do_next_depends_on_what_was_written(tmp_path):
    for then, says in (({}, "run `aggregator export`"), ({"then": "say it again"}, "then say it again")):
        with files_no_larger_than(10), pytest.raises(ExportError, match=says):
            write(tmp_path / "feeds.opml", b"x" * 1000, **then)


def test_a_place_that_is_no_directory_is_said_in_one_line(tmp_path):
    (tmp_path / "public").write_text("in the way")
    with pytest.raises(ExportError) as caught:
        write(tmp_path / "public" / "atom.xml", b"one")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_directory_is_an_export_error(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(ExportError, match="Permission denied"):
        write(tmp_path / "atom.xml", b"one")


def test_a_directory_in_the_place_of_the_document_is_an_export_error(tmp_path):
    (tmp_path / "atom.xml").mkdir()
    with pytest.raises(ExportError):
        write(tmp_path / "atom.xml", b"one")
    assert names(tmp_path) == ["atom.xml"]


def test_what_a_killed_run_left_behind_is_used_up(tmp_path):
    left = tmp_path / ".atom.xml.new"
    left.write_bytes(b"half a docu")
    write(tmp_path / "atom.xml", b"one")
    assert not left.exists()
    left.write_bytes(b"half a docu")
    write(tmp_path / "atom.xml", b"one")
    assert not left.exists()


def test_a_symbolic_link_is_followed_and_stays(tmp_path):
    real = tmp_path / "www" / "feed.xml"
    real.parent.mkdir()
    real.write_bytes(b"old")
    link = tmp_path / "atom.xml"
    link.symlink_to(real)
    assert write(link, b"new") is True
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_link_planted_beside_the_document_is_not_written_through(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / ".atom.xml.new").symlink_to(victim)
    write(tmp_path / "atom.xml", b"one")
    assert victim.read_bytes() == b"mine"


def test_a_reader_never_sees_half_a_document(tmp_path):
    path = tmp_path / "atom.xml"
    versions = [bytes([65 + n]) * 200_000 for n in range(20)]
    write(path, versions[0])
    seen = []
    done = threading.Event()

    def look():
        while not done.is_set():
            seen.append(path.read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    for version in versions:
        write(path, version)
    done.set()
    reader.join()
    assert set(seen) <= set(versions)
