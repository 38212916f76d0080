"""How many examples are tried of a law?

``make check`` tries all that a law asks for; ``make test`` a quarter, which are other ones every time. A new example
costs the same whether it is the fifth or the hundredth, while what it finds becomes less.
"""

from __future__ import annotations

from hypothesis import settings

THOROUGH = 100
"""What Hypothesis itself takes for enough."""
EVERYDAY = 25
FEWEST = 5
"""The first one tried is always the simplest there is: of less than a handful nothing is learned."""


def examples(thorough: int) -> int:
    """So many of the examples that a law wants tried are tried in this run."""
    return max(min(thorough, FEWEST), thorough * settings.default.max_examples // THOROUGH)
