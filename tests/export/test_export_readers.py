"""Real readers subscribe over HTTP while the home lives on: every story is there once, and new once."""

from __future__ import annotations

import pickle
from datetime import datetime
from html import unescape

import export_readers as readers
import export_timeline as timeline
import pytest
from export_shared import made_once

from aggregator.export.identity import story_id

pytestmark = pytest.mark.slow  # five readers live through eight states of a home

CASES = [
    pytest.param(
        reader,
        document,
        id=f"{reader.__name__}-{document}",
        marks=pytest.mark.skipif(reader.absent is not None, reason=str(reader.absent)),
    )
    for reader in readers.ALL
    for document in reader.documents
]


@pytest.fixture(scope="session")
def moments(tmp_path_factory, worker_id):
    """What was served at each step of the home's life."""
    made = made_once(tmp_path_factory, worker_id, "timeline", timeline.keep)
    return pickle.loads((made / "moments").read_bytes())


def ids(moment):
    return {story_id(story) for story in moment.stories}


@pytest.mark.parametrize(("kind", "document"), CASES)
def test_a_reader_shows_every_story_once_and_none_is_new_again(kind, document, moments, tmp_path, request):
    path = f"/{document}"
    with timeline.Served(tmp_path) as served:
        reader = kind(tmp_path, served.base + path)
        if hasattr(reader, "close"):
            request.addfinalizer(reader.close)
        met = set()
        for moment in moments:
            served.put(document, moment.documents[document])
            reader.update()
            assert reader.new() == ids(moment) - met, moment.name
            if not met:
                _is_shown_rightly(reader.entries(), moment.stories)
            met |= ids(moment)
            served.last_status(path)
            reader.update()
            assert reader.new() == set(), f"{moment.name}, fetched again"
            assert served.last_status(path) == 304


def _is_shown_rightly(entries, stories):
    assert len(entries) == len(stories)
    found = {entry.id: entry for entry in entries}
    for story in stories.values():
        entry = found[story_id(story["id"])]
        assert entry.title == story["title"]
        assert entry.link == story["url"]
        assert entry.date == datetime.fromisoformat(story["published"])
        text = unescape(entry.text)
        assert story["feed"]["title"] in text
        assert (story["abstract"] or "") in text
        for repost in story["reposts"]:
            assert repost["feed"]["title"] in text
            assert repost["url"] in text
