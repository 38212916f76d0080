"""What does newsboat's own list (``~/.newsboat/urls``) name? One feed a line, with tags, which its OPML leaves out.

``https://… tag "two words" "~A name"``; a tag of ``!`` hides a feed, a line from ``#`` on is a remark; ``query:``,
``filter:`` and ``exec:`` are no feeds but things newsboat makes (newsboat's manual, "urls file").
"""

from __future__ import annotations

import re

from aggregator.models import Subscription
from aggregator.opml.address import brief, fault, identity
from aggregator.opml.file import MAX_BYTES
from aggregator.opml.reading import Problem

WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
ITS_OWN = ("query:", "filter:", "exec:")


def read(data: bytes) -> tuple[tuple[Subscription, ...], tuple[Problem, ...]] | None:
    """Understand such a list; None where this is something else: a line that begins with no address."""
    if len(data) > MAX_BYTES:
        return None
    found: dict[str, Subscription] = {}
    problems: list[Problem] = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), start=1):
        words = [_word(each) for each in WORD.finditer(line)]
        if not words or words[0].startswith("#"):
            continue
        url = words[0]
        if url.startswith(ITS_OWN):
            problems.append(
                Problem(line=number, message=f"{brief(url)} is made by newsboat, not a feed: left out")
            )
        elif "://" not in url:
            return None
        elif wrong := fault(url):
            problems.append(Problem(line=number, message=f"{wrong}: left out"))
        elif (key := identity(url)) in found:
            message = f"{brief(url)} stands on line {found[key].line} already: left out"
            problems.append(Problem(line=number, message=message))
        else:
            found[key] = _subscription(url, words[1:], number)
    return (tuple(found.values()), tuple(problems)) if found or problems else None


def _word(found: re.Match[str]) -> str:
    if found[2] is not None:
        return found[2]
    return re.sub(r"\\(.)", r"\1", found[1])


def _subscription(url: str, words: list[str], line: int) -> Subscription:
    names = [each[1:].strip() for each in words if each.startswith("~")]
    tags = [each.replace(",", " ").strip().strip("/") for each in words if not each.startswith(("~", "!"))]
    return Subscription(
        url=url,
        title=next((each for each in names if each), None),
        tags=tuple(dict.fromkeys(each for each in tags if each)),
        line=line,
    )
