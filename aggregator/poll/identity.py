"""By what name is an entry known from one poll to the next?

A feed's own guid is the only name that survives a change of title, link or text, so it is used wherever it is
one. Where it is missing, empty, or says the same for different entries, a ladder is climbed down to the first
rung on which the entry stands alone: its link, its title with its date, its text.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from aggregator.models import Entry

MAX_GUID = 1024
"""Characters; a longer one (whole articles occur) is replaced by its hash."""


def identify(
    entries: Sequence[Entry], *, not_names: Collection[str | None] = ()
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Give every entry a guid that is unique within the document; also give warnings.

    ``entries`` carry the feed's own guids, "" where there is none. ``not_names``: addresses of the feed and its
    site, which careless generators write into every guid. An entry that occurs twice is kept once, the first
    time, because feeds list the newest first.
    """
    warnings: list[str] = []
    worthless = {name for name in not_names if name}
    named = [replace(entry, guid=_shortened(entry.guid.strip())) for entry in entries]
    distinct = _without_repeats(named)
    if len(distinct) < len(named):
        warnings.append(f"{len(named) - len(distinct)} entries occur twice; each is taken once")
    fallback = 0
    found: list[Entry | None] = [None] * len(distinct)
    pending = list(range(len(distinct)))
    taken: set[str] = set()
    for rung in _RUNGS:
        names = {index: rung(distinct[index]) for index in pending}
        counts = Counter(names.values())
        for index, name in names.items():
            # Entries alike down to their text are one entry: the first is kept.
            alone = counts[name] == 1 or rung is _text
            if name and name not in worthless and alone and name not in taken:
                taken.add(name)
                found[index] = replace(distinct[index], guid=name)
                fallback += rung is not _own
        pending = [index for index in pending if found[index] is None]
    if fallback:
        one = "1 entry has no guid of its own; its link, date or text names it"
        many = f"{fallback} entries have no guid of their own; their link, date or text names them"
        warnings.append(one if fallback == 1 else many)
    return tuple(entry for entry in found if entry is not None), tuple(warnings)


def _without_repeats(entries: Sequence[Entry]) -> list[Entry]:
    """Drop an entry whose guid and link were both seen before: one thing listed twice, perhaps revised."""
    seen: set[tuple[str, str | None]] = set()
    kept = []
    for entry in entries:
        key = (entry.guid, entry.url)
        if entry.guid and entry.url and key in seen:
            continue
        seen.add(key)
        kept.append(entry)
    return kept


def _shortened(guid: str) -> str:
    return guid if len(guid) <= MAX_GUID else _hash("guid", guid)


def _own(entry: Entry) -> str:
    return entry.guid


def _link(entry: Entry) -> str:
    return _shortened(entry.url or "")


def title_and_date(entry: Entry) -> str:
    """A name made of the two; "" where either is missing."""
    if not entry.title or entry.published is None:
        # A title alone comes again ("Market update"): the second would be taken for a revision and lost.
        return ""
    return _hash("title-date", f"{entry.title}\n{entry.published.isoformat()}")


def _text(entry: Entry) -> str:
    text = f"{entry.title}\n{entry.summary_html}\n{entry.content_html}"
    return _hash("text", text) if text.strip() else ""


_RUNGS: tuple[Callable[[Entry], str], ...] = (_own, _link, title_and_date, _text)


def _hash(kind: str, text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{kind}:{digest}"
