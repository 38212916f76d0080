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
    from aggregator.opml.adopting import Adopted, adopt
    from aggregator.opml.editing import add, add_all, remove
    from aggregator.opml.file import MAX_BYTES, content
    from aggregator.opml.publishing import Standing, publish
    from aggregator.opml.reading import MOST_PRIORITY, OpmlFile, Problem, read
    from aggregator.opml.writing import write

__all__ = [
    "MAX_BYTES",
    "MOST_PRIORITY",
    "Adopted",
    "OpmlFile",
    "Problem",
    "Standing",
    "add",
    "add_all",
    "adopt",
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
            "adopting": ("Adopted", "adopt"),
            "file": ("MAX_BYTES", "content"),
            "editing": ("add", "add_all", "remove"),
            "publishing": ("Standing", "publish"),
            "reading": ("MOST_PRIORITY", "OpmlFile", "Problem", "read"),
            "writing": ("write",),
        },
    )
