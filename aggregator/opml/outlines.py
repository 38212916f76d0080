"""What elements does an OPML document have, and where exactly do they stand in its bytes?

The only user of expat: it gives lines for messages and offsets for edits, and a document type can be refused
before any of its entities is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from aggregator.errors import ConfigError
from aggregator.opml.file import MAX_BYTES

MAX_DEPTH = 64
"""Readers show two or three levels of folders."""

TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


@dataclass(slots=True, kw_only=True)
class Outline:
    """One element of the list, as found in the bytes."""

    attributes: dict[str, str]
    """Names in lower case."""
    spelled: tuple[str, ...] = ()
    """The same names as they are written."""
    line: int
    start: int
    """Offset of its ``<``."""
    parent: int
    """Index of the enclosing outline, -1 at the top."""
    children: int = 0
    tag_end: int = 0
    """Offset behind its start tag."""
    close: int = 0
    """Offset of its end tag; of the end of the start tag when that closes itself."""
    end: int = 0
    """Offset behind the whole element."""

    @property
    def url(self) -> str:
        """The feed's address; empty for folders and notes."""
        return self.attributes.get("xmlurl", "").strip()

    @property
    def label(self) -> str:
        """What a person calls it; may be empty."""
        return (self.attributes.get("title") or self.attributes.get("text") or "").strip()


@dataclass(slots=True)
class Document:
    """The outlines of a file in document order, and where its body is."""

    data: bytes
    outlines: list[Outline] = field(default_factory=list)
    body: Outline | None = None

    def folder(self, outline: Outline) -> tuple[str, ...]:
        """Labels of the enclosing outlines, outermost first."""
        names: list[str] = []
        while outline.parent >= 0:
            outline = self.outlines[outline.parent]
            names.append(outline.label)
        return tuple(name for name in reversed(names) if name)


class _Builder:
    """Collects outlines from expat's events."""

    def __init__(self, data: bytes, name: str) -> None:
        self.document = Document(data)
        self.name = name
        self.open: list[int] = []
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def error(self, message: str) -> ConfigError:
        return ConfigError(f"{self.name}: line {self.parser.CurrentLineNumber}: {message}")

    def doctype(self, *_: object) -> None:
        raise self.error("a document type (<!DOCTYPE …>) is not allowed here; remove that line")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1 and tag.lower() != "opml":
            raise self.error(f"this is a <{tag[:40]}> document, not an OPML list of feeds")
        if self.depth > MAX_DEPTH:
            raise self.error(f"folders are nested deeper than {MAX_DEPTH} levels")
        if tag.lower() not in {"outline", "body"}:
            return
        outline = Outline(
            attributes={name.lower(): value for name, value in attributes.items()},
            spelled=tuple(attributes),
            line=self.parser.CurrentLineNumber,
            start=self.parser.CurrentByteIndex,
            parent=self.open[-1] if self.open else -1,
        )
        match = TAG.match(self.document.data, outline.start)
        outline.tag_end = match.end() if match else outline.start
        if tag.lower() == "body":
            self.document.body = outline
            return
        if self.open:
            self.document.outlines[self.open[-1]].children += 1
        self.open.append(len(self.document.outlines))
        self.document.outlines.append(outline)

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag.lower() == "outline":
            self.finish(self.document.outlines[self.open.pop()])
        elif tag.lower() == "body" and self.document.body is not None:
            self.finish(self.document.body)

    def finish(self, outline: Outline) -> None:
        data = self.document.data
        if data.endswith(b"/>", 0, outline.tag_end):
            outline.close = outline.end = outline.tag_end
            return
        outline.close = self.parser.CurrentByteIndex
        outline.end = data.index(b">", outline.close) + 1


def outlines(data: bytes, name: str) -> Document:
    """Find every outline; ``ConfigError`` with ``name`` and line when this is not an OPML document."""
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{name}: larger than {MAX_BYTES // 1024 // 1024} MB; no list of feeds is")
    if not data.strip():
        raise ConfigError(f"{name} is empty; remove it and `aggregator init` writes one to start from")
    builder = _Builder(data, name)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as wrong:
        why = expat.ErrorString(wrong.code)
        hint = _hint(data, wrong.lineno)
        raise ConfigError(
            f"{name}: line {wrong.lineno}, column {wrong.offset + 1}: not XML: {why}{hint}"
        ) from wrong
    except (LookupError, UnicodeError, ValueError) as wrong:
        raise ConfigError(f"{name}: in an encoding that cannot be read; save it as UTF-8") from wrong
    return builder.document


def _hint(data: bytes, line: int) -> str:
    """Name the one mistake that people make by hand most often."""
    lines = data.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else b""
    if re.search(rb"&(?!#?\w+;)", text):
        return "; write & as &amp; in addresses and titles"
    if found := re.search(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;", text):
        return f"; {found[0].decode('ascii', 'replace')} is HTML's and not XML's: write the character itself"
    return ""
