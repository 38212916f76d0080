"""The stability contract: whatever happens to stories, a reader who remembers everything is never told one twice."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import fresh
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from laws import examples
from strict_reader import StrictReader, Walker, checked_history, document

from aggregator import pipeline
from aggregator.config import Config, DedupConfig, ExportConfig
from aggregator.errors import UsageError
from aggregator.export.identity import story_id
from aggregator.home import Home
from aggregator.models import Relation
from aggregator.store.naming import item_uid
from aggregator.store.reading import StoryQuery, list_stories, open_reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

SUBJECTS = (
    "harbour exchange withdrawals auditors vault custodian night guard ether reserve",
    "regulator ruritania reserve coins paper issuers spring breach directors turnover",
    "lantern network fee market validators block rehearsal upgrade auction quarter",
    "ferry osprey captains stablecoins council banks islands noon vote march",
    "quarry ashdown mining heat baths exhaust kilowatt council operator gas",
    "museum larkhill hardware wallet fair insurer grey box port memory",
)
OUTLETS = ("ash", "birch", "cedar")
FORMS = ("plain", "retitled", "revised", "excerpt", "untitled")
SMALL = ExportConfig(
    limit=3, min_hours=0, archive_stories=1, archives=("atom", "rss", "json"), deleted_entries=True
)


def told(article: int, form: str) -> tuple[str, str]:
    """Title and body of an article as an outlet words it; no two articles share three words in a row."""
    words = SUBJECTS[article].split()
    sentences = [
        f"{words[step % 10].title()} {words[(step * 3 + 1) % 10]} of article {article} said {step * 13 + article} "
        f"{words[(step * 7 + 2) % 10]} were {words[(step + 5) % 10]} on day {step + 3 * article}."
        for step in range(9)
    ]
    title = f"{words[0].title()} {words[1]} and the {words[2]} of case {article}"
    match form:
        case "retitled":
            title += ", corrected"
        case "revised":
            sentences[0] = sentences[0].replace(" said ", " denied ")
        case "excerpt":
            sentences = [*sentences[:3], "[…]"]
        case "untitled":
            title = ""
    return title, "<p>" + " ".join(sentences) + "</p>"


class Newsroom:
    """A home, what was brought into it, and a reader who subscribes to what comes out."""

    def __init__(self, config: Config | None = None) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="stability-"))
        self.machines = 0
        self.home = self._machine()
        self.config = config or Config(export=SMALL)
        self.now = NOW
        self.born: dict[tuple[int, str], datetime] = {}
        self.reader = StrictReader()
        self.closed: dict[str, bytes] = {}
        self.stories: set[str] = set()
        self.told: list[str] = []

    def twin(self) -> Newsroom:
        """Another one in which the same has happened."""
        other = deepcopy(self)
        other.root = Path(tempfile.mkdtemp(prefix="stability-"))
        shutil.copytree(self.root, other.root, dirs_exist_ok=True)
        other.home = Home(other.root / self.home.path.name)
        return other

    def _machine(self) -> Home:
        self.machines += 1
        return fresh.home(self.root / str(self.machines))

    # --- What may happen -----------------------------------------------------------------------

    def bring(self, article: int, outlet: str, form: str = "plain", *, hours_old: int = 0) -> None:
        """A new item, a repost of another outlet's, or a new wording of one that is known."""
        self.now += timedelta(minutes=10)
        at = self.born.setdefault((article, outlet), self.now - timedelta(hours=hours_old))
        title, body = told(article, form)
        record = {
            "id": f"{article}",
            "feed": f"https://{outlet}.example/feed",
            "source": outlet.title(),
            "url": f"https://{outlet}.example/{article}",
            "title": title,
            "content_html": body,
            "published": at.isoformat(),
        }
        pipeline.import_items(self.home, self.config, self.now, [json.dumps(record).encode()])
        self.read()

    def join(self, one: tuple[int, str], other: tuple[int, str], *, undo: bool = False) -> None:
        self.now += timedelta(minutes=10)
        with suppress(UsageError):
            pipeline.join(self.home, self.config, self.now, uid(one), uid(other), undo=undo)
        self.read()

    def split(self, item: tuple[int, str], *, undo: bool = False) -> None:
        self.now += timedelta(minutes=10)
        with suppress(UsageError):
            pipeline.split(self.home, self.config, self.now, uid(item), undo=undo)
        self.read()

    def configure(self, config: Config) -> None:
        self.now += timedelta(minutes=10)
        self.config = config
        self.export(rebuild=False)

    def export(self, *, rebuild: bool) -> None:
        pipeline.dedup(self.home, self.config, self.now, rebuild=rebuild)
        pipeline.summarise(self.home, self.config, self.now)
        pipeline.export(self.home, self.config, self.now)
        self.read()

    def move(self) -> None:
        """To a new machine, by ``dump`` and ``import``."""
        lines = [json.dumps(record).encode() for record in pipeline.dump(self.home)]
        self.now += timedelta(minutes=10)
        self.home = self._machine()
        self.closed, self.stories = {}, set()
        pipeline.import_items(self.home, self.config, self.now, lines)
        self.read()

    def end(self) -> None:
        shutil.rmtree(self.root)

    # --- What a reader may expect --------------------------------------------------------------

    def files(self) -> dict[str, bytes]:
        public = self.home.public
        return {
            str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*") if path.is_file()
        }

    def read(self) -> None:
        if not (self.home.public / "atom.xml").exists():
            return
        files = self.files()
        live = document(files["atom.xml"])
        self.told = self.reader.read(files["atom.xml"], self.now)
        for name, shown in live.entries.items():
            assert LINKS[name] in shown.links, f"{name} is another story now"
        self._check_formats(files, list(live.entries))
        self._check_history(files)
        self._check_departures(live.departed)
        assert pipeline.export(self.home, self.config, self.now).files == []
        assert self.files() == files

    def _check_formats(self, files: dict[str, bytes], ids: list[str]) -> None:
        assert [item["id"] for item in json.loads(files["feed.json"])["items"]] == ids
        assert [
            part.split("<")[0] for part in files["rss.xml"].decode().split('<guid isPermaLink="false">')[1:]
        ] == ids

    def _check_history(self, files: dict[str, bytes]) -> None:
        found = checked_history(Walker(self.home.public).pages())
        stories = self._story_ids()
        assert stories <= found.keys(), "lost"
        gone = found.keys() - stories
        assert all(any(name.encode() in data for data in self.closed.values()) for name in gone)
        closed = {name: data for name, data in files.items() if b"<fh:archive/>" in data}
        assert {name: closed.get(name) for name in self.closed} == self.closed
        self.closed = closed

    def _check_departures(self, departed: dict[str, datetime]) -> None:
        stories = self._story_ids()
        assert not departed.keys() & stories
        assert self.stories - stories <= departed.keys(), "left without a word"
        assert all(when <= self.now for when in departed.values())
        self.stories = stories | departed.keys()

    def _story_ids(self) -> set[str]:
        with open_reading(self.home.database) as store:
            return {story_id(story.id) for story in list_stories(store, StoryQuery())}


def uid(item: tuple[int, str]) -> str:
    article, outlet = item
    return item_uid(f"https://{outlet}.example/feed", f"{article}")


LINKS = {
    story_id(uid((article, outlet))): f"https://{outlet}.example/{article}"
    for article in range(len(SUBJECTS))
    for outlet in OUTLETS
}
"""Of every story that can be, its founder's own link."""


# --- One thing at a time ---------------------------------------------------------------------------

ASH, BIRCH, CEDAR = ((0, outlet) for outlet in OUTLETS)
OTHER = (1, "ash")

HAPPENINGS: dict[str, tuple[Callable[[Newsroom], object], set[tuple[int, str]]]] = {
    "a new repost": (lambda room: room.bring(0, "cedar"), set()),
    "a retitle": (lambda room: room.bring(0, "ash", "retitled"), {ASH}),
    "a repost's retitle": (lambda room: room.bring(0, "birch", "retitled"), set()),
    "a revised lead": (lambda room: room.bring(0, "ash", "revised"), {ASH}),
    "a title that is taken away": (lambda room: room.bring(0, "ash", "untitled"), {ASH}),
    "a text cut to an excerpt, whose abstract a copy gives": (
        lambda room: room.bring(0, "birch", "excerpt"),
        set(),
    ),
    "a rebuild": (lambda room: room.export(rebuild=True), set()),
    "a move to another machine": (lambda room: room.move(), set()),
    "a larger feed": (lambda room: room.configure(Config(export=replace(SMALL, limit=50))), set()),
    "a preference for another language": (
        lambda room: room.configure(Config(export=SMALL, dedup=DedupConfig(languages=("de",)))),
        set(),
    ),
    "a merge with a younger story": (lambda room: room.join(ASH, OTHER), set()),
    "a copy that is split off": (lambda room: room.split(BIRCH), {BIRCH}),
    "the founder split off": (lambda room: room.split(ASH), {BIRCH}),
    "a story of its own": (lambda room: room.bring(2, "ash"), {(2, "ash")}),
    "an old story that comes late": (lambda room: room.bring(2, "ash", hours_old=5), {(2, "ash")}),
}
"""What happens to two stories, one of them with a repost, and of which a reader is then told."""


@pytest.fixture(scope="module")
def begun() -> Iterator[Newsroom]:
    newsroom = Newsroom()
    try:
        newsroom.bring(0, "ash")
        newsroom.bring(0, "birch")
        newsroom.bring(1, "ash")
        yield newsroom
    finally:
        newsroom.end()


@pytest.fixture
def room(begun: Newsroom) -> Iterator[Newsroom]:
    newsroom = begun.twin()
    try:
        yield newsroom
    finally:
        newsroom.end()


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_a_reader_is_told_only_of_what_changed(room: Newsroom, happening: str) -> None:
    happens, expected = HAPPENINGS[happening]
    happens(room)
    assert set(room.told) == {story_id(uid(item)) for item in expected}


def test_an_old_story_does_not_jump_up_when_its_tenth_repost_arrives(room: Newsroom) -> None:
    before = [name for name in document(room.files()["atom.xml"]).entries if name != story_id(uid(ASH))]
    for number in range(10):
        room.bring(0, f"outlet{number}")
    entries = document(room.files()["atom.xml"]).entries
    assert [*before, story_id(uid(ASH))] == list(entries)
    assert len(entries[story_id(uid(ASH))].links) == 12
    assert room.told == []


def test_the_link_of_a_published_story_stays_when_a_better_copy_comes_and_on_a_new_machine() -> None:
    room = Newsroom()
    try:
        room.bring(0, "ash", "excerpt")
        room.bring(0, "birch")
        link = document(room.files()["atom.xml"]).entries[story_id(uid(ASH))].words[1]
        assert link == "https://ash.example/0"
        room.move()
        assert room.told == []
        assert document(room.files()["atom.xml"]).entries[story_id(uid(ASH))].words[1] == link
    finally:
        room.end()


def test_a_time_of_update_moves_to_a_new_machine(room: Newsroom) -> None:
    room.bring(0, "ash", "retitled")
    before = document(room.files()["atom.xml"]).entries
    room.move()
    assert document(room.files()["atom.xml"]).entries == before


# --- What left -------------------------------------------------------------------------------------


def test_a_story_that_became_part_of_another_is_named_as_gone(room: Newsroom) -> None:
    room.join(ASH, OTHER)
    live = document(room.files()["atom.xml"])
    assert live.departed == {story_id(uid(OTHER)): room.now}
    assert list(live.entries) == [story_id(uid(ASH))]


def test_a_story_that_comes_back_is_no_longer_named_and_has_its_id_and_times(room: Newsroom) -> None:
    before = document(room.files()["atom.xml"]).entries[story_id(uid(OTHER))]
    room.join(ASH, OTHER)
    room.join(ASH, OTHER, undo=True)
    live = document(room.files()["atom.xml"])
    assert live.departed == {}
    assert live.entries[story_id(uid(OTHER))] == before
    assert story_id(uid(OTHER)) not in room.told


def test_a_story_that_only_grew_old_is_not_named_as_gone(room: Newsroom) -> None:
    for article in range(2, 6):
        room.bring(article, "ash")
    live = document(room.files()["atom.xml"])
    assert story_id(uid(ASH)) not in live.entries
    assert live.departed == {}


def test_it_is_said_for_a_month_that_a_story_is_gone(room: Newsroom) -> None:
    room.join(ASH, OTHER)
    room.now += timedelta(days=29)
    pipeline.export(room.home, room.config, room.now)
    assert document(room.files()["atom.xml"]).departed
    room.now += timedelta(days=2)
    pipeline.export(room.home, room.config, room.now)
    assert not document(room.files()["atom.xml"]).departed


def test_nothing_is_named_as_gone_unless_asked_for(room: Newsroom) -> None:
    room.config = Config(export=replace(SMALL, deleted_entries=False))
    pipeline.join(room.home, room.config, room.now, uid(ASH), uid(OTHER))
    data = room.files()["atom.xml"]
    assert document(data).departed == {}
    assert b"tombstones" not in data


def test_what_left_does_not_make_a_parser_stumble(room: Newsroom) -> None:
    room.join(ASH, OTHER)
    parsed = feedparser.parse(io.BytesIO(room.files()["atom.xml"]))
    assert not parsed.bozo
    assert [entry.id for entry in parsed.entries] == [story_id(uid(ASH))]


# --- A whole life ----------------------------------------------------------------------------------

articles = st.integers(0, len(SUBJECTS) - 1)
outlets = st.sampled_from(OUTLETS)
named = st.tuples(articles, outlets)
configs = st.builds(
    lambda collapse, limit, languages: Config(
        export=replace(SMALL, limit=limit), dedup=DedupConfig(collapse=collapse, languages=languages)
    ),
    st.sampled_from(list(Relation)),
    st.integers(2, 4),
    st.sampled_from([(), ("de",)]),
)


class Life(RuleBasedStateMachine):
    """Whatever happens, in whatever order; the promises are checked after every export."""

    @initialize(article=articles, outlet=outlets)
    def begin(self, article: int, outlet: str) -> None:
        self.newsroom = Newsroom()
        self.newsroom.bring(article, outlet)

    @rule(
        article=articles, outlet=outlets, form=st.sampled_from(FORMS), hours=st.sampled_from([0, 0, 5, 200])
    )
    def bring(self, article: int, outlet: str, form: str, hours: int) -> None:
        self.newsroom.bring(article, outlet, form, hours_old=hours)

    @rule(one=named, other=named, undo=st.booleans())
    def join(self, one: tuple[int, str], other: tuple[int, str], undo: bool) -> None:
        self.newsroom.join(one, other, undo=undo)

    @rule(item=named, undo=st.booleans())
    def split(self, item: tuple[int, str], undo: bool) -> None:
        self.newsroom.split(item, undo=undo)

    @rule(config=configs)
    def configure(self, config: Config) -> None:
        self.newsroom.configure(config)

    @rule()
    def rebuild(self) -> None:
        before = self.newsroom.files()
        self.newsroom.export(rebuild=True)
        assert self.newsroom.files() == before

    @rule()
    def move(self) -> None:
        self.newsroom.move()

    def teardown(self) -> None:
        if hasattr(self, "newsroom"):
            self.newsroom.end()


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=examples(6), stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
