"""What came back when a feed was asked?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


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
    """A document that came to its end."""

    body: bytes
    """Decompressed; of one larger than ``poll.limits.READ`` its beginning."""
    beyond: int = 0
    """Bytes behind ``body`` that came and were not kept, because nobody reads that far."""
    beyond_hash: str = ""
    """SHA-256 of these, empty where there are none."""
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

    @property
    def size(self) -> int:
        """Bytes of the whole document."""
        return len(self.body) + self.beyond


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
