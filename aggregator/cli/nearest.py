"""Which name was meant by one that there is not?"""

from __future__ import annotations

from collections.abc import Iterable

CUTOFF = 0.6
"""Likeness from which on a name may be meant (``difflib``): slips of a letter or two have .7 and more. Dashes in front
do not count: alike in every option, they made --quiet of --item."""
BEGINNING = 2
"""Letters from which on a name may be the beginning of another."""


def nearest(name: str, known: Iterable[str], *, most: int = 1) -> list[str]:
    """Give the known names that this one may be, those that it begins before those that it is like."""
    import difflib  # a slip is rare

    bare = _bare(name)[:60]
    names = {_bare(each): each for each in known}
    begun = [each for each in names if len(bare) >= BEGINNING and each.startswith(bare)]
    close = difflib.get_close_matches(bare, names, n=most, cutoff=CUTOFF)
    return [names[each] for each in dict.fromkeys([*begun, *close])][:most]


def _bare(name: str) -> str:
    return name.lstrip("-").lower().replace("_", "-")
