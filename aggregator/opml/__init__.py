"""Which feeds does the person's subscription list name, and how is it changed without spoiling their file?

OPML 2.0 (http://opml.org/spec2.opml): ``<outline xmlUrl="…"/>`` elements, nested in outlines that are
folders. Reading is lenient about what programs get wrong and says by line what it left out; editing works on
the bytes, so that everything else in a person's file stays as they wrote it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.rooms import doors

if TYPE_CHECKING:
    from aggregator.opml.address import fault, identity, same_feed
    from aggregator.opml.editing import add, remove
    from aggregator.opml.publishing import Standing, publish
    from aggregator.opml.reading import MOST_PRIORITY, OpmlFile, Problem, content, read
    from aggregator.opml.writing import write

__all__ = [
    "MOST_PRIORITY",
    "OpmlFile",
    "Problem",
    "Standing",
    "add",
    "content",
    "fault",
    "identity",
    "publish",
    "read",
    "remove",
    "same_feed",
    "write",
]

if not TYPE_CHECKING:
    __getattr__ = doors(
        __name__,
        {
            "address": ("fault", "identity", "same_feed"),
            "editing": ("add", "remove"),
            "publishing": ("Standing", "publish"),
            "reading": ("MOST_PRIORITY", "OpmlFile", "Problem", "content", "read"),
            "writing": ("write",),
        },
    )
