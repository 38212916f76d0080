"""How is text cut up for full-text search, when some scripts put no spaces between words?"""

from __future__ import annotations

import re

_SPACELESS = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0e7f])")


def segment(text: str) -> str:
    """Set characters of scripts without spaces (CJK, Thai, Hangul) apart, so that each is a token of its own.

    A query cut up the same way finds them as a phrase, in any position, which a tokenizer that takes a whole
    run of characters for one word never would.
    """
    return _SPACELESS.sub(r" \1 ", text)
