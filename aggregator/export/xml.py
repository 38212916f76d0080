"""How does text become XML that every parser accepts?

Written by hand because the standard library's writers pass control characters through, and a string is what
the documents need: an element is a string, a document is their concatenation.
"""

from __future__ import annotations

from functools import cache

from aggregator.export.chars import clean

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def escape(text: str) -> str:
    """Character data: whatever comes in, what comes out is well-formed."""
    # ">" for the sake of "]]>"; three replacements take a tenth of the time of one translate()
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """The value of an attribute, to stand between double quotes."""
    text = escape(text).replace('"', "&quot;")
    return text if text.isprintable() else text.replace("\t", "&#9;").replace("\n", "&#10;")


def element(name: str, text: str | None = None, **attributes: str | None) -> str:
    """``<name a="…">text</name>``; attributes that are None are left out.

    ``_`` at the end of an attribute's name is dropped (``type_``) and ``__`` is a colon (``xml__lang``), so that
    any attribute can be written as a keyword.
    """
    return raw(name, None if text is None else escape(text), **attributes)


def raw(name: str, inner: str | None, **attributes: str | None) -> str:
    """The same around what is XML already."""
    start = name
    for key, value in attributes.items():
        if value is not None:
            start += f' {_spelt(key)}="{attribute(value)}"'
    return f"<{start}/>" if inner is None else f"<{start}>{inner}</{name}>"


@cache
def _spelt(key: str) -> str:
    return key.rstrip("_").replace("__", ":")
