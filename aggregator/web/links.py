"""Where do the Link headers of an answer lead? RFC 8288, of which feeds need a relation and an address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_LINK = re.compile(r'<([^<>]*+)>((?:[^,"]|"(?:[^"\\]|\\.)*+")*+)')
"""An address and its parameters; commas part links, except in quotes."""
_PARAMETER = re.compile(r';\s*([a-z*-]{1,20})\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^\s;"]*))', re.IGNORECASE)


def linked(headers: Mapping[str, str], relation: str) -> Iterator[str]:
    """Give the addresses, as they are written, to which an answer stands in this relation.

    Of several ``rel`` the first counts (§3.3); a link with an ``anchor`` speaks of something else (§3.2).
    """
    for link in _LINK.finditer(headers.get("link", "")):
        said: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(link[2]):
            said.setdefault(name.lower(), quoted or bare)
        if "anchor" not in said and relation in said.get("rel", "").lower().split():
            yield link[1].strip()
