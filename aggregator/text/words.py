"""Which words and numbers does a text consist of, so that two texts can be compared?

Three views, from strict to loose: `tokens` (every word in order; what shingles are made of), `stems`
(the words that carry content, endings cut; what survives a paraphrase) and `numbers` (values, whatever
way they are written; what tells look-alikes apart).

Scripts written without spaces become overlapping character pairs, so that no dictionary is needed
(Nie and Ren 1999: bigrams retrieve Chinese as well as segmented words do).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

SHINGLE = 3
"""Tokens per shingle. Measured on the labelled pairs: 2 lets templates of one desk overlap, 4 and 5 lose
copies whose numbers or quotes were edited."""

UNSPACED = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0e7f"
    "\U00020000-\U0002fa1f"
)
_TOKEN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+(?:(?<=\d)[.,]\d+)*")
_SPACED_TOKEN = re.compile(r"[^\W_]+(?:(?<=\d)[.,]\d+)*")
"""The same where no such script occurs: twice as fast."""
_IS_UNSPACED = re.compile(rf"[{UNSPACED}]")
_APOSTROPHE = re.compile("['\u2018\u2019\u02bc](?:s\\b)?")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\ufeff]")

FUNCTION_WORDS = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have he her his how i if in
    into is it its may might more most not of on or our over says said she should so than that the their
    them then there these they this those to up was we were what when where which while who why will
    with would you your after amid about also just now new here all any out no yes via per us
    el la los las un una unos unas de del al en y o que se su sus con por para es son lo como más pero
    sin sobre tras
    os um uma do da dos das em no na nos nas e ao à às com não mais seu sua
    il gli i le dei delle di nel nella et les des du au aux une est sont dans pour sur par avec ce cette
    qui ne pas plus
    der die das den dem ein eine einen einem einer und oder ist sind im aus bei mit nach von vom zu zum
    zur für über unter nicht auch wie als dass sich nur noch
    и в во на не что с со по к ко из за от до о об для как это при его её их но а же у є та і й що від
    ve bir bu ile için ne mi olarak daha çok
    """.split()
)
"""Words that any two texts of a language share; leaving them out makes overlap mean something."""

SYNONYMS = {
    "bitcoin": "btc",
    "bitcoins": "btc",
    "ethereum": "eth",
    "ether": "eth",
    "solana": "sol",
    "dogecoin": "doge",
    "cardano": "ada",
}
"""One coin by name and by ticker is one word of content; `tokens` keep them apart, because a copy does."""

_ENGLISH_NAMES = {
    "币安": "binance",
    "幣安": "binance",
    "比特币": "btc",
    "比特幣": "btc",
    "以太坊": "eth",
    "以太币": "eth",
    "欧易": "okx",
    "火币": "htx",
    "贝莱德": "blackrock",
    "灰度": "grayscale",
    "微策略": "microstrategy",
    "赵长鹏": "cz",
    "索拉纳": "solana",
    "ビットコイン": "btc",
    "イーサリアム": "eth",
    "バイナンス": "binance",
    "리플": "xrp",
    "비트코인": "btc",
    "이더리움": "eth",
}
_ENGLISH_NAME = re.compile("|".join(map(re.escape, _ENGLISH_NAMES)))
"""Names that desks write in either script, often the same desk in title and text of one flash."""

_ENDINGS = ("ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "ly", "s", "e", "y")

MAGNITUDES = {
    **dict.fromkeys("k thousand tausend mil тис тисяча тисячі тисяч тыс тысяча тысячи тысяч 千".split(), 1e3),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(
        "m mn mln mio million millions millionen millones millón milhões milhão milioni млн milyon 百万 "
        "мільйон мільйона мільйони мільйонів миллион миллиона миллионы миллионов".split(),
        1e6,
    ),
    **dict.fromkeys(("亿", "億", "억"), 1e8),
    **dict.fromkeys(
        "b bn billion billions mrd milliarden milliarde milliards miliardi bilhões bilhão млрд milyar "
        "мільярд мільярда мільярди мільярдів миллиард миллиарда миллиарды миллиардов".split(),
        1e9,
    ),
    **dict.fromkeys(
        "t tn trillion trillions 兆 万亿 трлн трильйон трильйона трильйони трильйонів "
        "триллион триллиона триллионов".split(),
        1e12,
    ),
}
UNIT = "|".join(sorted(map(re.escape, MAGNITUDES), key=len, reverse=True))
"""The pattern of any of them, the longest first."""
_NUMBER = re.compile(
    rf"(?<![^\W{UNSPACED}])(?<!\d[.,])(?P<digits>\d+(?:[.,]\d+)*)"
    r"(?:\s?(?P<percent>%|percent\b|per cent\b|pct\b)|"
    rf"[\s-]?(?P<unit>{UNIT})"
    rf"(?:(?<=[{UNSPACED}])|(?![^\W\d_{UNSPACED}])))?",
    re.IGNORECASE,
)
DECIMAL_COMMA = frozenset("de es pt fr it tr ru uk id nl pl".split())
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"
    r"(?=\s+\d)|(?<=\d\s)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b",
    re.IGNORECASE,
)


_COUNTS = {
    word: str(value)
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), start=2
    )
}
_COUNT = re.compile(rf"\b(?:{'|'.join(_COUNTS)})\b", re.IGNORECASE)
"""English counts as words; "one" is no count."""


def fold(text: str) -> str:
    """The text in the one form in which words are compared: compatibility characters and case folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return text.casefold()


def tokens(text: str) -> list[str]:
    """Every word and number in order, folded; unspaced scripts as character pairs; ``Ada's`` as ``ada``."""
    text = _APOSTROPHE.sub("", fold(text))
    if not is_unspaced(text):
        return [token.replace(",", "") if "," in token else token for token in _SPACED_TOKEN.findall(text)]
    found: list[str] = []
    for token in _TOKEN.findall(_ENGLISH_NAME.sub(_in_english, _unglued(text))):
        if token.isascii() or not _IS_UNSPACED.match(token):
            found.append(token.replace(",", ""))
        elif len(token) == 1:
            found.append(token)
        else:
            found.extend(token[at : at + 2] for at in range(len(token) - 1))
    return found


def is_unspaced(text: str) -> bool:
    """Whether any of it is in a script that is written without spaces, or compared as if it were (Hangul)."""
    return not text.isascii() and _IS_UNSPACED.search(text) is not None


_GLUE = re.compile(r"(?<=[A-Za-z]{3})(?=\d{2})")


def _unglued(text: str) -> str:
    """Flash desks write "向Binance转入500万" and "Utexo750万" as they write the rest: without spaces."""
    return _GLUE.sub(" ", text)


def _in_english(name: re.Match[str]) -> str:
    return f" {_ENGLISH_NAMES[name.group()]} "


def stems(words: Iterable[str]) -> list[str]:
    """The tokens that carry content, each once, in order, English endings cut (raises, raised → rais)."""
    return list(
        dict.fromkeys(SYNONYMS.get(word) or stem(word) for word in words if word not in FUNCTION_WORDS)
    )


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude stem: cheaper than Porter's and, for comparing only, as good (D. Harman 1991)."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def numbers(text: str, language: str = "") -> tuple[str, ...]:
    """The values a text states, each once: ``92000000`` for "$92M", ``6.25%``, ``month7`` for "July 3"."""
    found = {f"month{_month(match)}" for match in _MONTH.finditer(text)}
    folded = fold(text)
    for match in _NUMBER.finditer(_unglued(folded) if is_unspaced(folded) else folded):
        value = _value(match["digits"], decimal_comma=language in DECIMAL_COMMA)
        if match["unit"]:
            value *= MAGNITUDES[match["unit"]]
        found.add(f"{value:.12g}" + ("%" if match["percent"] else ""))
    if not language or language == "en":
        found.update(_COUNTS[match.group().lower()] for match in _COUNT.finditer(text))
    return tuple(sorted(found))


def _month(match: re.Match[str]) -> int:
    name = (match[1] or match[2]).lower()
    return "jan feb mar apr may jun jul aug sep oct nov dec".split().index(name) + 1


def _value(digits: str, *, decimal_comma: bool) -> float:
    """``1,045.5``, ``1.045,5`` and ``1045.5`` are one number; a lone separator is judged by the language."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return float(digits)
    mark, whole, fraction = digits[last], digits[:last], digits[last + 1 :]
    grouping = len(fraction) == 3 and (mark in whole or mark == ("." if decimal_comma else ","))
    whole = re.sub(r"[.,]", "", whole)
    return float(whole + fraction) if grouping else float(f"{whole}.{fraction}")


@lru_cache(maxsize=131072)
def token_hash(token: str) -> int:
    """32 bits, the same on every machine and in every version of Python."""
    return zlib.crc32(token.encode("utf-8", "surrogatepass"))


def shingles(words: Sequence[str]) -> list[int]:
    """A 32-bit hash of each run of `SHINGLE` tokens, in order; a shorter text is one shingle.

    Consecutive shingles share tokens, so the hash is a weighted sum mixed once more (the finaliser of
    splitmix64, Steele et al. 2014) lest similar runs land near each other when sampled by their low bits.
    """
    import numpy as np

    if not words:
        return []
    padded = list(words) if len(words) >= SHINGLE else [*words, *[""] * (SHINGLE - len(words))]
    hashes = np.fromiter(map(token_hash, padded), dtype=np.uint64, count=len(padded))
    count = len(padded) - SHINGLE + 1
    mixed = np.zeros(count, dtype=np.uint64)
    for at, weight in enumerate(_WEIGHTS):
        mixed += (hashes[at : at + count] + np.uint64(1)) * np.uint64(weight)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    result: list[int] = (mixed >> np.uint64(32)).tolist()
    return result


_WEIGHTS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
"""Odd 64-bit constants without structure (golden ratio; xxHash's primes)."""
