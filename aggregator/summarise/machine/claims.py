"""Which numbers, names and quotations does a text hold, so that none can be invented?

Numbers are compared by value and unit: "$1.2B" and "1.2 billion dollars" are one claim, "5%" and "$5" are two. Where a
lone separator could be read both ways ("1.234" in Spanish), the spelling itself is the value. Names are words with a
capital or a digit in them; in scripts without capitals every word counts as one, up to what grammar adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.text import words

# --- Numbers -------------------------------------------------------------------------------------

_UNITS = {
    **dict.fromkeys(
        "% ％ percent pct prozent procent процент процента процентов проценти відсоток відсотки відсотків yüzde "
        "por\xa0ciento 퍼센트".split(" "),
        "%",
    ),
    **dict.fromkeys(
        "$ usd dollar dollars dólar dólares dollari dolar dolares доллар доллара долларов долар долари доларів "
        "美元 美金 ドル 달러".split(),
        "usd",
    ),
    **dict.fromkeys("€ eur euro euros евро євро 欧元 歐元 ユーロ 유로".split(), "eur"),
    **dict.fromkeys("£ gbp pound pounds libras 英镑".split(), "gbp"),
    **dict.fromkeys("¥ ￥".split(), "yen or yuan"),
    **dict.fromkeys("jpy yen 日元 円 엔".split(), "jpy"),
    **dict.fromkeys("cny rmb yuan 元 人民币 人民幣".split(), "cny"),
    **dict.fromkeys("₩ krw won 韩元 韓元 ウォン 원".split(), "krw"),
    **dict.fromkeys("₽ rub rubles рублей рубля рубль".split(), "rub"),
    **dict.fromkeys("₴ uah гривень гривні".split(), "uah"),
    **dict.fromkeys("₺ try lira".split(), "try"),
    **dict.fromkeys("₹ inr rupees".split(), "inr"),
}
_MONEY_AND_SHARES = frozenset(_UNITS.values())
_UNITS["₿"] = "btc"
_TWO_WORDS = r"(?:per cent|por cento|por ciento|pour cent|per cento)"

_SIGN = "[$€£¥￥₩₽₴₺₹₿]"
_END = rf"(?:(?<=[{words.UNSPACED}$€£¥￥₩₽₴₺₹₿%％])|(?![^\W\d_{words.UNSPACED}]))"
"""A word ends where the next letter is none of its script."""
_LISTED = "|".join(sorted(map(re.escape, (*_UNITS, *words.SYNONYMS)), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?P<before>(?:(?-i:\b[A-Z]{{2}}))?{_SIGN}\s?|(?-i:\b[A-Z]{{3}})\s)?"
    rf"(?<![^\W{words.UNSPACED}])(?<![\d.,])(?<![^\W\d_{words.UNSPACED}]-)"
    r"(?P<digits>\d+(?:[.,'’]\d+)*(?:[ \u00a0\u202f]\d{3}(?!\d))*)(?!\d|[.,]\d)"
    rf"(?P<scale>[\s-]?(?:{words.UNIT}){_END}\.?)?"
    rf"(?P<after>[\s-]?(?:{_LISTED}|{_TWO_WORDS}|(?-i:[A-Z][A-Z0-9]{{1,9}})){_END})?{_END}",
    re.IGNORECASE,
)
_AMBIGUOUS = re.compile(r"\d{1,3}[.,]\d{3}")
_GROUPS = re.compile(r"[ \u00a0\u202f'’](?=\d{3})")

_IN_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty thirty forty fifty sixty "
    "seventy eighty ninety hundred hundreds thousand thousands million millions billion billions trillion trillions "
    "dozen dozens half halved twice thrice double doubled doubles triple tripled triples quadruple quadrupled quarter "
    "third fifth tenth twofold threefold tenfold",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce veinte cien ciento cientos mil miles millón "
    "millones mitad doble triple docena tercio cuarto",
    "pt": "dois duas três quatro cinco seis sete oito nove dez onze doze vinte cem centenas mil milhares milhão "
    "milhões bilhão bilhões metade dobro triplo dúzia terço quarto",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert hunderte tausend tausende million "
    "millionen milliarde milliarden hälfte doppelt doppelte verdoppelt dreifach dutzend drittel viertel halb",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze vingt cent centaines mille milliers million "
    "millions milliard milliards moitié double doublé triple triplé douzaine tiers quart",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici venti cento centinaia mille mila migliaia "
    "milione milioni miliardo miliardi metà doppio triplo dozzina terzo quarto",
    "ru": "два две три четыре пять шесть семь восемь девять десять сто сотни тысяча тысячи тысяч миллион миллиона "
    "миллионов миллиард миллиарда миллиардов вдвое втрое половина половину треть четверть дважды",
    "uk": "два дві три чотири п'ять шість сім вісім дев'ять десять сто сотні тисяча тисячі тисяч мільйон мільйона "
    "мільйонів мільярд мільярда мільярдів вдвічі втричі половина половину третина чверть двічі",
    "tr": "iki üç dört beş altı yedi sekiz dokuz yirmi otuz elli yüz yüzlerce binlerce milyon milyar "
    "yarı yarısı çeyrek",
}
_COUNTS = {language: frozenset(listed.split()) for language, listed in _IN_WORDS.items()}
_IDEOGRAPHIC = re.compile(
    r"[一二三四五六七八九十百千两兩半数數]{1,24}[万萬亿億成倍年月日天个個家名只枚笔筆项項起次位人件]"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as a claim."""

    value: str
    unit: str
    """``%``, a currency, a coin's ticker in lower case; empty for a bare number."""
    shown: str
    """As it is written."""

    @property
    def counts_coins(self) -> bool:
        """Whether the unit is a ticker, rather than a currency or a percentage."""
        return bool(self.unit) and self.unit not in _MONEY_AND_SHARES


def amounts(text: str, language: str) -> Iterator[Amount]:
    """Every number written in digits, with what it counts."""
    for match in _AMOUNT.finditer(text):
        yield Amount(
            _value(match["digits"], match["scale"] or "", language), _unit(match), match.group().strip()
        )


def without_amounts(text: str) -> str:
    """The text without its numbers and the words for their units, so that neither is taken for a name.

    What stands behind a number in capitals stays: it may be a ticker, and it may be anything else.
    """
    return _AMOUNT.sub(_other_than_unit, text)


def _other_than_unit(match: re.Match[str]) -> str:
    after = (match["after"] or "").strip(" -\u00a0")
    return f" {after} " if after and " " not in after and after.casefold() not in _UNITS else " "


def _value(digits: str, scale: str, language: str) -> str:
    digits, scale = _GROUPS.sub("", digits), scale.rstrip(".")
    if language in words.DECIMAL_COMMA and _AMBIGUOUS.fullmatch(digits):
        return digits + scale.strip().casefold()
    found = words.numbers(digits + scale, language or "xx")
    return found[0] if len(found) == 1 else digits + scale.strip().casefold()


def _unit(match: re.Match[str]) -> str:
    before = (match["before"] or "").strip()
    after = (match["after"] or "").strip(" -\u00a0")
    for written in (before[-1:], before, after):
        unit = _UNITS.get(written.casefold())
        if unit:
            return unit
    if " " in after:
        return "%"
    written = (after or before).casefold()
    return words.SYNONYMS.get(written, written)


def counts_in_words(text: str, language: str) -> Iterator[str]:
    """Numbers spelt out ("three", "half", "两倍"); each is a claim of its own."""
    listed = _COUNTS.get(language, frozenset())
    for word in _WORD.findall(words.fold(text)):
        if word in listed:
            yield word
    for match in _IDEOGRAPHIC.finditer(text):
        yield match.group()


# --- Names ---------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+-\d\w*|[^\W_]+(?:['’][^\W_]+)*")
"""``ERC-20`` and ``Layer-2`` are names with their number."""
_DOMAIN = re.compile(r"\b[\w-]{2,63}(?:\.[a-z]{2,})+\b")
"""``pump.fun`` may be a name, where the text has it."""
_CASELESS = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f\uac00-\ud7af]")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_GRAMMAR = frozenset(
    "的了在是和与與及或将將已为為对對从從向被把也都而并並但其这這那此该該至于於以中上下内內外前后後时時等并不未无無"
    "有可能会會要则則因由到出入来來去说說称稱表示指据據使令让讓让让仍曾正更最再又就才只各每另之者所个個"
)
"""Characters that carry grammar, not names."""
_POSSESSIVE = re.compile(r"['’](?:s|S|[^\W\d_]{1,4})?$")
_INFLECTED = frozenset("de ru uk tr pl el nl cs".split())
_OPENERS = frozenset(
    """
    according although among because before beneath besides between both despite during each few following many
    meanwhile one several since some still under unlike until upon whereas whether while within without
    according aunque durante entre mientras según desde embora enquanto durante segundo desde apesar
    während obwohl seit laut nachdem bevor zwischen mehrere kein keine viele einige trotz
    pendant selon depuis alors malgré plusieurs entre durante mentre secondo dopo nonostante
    """.split()
)
"""Words that open a sentence in capitals and are no names."""
_SHORTEST_STEM = 4
_LONGEST_ENDING = 3


def names(sentence: str) -> Iterator[str]:
    """Every word that is or may be a name, a ticker or a version, as written; possessive endings cut.

    The first word of a sentence is one wherever it is not in small letters: nothing tells there.
    """
    yield from _DOMAIN.findall(sentence)
    for match in _WORD.finditer(_without_dots(sentence)):
        word = match.group()
        if _IDEOGRAPH.search(word) or _KATAKANA.search(word):
            yield from _KATAKANA.findall(word)
            yield from (each for each in _IDEOGRAPH.findall(word) if each not in _GRAMMAR)
            yield from re.findall(r"[A-Za-z][A-Za-z0-9]*", word)
        elif _CASELESS.search(word) or (
            any(character.isupper() for character in word)
            or (not word.isdigit() and any(character.isdigit() for character in word))
        ):
            yield _POSSESSIVE.sub("", word)


def _without_dots(text: str) -> str:
    """``U.S.`` as ``US``, so that both spellings are one name."""
    return re.sub(r"\b(?:[A-Z]\.){2,}", lambda match: match.group().replace(".", "") + " ", text)


class Vocabulary:
    """The words of a text, asked whether a name is among them."""

    def __init__(self, text: str, language: str) -> None:
        self.language = language
        self.folded = words.fold(_without_dots(text))
        self.words = {_POSSESSIVE.sub("", word) for word in _WORD.findall(self.folded)}
        self.words |= {words.SYNONYMS[word] for word in self.words & words.SYNONYMS.keys()}
        self.stems = {words.stem(word) for word in self.words}
        self._beginnings = {word[:_SHORTEST_STEM] for word in self.words}

    def has(self, name: str, *, first: bool = False) -> bool:
        """Whether the text has the name; ``first``: it opens a sentence, and a plain word may stand in capitals."""
        word = words.fold(name)
        if "." in word:
            return word in self.folded
        if word in self.words or words.SYNONYMS.get(word) in self.words:
            return True
        if _IDEOGRAPH.fullmatch(name[:1]) or _KATAKANA.fullmatch(name) or words.is_unspaced(name):
            return self._has_unspaced(word)
        if first and name[1:].islower():
            return word in words.FUNCTION_WORDS or word in _OPENERS or words.stem(word) in self.stems
        return self.language in _INFLECTED and self._has_inflected(word)

    def _has_unspaced(self, word: str) -> bool:
        if word in self.folded:
            return True
        # Korean hangs its particles on the word; the first two syllables are enough to know it by.
        return len(word) > 2 and "\uac00" <= word[0] <= "\ud7af" and word[:2] in self.folded

    def _has_inflected(self, word: str) -> bool:
        if len(word) < _SHORTEST_STEM + 1 or word[:_SHORTEST_STEM] not in self._beginnings:
            return False
        shortest = max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING)
        stem = word[:shortest]
        return any(
            other.startswith(stem) and len(other) - shortest <= _LONGEST_ENDING for other in self.words
        )


# --- Quotations ----------------------------------------------------------------------------------

_QUOTED = re.compile(
    r"“([^”“]+)”|„([^“”„]+)[“”]|«([^»«]+)»|「([^」]{1,600})」|『([^』]{1,600})』|\"([^\"]+)\"|‘([^’‘]{12,})’"
)
_QUOTE_MARKS = re.compile("[“”„«»「」『』\"'‘’`]")


def quotations(text: str) -> Iterator[str]:
    """What a text has between quotation marks."""
    for match in _QUOTED.finditer(text):
        yield next(each for each in match.groups() if each is not None)


def as_spoken(text: str) -> str:
    """The text as quotations are compared: folded, blanks alike, marks and the last stop left out."""
    return " ".join(_QUOTE_MARKS.sub("", words.fold(text)).split()).rstrip(" .,!?。，！？")
