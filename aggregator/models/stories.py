"""What is a person, a script or a feed reader shown of a story?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.models.enclosures import Enclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstract:
    """Our short text for a story: whole sentences of its sources, or the publisher's own excerpt."""

    text: str
    method: str
    """``lead``, ``reduction`` … or ``excerpt`` when all there is stops short and ends in "…"; in the store also
    ``machine``, for what a model wrote."""
    sources: tuple[int, ...] = ()
    """For each sentence, the index of the text (as given to the summariser) it was taken from."""


LABELS = ("press-release", "sponsored")
"""What kind of item one is that is no news of its outlet's own: sent out by whom it is about, or paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRef:
    """Enough of a feed to name it."""

    title: str
    url: str
    site_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A repost of a story, as shown to people."""

    item: str
    """Item uid."""
    title: str
    url: str | None
    feed: FeedRef
    published: datetime
    rule: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedStory:
    """Another story worth a link."""

    id: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story with everything a person, a script or a feed reader is shown of it."""

    id: str
    """The founder's uid."""
    item: str
    """uid of the canonical item: who speaks for the story."""
    title: str
    """Plain text, never empty."""
    url: str | None
    """Absolute link to the canonical item."""
    feed: FeedRef
    """The canonical item's feed."""
    author: str | None = None
    published: datetime
    """Frozen when the story is first shown."""
    updated: datetime
    """Moves only when title, link or abstract change."""
    language: str | None = None
    tags: tuple[str, ...] = ()
    coins: tuple[str, ...] = ()
    """Ticker symbols, upper case."""
    abstract: str | None = None
    abstract_method: str | None = None
    """How the abstract was made: ``reduction`` …, ``excerpt``, ``machine`` for what a model wrote, ``none``."""
    model_refused: str | None = None
    """Why a model's abstract is not shown, where one was asked for."""
    content_html: str = ""
    """The canonical item's body as the publisher wrote it, **unsanitised**; only where there is no abstract."""
    reposts: tuple[Copy, ...] = ()
    """Every other copy, oldest first."""
    related: tuple[RelatedStory, ...] = ()
    labels: tuple[str, ...] = ()
    """Of ``LABELS``: what any copy of the article is marked as."""
    enclosures: tuple[Enclosure, ...] = ()
    """What the canonical item brings to be heard, watched or kept."""
