"""May what the model said be shown? Only if nothing in it speaks against it.

Refusing costs little, because the sentences that the recipe chose stand ready; an invented number costs trust. So a
claim counts as told only where the text that speaks for the story has it, or two other copies: one copy alone, which
anyone can publish, does not put words into the story's mouth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from aggregator.models import CleanText
from aggregator.summarise.machine import claims, polarity
from aggregator.summarise.machine.faults import Fault, Refused, form_fault, shortened
from aggregator.summarise.machine.material import Material
from aggregator.summarise.recipe import adds_to
from aggregator.summarise.sound import is_sound, words_in
from aggregator.text import language, words
from aggregator.text.sentences import split

WITNESSES = 2
"""Copies that must have a claim which the speaker's text lacks."""
MAX_NEW = 0.4
"""Share of an abstract's content words that may be new to the texts; see DESIGN for what human abstracts have."""
SHORTEST_NEW = 4
"""Letters from which on a word counts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An abstract that may be shown."""

    text: str


Verdict = Accepted | Refused


def judge(said: str, material: Material, *, title: str, budget: int) -> Verdict:
    """Judge an answer against what the model was given. ``title``: the story's, as shown beside the abstract."""
    text = " ".join(said.split())
    refused = form_fault(said, text, budget) or _sentences(text, material, title)
    if refused:
        return refused
    told = [_Told(each, material.language) for each in material.texts]
    return _claims(text, told, material.language) or Accepted(text=text)


# --- Sentences -----------------------------------------------------------------------------------


def _sentences(text: str, material: Material, title: str) -> Refused | None:
    found = split(text, material.language)
    seen: set[frozenset[str]] = set()
    for each in found:
        if not is_sound(each):
            return Refused(fault=Fault.NOT_WHOLE, detail=shortened(each))
        stems = words_in(each)
        if stems in seen:
            return Refused(fault=Fault.REPEATS, detail=shortened(each))
        seen.add(stems)
    if material.language and language.guess(text, material.language) != material.language:
        return Refused(fault=Fault.LANGUAGE, detail=f"not {material.language}")
    if _scripts(text) - _scripts(" ".join(each.body + each.title for each in material.texts)):
        return Refused(fault=Fault.LANGUAGE, detail="letters of another script")
    for told in (title, *(each.title for each in material.texts)):
        if not adds_to(words_in(text), words_in(told)):
            return Refused(fault=Fault.TITLE)
    return None


def _scripts(text: str) -> frozenset[str]:
    """The scripts of its letters, as Unicode names them: LATIN, CYRILLIC, CJK …"""
    letters = {character for character in text if character.isalpha()}
    return frozenset(unicodedata.name(letter, "?").split(" ")[0] for letter in letters)


# --- Claims --------------------------------------------------------------------------------------


class _Told:
    """What one copy says."""

    def __init__(self, text: CleanText, of: str) -> None:
        whole = f"{text.title}\n{text.body}"
        self.words = claims.Vocabulary(whole, of)
        self.spoken = claims.as_spoken(whole)
        self.amounts: set[tuple[str, str]] = set()
        for each in claims.amounts(whole, of):
            self.amounts.add((each.value, each.unit))
            if each.counts_coins:
                self.amounts.add((each.value, ""))  # "500 BTC" may be told as "500 coins", never as "500 ETH"
        self.counts = {*words.numbers(whole, of), *claims.counts_in_words(whole, of)}


Asked = Callable[[_Told], bool]
"""Does this copy have the claim?"""


def _has_amount(told: _Told, *, amount: claims.Amount) -> bool:
    return (amount.value, amount.unit) in told.amounts


def _has_count(told: _Told, *, count: str, values: frozenset[str]) -> bool:
    return count in told.counts or not values.isdisjoint(told.counts)


def _has_name(told: _Told, *, name: str, first: bool) -> bool:
    return told.words.has(name, first=first)


def _has_spoken(told: _Told, *, spoken: str) -> bool:
    return spoken in told.spoken


def _has_form(told: _Told, *, form: re.Pattern[str]) -> bool:
    return form.search(told.words.folded) is not None


def _claims(text: str, told: Sequence[_Told], of: str) -> Refused | None:
    for fault, claim, has in (*_amounts(text, of), *_words(text, of), *_directions(text, of)):
        if not _is_told(told, has):
            return Refused(fault=fault, detail=shortened(claim))
    return _too_new(text, told)


def _amounts(text: str, of: str) -> Iterator[tuple[Fault, str, Asked]]:
    for amount in claims.amounts(text, of):
        yield Fault.NUMBER, amount.shown, partial(_has_amount, amount=amount)
    for count in claims.counts_in_words(claims.without_amounts(text), of):
        values = frozenset(words.numbers(count, of))
        yield Fault.NUMBER, count, partial(_has_count, count=count, values=values)


def _words(text: str, of: str) -> Iterator[tuple[Fault, str, Asked]]:
    for sentence in split(text, of):
        opening = sentence.lstrip("\"'“‘«„([")
        for at, name in enumerate(claims.names(claims.without_amounts(sentence))):
            first = at == 0 and opening.startswith(name)
            yield Fault.NAME, name, partial(_has_name, name=name, first=first)
    for quoted in claims.quotations(text):
        yield Fault.QUOTATION, quoted, partial(_has_spoken, spoken=claims.as_spoken(quoted))


def _directions(text: str, of: str) -> Iterator[tuple[Fault, str, Asked]]:
    folded = words.fold(text)
    for fault, form in polarity.forms(of):
        found = form.search(folded)
        if found:
            yield fault, found.group(), partial(_has_form, form=form)


def _is_told(told: Sequence[_Told], has: Asked) -> bool:
    speaker, *others = told
    return has(speaker) or sum(map(has, others)) >= WITNESSES


def _too_new(text: str, told: Sequence[_Told]) -> Refused | None:
    """Refuse what is mostly in words that no copy has: a paraphrase that free cannot be checked."""
    unspaced = words.is_unspaced(text)
    stems = [each for each in words.stems(words.tokens(text)) if unspaced or len(each) >= SHORTEST_NEW]
    known: set[str] = set()
    for each in told:
        known.update(words.stems(words.tokens(each.words.folded)))
    new = [each for each in stems if each not in known]
    if len(new) > MAX_NEW * len(stems):
        return Refused(fault=Fault.NEW_WORDS, detail=shortened(", ".join(new)))
    return None
