"""What is a story called when its publisher gave it no title?"""

from __future__ import annotations

FALLBACK_WORDS = 12
FALLBACK_CHARACTERS = 80
UNTITLED = "(untitled)"


def shown_title(title: str, body: str) -> str:
    """Return the title, else the first words of the text, never nothing: some readers drop untitled entries."""
    if title.strip():
        return title.strip()
    words = body.split()
    if not words:
        return UNTITLED
    short = " ".join(words[:FALLBACK_WORDS])
    cut = len(words) > FALLBACK_WORDS
    if len(short) > FALLBACK_CHARACTERS:
        short, cut = short[:FALLBACK_CHARACTERS].rstrip(), True
    return short + "…" if cut else short
