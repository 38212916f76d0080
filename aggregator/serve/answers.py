"""What goes back to a client: status, fields, body?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote

from aggregator.serve.conditions import http_date, known_tag, takes_gzip
from aggregator.serve.documents import Document
from aggregator.serve.paths import Named
from aggregator.serve.requests import Refusal, Request

METHODS = "GET, HEAD"

HEADS_KEPT = 512
"""Beginnings of answers that are written once: two per document in use."""

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""What keeps a browser from guessing types, from telling others where it was, and other sites from taking a private
list of news into theirs. Feed readers know none of them."""

KEPT = (("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding"))
"""Keep it, and ask whether it changed: an answer of "not modified" is cheap, a stale feed is not."""

TOPICS = frozenset({"atom.xml", "rss.xml", "feed.json"})
"""What a hub is told of: the live feeds of every output, not the pages of their history."""

REFUSED = (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), *ALWAYS)

RETRY_SECONDS = 600
"""When to ask again where nothing was exported yet: cron's usual next run."""

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, but for the fields that belong to the moment and the connection."""

    status: int
    head: bytes
    """Status line and fields, without the empty line that ends them."""
    body: bytes = b""
    fatal: bool = False
    """The request was not understood: the connection ends here."""


@dataclass(frozen=True, slots=True)
class Links:
    """What is said in a header of every feed to those who subscribe through a hub (W3C WebSub §4)."""

    hub: str = ""
    """Address of the hub; empty: nothing is said."""
    base_url: str = ""
    """Public address of the directory, with its last slash."""

    def of(self, document: Document) -> Fields:
        """The field of one document; none for what is no feed, which no hub is told of."""
        if not self.hub or document.name.rpartition("/")[2] not in TOPICS:
            return ()
        own = quote(self.base_url + document.name, safe="/:?&=%[]@!$'()*+,;~")
        return (("Link", f'<{self.hub}>; rel="hub", <{own}>; rel="self"'),)


def of_document(request: Request, document: Document, links: Links, now: int) -> Answer:
    """Give a document, or say that the client has it.

    ``now``: seconds since 1970. A date within the present second is not told: the document may change once more
    before the second is over, and would then look unchanged (RFC 9110 §8.8.2.2).
    """
    packed = document.packed if takes_gzip(request.fields.get("accept-encoding")) else None
    plain_tag, packed_tag = f'"{document.digest}"', f'"{document.digest}-gz"'
    modified = document.modified if document.modified < now else None
    tags = (packed_tag, plain_tag) if packed is not None else (plain_tag, packed_tag)
    known = known_tag(request.fields, tags, modified)
    if known is not None:
        return Answer(HTTPStatus.NOT_MODIFIED, _unchanged(known, modified))
    body = document.body if packed is None else packed
    head = _whole(document, packed is not None, tags[0], modified, links.of(document))
    return Answer(HTTPStatus.OK, head, body if request.shows else b"")


@lru_cache(maxsize=HEADS_KEPT)
def _unchanged(tag: str, modified: int | None) -> bytes:
    dated = () if modified is None else (("Last-Modified", http_date(modified)),)
    return head(HTTPStatus.NOT_MODIFIED, (("ETag", tag), *dated, *KEPT))


def _whole(document: Document, packed: bool, tag: str, modified: int | None, more: Fields) -> bytes:  # noqa: FBT001 - one call
    body = document.packed if packed and document.packed is not None else document.body
    fields = [
        ("Content-Type", document.media_type),
        ("Content-Length", str(len(body))),
        ("ETag", tag),
        *KEPT,
        ("Content-Security-Policy", document.policy),
        *ALWAYS,
        *more,
    ]
    if modified is not None:
        fields.append(("Last-Modified", http_date(modified)))
    if packed:
        fields.append(("Content-Encoding", "gzip"))
    return head(HTTPStatus.OK, fields)


def of_directory(request: Request, named: Named) -> Answer:
    """Lead on to the page of a directory, whose links are meant from there."""
    where = f"{named.address}/{request.query}"
    words = f"The page is at {where}\n".encode()
    fields = (("Location", where), ("Content-Length", str(len(words))), *REFUSED)
    return Answer(
        HTTPStatus.MOVED_PERMANENTLY,
        head(HTTPStatus.MOVED_PERMANENTLY, fields),
        words if request.shows else b"",
    )


def of_refusal(refusal: Refusal, *, shows: bool = True, fatal: bool = False) -> Answer:
    """Say in words why there is nothing else."""
    words = f"{refusal.words}\n".encode()
    more: list[tuple[str, str]] = []
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        more.append(("Allow", METHODS))
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        more.append(("Retry-After", str(RETRY_SECONDS)))
    fields = (*more, ("Content-Length", str(len(words))), *REFUSED)
    return Answer(refusal.status, head(refusal.status, fields), words if shows else b"", fatal)


def head(status: HTTPStatus, fields: Fields) -> bytes:
    """Write a status line and fields."""
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in fields)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")
