"""Which words and values of a text would stand in its translation, too?

A translator changes every word but these: values, names, tickers, handles, and words that most languages
borrowed. Values are compared as numbers ("$1.2 billion", "1,2 мільярда", "12 亿"). Words are compared by their
consonants in one alphabet ("Trump", "Трампа"), since vowels and endings are what transliteration and grammar
change; Knight and Graehl (1998) model in full what is a table here.

What every text of the trade holds (Bitcoin, 2025, "up 5") is no anchor. How much an anchor is worth depends on
the anchor alone, never on what is stored, so that a rebuild finds what the increments found.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter

from aggregator.text import words
from aggregator.text.anchor_words import COMMON, INTERNATIONAL, KNOWN_WELL, TRANSLATED

MAX_ANCHORS = 24
"""Of 1,478 English articles one in seven holds as many, of their translations one in eighteen; half hold 8 to 11."""
PLACES = 32
"""Into so many parts a text is divided to say where an anchor stands first."""
READ = 6_000
"""Characters of the body that are read for values and names."""
READ_TOKENS = 800
"""Tokens of the body that are read for borrowed words."""

WORD, KNOWN, NAME, HANDLE, ROUND, PAIR, EXACT = range(7)
"""What an anchor is, in its three low bits: a borrowed word; a name of which every day brings stories; a name; a
handle; a value of one digit that counts, of two, of more."""

_LETTER = rf"[^\W_{words.UNSPACED}]"
_START = "[\\d@A-ZÀ-ÞА-ЯЁІЇЄҐ]"
_TOKEN = re.compile(
    rf"{_START}(?<!{_LETTER}{_START})(?<!\d[.,]\d)(?:{_LETTER}|[.,](?<=\d.)(?=\d)|['’_](?={_LETTER}))*"
)
"""A value, a handle or a capitalised word; it begins with a set of characters, which `re` finds fast."""
_DIGITS = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]*)")
_GROUPS = re.compile(r"(?: \d{3})+(?!\d)")
"""Thousands set apart by spaces, behind up to three digits."""
_UNIT = re.compile(
    r"\s?[%％]|\s(?:percent|per cent|pct|prozent|por ciento|por cento|відсот|процент)|"
    rf"[\s-]?(?P<unit>{words.UNIT})(?!{_LETTER})",
    re.IGNORECASE,
)
_LONGEST_UNIT = 14
"""Characters behind a number that can tell its unit: a space, the longest word, and what ends it."""
_ENDING_OF_NUMBERS = frozenset("st nd rd th s x d".split())
_YEARS = range(2005, 2036)
_COUNTS = 31
"""Whole numbers up to here are days of a month, parts and counts, which one language writes as words."""
_MIN_BORROWED = 6
"""Letters of a borrowed word; shorter ones meet other words' consonants too often."""

_SPELLED = {
    **dict.fromkeys("c tion sion ts".split(), "s"),
    **dict.fromkeys("ch sch tch sh".split(), "C"),
    "ph": "f",
    "th": "t",
    "ck": "k",
    "kh": "g",
    "zh": "j",
    "qu": "kv",
}
"""Latin spellings of one sound, before letters are taken one by one: "cent" and "цент", "action" and "акція"."""
_SPELLING = re.compile(r"[ts]ion|c(?=[eiy])|s?ch|tch|sh|ph|th|ck|kh|zh|ts|qu")
_GREEK = re.compile(r"(?<=te|me|ar|sy)ch")
"""As in "technology" and "технологія"."""
_LATIN = str.maketrans("chqwzC", "kgkvsc", "aeiouy")
_SLAVIC = str.maketrans("бвгґджзклмнпрстфхцчшщ", "bvggdjsklmnprstfgsccc", "аеєиіїоуюяэыёйьъ'")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = frozenset("aeiouyаеєиіїоуюяэыё")
_ENDINGS = tuple(
    """
    ський ського ському ським ських ська ської ській ську ською ські ськими
    ский ского скому ским ских ская ской скую ские скими
    ами ями ого ому ові еві ом ем єм ів їв ев ов ах ях их им
    """.split()
)
_MAX_SOUNDS = 5
"""Consonants compared: beyond them stand endings."""
_CYRILLIC = re.compile("[а-яёіїєґ]")
_INITIAL_AFTER = frozenset(",)”»\"'")


def anchors(title: str, body: str, language: str, tokens: Sequence[str] = ()) -> tuple[int, ...]:
    """Give the anchors of a text, each once, as 32-bit numbers, at most ``MAX_ANCHORS``.

    Values and names come first, in the order of the body and then the title; then borrowed words, in order.
    ``tokens`` are the body's, as `words.tokens` gives them. ``language``: ISO 639-1, "" unknown.
    """
    found: dict[int, int] = {}
    for text, size in ((body[:READ], len(body)), (title, 0)):
        told = unicodedata.normalize("NFKC", text)
        stated: Iterable[tuple[int, int]] = _stated(told, language, headline=not size)
        if language in _UNSPACED:
            stated = sorted((*stated, *_in_ideographs(told)), key=itemgetter(1))
        for anchor, at in stated:
            found.setdefault(anchor, PLACES * at // size if size else 0)
            if len(found) == MAX_ANCHORS:
                return _packed(found)
    for at, token in enumerate(tokens[:READ_TOKENS]):
        if len(token) >= _MIN_BORROWED and (anchor := _borrowed(token)):
            found.setdefault(anchor, PLACES * at // len(tokens))
    return _packed(found)


def kind(anchor: int) -> int:
    """Tell what an anchor is: ``WORD`` to ``EXACT``."""
    return anchor & 7


def place(anchor: int) -> int:
    """Tell where in the text it stands first, 0 to ``PLACES`` - 1."""
    return anchor >> 3 & PLACES - 1


def name(anchor: int) -> int:
    """The anchor without its place: the same in every text."""
    return anchor & ~((PLACES - 1) << 3)


def _packed(found: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(anchor | min(at, PLACES - 1) << 3 for anchor, at in islice(found.items(), MAX_ANCHORS))


# --- Values and names ----------------------------------------------------------------------------


def _stated(text: str, language: str, *, headline: bool) -> Iterator[tuple[int, int]]:
    """Values, handles and names in the order of the text, each with where it begins."""
    comma, foreign = language in words.DECIMAL_COMMA, language in _OTHER_SCRIPT
    read = 0
    for match in _TOKEN.finditer(text):
        token, at = match.group(), match.start()
        first = token[0]
        if first.isdigit():
            if at < read:
                continue
            read = match.end()
            if comma and len(token) <= 3 and (groups := _GROUPS.match(text, read)):
                token, read = token + groups.group().replace(" ", ""), groups.end()
            anchor = _value(token, text[read : read + _LONGEST_UNIT], comma)
        elif first == "@":
            anchor = _anchor(token.lower(), HANDLE) if len(token) > 3 else 0
        elif headline or (foreign and first.isascii()) or token[1:2].isupper() or _inside(text, at):
            anchor = _name(token)
        else:
            anchor = 0
        if anchor:
            yield anchor, at


def _in_ideographs(text: str) -> Iterator[tuple[int, int]]:
    """Names in a script without spaces and capitals: those of the table."""
    for match in _IDEOGRAPHS.finditer(text):
        yield _name(match.group()), match.start()


_UNSPACED = frozenset(("zh", "ja"))
_OTHER_SCRIPT = frozenset("uk ru bg sr be zh ja ko th ar he hi el".split())
"""Languages in which a word in Latin letters is a name wherever it stands."""


def _inside(text: str, at: int) -> bool:
    """Whether a word stands inside a sentence, where a capital letter makes it a name."""
    before = text[max(0, at - 2) : at]
    return len(before) == 2 and before[1] == " " and (before[0].isalnum() or before[0] in _INITIAL_AFTER)


@lru_cache(maxsize=16384)
def _value(token: str, after: str, comma: bool) -> int:  # noqa: FBT001 - a cache's key
    """The anchor of a number with the unit behind it; 0 for years, days and small counts."""
    match = _DIGITS.match(token)
    if match is None or match.end() != len(token):
        return _anchor(token.lower(), HANDLE)
    value, letters, unit = _number(match[1], comma=comma), match[2].lower(), ""
    if letters in words.MAGNITUDES:
        value *= words.MAGNITUDES[letters]
    elif letters and letters not in _ENDING_OF_NUMBERS:
        return _anchor(token.lower(), HANDLE)
    elif measured := _UNIT.match(after):
        scale = measured["unit"]
        value *= words.MAGNITUDES[scale.lower()] if scale else 1
        unit = "" if scale else "%"
    if math.isinf(value):
        return _anchor(token.lower(), HANDLE)
    if not unit and value == int(value) and (value <= _COUNTS or int(value) in _YEARS):
        return 0
    digits = f"{value:.5g}"
    exact = len(digits.split("e", maxsplit=1)[0].replace(".", "").strip("0"))
    return _anchor(digits + unit, (ROUND, ROUND, PAIR, EXACT)[min(exact, 3)])


def _number(digits: str, *, comma: bool) -> float:
    """The number; three digits after a lone mark are thousands, but for a point where points are decimal.

    Machine translations into languages with a decimal comma keep "90,000" as it is.
    """
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return float(digits)
    mark, whole, fraction = digits[last], digits[:last], digits[last + 1 :]
    thousands = len(fraction) == 3 and whole != "0" and (mark in whole or mark == "," or comma)
    whole = whole.replace(".", "").replace(",", "")
    return float(whole + fraction) if thousands else float(f"{whole}.{fraction}")


@lru_cache(maxsize=65536)
def _name(token: str) -> int:
    """The anchor of a capitalised word; 0 where every text of the trade holds it."""
    word = token.replace("’", "'")
    word = (word.split("'")[0] if word.isascii() else word.replace("'", "")).casefold()
    if word in COMMON or word in words.FUNCTION_WORDS or len(word) < 2:
        return 0
    key = _TRANSLATED.get(word) or _sounds(word)
    if key in _COMMON:
        return 0
    return _anchor(key, KNOWN if key in _KNOWN_WELL else WORD if key in _INTERNATIONAL else NAME)


@lru_cache(maxsize=65536)
def _borrowed(token: str) -> int:
    """The anchor of a word that most languages share; 0 for any other."""
    if token.isascii() and token[:3] not in _BEGINNINGS:
        return 0
    key = _sounds(token)
    return _anchor(key, WORD) if key in _INTERNATIONAL else 0


def _sounds(word: str) -> str:
    """The first consonants of a word in one alphabet, "a" in front where it begins with a vowel.

    Words of so few consonants that many would meet stay as they are.
    """
    if not word.isascii() and not _CYRILLIC.match(word):
        word = "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isascii()) or word
    if word.isascii():
        heard = _SPELLING.sub(_spelled, _GREEK.sub("h", word)).translate(_LATIN)
    else:
        heard = _without_ending(word).replace("дж", "ж").translate(_SLAVIC)
    heard = ("a" if word[:1] in _VOWELS else "") + _DOUBLED.sub(r"\1", heard)
    return heard[:_MAX_SOUNDS] if len(heard) >= 3 else "=" + word


def _spelled(match: re.Match[str]) -> str:
    return _SPELLED[match.group()]


def _without_ending(word: str) -> str:
    """A Slavic word without the ending of its case."""
    if len(word) > 4 and word.endswith(_ENDINGS):
        return next(word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
    return word


def _anchor(key: str, what: int) -> int:
    return words.token_hash(key) & 0xFFFFFF00 | what


_TRANSLATED = {form: _sounds(name) for name, forms in TRANSLATED.items() for form in (name, *forms.split())}
_IDEOGRAPHS = re.compile(
    "|".join(sorted((form for form in _TRANSLATED if words.is_unspaced(form)), key=len, reverse=True))
)
_COMMON = frozenset(key for key in map(_sounds, COMMON) if len(key) > 3)
_KNOWN_WELL = frozenset(map(_sounds, KNOWN_WELL)) | frozenset(_TRANSLATED.values())
_INTERNATIONAL = frozenset(key for key in map(_sounds, INTERNATIONAL) if len(key) > 3) - _KNOWN_WELL
"""Borrowed words of three consonants sound like names: "bonus" like Binance."""
_BEGINNINGS = frozenset(word[:3] for word in INTERNATIONAL) | frozenset(
    word[:3].replace("c", "k") for word in INTERNATIONAL
)
"""How they begin in Latin letters: spares two words of three the closer look."""
