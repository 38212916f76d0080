"""How does one request become one answer? Puts together what the other parts decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from aggregator.serve.answers import Answer, Links, of_directory, of_document, of_refusal
from aggregator.serve.documents import Directory, Document, Documents, Unreadable
from aggregator.serve.hosts import Hosts
from aggregator.serve.paths import missing, named
from aggregator.serve.requests import Refusal, Request


@dataclass(frozen=True, slots=True)
class Site:
    """A directory of documents, and whom it is shown to."""

    documents: Documents
    hosts: Hosts = field(default_factory=Hosts)
    links: Links = field(default_factory=Links)

    def answer(self, request: Request, now: int) -> Answer:
        """Answer a request that was understood; ``now``: seconds since 1970."""
        refusal = self._unwelcome(request)
        where = named(request.path) if refusal is None else refusal
        if isinstance(where, Refusal):
            return of_refusal(where, shows=request.shows)
        found = self.documents.find(where)
        if isinstance(found, Document):
            return of_document(request, found, self.links, now)
        if isinstance(found, Directory) and not where.directory:
            return of_directory(request, where)
        if isinstance(found, Unreadable):
            words = f"The document cannot be read: {found.why}."
            return of_refusal(
                Refusal(status=HTTPStatus.INTERNAL_SERVER_ERROR, words=words), shows=request.shows
            )
        return of_refusal(self._nothing(), shows=request.shows)

    def _unwelcome(self, request: Request) -> Refusal | None:
        if not self.hosts.meant(request.host):
            return Refusal(
                status=HTTPStatus.MISDIRECTED_REQUEST,
                words="This server answers to 127.0.0.1, to localhost, and to the host of [export] base_url "
                "in aggregator.toml.",
            )
        if request.method not in {"GET", "HEAD"}:
            return Refusal(
                status=HTTPStatus.METHOD_NOT_ALLOWED, words="Documents can be read here and nothing else."
            )
        return None

    def _nothing(self) -> Refusal:
        if self.documents.empty:
            return Refusal(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                words="Nothing is exported yet: run `aggregator run`.",
            )
        return missing()
