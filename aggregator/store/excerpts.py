"""Where do stories that were found say what was looked for?"""

from __future__ import annotations

import json
from collections.abc import Sequence

from aggregator.models import Story
from aggregator.store.connection import Store
from aggregator.store.search import Words
from aggregator.text import snippets


def excerpts(store: Store, asked: Words, stories: Sequence[Story]) -> dict[str, str]:
    """A piece of a text of each story, by its id; none where title and abstract say it all, or no text says any."""
    unseen = [each.id for each in stories if not _seen(asked, each)]
    rows = store.execute(
        """
        SELECT memberships.story_id, texts.body FROM json_each(?) AS wanted
        CROSS JOIN stories ON stories.id = wanted.value
        CROSS JOIN memberships ON memberships.story_id = stories.id
        CROSS JOIN texts ON texts.item_id = memberships.item_id
        ORDER BY wanted.key, memberships.item_id <> stories.speaker, memberships.item_id
        """,
        (json.dumps(unseen),),
    )
    bodies: dict[str, list[str]] = {}
    for row in rows:
        bodies.setdefault(row["story_id"], []).append(row["body"])
    found = {story: _excerpt(asked, told) for story, told in bodies.items()}
    return {story: text for story, text in found.items() if text}


def _seen(asked: Words, story: Story) -> bool:
    return snippets.says_all(f"{story.title}\n{story.abstract or ''}", asked.finders)


def _excerpt(asked: Words, bodies: Sequence[str]) -> str | None:
    """Of the copy that speaks for the story, unless another says more of it."""
    speaking = next((body for body in bodies if snippets.says_all(body, asked.finders)), bodies[0])
    return snippets.excerpt(speaking.split("\n"), asked.finders)
