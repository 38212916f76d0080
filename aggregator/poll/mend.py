"""How is XML mended that has only one possible meaning?

Named HTML entities, references to control characters, lone ampersands, prefixes that nobody declared and what
proxies add behind the end: mending these changes nothing that the publisher meant, so a mended document is as
good as a sound one.

Inputs are hostile: every pattern here starts at a mark (``&``, ``<``) and is bounded or stops at the next one, so
that none takes quadratic time.
"""

from __future__ import annotations

import re
from html.entities import html5

MAX_PREFIXES = 100
"""Namespaces mended in one document; feeds use up to twenty."""
TAIL = 65_536
"""Characters at the end in which the last end tag is looked for."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML 1.0 §2.2 forbids, and DEL."""

_CONTROL_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})
_LONE_AMPERSAND = re.compile(r"&(?!(?:#x[0-9a-fA-F]{1,8}|#[0-9]{1,8}|[A-Za-z_][\w.-]{0,60});)")
_PREFIX = re.compile(
    r"</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,60}\s{0,9}=\s{0,9}[\"']"
)
_CLOSED = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|RDF|feed)\s{0,9}>")
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


def characters(text: str) -> str:
    """Give HTML's named entities their characters, drop references to control characters, escape lone ``&``.

    CDATA sections are left alone: what is in them is HTML's business.
    """
    parts = _split_cdata(text)
    for index in range(0, len(parts), 2):
        part = _NAMED.sub(_character, parts[index])
        part = _CONTROL_REFERENCE.sub(_allowed_reference, part)
        parts[index] = _LONE_AMPERSAND.sub("&amp;", part)
    return "".join(parts)


def end(text: str) -> str:
    """Cut what stands behind the end of the root element (scripts and notes that proxies add)."""
    ends = [match.end() for match in _CLOSED.finditer(text, max(0, len(text) - TAIL))]
    return text[: ends[-1]] if ends else text


def prefixes(text: str, root_name_end: int) -> str:
    """Declare the namespace prefixes that are used and nowhere declared, on the root element."""
    outside = outside_cdata(text)
    used = {first or second for first, second in _PREFIX.findall(outside)} - {"xml", "xmlns"}
    if len(used) > MAX_PREFIXES:
        return text
    missing = sorted(name for name in used if f"xmlns:{name}=" not in outside)
    declared = "".join(
        f' xmlns:{name}="{_NAMESPACES.get(name, f"urn:undeclared:{name}")}"' for name in missing
    )
    return text[:root_name_end] + declared + text[root_name_end:]


def outside_cdata(text: str) -> str:
    """Give the markup without its CDATA sections."""
    return "".join(_split_cdata(text)[::2])


def _split_cdata(text: str) -> list[str]:
    """Part the text into markup and CDATA sections, in turns."""
    parts: list[str] = []
    position = 0
    while (start := text.find(_CDATA_START, position)) >= 0:
        stop = text.find(_CDATA_END, start)
        if stop < 0:
            break
        parts += [text[position:start], text[start : stop + len(_CDATA_END)]]
        position = stop + len(_CDATA_END)
    return [*parts, text[position:]]


def _character(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _XML_ENTITIES:
        return match.group()
    character = html5.get(f"{name};")
    return f"&amp;{name};" if character is None or character in "<>&" else character


def _allowed_reference(match: re.Match[str]) -> str:
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    if code > 0x10FFFF or (code < 0x20 and code not in {9, 10, 13}):
        return ""
    return "" if CONTROL.match(chr(code)) else match.group()
