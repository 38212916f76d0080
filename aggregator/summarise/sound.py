"""Which sentences can stand in an abstract, and which only after the one before them?

A sentence is refused for what a reader would see at once: it is cut, glued, a heading, a list, a question, full of
links; or it points at something the reader has not been told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from aggregator.models import CleanText
from aggregator.summarise import forms
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

_REFUSED = (forms.QUESTION, forms.LINK, forms.WHOLLY_QUOTED, forms.NUMBERED)


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
            if forms.ABBREVIATED.search(sentence) and text.body.endswith(sentence):
                continue
            shown = sentence if forms.ENDS.search(sentence) else sentence + _end_mark(sentence)
            stems = words_in(sentence)
            if stems in seen or len(shown) > budget:
                continue
            seen.add(stems)
            found.append(Candidate(shown, source, position, _points_back(sentence, position, told), stems))
    return found


def _end_mark(sentence: str) -> str:
    """The full stop that a standfirst leaves out, and that it needs when another sentence follows."""
    return "。" if forms.CJK.search(sentence) else "."


def _points_back(sentence: str, position: int, told: frozenset[str]) -> bool:
    if forms.POINTS_BACK.match(sentence):
        return True
    if position == 0:
        return False
    if forms.REFERS_BACK.search(sentence):
        return True
    name = forms.BARE_NAME.match(sentence)
    return bool(forms.SAYS_AGAIN.match(sentence) or (name and words_in(name[1]).isdisjoint(told)))


def _sentences(text: CleanText) -> Iterator[tuple[int, str]]:
    sentences = (each for paragraph in text.paragraphs for each in split(paragraph, text.language))
    for position, sentence in enumerate(sentences):
        yield position, forms.BULLET.sub("", sentence)


def _may_lack_end(text: CleanText) -> bool:
    """A standfirst alone, or a flash, is whole without an end mark; a line among paragraphs is a heading."""
    return not text.truncated and len(text.paragraphs) == 1


def is_sound(sentence: str, *, complete: bool = False) -> bool:
    """Tell whether a sentence may be shown; ``complete``: it is known to be whole without an end mark."""
    if forms.CJK.search(sentence):
        if len(sentence) < MIN_CHARACTERS_CJK:
            return False
    elif len(sentence) < MIN_CHARACTERS or sentence.count(" ") < MIN_WORDS - 1:
        return False
    if not forms.ENDS.search(sentence) and not (complete and sentence[-1].isalnum()):
        return False
    if any(form.search(sentence) for form in _REFUSED) or not _begins_well(sentence) or _is_filler(sentence):
        return False
    return _is_balanced(sentence) and _is_prose(sentence)


def _is_filler(sentence: str) -> bool:
    low = sentence.lower()
    return any(cue in low for cue in forms.FILLER_CUES) and bool(forms.FILLER.search(sentence))


def _begins_well(sentence: str) -> bool:
    if not forms.BEGINS.match(sentence):
        return False
    letter = next((character for character in sentence if character.isalpha()), "")
    return not (sentence[0].islower() or (letter.islower() and not sentence[0].isdigit())) or bool(
        forms.LOWER_BEGINNING.match(sentence)
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
    letters = "".join(filter(str.isalpha, sentence))
    if len(letters) < _MIN_LETTERS * len(sentence.replace(" ", "")):
        return False
    capitals = sum(map(str.isupper, letters))
    if capitals > 0.5 * len(letters):
        return False
    if forms.GLUED_HEADING.match(sentence) or forms.LABEL.match(sentence) or _begins_with_heading(sentence):
        return False
    return not forms.GLUED.search(forms.CAMEL.sub("x", sentence))


def _begins_with_heading(sentence: str) -> bool:
    """Feeds glue sub-headings to what follows: "Bulls Hold The Line Bulls bought more on Friday."."""
    run: list[str] = []
    capitals = 0
    for word in sentence.split(" ", 2 * forms.TITLE_CASE + 6)[: 2 * forms.TITLE_CASE + 5]:
        bare = word.strip("“”\"‘’'(),$").removesuffix("’s").removesuffix("'s")
        if bare[:1].isupper() or bare[:1].isdigit():
            capitals += bare[:1].isupper()
        elif bare not in _SMALL:
            break
        run.append(bare)
    if capitals < forms.TITLE_CASE:
        return False
    content = [
        each.lower() for each in run if each[:1].isupper() and len(each) > 2 and each.lower() not in _SMALL
    ]
    return len(set(content)) < len(content) or not forms.HEADLINE_WORDS.isdisjoint(content[1:])


_SMALL = frozenset("a an the of to in on at by for from with as and or vs over after but its & -".split())


def words_in(text: str) -> frozenset[str]:
    """The content words of a title or sentence, for comparing."""
    return frozenset(words.stems(words.tokens(text)))
