"""What does a client ask, or why can it not be understood?

HTTP/1.1 (RFC 9112) as far as a server needs it that only gives: a request line and fields, never a body. Whatever
would make the end of a request a matter of opinion — a body, a bare line feed, a folded field, two hosts — is
refused or is the last request of its connection, so nothing can be smuggled past a proxy in front.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

MOST_LINE = 8 * 1024
"""Bytes of a request line: what RFC 9112 §3 asks a server to take at least, and then some 200 times our longest."""

MOST_HEAD = 16 * 1024
"""Bytes of a request in all; browsers with a full cookie jar for localhost stay below 8 KiB."""

MOST_FIELDS = 100
"""Fields in one request; browsers send about 15."""

NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
"""A method or the name of a field (RFC 9110 §5.6.2)."""

_LINE = re.compile(rf"({NAME}) ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])")
_NAME = re.compile(NAME)
_FIRST_OCTET = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z\r-]")
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n|\n[ \t]")
"""Controls, a bare CR or LF, a folded field (RFC 9112 §5.2): no client sends them in good faith."""

_BLANK = re.compile(rb"(?:\r\n)*")
_ABSOLUTE = re.compile(r"https?://([^/?#]*)(/[^?#]*)?(\?[^#]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request understood."""

    method: str
    """As sent: methods are case-sensitive."""
    target: str
    """As sent, for the log."""
    path: str
    """Of the address, percent-encoded as sent; empty where the method is not about a path."""
    query: str = ""
    """With its question mark, or empty."""
    host: str = ""
    """What the client believes to talk to, port included; empty where HTTP/1.0 did not say."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; several of one name are joined by commas (RFC 9110 §5.3)."""
    minor: int = 1
    """The version after ``HTTP/1.``."""
    body: bool = False
    """A body follows, which nobody will read: nothing on the connection can be trusted after it."""
    keep: bool = True
    """The client wants to go on with this connection."""

    @property
    def shows(self) -> bool:
        """Whether the answer has a body: not when only its fields are asked for."""
        return self.method != "HEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no answer but this one; the connection ends with it where the request was not understood."""

    status: HTTPStatus
    words: str
    """A sentence for whoever reads it."""


def read(data: bytes | bytearray) -> tuple[Request | Refusal, int] | None:
    """Understand the first request in what arrived, and say where it ends; ``None``: more must come.

    After a ``Refusal`` from here nothing else on the connection can be understood.
    """
    start = _blank_lines(data)
    end = data.find(b"\r\n\r\n", start)
    if end < 0 or end - start > MOST_HEAD:
        refusal = _hopeless(data, start)
        return None if refusal is None else (refusal, len(data))
    return _understand(data[start:end].decode("latin-1")), end + 4


def _blank_lines(data: bytes | bytearray) -> int:
    """Length of the empty lines that some clients leave before a request (RFC 9112 §2.2)."""
    found = _BLANK.match(data)
    return found.end() if found else 0


def _hopeless(data: bytes | bytearray, start: int) -> Refusal | None:
    """Say why a request that has not ended will never be one."""
    first = data.find(b"\n", start)
    if first < 0:
        if len(data) - start > MOST_LINE:
            return _long_line()
        if len(data) > start and not _FIRST_OCTET.match(data, start):
            return _garbage("This is no HTTP request; https:// is not spoken here.")
        return None
    if data[first - 1 : first] != b"\r":
        return _garbage("Lines of a request end in CR and LF.")
    if first - start > MOST_LINE:
        return _long_line()
    if len(data) - start > MOST_HEAD:
        return Refusal(
            status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            words=f"A request may have {MOST_HEAD} bytes; this one has more.",
        )
    return None


def _understand(head: str) -> Request | Refusal:
    if _NEVER.search(head):
        return _garbage("There are control characters or folded lines in the request.")
    first, *lines = head.split("\r\n")
    if len(first) > MOST_LINE:
        return _long_line()
    line = _LINE.fullmatch(first)
    if line is None:
        return _garbage("The first line is not that of an HTTP request.")
    method, target, major, minor = line.groups()
    if major != "1":
        return Refusal(status=HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, words="HTTP/1.1 is spoken here.")
    fields = _fields(lines)
    if isinstance(fields, Refusal):
        return fields
    return _request(method, target, int(minor), fields)


def _fields(lines: list[str]) -> dict[str, str] | Refusal:
    if len(lines) > MOST_FIELDS:
        return Refusal(
            status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            words=f"A request may have {MOST_FIELDS} fields; this one has more.",
        )
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        # A blank before the colon would be a field of another name to another server (RFC 9112 §5.1).
        if not colon or not _NAME.fullmatch(name):
            return _garbage("One of the fields has no name.")
        name, value = name.lower(), value.strip(" \t")
        if name in fields:
            if name == "host":
                return _garbage("The request names its host twice.")
            value = f"{fields[name]}, {value}"
        fields[name] = value
    return fields


def _request(method: str, target: str, minor: int, fields: dict[str, str]) -> Request | Refusal:
    host = fields.get("host")
    if host is None and minor > 0:
        return _garbage("The request does not name its host.")
    path, query = "", ""
    if method in {"GET", "HEAD"}:
        where = _address(target)
        if where is None:
            return _garbage("The address is not one that a server of documents has.")
        authority, path, query = where
        host = authority or host
    options = {each.strip().lower() for each in fields.get("connection", "").split(",")}
    return Request(
        method=method,
        target=target,
        path=path,
        query=query,
        host=host or "",
        fields=fields,
        minor=minor,
        body="transfer-encoding" in fields or fields.get("content-length", "0") != "0",
        keep="close" not in options and (minor > 0 or "keep-alive" in options),
    )


def _address(target: str) -> tuple[str, str, str] | None:
    """Authority, path and query of a target in origin or absolute form (RFC 9112 §3.2)."""
    if "#" in target:
        return None
    if target.startswith("/"):
        path, mark, query = target.partition("?")
        return "", path, mark + query
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        return None
    return absolute[1], absolute[2] or "/", absolute[3] or ""


def _garbage(words: str) -> Refusal:
    return Refusal(status=HTTPStatus.BAD_REQUEST, words=words)


def _long_line() -> Refusal:
    return Refusal(
        status=HTTPStatus.REQUEST_URI_TOO_LONG,
        words=f"An address may have {MOST_LINE} bytes; this is longer.",
    )
