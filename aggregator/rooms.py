"""Which room of a package does a name live in? Rooms are entered when a name of theirs is first asked for.

A package that offers names of several modules would import them all for whoever wants one. Start-up is what cron
pays every minute, so packages whose users want little of them open their rooms through :func:`doors`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def doors(package: str, rooms: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a package (PEP 562); ``rooms``: module name → the names it offers.

    A name is fetched from its room once and stands in the package from then on. Assign the result below
    ``if not TYPE_CHECKING``: a type checker that sees it takes any name for one of the package's.
    """
    room_of = {name: room for room, names in rooms.items() for name in names}

    def fetch(name: str) -> object:
        room = room_of.get(name)
        if room is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{room}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return fetch
