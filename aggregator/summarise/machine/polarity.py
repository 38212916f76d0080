"""Does a text say that something is not so, that it rose, that it fell?

An answer can turn a story round without a single new name or number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.summarise.machine.faults import Fault

_NEGATIONS = {
    "en": re.compile(
        r"\b(?:no|not|never|none|nobody|nothing|without|cannot|den(?:y|ies|ied)|reject\w*|refus\w*)\b|n[’']t\b"
    ),
    "es": re.compile(r"\b(?:no|nunca|jamás|sin|ningun\w*|ningún|nadie|nada|nieg\w*|negó|rechaz\w*)\b"),
    "pt": re.compile(r"\b(?:não|nunca|jamais|sem|nenhum\w*|ninguém|nada|neg\w*|rejeit\w*)\b"),
    "de": re.compile(
        r"\b(?:nicht|nie|niemals|kein\w*|ohne|niemand|nichts|dementier\w*|lehnt\w*|bestreit\w*)\b"
    ),
    "fr": re.compile(r"\b(?:ne|n|pas|jamais|sans|aucun\w*|personne|rien|nie|refus\w*|rejet\w*)\b"),
    "it": re.compile(r"\b(?:non|mai|senza|nessun\w*|niente|nulla|neg\w*|rifiut\w*|smentit\w*)\b"),
    "ru": re.compile(r"\b(?:не|ни|нет|никогда|без|никто|ничего|отрица\w*|опроверг\w*|отказ\w*)\b"),
    "uk": re.compile(r"\b(?:не|ні|немає|ніколи|без|ніхто|нічого|запереч\w*|спростув\w*|відмов\w*)\b"),
    "zh": re.compile(r"[不未无無没沒否拒]"),
    "ja": re.compile(r"ない|なかっ|ません|否定|拒否|[不未無非]"),
    "ko": re.compile(r"않|없|아니|못|부인|거부"),
}
"""A "not" that no text has turns the story round; the words around it are all in place."""

_RISES = re.compile(
    r"\b(?:r[io]se|rises|rising|risen|gain\w*|climb\w*|surg\w*|jump\w*|soar\w*|rall\w+|rebound\w*|increas\w*|up)\b"
)
_FALLS = re.compile(
    r"\b(?:f[ae]ll|falls|falling|fallen|drop\w*|declin\w*|plung\w*|slump\w*|slid\w*|sank|sinks?|tumbl\w*|los[et]\w*|"
    r"decreas\w*|crash\w*|down|slips?|slipped|dip\w*)\b"
)
"""Directions of English market news; where the texts have both, nothing is decided here."""


def forms(language: str) -> Iterator[tuple[Fault, re.Pattern[str]]]:
    """What a copy must have if an answer has it."""
    negation = _NEGATIONS.get(language)
    if negation:
        yield Fault.NEGATION, negation
    if language == "en":
        yield Fault.DIRECTION, _RISES
        yield Fault.DIRECTION, _FALLS
