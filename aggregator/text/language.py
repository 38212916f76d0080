"""Which language is this written in?

Script decides most of it (kana is Japanese, hangul Korean); among languages that share a script, the small
words do. Enough to choose rules by and to filter a list by; a feed's own word is believed unless the script
proves it wrong, because feeds of translated editions often still say ``en-US``.
"""

from __future__ import annotations

import re

_SAMPLE = 1_500
"""Characters looked at: small words settle it within a few sentences."""

_MIN_VOTES = 3
"""Small words that must speak for a language; below that a short text is undecided."""

_WORD = re.compile(r"[^\W\d_]+")

_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff\uff66-\uff9d]"), 0.06),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]"), 0.15),
    ("zh", re.compile("[\u3400-\u9fff]"), 0.15),
    ("ar", re.compile("[\u0600-\u06ff]"), 0.3),
    ("he", re.compile("[\u0590-\u05ff]"), 0.3),
    ("hi", re.compile("[\u0900-\u097f]"), 0.3),
    ("th", re.compile("[\u0e00-\u0e7f]"), 0.3),
    ("el", re.compile("[\u0370-\u03ff]"), 0.3),
)
"""Language, its letters, and the share of all letters from which on they decide. Coins and companies keep their
Latin names in any language, and one CJK character says as much as four letters, so the shares are low."""

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_NOT_LATIN = re.compile("[\u0370-\u11ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9d]")
"""All of these and some more: curly quotes alone need not be asked about each of them."""
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")

_SMALL_WORDS = {
    "en": "the of and to in is that for on with as was it by at from has are this an be after its will which have",
    "es": "el la de que y en los del las por con una para su al es se ha más como lo este pero sus tras sobre",
    "pt": "os de que da em na uma são às por com uma para seu ao é se foi mais como não dos das um às após são",
    "de": "der die das und ist von den mit für auf im dem zu des nicht eine ein sich als auch nach bei wird aus hat",
    "fr": "le la les de des et en du que une est pour dans un sur par au plus qui avec ce son ses pas sont été a",
    "it": "il di che la del per un una è con non sono della dei al le da nel si gli alla più ha ma delle",
    "tr": "ve bir bu için ile da de olarak daha en sonra göre kadar olan ise çok gibi oldu yeni ancak ne",
    "nl": "de het een en van in op is dat te voor met zijn aan er niet door naar als bij ook om tot wordt",
    "pl": "na się że jest nie o to od za po jak przez dla oraz które co ale są",
    "id": "yang dan di untuk dengan dari ini pada itu dalam adalah tidak akan ke oleh sebagai telah bahwa",
    "vi": "của và là các được cho trong với một có không đã này những người để từ khi trên",
}
_VOTES: dict[str, tuple[str, ...]] = {}
"""Small word → the languages it speaks for."""
for _language, _words in _SMALL_WORDS.items():
    for _word in frozenset(_words.split()):
        _VOTES[_word] = (*_VOTES.get(_word, ()), _language)


def guess(text: str, hint: str | None = None) -> str:
    """Give the ISO 639-1 code, or "" when neither text nor hint tells.

    ``hint`` is what entry, feed or subscription say ("en-US", "zh_Hans" are understood).
    """
    sample = text[:_SAMPLE]
    told = _code(hint)
    by_script = _by_script(sample)
    if by_script:
        return by_script
    votes = _count(sample)
    best = max(votes, key=lambda language: votes[language])
    if told in votes and votes[told] * 2 >= votes[best]:
        return told
    if votes[best] >= _MIN_VOTES:
        return best
    return told


def _code(hint: str | None) -> str:
    code = re.split(r"[-_]", (hint or "").strip().lower(), maxsplit=1)[0]
    return code if re.fullmatch(r"[a-z]{2}", code) else ""


def _by_script(sample: str) -> str:
    if sample.isascii() or not _NOT_LATIN.search(sample):
        return ""
    letters = sum(map(len, _WORD.findall(sample)))
    if not letters:
        return ""
    for language, pattern, share in _SCRIPTS:
        if len(pattern.findall(sample)) >= share * letters:
            return language
    if len(_CYRILLIC.findall(sample)) < 0.3 * letters:
        return ""
    return "uk" if len(_UKRAINIAN.findall(sample)) > len(_RUSSIAN.findall(sample)) else "ru"


def _count(sample: str) -> dict[str, int]:
    votes = dict.fromkeys(_SMALL_WORDS, 0)
    for word in _WORD.findall(sample.lower()):
        for language in _VOTES.get(word, ()):
            votes[language] += 1
    return votes
