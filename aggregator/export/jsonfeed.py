"""How are stories written as JSON Feed 1.1 (jsonfeed.org/version/1.1)? For scripts, and for readers that like it.

What the format has no word for stands under ``_aggregator`` (the specification reserves ``_`` for extensions): in
each item its ``source`` (the feed it came from), ``coins``, ``labels`` (``press-release``, ``sponsored``), ``reposts``
(``title``, ``url``, ``source``, ``published``, ``rule``, ``score``) and ``related`` (``id``, ``title``, ``url``);
``abstract_by`` is "model" where a model wrote the abstract, and absent otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from aggregator.export import dates, languages
from aggregator.export.channel import JSON, PAGE, Channel
from aggregator.export.chars import line, visible
from aggregator.export.entry import CACHED, LINKED, entry, outlet
from aggregator.export.identity import feed_uri, story_id, uri
from aggregator.export.place import LIVE, Place
from aggregator.models import Enclosure, FeedRef, Story

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(channel: Channel, stories: Sequence[Story], place: Place = LIVE) -> bytes:
    """The whole document; its bytes depend on the arguments alone.

    ``feed_url`` names the feed, also on a page of its history, which ``next_url`` leads to.
    """
    moments = dates.distinct(stories)
    head = {
        "version": VERSION,
        "title": channel.name,
        "description": channel.about,
        "home_page_url": channel.address(PAGE),
        "feed_url": channel.address(JSON),
        **({"next_url": place.older} if place.older else {}),
        **({"hubs": [{"type": "WebSub", "url": channel.hub}]} if channel.hub and not place.address else {}),
        "language": languages.tag(channel.language) or "en",
        "authors": [{"name": channel.name}],
    }
    items = ",\n".join(_item(story, moment) for story, moment in zip(stories, moments, strict=True))
    # One item a line: a difference shows which story changed, and indentation would be a tenth of the bytes.
    return f'{_text(head)[:-1]}, "items": [\n{items}\n]}}\n'.encode()


def size(story: Story) -> int:
    """Bytes the story takes in the document."""
    return len(_item(story, dates.stamp(story)).encode()) + len(",\n")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=CACHED)
def _item(story: Story, updated: datetime) -> str:
    shown = entry(story)
    item: dict[str, object | None] = {
        "id": shown.id,
        "url": shown.url,
        "title": shown.title,
        "summary": shown.summary or None,
        "content_html": shown.html,
        "date_published": dates.rfc3339(story.published),
        "date_modified": dates.rfc3339(updated),
        "authors": [{"name": shown.author}],
        "tags": list(shown.tags) or None,
        "language": shown.language,
        "attachments": [_attachment(each) for each in shown.enclosures] or None,
        "_aggregator": _extension(story),
    }
    return _text({key: value for key, value in item.items() if value is not None})


def _extension(story: Story) -> dict[str, object]:
    shown = entry(story)
    return {
        "source": _source(story.feed),
        **({"abstract_by": "model"} if shown.note else {}),
        "coins": [line(coin) for coin in story.coins],
        "labels": list(story.labels),
        "reposts": [
            {
                "title": link.title,
                "url": link.url,
                "source": _source(copy.feed),
                "published": dates.rfc3339(copy.published),
                "rule": line(copy.rule),
                "score": round(copy.score, 4),
            }
            for copy, link in zip(story.reposts[:LINKED], shown.copies[:LINKED], strict=True)
        ],
        "related": [
            {"id": story_id(other.id), "title": line(other.title), "url": uri(other.url)}
            for other in story.related
            if visible(line(other.title))
        ],
    }


def _attachment(each: Enclosure) -> dict[str, str | int]:
    return {
        "url": each.url,
        "mime_type": each.type,
        **({"size_in_bytes": each.length} if each.length else {}),
    }


def _source(feed: FeedRef) -> dict[str, str | None]:
    return {"title": outlet(feed), "url": feed_uri(feed), "site_url": uri(feed.site_url)}
