"""STAGE 3: a story's texts in, an abstract out (pure).

Short, whole, true to the source, the same every time::

    paragraphs → sentences → sound ones → ranked → chosen within the budget → in the order of the text

``recipe`` is the way in. Nothing is imported here: ``version`` is asked at every run, and most runs have nothing to
summarise.
"""
