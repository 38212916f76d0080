"""Where does a sentence end?

Rules, not a model: the packages break crypto prose ("Binance. | US", "3 p.m. | ET") or need data that a fresh
machine lacks. A mark that could end a sentence is looked at with the word before and the word after it; where
the two speak for different answers, the sentence goes on: an abstract may be a little long, never cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_CANDIDATE = re.compile(
    r"""
    (?P<wide>[。！？｡]+|…{2,}|；(?=$))(?P<wide_close>[」』”’）】》"]*)   # Chinese and Japanese: no space follows
    | (?<![.!?।؟])(?<![.!?।؟]…)(?P<mark>[.!?…।؟]{1,999}+)               # all of a row, or a row takes quadratic time
      (?P<close>(?:["'”’)\]]|[ \u00a0\u202f]?»|“(?=\s|$))*)              # French sets » apart, German closes with “
      (?P<space>\s+|(?=[“"«(]?[A-ZА-ЯЁЇІЄҐ][a-zа-яёїієґ’]|\Z))
    """,
    re.VERBOSE,
)

_BEFORE_WORD = re.compile(r"[\s(\[“\"«/]")
_NEXT_OPENS = re.compile(r"[“\"'‘«(\[—–-]*\s?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]", re.UNICODE)

_NEVER_LAST = frozenset(
    "mr mrs ms dr prof sen rep gov gen col lt sgt capt hon rev st mt ft vs e.g i.e cf viz esp approx ca nos vol pp v ee"
    " fig figs eq art sec ch ed eds trans al messrs mme mlle sr sra srta dra d dña ing lic"
    " z.b d.h u.a bzw usw.a ggf evtl inkl exkl zzgl nr abs bsp sog u.u bspw mind max min ca"
    " г-н г-жа им ул пл стр рис см м напр т.е т.н акад проф p.ej av avv dott sig sigg".split()
)
"""Abbreviations that lead on to something: the sentence never ends with them."""

_BEFORE_NUMBER = frozenset(
    "no nos nr jan feb mar apr jun jul aug sep sept oct nov dec"
    " janv févr avr juil déc ene abr dic fev dez gen giu lug ott n núm num pág pag art vol fig p pp ch sec eq ver"
    " ст гл п ч том янв фев мар апр авг сен сент окт ноя дек № nº abs".split()
)
"""Abbreviations that lead on to a number: "No. 3", "Jan. 3"."""

_MAYBE_LAST = frozenset(
    "inc corp ltd co llc plc jr sr bros etc u.s u.k u.n e.u u.s.a d.c p.m a.m am pm ph.d b.a m.a s.a n.v a.g b.v"
    " долл дол руб млн млрд трлн тыс г гг в вв др пр стр т.д т.п usw etc u.a kr mio mrd mill mln"
    " eua ee.uu uu ltda cía cia spa s.p.a jt mgr st ave blvd".split()
)
"""Abbreviations that may stand at the end: the next word decides."""

_OPENERS = frozenset(
    "the a an it its this that these those he she they we i you his her their our in on at by for from with as if"
    " but and or so yet while when after before since although though however meanwhile still also both some most"
    " many all no not there here what who how why one two three according despite during under over about last next"
    " shares traders investors analysts regulators prices data users such each every now then today only more moreover"
    " el la los las un una en se esto der die das ein eine es im am le les une il elle ce о в и он она это но а"
    " его её их вчера сегодня завтра ранее теперь также однако как при по для после до если когда хотя эти все так"
    " там согласно напомним торік вчора сьогодні його її їх це але як після якщо також проте за у".split()
)
"""Words that, capitalised after "Inc." or "U.S.", show that a new sentence has begun."""

_INITIAL = re.compile(r"[^\W\d_]\.(?:\s|$)")
"""The second half of "J. P.", "z. B.", "т. е."."""

_TIME_ZONES = frozenset("et est edt pt pst pdt ct cst gmt utc cet cest bst jst kst msk sgt hkt".split())

_LOWER_NAMES = re.compile(r"[a-z]{1,3}[A-Z]|[a-z]+\.(?:fun|fi|eth|com|io)\b|(?:eth|pump|opBNB|x402)\b")
"""Names that begin in lower case: dYdX, zkSync, iShares, pump.fun."""

_MAX_CHARACTERS = 200_000


def split(text: str, language: str = "") -> list[str]:
    """Give the sentences of one passage in order, white space at their ends removed.

    ``language`` is an ISO 639-1 code or empty; the rules are shared, it only decides what is ambiguous. Text
    without any end mark is one sentence. Line breaks always part.
    """
    return list(_split(text, language))


@lru_cache(maxsize=64)
def _split(text: str, language: str) -> tuple[str, ...]:
    """The same, remembered: cleaning asks three times for the sentences of one block."""
    found: list[str] = []
    for passage in text[:_MAX_CHARACTERS].split("\n"):
        start = 0
        for candidate in _CANDIDATE.finditer(passage):
            if _ends(passage, candidate, start, language):
                found.append(passage[start : candidate.end()].strip())
                start = candidate.end()
        found.append(passage[start:].strip())
    return tuple(sentence for sentence in found if sentence)


_NO_SPACE_AFTER = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff01\uff1f]")


def join(parts: Sequence[str]) -> str:
    """Put sentences together as the script wants it: Chinese and Japanese without spaces, others with one."""
    text = ""
    for part in parts:
        glue = "" if not text or _NO_SPACE_AFTER.match(text[-1]) else " "
        text += glue + part
    return text


def _ends(text: str, candidate: re.Match[str], start: int, language: str) -> bool:
    """Decide whether a sentence ends at this mark."""
    if _inside_quotation(text, start, candidate.end()):
        return False
    if candidate["wide"]:
        return _ends_wide(text, candidate)
    rest = text[candidate.end() : candidate.end() + 80]
    if not rest:
        return True
    opening = _NEXT_OPENS.match(rest)
    body = rest[opening.end() :] if opening else rest
    if not _can_begin(body, quoted=bool(candidate["close"]), language=language):
        return False
    word = _BEFORE_WORD.split(text[max(start, candidate.start() - 60) : candidate.start()])[-1]
    if candidate["mark"] != ".":
        return word not in _SHOUTED
    if candidate["close"]:
        return word.lower() not in _NEVER_LAST
    if not candidate["space"]:
        return _ends_unspaced(word, body)
    return _ends_after(word, body, opened=rest[0] in '“"«(')


def _inside_quotation(text: str, start: int, at: int) -> bool:
    """Tell whether a quotation that began in this sentence is still open and closes soon."""
    start = max(start, at - _MAX_QUOTATION)
    for opens, closes in _QUOTES:
        if opens == closes:
            is_open = text.count(opens, start, at) % 2 == 1
        else:
            is_open = text.count(opens, start, at) > text.count(closes, start, at)
        if is_open and text.find(closes, at, at + _MAX_QUOTATION) >= 0:
            return True
    return False


_QUOTES = (("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"), ("„", "“"), ('"', '"'))
_MAX_QUOTATION = 300
"""A quotation that does not close within this many characters was never closed: feeds lose quotation marks."""

_SHOUTED = frozenset(("Yahoo", "Jeopardy", "Yum", "Youku"))
"""Names that carry an exclamation mark."""


_SAYS = re.compile(
    r"[^，。！？“”]{1,12}(?:说|說|表示|称|稱|指出|道|写道|寫道|回应|回應|补充|補充|补充道|强调|強調|解释|解釋)[，。：]"
)


def _ends_wide(text: str, candidate: re.Match[str]) -> bool:
    """Chinese and Japanese marks end a sentence, unless the quotation they close is only a part of it."""
    closed = candidate["wide_close"]
    if not closed:
        return True
    if _SAYS.match(text, candidate.end()):
        return False
    return not text.startswith(_GOES_ON, candidate.end())


_GOES_ON = tuple("，、的とはがをにもで")


def _can_begin(body: str, *, quoted: bool, language: str) -> bool:
    """Tell whether this could be the beginning of a sentence."""
    if not body:
        return True
    first = body[0]
    if first.islower():
        return bool(_LOWER_NAMES.match(body)) and not quoted
    return first not in ",;:%)]”»—–" and not (language == "de" and first.isdigit() and quoted)


def _ends_unspaced(word: str, body: str) -> bool:
    """Handle ``Friday.Ether``: feeds lose spaces between paragraphs, but domain names have none either."""
    if "." in word or "@" in word or "/" in word or len(word) < 3 or not word[-2:].isalnum():
        return False
    if len(word) == 3 and word[0].isupper():  # "Fin.Tech Awards"
        return False
    following = re.match(r"[^\W\d_]+", body)
    glued_name = (
        word[0].isupper()
        and following is not None
        and not body[following.end() :].startswith((" ", ",", "’", "'"))
    )
    return word.lower() not in _NEVER_LAST and not glued_name


_ELIDED = re.compile(r"^[^\W\d_]{1,4}[’'](?=[^\W\d_]{2})")
"""The article in "l’art. 4", "dell’avv. Bianchi"."""

_DOLLARS = ("долл", "дол")


def _ends_after(word: str, body: str, *, opened: bool) -> bool:
    """Decide after "word. Body"."""
    low = _ELIDED.sub("", word.lower().strip("'’\"“”«»()"))
    next_match = re.match(r"[\w'’&.-]+", body)
    following = next_match.group() if next_match else ""
    low_next = following.lower().rstrip(".")
    if low in _BEFORE_NUMBER and following[:1].isdigit():
        return False
    if low in _NEVER_LAST or (len(low) == 1 and low.isalpha() and _INITIAL.match(body)):
        return False
    if low in _MAYBE_LAST or (len(low) > 2 and "." in low and _INITIALS.fullmatch(low)):
        return _ends_after_abbreviation(low, low_next, following, opened=opened)
    if len(low) == 1 and low.isalpha() and word.isupper():
        return low_next in _OPENERS or following[:1].isdigit() or opened
    return not (low.isdigit() and len(low) <= 2 and _MONTHS.match(following))


_MONTHS = re.compile(
    r"(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Quartal|Jahrhundert)\b"
)
"""German writes "3. Januar"."""


def _ends_after_abbreviation(low: str, low_next: str, following: str, *, opened: bool) -> bool:
    if low in ("p.m", "a.m", "pm", "am"):
        return low_next not in _TIME_ZONES and (low_next in _OPENERS or _plain_capital(following))
    if low in _DOLLARS:
        return following.rstrip(".") != "США"
    if following[:1].isdigit():
        return low in ("inc", "corp", "ltd", "etc")
    return opened or low_next in _OPENERS


def _plain_capital(word: str) -> bool:
    return word[:1].isupper() and word[1:].islower() and word.lower() not in _DAYS and word not in _NETWORKS


_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december eastern pacific central london tokyo".split()
)
_NETWORKS = frozenset(("Ethereum", "Bitcoin", "Solana"))
"""After a time of day these may go on with the sentence ("By 5 p.m. Ethereum had recovered")."""
