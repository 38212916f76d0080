"""Did the client mean to talk to us?

A page on the web can have its name resolve to 127.0.0.1 (DNS rebinding) and then read, in the browser of whoever
visits it, what is served there as if it were its own. Its requests name its own host; ours name us.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from aggregator.web.addresses import is_loopback_literal

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[^\[\]:/@\s]{0,255})(?::[0-9]{0,5})?", re.IGNORECASE)

HOSTS_KEPT = 64
"""Verdicts remembered: clients of one server name it in two or three ways."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names under which a server that only this machine reaches may be asked."""

    names: frozenset[str] = frozenset()
    """Besides ``localhost`` and loopback addresses, in lower case: the host of ``base_url``, for a proxy in front."""
    any: bool = False
    """Others reach the server, under names we cannot know: nothing is checked."""

    def meant(self, host: str) -> bool:
        """Whether a request with this host, port included, was meant for us; HTTP/1.0 need not name one."""
        return self.any or not host or _ours(host, self.names)


@lru_cache(maxsize=HOSTS_KEPT)
def _ours(host: str, names: frozenset[str]) -> bool:
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].lower().rstrip(".")
    return name in names or is_loopback_literal(name)
