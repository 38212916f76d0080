from __future__ import annotations

import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from feedserver import FeedServer, Page

from aggregator import home as homes
from aggregator import opml, regular
from aggregator.errors import ExportError
from aggregator.export.files import write
from aggregator.models import Subscription
from tests.threats.conftest import NOW, Run

NOBODY = 65_534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make links of another user's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """One of the demo's feeds in a home of one's own, polled by nobody yet."""
    shutil.copytree(homes.bundled("demo"), tmp_path / "home")
    (tmp_path / "home" / "feeds.opml").write_bytes(opml.write([Subscription(url="feeds/kettenblatt.xml")]))
    return tmp_path / "home"


@as_root
@pytest.mark.parametrize("where", ["document", "directory", "above"])
def test_a_link_of_another_user_is_not_written_through(tmp_path: Path, where: str) -> None:
    victim = tmp_path / "victim" / "bitcoin" / "atom.xml"
    victim.parent.mkdir(parents=True)
    victim.write_bytes(b"mine")
    public = tmp_path / "public"
    link, target = {
        "document": (public / "bitcoin" / "atom.xml", victim),
        "directory": (public / "bitcoin", victim.parent),
        "above": (public, victim.parent.parent),
    }[where]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(ExportError, match="another user made"):
        write(public / "bitcoin" / "atom.xml", b"feed")
    assert victim.read_bytes() == b"mine"
    os.chown(link, os.geteuid(), os.getegid(), follow_symlinks=False)
    write(public / "bitcoin" / "atom.xml", b"feed")
    assert victim.read_bytes() == b"feed"


@as_root
def test_a_run_says_whose_link_stands_in_its_way(demo: Path, aggregator: Run, tmp_path: Path) -> None:
    victim = tmp_path / "passwd"
    victim.write_bytes(b"mine")
    (demo / "public").mkdir()
    (demo / "public" / "atom.xml").symlink_to(victim)
    os.chown(demo / "public" / "atom.xml", NOBODY, NOBODY, follow_symlinks=False)
    done = aggregator("-C", demo, "--now", NOW, "run")
    assert done.code == 1
    assert "a link that another user made" in done.err
    assert victim.read_bytes() == b"mine"


def test_nothing_that_a_killed_run_or_a_stranger_left_is_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / ".atom.xml.new").symlink_to(victim)
    write(tmp_path / "atom.xml", b"feed")
    assert victim.read_bytes() == b"mine"
    assert not (tmp_path / "atom.xml").is_symlink()


def test_a_lock_that_is_a_link_empties_nothing(demo: Path, aggregator: Run, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (demo / "aggregator.lock").symlink_to(victim)
    done = aggregator("-C", demo, "--now", NOW, "run")
    assert done.code == 1
    assert "cannot be written to" in done.err
    assert victim.read_bytes() == b"mine"


def test_a_new_store_is_for_its_owners_eyes_and_keeps_the_leave_it_is_given(
    demo: Path, aggregator: Run
) -> None:
    before = os.umask(0o022)
    try:
        aggregator("-C", demo, "--now", NOW, "run")
        assert mode(demo / "aggregator.db") == 0o600
        assert mode(demo / "public" / "atom.xml") == 0o644
        (demo / "aggregator.db").chmod(0o640)
        aggregator("-C", demo, "--now", NOW, "run", "--force")
        assert mode(demo / "aggregator.db") == 0o640
    finally:
        os.umask(before)


def test_what_is_restored_is_read_by_no_more_people_than_before(
    demo: Path, aggregator: Run, tmp_path: Path
) -> None:
    aggregator("-C", demo, "--now", NOW, "poll")
    (demo / "feeds.opml").chmod(0o600)
    aggregator("-C", demo, "backup", tmp_path / "kept.db")
    assert mode(tmp_path / "kept.db") == 0o600
    (demo / "feeds.opml").write_text("<opml version='2.0'><body/></opml>", "utf-8")
    assert aggregator("-C", demo, "restore", tmp_path / "kept.db", "--force").code == 0
    assert mode(demo / "feeds.opml") == mode(demo / "aggregator.db") == 0o600
    assert aggregator("-C", tmp_path / "new", "restore", tmp_path / "kept.db").code == 0
    assert mode(tmp_path / "new" / "feeds.opml") == mode(tmp_path / "new" / "aggregator.db") == 0o600


def test_doctor_tells_when_others_can_read_what_opens_a_feed(
    tmp_path: Path, aggregator: Run, feed_server: FeedServer
) -> None:
    feed_server.pages["/f"] = Page(b"<rss version='2.0'><channel><title>t</title></channel></rss>")
    url = feed_server.url("/f").replace("http://", "http://me:secret@")
    (tmp_path / "feeds.opml").write_text(
        f"<opml version='2.0'><body><outline xmlUrl='{url}'/></body></opml>", "utf-8"
    )
    (tmp_path / "feeds.opml").chmod(0o644)
    said = aggregator("-C", tmp_path, "--now", NOW, "doctor").said
    assert "1 of the addresses hold a password or a key" in said
    assert "chmod 600 feeds.opml" in said
    assert "secret" not in said
    (tmp_path / "feeds.opml").chmod(0o600)
    assert "hold a password" not in aggregator("-C", tmp_path, "--now", NOW, "doctor").said


@pytest.fixture
def at_once() -> Iterator[None]:
    """Whoever waits for what never comes is woken, and fails."""

    def too_late(_signal: int, _frame: object) -> NoReturn:
        pytest.fail("it waits for whoever will write into the pipe")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


PIPED = {
    "aggregator.toml": [["run"], ["export"], ["backup", "copy.db"]],
    "feeds.opml": [
        ["run"],
        ["feeds", "list"],
        ["feeds", "export"],
        ["feeds", "add", "feeds/coinrelay.xml"],
        ["feeds", "import", "more.opml"],
        ["backup", "copy.db"],
    ],
    "aggregator.db": [["run"], ["list"], ["stats"], ["dump"], ["backup", "copy.db"], ["feeds", "list"]],
}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", PIPED)
def test_a_pipe_where_a_file_is_meant_to_be_is_refused_at_once(
    name: str, demo: Path, aggregator: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aggregator("-C", demo, "--now", NOW, "run").code == 0
    shutil.copy2(demo / "feeds.opml", demo / "more.opml")
    monkeypatch.chdir(demo)
    (demo / name).unlink(missing_ok=True)
    os.mkfifo(demo / name)
    for command in PIPED[name]:
        done = aggregator("-C", demo, "--now", NOW, *command)
        assert (done.code, "a named pipe, not a file" in done.err) == (1, True), (command, done.err)
        assert str(demo / name) in done.err
    assert "a named pipe, not a file" in aggregator("-C", demo, "doctor").out
    assert aggregator("-C", demo).code == 0


@pytest.mark.usefixtures("at_once")
def test_what_is_no_file_is_no_backup_and_is_not_written_over(
    demo: Path, aggregator: Run, tmp_path: Path
) -> None:
    assert aggregator("-C", demo, "--now", NOW, "run").code == 0
    assert aggregator("-C", demo, "--now", NOW, "backup", tmp_path / "saved").code == 0
    os.mkfifo(tmp_path / "pipe")
    assert "a named pipe" in aggregator("-C", tmp_path / "new", "restore", tmp_path / "pipe").err
    for name in ("feeds.opml", "aggregator.db"):
        (demo / name).unlink()
        os.mkfifo(demo / name)
        done = aggregator("-C", demo, "restore", tmp_path / "saved", "--force")
        assert (done.code, "a named pipe, not a file" in done.err) == (1, True)
    assert [path.name for path in demo.glob("*before-restore*")] == []


@pytest.mark.usefixtures("at_once")
def test_a_lock_that_is_a_pipe_keeps_nobody_waiting(demo: Path, aggregator: Run) -> None:
    os.mkfifo(demo / "aggregator.lock")
    assert aggregator("-C", demo, "--now", NOW, "run").code == 0
    assert aggregator("-C", demo, "--now", NOW, "doctor").code == 0


def test_a_device_is_not_read_without_end(tmp_path: Path) -> None:
    (tmp_path / "settings").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="it is a device, not a file"):
        regular.content(tmp_path / "settings")
    (tmp_path / "text").write_bytes(b"0123")
    assert (regular.content(tmp_path / "text", 2), regular.content(tmp_path / "text")) == (b"01", b"0123")
    assert [regular.instead(tmp_path / name) for name in ("text", "none", ".")] == ["", "", "a directory"]
