"""Which sentences can stand in an abstract, and which only after the one before them?

A sentence is refused for what a reader would see at once: it is cut, glued, a heading, a list, a question, full of
links; or it points at something the reader has not been told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from aggregator.models import CleanText
from aggregator.text import words
from aggregator.text.sentences import split

MIN_WORDS = 5
MIN_CHARACTERS = 25
MIN_CHARACTERS_CJK = 10
"""Shorter sentences are interjections and headings ("Here is why.")."""

MAX_SENTENCES = 40
"""Sentences looked at in one text. In 13,000 long items the sentences chosen without this bound came from the first
forty in all but 2 %; ranking cost grows with the square. Several texts of a story share them, …"""
MIN_SENTENCES = 8
"""… but each has so many."""

_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = re.compile(r"[.!。！]['\"”’»」』）)\]]*$|[^\W\d_][”\"」』]$")
_QUESTION = re.compile(r"[?？]['\"”’»」』）)\]]*$|[?？]\s")
_BEGINS = re.compile(r"[\"'“‘«„「『(\[$€£¥#₿]*(?:[^\W\d_]|\d)")
_LOWER_BEGINNING = re.compile(r"[a-z]{1,3}[A-Z0-9]")
_LINK = re.compile(r"https?:|www\.|</?\w|&\w{2,8};|\S@\S+\.\w|[{}\\|]|(?:^|\s)[#@]\w+.*\s[#@]\w+")
_LABEL = re.compile(r"^(?:[^\s.,:：]{2,20}\s?){1,2}(?::\s|：)")
"""One or two words and a colon: "Source: …", "Key levels: …"."""
_GLUED_HEADING = re.compile(
    r"^(?:[A-Z$][\w$%'’.,&/-]*\s+(?:(?:a|an|the|of|to|in|on|at|by|for|from|with|as|and|or|vs|is)\s+){0,2}){4,}"
    r"(?:The|In|After|According|As|On|At|A|An|With|Following|While|When|During|It|This|He|She|By|For|If)\s[A-Za-z]"
)
"""A heading without an end mark, and the sentence that feeds glue to it."""
_GLUED = re.compile(r"[a-zа-яё][.!?][A-ZА-Я][a-zа-яё]|[a-z]{3}[A-Z][a-z]+ |[a-zа-яё”\")]:[A-Z][a-z]")
_CAMEL = re.compile(r"\b(?:[A-Z]?[a-z]+[A-Z]\w*|Mc\w+|Mac\w+)\b")

_POINTS_BACK = re.compile(
    r"[\"“'‘(]*(?:(?:he|she|it|they|this|these|those|that|his|her|its|their|him|them|both|such|here|there)\b"
    r"|(?:but|and|or|so|yet|however|moreover|furthermore|additionally|meanwhile|also|still|nevertheless"
    r"|nonetheless|therefore|thus|hence|instead|besides|similarly|likewise|consequently|otherwise|then"
    r"|afterwards|elsewhere|in addition|as a result|for (?:example|instance)|on the other hand"
    r"|in (?:contrast|turn|other words|fact)|that said|at the same time|in the meantime|speaking of|to put"
    r"|despite (?:this|that|these)|according to (?:him|her|them)|second(?:ly)?|third(?:ly)?|finally|lastly|overall"
    r"|in conclusion|not only|even so|what(?:’|')s more|of course|neither|none|another|others?)\b"
    r"|(?:este|esta|esto|estos|estas|él|ella|ellos|sin embargo|además|pero|por (?:otro|su) (?:lado|parte)"
    r"|asimismo|también|ele|ela|eles|isso|isto|esse|essa|no entanto|além disso|mas|porém"
    r"|er|sie|es|dies|diese|dieser|dieses|jedoch|außerdem|zudem|aber|auch|dennoch|dazwischen"
    r"|il|elle|ils|elles|cela|ce|cette|cependant|toutefois|de plus|mais|par ailleurs|également"
    r"|egli|ella|essi|questo|questa|tuttavia|inoltre|ma|però|anche"
    r"|он|она|они|оно|это|этот|эта|эти|однако|кроме того|но|также|при этом|вместе с тем|впрочем|поэтому"
    r"|він|вона|вони|це|цей|ця|ці|однак|крім того|але|також|проте|водночас"
    r"|bu|o|onlar|ancak|ayrıca|fakat|ama|bununla birlikte|öte yandan)\b"
    r"|此外|另外|同时|同時|然而|但是|不过|不過|因此|其中|该|該|他|她|它|这|這|此举|此舉|对此|對此|据悉|此前"
    r"|また|しかし|さらに|一方|これ|それ|この|その|同社|同氏|なお|ただし|그러나|또한|하지만|이에|이는|그는|한편)",
    re.IGNORECASE,
)
"""Pronouns and connectives: fine after the sentence they point at, not alone."""

_SAYS_AGAIN = re.compile(
    r"(?:(?:according to |despite )?the (?:former|latter|same|move|firm|company|report|decision|news|announcement"
    r"|project|analyst|team|platform|exchange|group|agency|authors?|simplest|discount|offer|idea|proposal|funds)"
    r"|(?:first|most|some|many|two|three|all) of (?:them|these|those))\b",
    re.IGNORECASE,
)
"""A thing that was named before; in the first sentence of a text it cannot have been."""

_BARE_NAME = re.compile(
    r"([A-Z][\w’'-]+) (?:(?:also|further|then|later) )?(?:said|says|added|adds|noted|notes|explained|told|wrote|argued"
    r"|argues|stressed|warned|believes|claimed|emphasi[sz]ed|concluded|continued|pointed|stated|highlighted|suggested)\b"
)
"""A surname alone: who that is was said before."""

_BULLET = re.compile(r"[-–—•·●▪■◆►➤✓✔*]\s+(?=[\"“„«(]?[^\W_a-zа-яёіїє])")

_WHOLLY_QUOTED = re.compile(r"[“\"«„「][^”\"»]*[”\"»“」]\.?$")
"""Somebody said it, but the sentence does not say who."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may go into an abstract."""

    text: str
    source: int
    """Index of the text it stands in."""
    position: int
    """Among all sentences of its text, unsound ones included, counted from 0."""
    dangling: bool
    """Points back at the sentence before it."""
    stems: frozenset[str]


def candidates(texts: Sequence[CleanText], *, told: frozenset[str], budget: int) -> list[Candidate]:
    """Give the sound sentences that fit the budget, text by text, in order, no two alike.

    ``told``: the content words of the title; a person whom it names needs no introduction.
    """
    found: list[Candidate] = []
    seen: set[frozenset[str]] = set()
    most = max(MIN_SENTENCES, MAX_SENTENCES // max(1, len(texts)))
    for source, text in enumerate(texts):
        complete = _may_lack_end(text)
        for position, sentence in islice(_sentences(text), most):
            if len(sentence) > budget or not is_sound(sentence, complete=complete):
                continue
            shown = sentence if _ENDS.search(sentence) else sentence + _end_mark(sentence)
            stems = words_in(sentence)
            if stems in seen or len(shown) > budget:
                continue
            seen.add(stems)
            found.append(Candidate(shown, source, position, _points_back(sentence, position, told), stems))
    return found


def _end_mark(sentence: str) -> str:
    """The full stop that a standfirst leaves out, and that it needs when another sentence follows."""
    return "。" if _CJK.search(sentence) else "."


def _points_back(sentence: str, position: int, told: frozenset[str]) -> bool:
    if _POINTS_BACK.match(sentence):
        return True
    if position == 0:
        return False
    name = _BARE_NAME.match(sentence)
    return bool(_SAYS_AGAIN.match(sentence) or (name and words_in(name[1]).isdisjoint(told)))


def _sentences(text: CleanText) -> Iterator[tuple[int, str]]:
    sentences = (each for paragraph in text.paragraphs for each in split(paragraph, text.language))
    for position, sentence in enumerate(sentences):
        yield position, _BULLET.sub("", sentence)


def _may_lack_end(text: CleanText) -> bool:
    """A standfirst alone, or a flash, is whole without an end mark; a line among paragraphs is a heading."""
    return not text.truncated and len(text.paragraphs) == 1


def is_sound(sentence: str, *, complete: bool = False) -> bool:
    """Tell whether a sentence may be shown; ``complete``: it is known to be whole without an end mark."""
    if _CJK.search(sentence):
        if len(sentence) < MIN_CHARACTERS_CJK:
            return False
    elif len(sentence) < MIN_CHARACTERS or sentence.count(" ") < MIN_WORDS - 1:
        return False
    if not _ENDS.search(sentence) and not (complete and sentence[-1].isalnum()):
        return False
    if any(form.search(sentence) for form in (_QUESTION, _LINK, _WHOLLY_QUOTED)) or not _begins_well(
        sentence
    ):
        return False
    return _is_balanced(sentence) and _is_prose(sentence)


def _begins_well(sentence: str) -> bool:
    if not _BEGINS.match(sentence):
        return False
    letter = next((character for character in sentence if character.isalpha()), "")
    return not (sentence[0].islower() or (letter.islower() and not sentence[0].isdigit())) or bool(
        _LOWER_BEGINNING.match(sentence)
    )


def _is_balanced(sentence: str) -> bool:
    pairs = (("“", "”"), ("«", "»"), ("(", ")"), ("（", "）"), ("「", "」"), ("『", "』"), ("[", "]"))
    if any(sentence.count(opens) != sentence.count(closes) for opens, closes in pairs if opens != "“"):
        return False
    german = sentence.count("„")
    curly = sentence.count("“") == sentence.count("”") or (german and german == sentence.count("“"))
    return bool(curly) and sentence.count('"') % 2 == 0


_MIN_LETTERS = 0.4
"""Share of letters below which a sentence is a table row. Price flashes in Chinese come down to 0.47."""


def _is_prose(sentence: str) -> bool:
    """Not shouted, not a table, not a heading with a sentence glued to it."""
    letters = [character for character in sentence if character.isalpha()]
    if len(letters) < _MIN_LETTERS * len(sentence.replace(" ", "")):
        return False
    capitals = sum(character.isupper() for character in letters)
    if capitals > 0.5 * len(letters):
        return False
    if _GLUED_HEADING.match(sentence) or _LABEL.match(sentence):
        return False
    return not _GLUED.search(_CAMEL.sub("x", sentence))


def words_in(text: str) -> frozenset[str]:
    """The content words of a title or sentence, for comparing."""
    return frozenset(words.stems(words.tokens(text)))
