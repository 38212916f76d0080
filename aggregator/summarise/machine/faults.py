"""What is wrong with an answer before anyone looks at what it says?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from aggregator.models import CleanText
from aggregator.summarise.machine.material import talks_to_models

SHOWN = 60
"""Characters of a wrong passage that a refusal quotes."""


class Fault(StrEnum):
    """Why an answer is not shown."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TOO_LONG = "too long"
    CHARACTERS = "characters"
    MARKUP = "markup"
    LINK = "link"
    TO_THE_READER = "addresses the reader"
    ARTEFACT = "speaks of itself"
    LANGUAGE = "language"
    NOT_WHOLE = "not whole sentences"
    REPEATS = "says the same twice"
    TITLE = "repeats the title"
    NUMBER = "number"
    NAME = "name"
    QUOTATION = "quotation"
    NEGATION = "negation"
    DIRECTION = "direction"
    NEW_WORDS = "too many new words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An answer that is not shown, and why."""

    fault: Fault
    detail: str = ""
    """The passage that is wrong, shortened."""

    def __str__(self) -> str:
        return f"{self.fault}: {self.detail}" if self.detail else str(self.fault)


def shortened(text: str) -> str:
    """Give a passage on one line, as a refusal quotes it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"


_FORM = (
    (
        Fault.MARKUP,
        re.compile(
            r"[<>*`{}|\\~^\[\]_]|&[a-z#]\w*;|^\s*(?:[-–—•#]|\d+[.)])\s|\n\s*(?:[-–—•#]|\d+[.)])\s|\n\s*\n"
        ),
    ),
    (
        Fault.LINK,
        re.compile(
            r"https?:|www\.|\w\.[a-z]{2,}/|\S@\S|(?:^|\s)[@#]\w|\b(?=[A-Za-z]*\d)[0-9A-Za-z]{20,}\b",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.TO_THE_READER,
        re.compile(
            r"\b(?:you|your|yours|yourself|we|our|(?-i:us)|my|me)\b|(?:^|[.!。！]\s*)(?:I|click|buy|sell|send|visit|"
            r"claim|join|sign up|subscribe|read|learn|download|follow|check|don[’']t|act|please|note|remember|"
            r"contact|call|deposit|invest|hurry|get|try|see|watch|share|enter|connect|transfer)\b|"
            r"\b(?:usted|ustedes|tus?|você|vocês|(?-i:Ihnen|Ihre?n?)|"
            r"vous|votre|вы|вас|ваш\w*|вам|ви|siz|sizin)\b|[您你]|あなた|여러분|당신",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.ARTEFACT,
        re.compile(
            r"\b(?:as an AI|language model|I cannot|I can[’']t|I[’']m sorry|here is|here[’']s|"
            r"the (?:article|text|material|copies|copy|abstract|summary|source)s? "
            r"(?:says?|said|states?|reports?|describes?|discuss\w*|is|are|does|do)|"
            r"this (?:article|text|abstract|summary|story)|according to the (?:article|text|material|copies)|JSON|"
            r"(?:new )?abstract|instructions?|prompts?)\b|^\W*(?:summary|abstract|title|note|answer)\s*:",
            re.IGNORECASE,
        ),
    ),
)
"""Forms that no abstract has. Some are honest words now and then; the recipe's sentences may still have them."""


def form_fault(raw: str, text: str, budget: int) -> Refused | None:
    """Look at length, characters, markup, links and manner of speaking. ``raw``: as it came, ``text``: on one line."""
    if not text:
        return Refused(fault=Fault.EMPTY)
    if len(text) > budget:
        return Refused(fault=Fault.TOO_LONG, detail=f"{len(text)} characters of {budget}")
    odd = next(
        (each for each in raw if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn"} - {"\n"}), None
    )
    if odd not in {None, "\n", "\t", "\r"}:
        return Refused(fault=Fault.CHARACTERS, detail=f"U+{ord(str(odd)):04X}")
    for fault, pattern in _FORM:
        found = pattern.search(raw.strip() if fault is Fault.MARKUP else text)
        if found:
            return Refused(fault=fault, detail=shortened(found.group()))
    if talks_to_models(CleanText(paragraphs=(text,))):
        return Refused(fault=Fault.ARTEFACT, detail="words to a model")
    return None
