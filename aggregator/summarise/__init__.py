"""STAGE 3: a story's texts in, an abstract out (pure).

Short, whole, true to the source, the same every time::

    paragraphs → sentences → sound ones → ranked → chosen within the budget → in the order of the text
"""

from aggregator.summarise.recipe import (
    ALGORITHMS,
    DEFAULT_ALGORITHM,
    DEFAULT_BUDGET,
    MAX_TEXTS,
    VERSION,
    summarise,
)

__all__ = ["ALGORITHMS", "DEFAULT_ALGORITHM", "DEFAULT_BUDGET", "MAX_TEXTS", "VERSION", "summarise"]
