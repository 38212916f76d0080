"""How central is each sentence? sumy's algorithms behind one small function.

sumy is imported on the first call only: its stemmers bring all of NLTK (450 ms of CPU), and a run without new
stories must not pay for it. It is given sentences and words instead of text, because its tokenizers need data that
a fresh machine lacks, and lose "$61,234", "ERC-20" and the last Chinese sentence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from aggregator.text import words

RANKINGS = ("reduction", "lexrank", "textrank", "lsa", "luhn", "kl", "sumbasic")
"""What sumy ranks by. Its ``random`` is left out: an abstract must be the same every time."""


class _Words:
    """The tokenizer that sumy asks for the words of a sentence."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(words.stems(words.tokens(sentence))) or ("",)


def rank(sentences: Sequence[str], algorithm: str) -> list[float]:
    """Give each sentence's rating, scaled to 0–1, in the order given. Equal sentences have equal ratings.

    Raises ``ValueError`` for a name that is not in :data:`RANKINGS`.
    """
    if algorithm not in RANKINGS:
        raise ValueError(f"{algorithm!r} is not a ranking; there are {', '.join(RANKINGS)}")
    if len(sentences) < 2:
        return [1.0] * len(sentences)
    document, order = _document(sentences)
    ratings = _ratings(_summarizers()[algorithm](), document)
    # LexRank divides by zero where no two sentences share a word; nothing is central then.
    raw = [ratings[number] if math.isfinite(ratings.get(number, math.nan)) else 0.0 for number in order]
    lowest, highest = min(raw), max(raw)
    return [(each - lowest) / (highest - lowest) if highest > lowest else 1.0 for each in raw]


def _document(sentences: Sequence[str]) -> tuple[Any, list[int]]:
    """Build sumy's document. It keys ratings by text: equal sentences are given once, and looked up by number."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence

    once = list(dict.fromkeys(sentences))
    number = {sentence: at for at, sentence in enumerate(once)}
    paragraph = Paragraph([Sentence(sentence, _Words()) for sentence in once])
    return ObjectDocumentModel([paragraph]), [number[sentence] for sentence in sentences]


def _ratings(summarizer: Callable[..., object], document: object) -> dict[int, float]:
    """Every summarizer of sumy rates, sorts and cuts; the cut may be a function, and that is handed the ratings."""
    import numpy as np

    seen: dict[int, float] = {}

    def note(infos: Sequence[Any]) -> Sequence[Any]:
        seen.update((info.order, float(info.rating)) for info in infos)
        return infos

    with np.errstate(all="ignore"):
        summarizer(document, note)
    return seen


@cache
def _summarizers() -> dict[str, Callable[[], Any]]:
    from sumy.summarizers.kl import KLSummarizer
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.lsa import LsaSummarizer
    from sumy.summarizers.luhn import LuhnSummarizer
    from sumy.summarizers.reduction import ReductionSummarizer
    from sumy.summarizers.sum_basic import SumBasicSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer

    class CountingReduction(ReductionSummarizer):  # type: ignore[misc]  # sumy has no types
        """Reduction whose comparison of two sentences takes what they share, not the product of their lengths."""

        def __init__(self) -> None:
            super().__init__()
            self._counted: dict[int, Counter[str]] = {}

        def _count(self, found: Sequence[str]) -> Counter[str]:
            # By identity: sumy hands over the same list of words for each pair that a sentence is in.
            if id(found) not in self._counted:
                self._counted[id(found)] = Counter(found)
            return self._counted[id(found)]

        def _rate_sentences_edge(self, words1: Sequence[str], words2: Sequence[str]) -> float:
            one, other = self._count(words1), self._count(words2)
            shared = sum(one[word] * other[word] for word in one.keys() & other.keys())
            norm = math.log(len(words1)) + math.log(len(words2))
            return shared / norm if shared and norm else 0.0

    class OrderedLsa(LsaSummarizer):  # type: ignore[misc]  # sumy has no types
        """LSA whose rows are sorted: sumy's follow the hash seed, and with them the last digits of its ratings."""

        def _create_dictionary(self, document: Any) -> dict[str, int]:
            found: dict[str, int] = super()._create_dictionary(document)
            return {word: row for row, word in enumerate(sorted(found))}

    return {
        "reduction": CountingReduction,
        "lexrank": LexRankSummarizer,
        "textrank": TextRankSummarizer,
        "lsa": OrderedLsa,
        "luhn": LuhnSummarizer,
        "kl": KLSummarizer,
        "sumbasic": SumBasicSummarizer,
    }
