"""A dry run tells the truth: what it says is what then happens, and until then nothing does."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.config import Config, DedupConfig
from aggregator.dedup import editing
from aggregator.dedup.thresholds import Settings
from aggregator.errors import UsageError
from aggregator.home import Home
from aggregator.models import Relation
from aggregator.pipeline.trial import Trial
from aggregator.store.connection import open_store
from aggregator.store.reading import open_reading

pytestmark = pytest.mark.slow  # each tries a whole store anew, some of them twice

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PAIRS = Path(__file__).parents[1] / "data" / "quality_pairs.jsonl"


@pytest.fixture(scope="module")
def press(tmp_path_factory) -> Home:
    """A home with both items of every other pair of ours: reposts and look-alikes of many kinds."""
    home = Home(tmp_path_factory.mktemp("press"))
    rows = [json.loads(line) for line in PAIRS.read_text().splitlines()[::2]]
    lines = [
        {
            "id": f"{row['pair']}-{side}",
            "source": row[side]["feed"],
            "url": row[side]["url"],
            "title": row[side]["title"],
            "content_html": row[side]["html"],
            "published": row[side]["at"],
            "lang": row[side]["lang"],
        }
        for side in "ab"
        for row in rows
    ]
    pipeline.import_items(home, Config(), NOW, [json.dumps(line).encode() for line in lines])
    return home


@pytest.fixture
def own_press(press, tmp_path) -> Home:
    """A copy of it that a test may change."""
    shutil.copytree(press.path, tmp_path / "own")
    return Home(tmp_path / "own")


def partition(home: Home) -> dict[str, str]:
    with open_reading(home.database) as store:
        return dict(
            tuple(row)
            for row in store.execute("SELECT uid, story_id FROM items JOIN memberships ON item_id = items.id")
        )


def told(trial: Trial, before: dict[str, str]) -> dict[str, str]:
    """The partition as the trial says it will be."""
    moved = {item for move in (*trial.changes.merged, *trial.changes.parted) for item in move.items}
    return before | {trial.items[item].uid: trial.new_stories[item] for item in moved}


def files(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(home.path.rglob("*")) if path.is_file()}


def scaled(factor: float) -> list[str]:
    """Every threshold so many times what it is, whatever thresholds there are."""
    known = editing.thresholds(Settings())
    return [
        f"{name}={min(1.0, value * factor) if editing.is_share(value) else max(1, type(value)(value * factor))}"
        for name, value in known.items()
    ]


EDITS = {"half": scaled(0.5), "double": scaled(2), "event": ["collapse=event"], "a day": ["window_days=1"]}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
def test_stored_fingerprints_say_what_a_rebuild_under_the_same_thresholds_gives(press, edits) -> None:
    before = partition(press)
    quick = pipeline.try_dedup(press, Config(), NOW, assignments=edits, since=LONG_AGO)
    whole = pipeline.try_dedup(press, Config(), NOW, assignments=edits, rebuild=True)
    assert quick.judged == whole.judged == len(before)
    assert quick.changes == whole.changes
    assert told(quick, before) == told(whole, before)
    assert (quick.links_added, quick.links_dropped) == (whole.links_added, whole.links_dropped)


def test_other_thresholds_find_other_stories(press) -> None:
    trials = [
        pipeline.try_dedup(press, Config(), NOW, assignments=edits, since=LONG_AGO)
        for edits in EDITS.values()
    ]
    assert any(trial.changes.merged for trial in trials)
    assert any(trial.changes.parted for trial in trials)


@pytest.mark.parametrize(
    "dedup",
    [
        DedupConfig(collapse=Relation.REPOST),
        DedupConfig(collapse=Relation.RELATED),
    ],
    ids=["repost", "event"],
)
@pytest.mark.parametrize("rebuild", [False, True])
def test_what_a_dry_run_says_of_new_settings_is_what_they_then_do(own_press, dedup, rebuild) -> None:
    config = replace(Config(), dedup=dedup)
    before = partition(own_press)
    trial = pipeline.try_dedup(own_press, config, NOW, rebuild=rebuild)
    pipeline.dedup(own_press, config, NOW, rebuild=rebuild)
    after = partition(own_press)
    assert told(trial, before) == after != before
    assert trial.changes.stories_after == len(set(after.values()))


def test_a_dry_run_changes_no_byte_and_needs_no_lock(own_press) -> None:
    before = files(own_press)
    config = Config(dedup=DedupConfig(collapse=Relation.REPOST))
    with own_press.lock():
        pipeline.try_dedup(own_press, config, NOW)
        pipeline.try_dedup(own_press, Config(), NOW, rebuild=True)
        pipeline.try_dedup(own_press, Config(), NOW, assignments=["containment=0.2"], since=LONG_AGO)
    after = files(own_press)
    beside = {f"{own_press.database.name}-{end}" for end in ("wal", "shm")}  # SQLite's own, empty of data
    assert {name: data for name, data in after.items() if name not in beside} == {
        name: data for name, data in before.items() if name not in beside
    }
    assert after.get(f"{own_press.database.name}-wal", b"") == b""


def test_nothing_changes_where_nothing_is_stale_and_nothing_is_edited(press) -> None:
    trial = pipeline.try_dedup(press, Config(), NOW)
    assert (trial.judged, trial.changes.merged, trial.changes.parted) == (0, (), ())
    trial = pipeline.try_dedup(press, Config(), NOW, rebuild=True)
    assert (trial.changes.merged, trial.changes.parted) == ((), ())
    assert trial.judged == len(partition(press))
    trial = pipeline.try_dedup(press, Config(), NOW, assignments=["containment=0.6"], since=LONG_AGO)
    assert (trial.changes.merged, trial.changes.parted) == ((), ())
    assert trial.edits == {"containment": (0.6, 0.6)}


def test_a_trial_judges_a_window_before_the_newest_item_unless_told_otherwise(press) -> None:
    with open_reading(press.database) as store:
        count = "SELECT count(*) FROM items WHERE at >= strftime('%Y-%m-%dT%H:%M:%SZ', (SELECT max(at) FROM items), ?)"
        windows = {days: store.execute(count, (f"-{days} days",)).fetchone()[0] for days in (5, 2)}
    trial = pipeline.try_dedup(press, Config(), NOW, assignments=["containment=0.5"])
    assert trial.judged == windows[5]
    trial = pipeline.try_dedup(press, Config(), NOW, assignments=["window_days=2"])
    assert trial.judged == windows[2] < windows[5]


def test_a_persons_word_holds_in_a_trial_too(own_press) -> None:
    before = partition(own_press)
    whole = pipeline.try_dedup(own_press, Config(), NOW, assignments=["collapse=repost"], since=LONG_AGO)
    parted = whole.changes.parted[0]
    item, story = whole.items[parted.items[0]].uid, parted.story
    pipeline.join(own_press, Config(), NOW, item, story)
    again = pipeline.try_dedup(own_press, Config(), NOW, assignments=["collapse=repost"], since=LONG_AGO)
    assert len(again.changes.parted) == len(whole.changes.parted) - 1
    assert told(again, before)[item] == story


def test_a_store_read_by_another_version_is_tried_whole_or_not_at_all(own_press) -> None:
    with open_store(own_press.database) as store, store.transaction():
        store.execute(
            "UPDATE meta SET value = 'text 0, fingerprint 0, judge 0, window 5' WHERE key = 'matching'"
        )
        store.execute("UPDATE meta SET value = 'aggregator 0' WHERE key = 'dedup_by'")
    with pytest.raises(UsageError, match="--rebuild"):
        pipeline.try_dedup(own_press, Config(), NOW, assignments=["containment=0.2"])
    trial = pipeline.try_dedup(own_press, Config(), NOW)
    assert trial.judged == len(partition(own_press))
    assert (trial.changes.merged, trial.changes.parted) == ((), ())


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ("contanment=0.5", "did you mean containment"),
        ("zzzz=0.5", "known are window_days"),
        ("containment", "write a name and a value"),
        ("containment=", "write a name and a value"),
        ("containment=half", "write a number"),
        ("containment=1.5", "from 0 to 1"),
        ("containment=nan", "from 0 to 1"),
        ("few_words=2.5", "write a whole number"),
        ("few_words=0", "above 0"),
        ("rewrite_minutes=inf", "above 0"),
        ("window_days=0", "above 0"),
        ("window_days=many", "write a number"),
        ("collapse=all", 'write one of "repost"'),
    ],
)
def test_a_threshold_that_cannot_be_meant_is_refused_with_what_to_write(press, edit, says) -> None:
    with pytest.raises(UsageError, match=says):
        pipeline.try_dedup(press, Config(), NOW, assignments=[edit])
