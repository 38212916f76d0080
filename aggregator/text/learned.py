"""What does this feed say under everything it publishes?

A banner, an author's bio, a desk's closing line, the headlines of a "You may also like" list: no table of rules
knows a feed's own furniture, but the feed shows it, because the same sentence stands under items that have
nothing else in common. What is remembered of an item is its *wording*: a small number for each sentence, and for
each word of the title. A sentence is furniture when it stands in several of the feed's latest earlier items
that are unrelated by title, to this one and to each other: a reprint, a correction or the next part of a
series is related, and teaches nothing. A line that is nothing but an earlier item's headline is furniture at once.
Whoever keeps the wordings can take a sentence off the items that taught it, too.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from zlib import crc32

from aggregator.text.sentences import join, split
from aggregator.text.words import FUNCTION_WORDS, stem, tokens

VERSION = 1
"""Raised when the same text would give another wording: all are then made anew."""

REMEMBERED = 60
"""How many of a feed's latest earlier items are asked. Of the characters that 300 would find, 40 find 83 % and
60 find 87 % (30,000 full texts); each costs a microsecond or two a new item, and a row to read in every run."""

ENOUGH = 3
"""Unrelated earlier items in which a sentence must stand."""

_MOST = 120
"""Sentences that are remembered from the beginning of a text, and as many from its end. A mean text has 17; one that
carries a feed's scripts has 200."""

_TITLE_WORDS = 14
"""Words of a title that are remembered."""

_LEAST = 20
"""Bytes of letters and digits (20 Latin, 7 Chinese) below which a sentence is known only as a block of its own:
"Not so." stands in many articles."""

_LEAST_ALONE = 8
"""The same for a block of its own, which then holds no digit and does not go on ("On July 4,")."""

_GOES_ON = (",", "，", "、")

_ARTICLE = 400
"""Characters: where more than this would go and nothing stay, nothing goes. Bodies that were nothing but
furniture had up to 150."""

Parts = tuple[tuple[int, ...], ...]
"""Keys of the sentences of each block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is remembered of an item."""

    headline: int
    """Key of its title, read as a sentence; 0 for none that could be told from others."""
    title: frozenset[int]
    """Keys of the title's words that carry meaning, numbers left out."""
    sentences: frozenset[int]
    """Keys of the text's sentences."""


def parts(texts: Sequence[str]) -> Parts:
    """Read blocks, cleaned by the rules, furniture still in them: each is one line."""
    blocks = _letters("\n".join(texts)).split(b"\n") if texts else []
    return tuple(
        [_keys(block, goes_on=text.endswith(_GOES_ON)) for text, block in zip(texts, blocks, strict=True)]
    )


def wording(title: str, read: Parts) -> Wording:
    """Make what is to be remembered of an item."""
    keys = [key for block in read for key in block]
    words = {_short(stem(word)) for word in tokens(title) if not _says_nothing(word)}
    headline = _keys(_letters(title), goes_on=False)
    return Wording(
        headline=headline[0] if len(headline) == 1 and len(words) > 1 else 0,
        title=frozenset(sorted(words)[:_TITLE_WORDS]),
        sentences=frozenset(keys if len(keys) <= 2 * _MOST else keys[:_MOST] + keys[-_MOST:]),
    )


def repeated(mine: Wording, earlier: Iterable[Wording]) -> frozenset[int]:
    """Tell which sentences of an item its feed says under other things too.

    ``earlier`` are the wordings of the feed's latest ``REMEMBERED`` items before this one; their order is of no
    consequence.
    """
    carriers: dict[int, list[Wording]] = {}
    for other in earlier:
        if not mine.sentences.isdisjoint(other.sentences) and not related(mine, other):
            for key in mine.sentences & other.sentences:
                carriers.setdefault(key, []).append(other)
    return frozenset(
        key for key, found in carriers.items() if len(found) >= ENOUGH and _apart(found) >= ENOUGH
    )


def inserted(mine: Wording, read: Parts, earlier: Iterable[Wording]) -> frozenset[int]:
    """Tell which lines of an item are headlines of others; none in a digest, where the headlines are the text."""
    lines = {block[0] for block in read if len(block) == 1}
    found = {each.headline for each in earlier if each.headline in lines and not related(mine, each)}
    return frozenset(found) if 2 * len(found) <= len(read) else frozenset()


def without(texts: Sequence[str], read: Parts, furniture: frozenset[int]) -> list[str]:
    """Take furniture off: whole blocks, and sentences out of blocks."""
    if not furniture:
        return list(texts)
    kept = [
        text if furniture.isdisjoint(keys) else _without_sentences(text, keys, furniture)
        for text, keys in zip(texts, read, strict=True)
    ]
    if not any(kept) and sum(map(len, texts)) > _ARTICLE:
        return list(texts)
    return [text for text in kept if text]


def _without_sentences(text: str, keys: Sequence[int], furniture: frozenset[int]) -> str:
    if furniture.issuperset(keys):
        return ""
    sentences = split(text)
    kept = [each for each in sentences if not _is_furniture(each, furniture)]
    return join(kept) if len(kept) < len(sentences) else text


def _is_furniture(sentence: str, furniture: frozenset[int]) -> bool:
    keys = _keys(_letters(sentence), goes_on=True)
    return bool(keys) and furniture.issuperset(keys)


# --- Sentences as numbers ------------------------------------------------------------------------

_WIDE_ENDS = tuple(mark.encode() for mark in "。！？؟।")
_GENERAL_PUNCTUATION = re.compile(rb"\xe2\x80.", re.DOTALL)
"""U+2000 to U+203F: dashes, quotation marks, spaces of many widths."""
_POINT = re.compile(rb"\.(?=\d)")
"""The one in a number."""
_FOLDED = bytes.maketrans(b"!?" + ascii_uppercase.encode(), b".." + ascii_lowercase.encode())
_NO_LETTER = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) not in ".!?\n")


def _letters(text: str) -> bytes:
    """Letters and digits, a full stop for every mark that may end a sentence, and line breaks.

    Furniture comes out of a template: it is the same to the letter, and Latin case is all that is worth folding.
    """
    data = text.encode("utf-8", "surrogatepass")
    if not text.isascii():
        data = _GENERAL_PUNCTUATION.sub(b"", data)
        for mark in _WIDE_ENDS:
            data = data.replace(mark, b".")
    return _POINT.sub(b"", data.translate(_FOLDED, _NO_LETTER))


def _keys(block: bytes, *, goes_on: bool) -> tuple[int, ...]:
    """Keys of what stands between the full stops of a block; of a block that has only short sentences, its own.

    Cruder than ``sentences.split`` at a twentieth of its cost; a sentence by that is one or several of these.
    """
    pieces = block.split(b".")
    keys = tuple([crc32(piece) for piece in pieces if len(piece) >= _LEAST])
    if keys or goes_on:
        return keys
    whole = b"".join(pieces)
    return (crc32(whole),) if len(whole) >= _LEAST_ALONE and not _DIGIT.search(whole) else ()


_DIGIT = re.compile(rb"\d")


def _short(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) & 0xFFFF


# --- Unrelated -----------------------------------------------------------------------------------


def _says_nothing(word: str) -> bool:
    return word in FUNCTION_WORDS or word[0].isdigit()


def related(one: Wording, other: Wording) -> bool:
    """Tell whether half of the shorter title's words are in the longer one, or without titles half of the sentences."""
    mine, theirs = (one.title, other.title) if one.title and other.title else (one.sentences, other.sentences)
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs))


def _apart(wordings: Sequence[Wording]) -> int:
    """How many of these are unrelated to each other, counted up to ``ENOUGH``."""
    apart: list[Wording] = []
    for each in wordings:
        if not any(related(each, known) for known in apart):
            apart.append(each)
            if len(apart) == ENOUGH:
                break
    return len(apart)


# --- In the store --------------------------------------------------------------------------------


def encode(wording: Wording) -> bytes:
    """Pack a wording: 4 bytes a sentence, 2 a word of the title, 6 for the rest."""
    words, keys = sorted(wording.title), sorted(wording.sentences)
    return struct.pack(
        f"<BBI{len(words)}H{len(keys)}I", len(words), len(keys), wording.headline, *words, *keys
    )


def decode(data: bytes) -> Wording:
    """Unpack a wording."""
    words, keys = data[0], data[1]
    _, _, headline, *rest = struct.unpack(f"<BBI{words}H{keys}I", data)
    return Wording(headline=headline, title=frozenset(rest[:words]), sentences=frozenset(rest[words:]))


def pack(keys: Iterable[int]) -> bytes:
    """Pack keys of sentences."""
    known = sorted(keys)
    return struct.pack(f"<{len(known)}I", *known)


def unpack(data: bytes) -> frozenset[int]:
    """Unpack keys of sentences."""
    return frozenset(struct.unpack(f"<{len(data) // 4}I", data))
