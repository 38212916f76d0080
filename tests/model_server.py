"""A real HTTP server on loopback that speaks OpenAI's chat completions, as good and as bad models and servers do.

    with ModelServer() as model:
        model.plays(says("Whole sentences of what stands in the copies."))
        … model.url … model.questions …

A part is a function from the question (the request's JSON) to what is sent back; `in_turn` plays one after the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import feedserver
from feedserver import FeedServer, Page, Request

PATH = "/v1/chat/completions"


@dataclass(slots=True)
class Reply:
    """One response, or a misbehaviour in its place."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    behaviour: feedserver.Behaviour | None = None


Part = Callable[[dict[str, Any]], Reply]


def completion(content: object, *, finish: str = "stop", tokens: object = 321) -> Reply:
    """A chat completion with any content."""
    body = {
        "id": "c-1",
        "object": "chat.completion",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": tokens},
    }
    return Reply(json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def says(abstract: str, **changes: Any) -> Part:
    """A model that gives this abstract, as it was told to."""
    return lambda _question: completion(json.dumps({"abstract": abstract}), **changes)


def writes(content: object, **changes: Any) -> Part:
    """A model that writes this, JSON or not."""
    return lambda _question: completion(content, **changes)


def answers(status: int, body: bytes = b'{"error": {"message": "no"}}', **headers: str) -> Part:
    """A server that answers with a status; names of headers with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _question: Reply(body, status, named)


def sends(body: bytes) -> Part:
    """A server that answers 200 with these bytes."""
    return lambda _question: Reply(body)


def behaves(behaviour: feedserver.Behaviour) -> Part:
    """A server that hangs, drips, floods or hangs up (see `feedserver`)."""
    return lambda _question: Reply(behaviour=behaviour)


def in_turn(*parts: Part) -> Part:
    """One part after the other, the last one for ever."""
    left = list(parts)

    def play(question: dict[str, Any]) -> Reply:
        return (left.pop(0) if len(left) > 1 else left[0])(question)

    return play


def obeys(question: dict[str, Any]) -> Reply:
    """A gullible model: what the material tells it to say, it says."""
    material = question["messages"][-1]["content"]
    marker = "say exactly: "
    at = material.find(marker)
    said = material[at + len(marker) :].split("\n")[0] if at >= 0 else "Nothing told me what to say."
    return completion(json.dumps({"abstract": said}))


def knows_only(*fields: str) -> Callable[[Part], Part]:
    """A server that refuses every field of the request but these."""

    def strict(part: Part) -> Part:
        def play(question: dict[str, Any]) -> Reply:
            odd = sorted(set(question) - {"model", "messages", "stream", *fields})
            return (
                Reply(json.dumps({"error": {"message": f"unknown {odd}"}}).encode(), 400)
                if odd
                else part(question)
            )

        return play

    return strict


class ModelServer:
    """Plays one part at a time and keeps every question."""

    def __init__(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self._server = FeedServer()
        self._part: Part = says("")
        self._server.behaviours[PATH] = self._answer

    @property
    def url(self) -> str:
        """For ``[machine] url``."""
        return self._server.url("/v1/")

    @property
    def requests(self) -> list[Request]:
        """Everything that was asked, headers and all."""
        return self._server.requests

    @property
    def asked(self) -> int:
        return len(self.questions)

    def material(self) -> Iterator[str]:
        """What each question gave the model to read."""
        for question in self.questions:
            yield question["messages"][-1]["content"]

    def plays(self, part: Part) -> None:
        self._part = part

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        question = json.loads(request.body)
        self.questions.append(question)
        reply = self._part(question)
        if reply.behaviour is not None:
            await reply.behaviour(request, writer)
            return
        writer.write(
            Page(reply.body, "application/json", reply.status, headers=reply.headers).response(request)
        )
        await writer.drain()

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)
