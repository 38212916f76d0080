"""The nouns: values that flow between the stages, each made once and never changed.

Which way they flow::

    Subscription → Feed → Fetched | NotModified | Failed → ParsedFeed(Entry…) → Item → CleanText
        → Fingerprint (dedup's own) → Match → Cluster → Story → documents

All times are timezone-aware UTC with whole seconds. All text is Unicode with the markup the publisher
used where the name ends in ``_html``, plain text everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# --- Subscriptions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed as the person's OPML names it."""

    url: str
    """``http(s)`` URL, or a path or ``file:`` URL inside the home directory; verbatim."""
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    folder: tuple[str, ...] = ()
    """Names of the enclosing outlines, outermost first."""
    tags: tuple[str, ...] = ()
    priority: int = 0
    """``aggregator:priority``: of two copies of one article, the feed with the higher one speaks for it."""
    line: int | None = None
    """Where it stands in the OPML file, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription with what polling has learned about it."""

    id: int
    url: str
    """The address that is polled now."""
    first_url: str
    """The address as first subscribed: part of every story's identity, never changed."""
    title: str
    """The person's title, else the feed's own, else the host name."""
    site_url: str | None = None
    language: str | None = None
    folder: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    priority: int = 0
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    """The address that gave ``etag`` and ``last_modified``, after redirects: they are sent to no other."""
    body_hash: str | None = None
    min_interval: timedelta | None = None
    """The publisher's word in its last document on how often to come, at most."""
    update_base: datetime | None = None
    """``sy:updateBase``: where the publisher's periods of ``min_interval`` begin."""
    skip_hours: tuple[int, ...] = ()
    """Hours (UTC, 0 to 23) in which the publisher asks to be left alone."""
    skip_days: tuple[int, ...] = ()
    """Days of the week likewise, Monday is 0."""
    rhythm: timedelta | None = None
    """From one new entry to the next, on average, by the last document's own dates."""
    hub: str | None = None
    """The WebSub hub the feed names; recorded and shown (subscribing there needs a public address)."""
    moving_to: str | None = None
    """Where permanent redirects led at the last ``moves_seen`` polls in a row."""
    moves_seen: int = 0
    churn: int = 0
    """Documents in a row that rewrote most of the entries we knew: counters and advertisements, not news."""
    polls: int = 0
    """Polls that were answered: with a document or with "not modified"."""
    polls_not_modified: int = 0
    body_bytes: int = 0
    """Size of the last document."""
    bytes_saved: int = 0
    """By answers of "not modified", each of which spared us the last document again."""
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0
    """Failures in a row; 0 after any success."""
    last_status: int | None = None
    last_error: str | None = None
    removed: bool = False
    """No longer in the OPML: not polled, its items stay."""
    gone: bool = False
    """The server said 410: not polled until subscribed anew."""


# --- Poll: what came back ------------------------------------------------------------------------


class FailureReason(StrEnum):
    """Why a poll brought nothing; what a person would do about it differs for each."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    TOO_LARGE = "too-large"
    PRIVATE_ADDRESS = "private-address"
    REDIRECT = "redirect"
    HTTP = "http"
    GONE = "gone"
    NOT_A_FEED = "not-a-feed"
    EMPTY = "empty"
    MALFORMED = "malformed"
    FILE = "file"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete document."""

    body: bytes
    """Decompressed."""
    url: str
    """The address that answered, after redirects."""
    status: int = 200
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers, names in lower case."""
    moved_permanently: bool = False
    """``url`` was reached by permanent redirects alone (301, 308), none of them from https to http."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says we have the newest version."""

    url: str | None = None
    """The address that answered, after redirects."""
    moved_permanently: bool = False
    """As in ``Fetched``."""
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A poll that brought nothing: a value, not an exception."""

    reason: FailureReason
    message: str
    """For a person: what happened, without the URL and without secrets."""
    status: int | None = None
    retry_after: timedelta | None = None
    """What the server asked for."""
    asked: bool = True
    """False: another feed of the same host was told so, and this one was left for later."""
    seconds: float = 0.0


Outcome = Fetched | NotModified | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One element of a feed, as the publisher wrote it; not yet stored."""

    guid: str
    """The feed's own name for it, or what the fallback ladder found instead; unique within the document."""
    url: str | None = None
    """Absolute ``http(s)``."""
    title: str = ""
    """Plain text, may be empty."""
    author: str | None = None
    summary_html: str = ""
    content_html: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    source_url: str | None = None
    """Where the entry itself says it was taken from (``<source>``, ``rel="via"``, ``rel="canonical"``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document understood."""

    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    malformed: str | None = None
    """Why the document is not what its format promises; such a parse may add items, never update them."""
    complete: bool = True
    """The document reached us to its end; what validates a document cut short would make us miss the rest."""
    min_interval: timedelta | None = None
    """``<ttl>`` or ``sy:updatePeriod``: the publisher's own word on how often to come."""
    update_base: datetime | None = None
    """``sy:updateBase``: where the periods of ``min_interval`` begin; None where they have no beginning."""
    skip_hours: tuple[int, ...] = ()
    """``<skipHours>``: 0 to 23, UTC."""
    skip_days: tuple[int, ...] = ()
    """``<skipDays>``: Monday is 0."""
    hub: str | None = None
    """Link relation ``hub`` (WebSub)."""
    older_url: str | None = None
    """The next page back in time: ``prev-archive`` or ``next`` (RFC 5005), ``next_url`` (JSON Feed)."""
    warnings: tuple[str, ...] = ()
    """Entries that were skipped or mended, and why."""


# --- Items ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry once stored: a fact, kept verbatim, never touched by dedup."""

    id: int
    """Row number: the order of arrival."""
    uid: str
    """Public id, 20 hex digits: derived from (feed URL as first subscribed, guid), the same on any machine."""
    feed_id: int
    guid: str
    url: str | None = None
    title: str = ""
    author: str | None = None
    summary_html: str = ""
    content_html: str = ""
    published: datetime | None = None
    """As the feed said; may be missing, wrong, or in the future."""
    updated: datetime | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    source_url: str | None = None
    first_seen: datetime
    at: datetime
    """The credible time: ``published``, else ``updated``; ``first_seen`` where neither,
    or where it lies after that or before there was a web."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanText:
    """What a person would read of an item: text without boilerplate. Made in one place, ``text.clean``."""

    title: str = ""
    """One line, entities decoded, site suffixes such as " - Decrypt" removed."""
    paragraphs: tuple[str, ...] = ()
    """Cleaned blocks in document order, headings and list items each a block of their own."""
    truncated: bool = False
    """The text visibly stops short ("[…]", "…", "Continue reading")."""
    attributions: tuple[str, ...] = ()
    """Absolute URLs that the text itself names as its source, footer links included."""
    language: str = ""
    """ISO 639-1 where known, else empty."""

    @property
    def body(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)


# --- Dedup ---------------------------------------------------------------------------------------


class Relation(StrEnum):
    """How close two items are, closest first."""

    REPOST = "repost"
    """Another copy of the same article: verbatim, trimmed, wrapped, retitled, translated."""
    REWRITE = "rewrite"
    """Another outlet's light paraphrase, no reporting of its own."""
    RELATED = "related"
    """The same event, independently told, or a follow-up: linked, never collapsed by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One judged edge between two items, with what it takes to explain it."""

    older: int
    """Item id that arrived first."""
    newer: int
    relation: Relation
    rule: str
    """Short name: ``same-url``, ``same-text``, ``near-text``, ``excerpt``, ``rewrite`` …"""
    score: float
    """0 to 1, comparable within a rule."""
    evidence: Mapping[str, object] = field(default_factory=dict)
    """JSON-ready: features with values and thresholds, the shared passage."""


class Verdict(StrEnum):
    """A person's word on two items."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person's word: beats every match and survives every rebuild."""

    a: str
    """Item uid."""
    b: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Items that are one story, before anyone gave it words."""

    founder: int
    """The item whose arrival made the story; its uid is the story's id, for ever."""
    canonical: int
    """The item that speaks for the story."""
    members: tuple[int, ...]
    """All item ids, founder included, in order of arrival."""
    via: Mapping[int, Match | None] = field(default_factory=dict)
    """Member id → the match that brought it in (``None``: the founder, or a person's ruling)."""
    related: tuple[int, ...] = ()
    """Item ids outside the cluster that a match calls related, in order of arrival."""


# --- Abstracts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstract:
    """Our short text for a story: whole sentences of its sources, or the publisher's own excerpt."""

    text: str
    method: str
    """``lead``, ``reduction`` … or ``excerpt`` when all there is stops short and ends in "…"; in the store also
    ``machine``, for what a model wrote."""
    sources: tuple[int, ...] = ()
    """For each sentence, the index of the text (as given to the summariser) it was taken from."""


# --- Stories, as shown ---------------------------------------------------------------------------

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


# --- Outputs -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which stories stand in a merged feed: all conditions must hold, of a list one entry is enough.

    Tells the same of a story whoever asks; an empty tuple asks for nothing.
    """

    coins: tuple[str, ...] = ()
    """Ticker symbols, upper case; of the copy that speaks for the story."""
    tags: tuple[str, ...] = ()
    """Of any copy, case ignored."""
    languages: tuple[str, ...] = ()
    """ISO 639-1; of the copy that speaks."""
    feeds: tuple[str, ...] = ()
    """Part of the title or address of a feed that has a copy, case ignored."""
    folders: tuple[str, ...] = ()
    """Name of a folder that such a feed is in, at any depth, case ignored."""
    words: tuple[str, ...] = ()
    """Searches, of which one must find a copy."""
    without_words: tuple[str, ...] = ()
    """Searches, of which none may."""
    originals: bool = False
    """Not where the feed that speaks has a negative priority, or its copy names another site as its source."""
    min_outlets: int = 1
    """Publishers that carry the story."""
    sponsored: bool = True
    """Whether stories labelled so are let through; the same for the next."""
    press_releases: bool = True


# --- Feeds, as they do of late -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed with how much of what it brought of late is its own.

    All figures are of the time that ``Overview`` names; they are counted as ``aggregator stats`` counts them.
    """

    feed: Feed
    own: int = 0
    """Stories it told first, or alone."""
    reposts: int = 0
    """Stories another publisher had first."""
    doubles: int = 0
    """Stories another feed of its own publisher had first."""
    originality: float | None = None
    """Share of its own, between 0 and 1, drawn towards the half where there are few; None where it brought nothing."""
    lag: timedelta | None = None
    """How far its reposts come behind the first telling, in the middle; None where no clock can be believed."""
    copied: int = 0
    """How often publishers took up one of its stories."""
    copies_from: FeedRef | None = None
    """The feed that most of its reposts come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What goes on behind the merged feed; depends on what is stored alone, never on the clock."""

    records: tuple[FeedRecord, ...] = ()
    """Subscribed feeds, and others that brought something, the most original first."""
    since: datetime | None = None
    """From when on stories count in the records."""
    newest: datetime | None = None
    """When the newest story was founded; None where there is none."""
    hours: tuple[int, ...] = ()
    """Stories in each clock hour (UTC), oldest first; the last hour is that of the newest story, so far."""


# --- Reports -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailure:
    """One feed that brought nothing in a run."""

    feed: str
    reason: str
    message: str
    status: int | None
    next_poll_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Report:
    """What one run did; the only mutable noun, filled in by each stage in turn (contract: DESIGN §5)."""

    feeds: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("due", "fetched", "not_modified", "unchanged", "failed", "skipped"), 0
        )
    )
    items: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "updated"), 0))
    stories: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed"), 0))
    files: list[str] = field(default_factory=list)
    """Names of the files written, relative to the home; an unchanged file is not written."""
    failures: list[FeedFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    machine: dict[str, int] = field(default_factory=dict)
    """Of a model that was to write abstracts: requests and tokens used; answers known, accepted, refused; stories
    for which it failed, or was left unasked. Empty where there was nothing to ask."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall seconds per stage."""

    def as_json(self) -> dict[str, object]:
        """Spell the report out for ``run --json`` and the store's log."""
        return {
            "feeds": self.feeds,
            "items": self.items,
            "stories": self.stories,
            "files": self.files,
            "failures": [
                {
                    "feed": each.feed,
                    "reason": each.reason,
                    "message": each.message,
                    "status": each.status,
                    "next_poll_at": each.next_poll_at.strftime("%Y-%m-%dT%H:%M:%SZ")
                    if each.next_poll_at
                    else None,
                }
                for each in self.failures
            ],
            "warnings": self.warnings,
            **({"machine": self.machine} if self.machine else {}),
            "seconds": self.seconds,
        }
