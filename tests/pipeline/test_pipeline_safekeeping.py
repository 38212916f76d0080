"""A home in one file: complete whatever happens beside it, and back again whatever became of the home."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.config import Config
from aggregator.dedup import packing
from aggregator.errors import AggregatorError, ConfigError, StoreBusy, StoreError, UsageError
from aggregator.home import Home
from aggregator.pipeline import safekeeping
from aggregator.store.connection import SCHEMA_VERSION
from aggregator.store.reading import StoryQuery, list_stories, open_reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ITEMS = 60


@pytest.fixture(scope="module")
def lots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with some items, a list of feeds and settings; only to be copied."""
    place = Home(tmp_path_factory.mktemp("lots") / "home")
    place.path.mkdir()
    entries = "".join(
        f"<item><title>Number {number} is drawn</title><guid>{number}</guid>"
        f"<description>{'Drawn by lot, the number is ' * 40}{number}.</description></item>"
        for number in range(ITEMS)
    )
    (place.path / "a.xml").write_text(
        f'<rss version="2.0"><channel><title>Lots</title>{entries}</channel></rss>'
    )
    place.opml.write_text(
        '<opml version="2.0"><head/><body><outline text="Lots" xmlUrl="a.xml"/></body></opml>'
    )
    place.config.write_text("[export]\ntitle = 'Lots'\n")
    pipeline.run(place, Config(), NOW)
    return place.path


@pytest.fixture
def home(lots: Path, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(lots, tmp_path / "home")))


def ids(home: Home) -> list[str]:
    with open_reading(home.database) as store:
        return [story.id for story in list_stories(store, StoryQuery())]


def damage(path: Path) -> None:
    """Overwrite pages in the middle of a database, as a dying disk does."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        for page in range(3, path.stat().st_size // 4096 - 1):
            file.seek(4096 * page)
            file.write(b"\xa5" * 512)


def test_a_backup_makes_the_same_home_elsewhere(home: Home, tmp_path: Path) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    assert saved.contents.items == ITEMS
    assert saved.path.stat().st_mode & 0o777 == 0o600
    there = Home(tmp_path / "there")
    assert pipeline.restore(there, saved.path, NOW).aside == ()
    assert ids(there) == ids(home)
    assert there.opml.read_bytes() == home.opml.read_bytes()
    assert there.config.read_bytes() == home.config.read_bytes()
    (there.path / "a.xml").write_bytes((home.path / "a.xml").read_bytes())
    pipeline.run(there, Config(), NOW)
    for name in ("atom.xml", "feed.json"):
        assert (there.public / name).read_bytes() == (home.public / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "news.db", "there"]


def test_a_backup_of_a_backup_is_one_too(home: Home, tmp_path: Path) -> None:
    saved = pipeline.backup(home, tmp_path / "one.db")
    there = Home(tmp_path / "there")
    pipeline.restore(there, saved.path, NOW)
    again = pipeline.backup(there, tmp_path / "two.db")
    assert again.contents == saved.contents


@pytest.fixture
def busy_writer(home: Home) -> Iterator[list[int]]:
    """Another connection that writes a transaction after the other."""
    stop, written = threading.Event(), [0]

    def write() -> None:
        with closing(sqlite3.connect(home.database, isolation_level=None)) as connection:
            while not stop.is_set():
                connection.execute("BEGIN IMMEDIATE")
                for _ in range(2):
                    connection.execute("INSERT INTO runs (at, report) VALUES ('x', zeroblob(9000))")
                connection.execute("COMMIT")
                written[0] += 2

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


def test_a_backup_is_of_one_moment_while_others_write(
    home: Home, tmp_path: Path, busy_writer: list[int]
) -> None:
    shares: list[tuple[int, int]] = []
    for number in range(5):
        saved = safekeeping.backup(
            home, tmp_path / f"{number}.db", progress=lambda _, done, total: shares.append((done, total))
        )
        with closing(sqlite3.connect(saved.path)) as copy:
            assert copy.execute("SELECT count(*) FROM runs WHERE at = 'x'").fetchone()[0] % 2 == 0
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert busy_writer[0] > 0
    assert all(done <= total for done, total in shares)


def test_a_backup_needs_no_lock(home: Home, tmp_path: Path) -> None:
    with home.lock():
        assert pipeline.backup(home, tmp_path / "news.db").contents.items == ITEMS


def test_a_backup_overwrites_nothing_by_accident(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "news.db"
    target.write_text("dear")
    with pytest.raises(UsageError, match="is there already"):
        pipeline.backup(home, target)
    assert target.read_text() == "dear"
    assert pipeline.backup(home, target, force=True).contents.items == ITEMS
    with pytest.raises(UsageError, match="never over the store itself"):
        pipeline.backup(home, home.database, force=True)
    with pytest.raises(UsageError, match="served to everyone"):
        pipeline.backup(home, home.public / "news.db")
    with pytest.raises(UsageError, match="is a directory"):
        pipeline.backup(home, tmp_path)
    with pytest.raises(UsageError, match="no such directory"):
        pipeline.backup(home, tmp_path / "no" / "news.db")
    with pytest.raises(StoreError, match="no store here yet"):
        pipeline.backup(Home(tmp_path / "empty"), tmp_path / "other.db")


def test_a_backup_without_a_text_that_is_there_is_none(home: Home, tmp_path: Path) -> None:
    home.config.unlink()
    home.config.mkdir()
    with pytest.raises(ConfigError, match=r"aggregator\.toml: cannot be read"):
        pipeline.backup(home, tmp_path / "saved.db")
    assert list(tmp_path.iterdir()) == [home.path]


def test_links_in_a_circle_stop_no_backup(home: Home, tmp_path: Path) -> None:
    shutil.rmtree(home.public)
    home.public.symlink_to(home.public)
    assert pipeline.backup(home, tmp_path / "saved.db").contents.items == ITEMS


def test_a_full_disk_is_seen_before_anything_is_written(home: Home, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="must be free"):
        safekeeping.backup(home, tmp_path / "news.db", free=lambda _: 1000)
    with pytest.raises(StoreError, match="must be free"):
        safekeeping.vacuum(home, free=lambda _: 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_what_a_killed_backup_left_is_used_up(home: Home, tmp_path: Path) -> None:
    (tmp_path / ".news.db.new").write_bytes(b"half a copy")
    (tmp_path / ".news.db.new-journal").write_bytes(b"\xd9\xd5\x05\xf9 a hot journal")
    assert pipeline.backup(home, tmp_path / "news.db").contents.items == ITEMS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "news.db"]


def test_a_damaged_store_is_never_taken_for_a_backup(home: Home, tmp_path: Path) -> None:
    damage(home.database)
    with pytest.raises(StoreError, match="damaged"):
        pipeline.backup(home, tmp_path / "news.db")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_look_through_everything_reads_fingerprints_too(home: Home) -> None:
    assert not [each for each in pipeline.examine(home, NOW, full=True) if each.severity == "problem"]
    with closing(sqlite3.connect(home.database)) as connection:
        numbers = packing._HEADER.size + packing._COUNTS.size  # where the title's begin, as text
        spoil = """
            UPDATE fingerprints SET data = CAST(substr(data, 1, :at) || x'ff' || substr(data, :at + 2) AS BLOB)
            WHERE item_id = 3
        """
        connection.execute(spoil, {"at": numbers})
        connection.commit()
    (found,) = (each for each in pipeline.examine(home, NOW, full=True) if each.severity == "problem")
    assert found.what == "damaged: the fingerprint of item 3 cannot be read"
    assert "aggregator restore" in found.advice


def test_a_damaged_store_says_the_way_back_and_the_way_works(home: Home, tmp_path: Path) -> None:
    saved, before = pipeline.backup(home, tmp_path / "news.db"), ids(home)
    damage(home.database)
    broken = home.database.read_bytes()
    with pytest.raises(StoreError, match=r"doctor --full.*restore FILE --force"):
        pipeline.run(home, Config(), NOW, force=True)
    done = pipeline.restore(home, saved.path, NOW, force=True)
    assert ids(home) == before
    assert [path.read_bytes() for path in done.aside] == [broken]
    pipeline.run(home, Config(), NOW, force=True)
    assert ids(home) == before


def test_a_restore_never_takes_a_home_s_place_unasked_and_keeps_what_was_there(
    home: Home, tmp_path: Path
) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    home.config.write_text("[export]\ntitle = 'Changed since'\n")
    with pytest.raises(UsageError, match=r"a home already \(aggregator.db, feeds.opml, aggregator.toml\)"):
        pipeline.restore(home, saved.path, NOW)
    done = pipeline.restore(home, saved.path, NOW, force=True)
    assert [path.name for path in done.aside] == [
        "aggregator.db.before-restore-20261122T120000Z",
        "aggregator.toml.before-restore-20261122T120000Z",
    ]
    assert "Changed since" in done.aside[1].read_text()
    assert home.config.read_text() == "[export]\ntitle = 'Lots'\n"
    with closing(sqlite3.connect(done.aside[0])) as old:
        assert old.execute("SELECT count(*) FROM items").fetchone()[0] == ITEMS


def test_a_log_left_by_a_killed_run_is_not_played_into_the_restored_store(home: Home, tmp_path: Path) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    open_beside = sqlite3.connect(home.database, isolation_level=None)
    reader = sqlite3.connect(home.database, isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM runs").fetchone()
        open_beside.execute("DELETE FROM runs")
        assert home.database.with_name("aggregator.db-wal").stat().st_size > 0
        done = pipeline.restore(home, saved.path, NOW, force=True)
        with open_reading(home.database) as store:
            assert store.execute("SELECT count(*) FROM runs").fetchone()[0] == 1
    finally:
        open_beside.close()
        reader.close()
    with closing(sqlite3.connect(done.aside[0])) as old:
        assert old.execute("SELECT count(*) FROM runs").fetchone()[0] == 0, "its log went with it"


def _newer(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    return "made by a newer version"


def _foreign(path: Path) -> str:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE places (url)")
    return "no backup of this program"


def _cut(path: Path) -> str:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return "damaged"


def _rotten(path: Path) -> str:
    damage(path)
    return "damaged"


def _nonsense(path: Path) -> str:
    path.write_text("This is not the file you are looking for. " * 99)
    return "damaged, or no backup at all"


def _empty(path: Path) -> str:
    path.write_bytes(b"")
    return "no backup of this program"


def _unbound(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM items WHERE id = 7")
    return "rows name others that are not there"


@pytest.mark.parametrize("spoil", [_newer, _foreign, _cut, _rotten, _nonsense, _empty, _unbound])
def test_a_backup_that_cannot_be_trusted_is_refused_in_words_and_the_home_is_untouched(
    home: Home, tmp_path: Path, spoil
) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    before = {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()}
    says = spoil(saved.path)
    with pytest.raises(AggregatorError, match=says):
        pipeline.restore(home, saved.path, NOW, force=True)
    with pytest.raises(AggregatorError, match=says):
        pipeline.restore(Home(tmp_path / "there"), saved.path, NOW)
    assert {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()} == before
    assert not (tmp_path / "there").exists()


def test_a_restore_that_cannot_write_one_of_a_home_s_files_changes_none(home: Home, tmp_path: Path) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    pipeline.run(home, Config(), NOW, force=True)
    home.opml.write_text('<opml version="2.0"><head/><body/></opml>')
    home.config.unlink()
    in_the_way = home.path / ".aggregator.toml.new"
    in_the_way.mkdir()
    before = {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()}
    with pytest.raises(StoreError, match=r"aggregator\.toml: cannot be written: .*nothing was changed"):
        pipeline.restore(home, saved.path, NOW, force=True)
    assert {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()} == before
    in_the_way.rmdir()
    done = pipeline.restore(home, saved.path, NOW, force=True)
    assert [path.name.partition(".before")[0] for path in done.aside] == ["aggregator.db", "feeds.opml"]


def test_two_restores_in_one_second_keep_what_stood_there_before_each(home: Home, tmp_path: Path) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    first, second = (pipeline.restore(home, saved.path, NOW, force=True).aside[0] for _ in range(2))
    assert first != second
    assert first.exists()
    assert second.exists()


def test_a_restore_waits_for_no_run(home: Home, tmp_path: Path) -> None:
    saved = pipeline.backup(home, tmp_path / "news.db")
    with home.lock(), pytest.raises(StoreBusy):
        pipeline.restore(home, saved.path, NOW, force=True)


def test_a_vacuum_gives_room_back_and_changes_nothing_else(home: Home) -> None:
    before = ids(home)
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("INSERT INTO runs (at, report) VALUES ('x', zeroblob(3000000))")
        connection.execute("DELETE FROM runs WHERE at = 'x'")
    done = pipeline.vacuum(home)
    assert done.before - done.after > 2_000_000
    assert home.database.stat().st_size == done.after
    assert ids(home) == before
