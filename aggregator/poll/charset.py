"""What characters are these bytes, whatever the document and its server claim?

Real feeds declare one encoding and use another. UTF-8 is tried first because text in any other encoding is
practically never valid UTF-8 by chance, while nearly any bytes are valid Latin-1; so a document that decodes as
UTF-8 is UTF-8, and its declarations matter only when it does not.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    # Four bytes first: the UTF-32 mark begins with the UTF-16 one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
"""XML 1.0 appendix F: the first characters of a document without a byte order mark."""

_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")

_SUPERSETS = {
    # WHATWG Encoding §4.2: what these labels mean on the web.
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ESCAPED = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
"""Encodings made of ASCII bytes: they decode as UTF-8 and are still something else."""

FEW_BAD_BYTES = 0.1
"""Share of broken characters among the non-ASCII ones up to which a document is damaged UTF-8 (a title cut in
the middle of a character) rather than another encoding, where nearly all would be broken."""


def decode(body: bytes, content_type: str | None) -> tuple[str, str | None]:
    """Give the text, and a warning when it is not in the encoding that was declared.

    ``content_type`` is the HTTP header. Never fails: what cannot be decoded becomes U+FFFD.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), None
    for beginning, name in _UNMARKED:
        if body.startswith(beginning):
            return body.decode(name, "replace"), None
    declared = _declared(body, content_type)
    for name in declared:
        if name in _ESCAPED and b"\x1b" in body:
            return body.decode(name, "replace"), None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, declared)
    wrong = bool(declared) and declared[0] not in {"utf-8", "ascii"} and not text.isascii()
    return text, f"declared as {declared[0]}, but is utf-8" if wrong else None


def _not_utf8(body: bytes, declared: list[str]) -> tuple[str, str | None]:
    others = [name for name in declared if name != "utf-8"]
    damaged = body.decode("utf-8", "replace")
    broken = damaged.count("\N{REPLACEMENT CHARACTER}")
    beyond_ascii = len(damaged) - len(damaged.encode("ascii", "ignore"))
    if not others and broken <= FEW_BAD_BYTES * beyond_ascii:
        return damaged, f"{broken} characters are not valid utf-8"
    for name in others:
        try:
            return body.decode(_SUPERSETS.get(name, name)), None
        except (UnicodeDecodeError, LookupError):
            continue
    # windows-1252 leaves five bytes undefined; Latin-1 gives them control characters, dropped later.
    text = body.decode("cp1252", "replace")
    return text, f"declared as {declared[0] if declared else 'nothing'}, read as windows-1252"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Python's names of the encodings that the server and the document name, known ones only."""
    names = _HTTP_CHARSET.findall(content_type or "")[:1]
    names += [found.decode("ascii") for found in _XML_ENCODING.findall(body[:512])]
    known = []
    for name in names:
        try:
            codec = codecs.lookup(name)
        except LookupError:
            continue
        if getattr(codec, "_is_text_encoding", True) and not codec.name.startswith(
            ("utf-16", "utf-32", "utf-7")
        ):
            known.append(codec.name)
    return known
