"""What of a story's copies is a model given to read?

The text that speaks for the story first, then what other copies add to it, within a bound on tokens; nothing that
tries to talk to the model, and no character that could pass for something else than text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.models import CleanText
from aggregator.summarise.machine.allowance import tokens_in
from aggregator.text import words

MAX_COPIES = 5
"""Beyond the fifth, copies repeat what is there already: each paragraph is sent once."""
SPEAKER_SHARE = 0.6
"""Of the tokens, as long as other copies have something to add."""
MIN_ADDED = 80
"""Characters a copy must add to be worth its heading."""

_CHEVRONS = str.maketrans({"<": "‹", ">": "›", "|": "¦"})
"""Chat templates mark turns with ``<|…|>`` and ``<…>``, and some servers read such marks inside of text, too."""

_TALKS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,40}"
    r"\b(?:previous|prior|above|earlier|preceding|all|any|these|those|your|other)\b[^.]{0,30}"
    r"\b(?:instruction|prompt|rule|direction|guideline|command|message)s?\b"
    r"|\b(?:system|developer|hidden|initial) (?:prompt|message|instruction)s?\b"
    r"|\[/?INST\]|<</?SYS>>|<\|\w|\|>|</?s>|<(?:start|end)_of_turn>|\bim_(?:start|end)\b"
    r"|(?:^|\n)[^\S\n]*+#{0,4}[^\S\n]*+(?:system|assistant|user|human|instructions?|response)\s*:"
    r"|\byou are (?:now )?(?:an? |the )?(?:\w+ )?(?:AI|assistant|language model|LLM|chatbot|summari[sz]er)\b"
    r"|\b(?:AI|LLM|language) (?:assistants?|models?|agents?|summari[sz]ers?)\b[^.]{0,30}"
    r"\b(?:must|should|are to|please)\b"
    r"|\b(?:new|following|real|actual) instructions?\b"
    r"|\b(?:respond|reply|answer|output)\b (?:only |exactly |just )?(?:with|in|by)\b[^.]{0,20}(?:JSON|[\"“'])"
    r"|\b(?:your|the) (?:answer|response|reply|output|summary|abstract) (?:must|should|has to|needs to)\b"
    r"|\b(?:when|if|while) (?:you(?:’|')?(?: are|re)? )?summari[sz]\w*\b"
    r"|\bignora\w*\b[^.]{0,40}\b(?:instrucciones|instruções|istruzioni|indicaciones)\b"
    r"|\b(?:ignorier\w*|missacht\w*|vergiss)\b[^.]{0,40}\b(?:anweisung|anleitung|vorgabe|befehl)\w*"
    r"|\b(?:ignore[zr]?|oublie[zr]?)\b[^.]{0,40}\b(?:instructions|consignes|directives)\b"
    r"|(?:игнорир|забудь|ігнору)\w{0,20}[^.]{0,40}(?:инструкци|указани|інструкці|вказівк)\w*"
    r"|\b(?:talimat|yönerge)\w*[^.]{0,20}\b(?:yok say|görmezden gel|unut)\w*"
    r"|(?:忽略|无视|無視|忘记|忘記)[^。]{0,12}(?:指令|指示|提示|规则|規則)"
    r"|(?:指示|命令|プロンプト)を?(?:無視|忘れ)|(?:지시|명령|프롬프트)[을를]?\s?(?:무시|잊)",
    re.IGNORECASE,
)
"""Words to a model rather than to a reader. News about such tricks is caught as well, and keeps its own sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is sent of one story, and what the answer is held against: nothing else."""

    texts: tuple[CleanText, ...]
    """As sent: the speaker's first, shortened to the bound, without what an earlier one has."""
    sources: tuple[int, ...]
    """For each, its index among the texts given."""
    language: str
    """ISO 639-1 of the speaker's text, or empty."""


def pool(texts: Sequence[CleanText], *, max_tokens: int) -> Material | None:
    """Choose what is sent; ``None`` where the speaker's text is empty or talks to the model."""
    if not texts or not texts[0].paragraphs or talks_to_models(texts[0]):
        return None
    language = texts[0].language
    others = [
        (index, each)
        for index, each in enumerate(texts[1:], start=1)
        if each.language == language and not talks_to_models(each)
    ]
    seen: set[str] = set()
    speaker = _within(_plain(texts[0]), seen, max_tokens)
    added = [(index, each) for index, each in others if _adds(each, frozenset(seen))]
    if added:
        seen.clear()
        speaker = _within(_plain(texts[0]), seen, round(max_tokens * SPEAKER_SHARE))
    chosen, sources = [speaker], [0]
    left = max_tokens - _cost(speaker)
    for index, each in added:
        if len(chosen) == MAX_COPIES:
            break
        part = _within(_plain(each), seen, left)
        if len(part.body) >= MIN_ADDED:
            chosen.append(part)
            sources.append(index)
            left -= _cost(part)
    return Material(texts=tuple(chosen), sources=tuple(sources), language=language)


def talks_to_models(text: CleanText) -> bool:
    """Tell whether a text has words for a model in it, whoever wrote them, and why ever."""
    return _TALKS.search(f"{text.title}\n{text.body}") is not None


def harmless(text: str) -> str:
    """The text without control, invisible and tag characters, and without the marks of chat templates."""
    kept = (
        character
        for character in text.translate(_CHEVRONS)
        if character in "\n " or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return "".join(kept)


def _plain(text: CleanText) -> CleanText:
    paragraphs = (harmless(each).strip() for each in text.paragraphs)
    return CleanText(
        title=harmless(text.title).strip(),
        paragraphs=tuple(each for each in paragraphs if each),
        truncated=text.truncated,
        language=text.language,
    )


def _fingerprint(paragraph: str) -> str:
    return " ".join(words.tokens(paragraph))


def _adds(text: CleanText, seen: frozenset[str]) -> bool:
    return sum(len(each) for each in text.paragraphs if _fingerprint(harmless(each)) not in seen) >= MIN_ADDED


def _within(text: CleanText, seen: set[str], max_tokens: int) -> CleanText:
    """The first paragraphs that fit and were not sent before; they are noted as sent."""
    left = max_tokens - tokens_in(text.title)
    kept: list[str] = []
    for paragraph in text.paragraphs:
        mark = _fingerprint(paragraph)
        if mark in seen:
            continue
        left -= tokens_in(paragraph)
        if left < 0:
            if not kept:
                kept.append(_cut(paragraph, left + tokens_in(paragraph)))
            break
        seen.add(mark)
        kept.append(paragraph)
    return CleanText(title=text.title, paragraphs=tuple(kept), language=text.language)


def _cut(paragraph: str, max_tokens: int) -> str:
    """The beginning of one that is longer than the whole bound: a feed that lost its paragraphs."""
    short = paragraph[: max(0, max_tokens)]  # a token is a character at least
    low, high = len(short), len(paragraph)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens_in(paragraph[:middle]) <= max_tokens else (low, middle - 1)
    return paragraph[:low]


def _cost(text: CleanText) -> int:
    return tokens_in(text.title) + sum(map(tokens_in, text.paragraphs))
