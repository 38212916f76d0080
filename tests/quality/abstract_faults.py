"""What is wrong with the abstracts of real items, judged by checks that share no code with the summariser?

    python -m tests.quality.abstract_faults [N]     N items of each file, drawn at random (default: 3,000)
    python -m tests.quality.abstract_faults list F  abstracts with the fault F, to be read

The summariser's splitter and filters are not asked: a sentence is found in the source letter by letter, and must
begin and end there where prose does. Real items are no part of the project; the bundled texts are judged by the same
checks in `test_abstract_gate.py`.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.models import Abstract, CleanText, Item
from aggregator.summarise.recipe import DEFAULT_BUDGET, summarise
from aggregator.text.clean import clean
from tests.quality import labels

FILES = (*labels.FILES, "en_uk_translations")
NOW = datetime(2026, 11, 22, tzinfo=UTC)

NEVER = (
    "cut",
    "over budget",
    "unsupported number",
    "sentence twice",
    "unbalanced",
    "link or markup",
)
"""Faults of which there must be none."""
AT_MOST = {
    "boilerplate": 0.01,
    "title repeated": 0.005,
    "dangling": 0.005,
    "question": 0.01,
    "any": 0.02,
    "missing": 0.03,
}
"""Shares of the others that are allowed: of all abstracts, and for ``missing`` of all items with text."""

END = ".!?。！？…"
CLOSING = "\"'”’»」』）)]“"
OPENING = "\"'“‘«„「『（([-–—•·●▪■*✓✔➤►◆ \u00a0"

BOILERPLATE = re.compile(
    r"appeared first|first appeared|read more|read (?:the )?full|continue reading|investment advice|financial advice"
    r"|subscribe|newsletter|disclaimer|disclosure:|featured image|min read|minute read|click here|you may also"
    r"|related:|magazine:|sign up|follow us|all rights reserved|cookie|advertisement|sponsored by|affiliate link"
    r"|do your own research|not constitute|this article (?:is|was|does|first)|photo by|image (?:via|source|credit)"
    r"|free newsletter|join our|our telegram|on x \(formerly|table of contents|免责声明|投资建议|相关阅读|投資助言"
    r"|この記事|原文链接|本文来源|责任编辑|читайте также|читайте також|не является инвестиционной",
    re.IGNORECASE,
)
DANGLING = re.compile(
    r"[“\"„«]?(?:(?:he|she|it|they|this|these|those|however|but|and|also|moreover|meanwhile|additionally|furthermore"
    r"|therefore|nevertheless|his|her|their|its|similarly|he’s|she’s|it’s|they’re|that’s|it's|that's|он|она|они"
    r"|это|однако|но|а|він|вона|вони|це|однак|але|er|sie|dies|aber)\b|他|她|它|这|此外|但|然而|これ|それ|しかし|また)",
    re.IGNORECASE,
)
QUESTION = re.compile(r"[?？][\"”’»」)]*(?:\s|$)")
NUMBER = re.compile(r"\d[\d.,]*")
LINK = re.compile(r"https?:|www\.|</?[a-z]|&(?:#\d+|[a-z]{2,8});", re.IGNORECASE)
SENTENCE = re.compile(
    r"(?:^|(?<=[.!?。！？] )|(?<=[。！？\n]))"
    r"([A-ZА-ЯІЇЄҐ“\"\u3040-\u9fff][^.!?。！？\n]{24,280}[.!。！])(?=\s|$|[\u3040-\u9fff])"
)
"""A plain sentence, as crude as may be: 26 to 282 characters from a capital to an end mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An item as the summariser gets it, and what it made of it."""

    name: str
    text: CleanText
    abstract: Abstract | None


def faults(case: Case, budget: int = DEFAULT_BUDGET) -> set[str]:
    """Name what is wrong with an abstract, or that it is missing."""
    if case.abstract is None:
        return {"missing"} if has_two_sentences(case.text) else set()
    made, body = case.abstract.text, case.text.body
    found = pieces(case.abstract, body)
    checks = {
        "cut": found is None,
        "over budget": len(made) > budget,
        "unsupported number": any(each.strip(".,") not in body for each in NUMBER.findall(made)),
        "sentence twice": found is not None and len(set(found)) < len(found),
        "unbalanced": is_unbalanced(made),
        "link or markup": LINK.search(made),
        "boilerplate": BOILERPLATE.search(made),
        "title repeated": repeats_title(made, case.text.title),
        "dangling": DANGLING.match(made),
        "question": QUESTION.search(made),
    }
    return {name for name, wrong in checks.items() if wrong}


def pieces(abstract: Abstract, body: str) -> list[str] | None:
    """Take an abstract apart into passages that begin and end in the source where prose does, or give ``None``."""
    rest = abstract.text
    excerpt = abstract.method == "excerpt"
    found: list[str] = []
    while rest:
        length = _longest(rest, body, excerpt=excerpt)
        if not length:
            return None
        found.append(rest[:length])
        rest = rest[length:].lstrip(" ")
    return found


def _longest(rest: str, body: str, *, excerpt: bool) -> int:
    """Length of the longest beginning of ``rest`` that is a whole passage of the source, one added end mark allowed."""
    ends = [at + 1 for at, character in enumerate(rest) if character in END + CLOSING or at + 1 == len(rest)]
    for end in reversed(ends):
        passage = rest[:end]
        if end < len(rest) and not (rest[end] == " " or rest[end - 1] in "。！？」』”）"):
            continue
        bare = passage[:-1] if passage[-1] in ".。…" else passage
        for words, added in ((passage, False), (bare, True)):
            if words and _stands(words, body, added=added, excerpt=excerpt):
                return end
    return 0


def _stands(words: str, body: str, *, added: bool, excerpt: bool) -> bool:
    at = body.find(words)
    while at >= 0:
        before, after = body[:at].rstrip(OPENING), body[at + len(words) :]
        begins = not before or before[-1] in f"{END}{CLOSING}：:\n"
        if added:
            ends = not after[:1].isalnum() if excerpt else after[:1] in ("", "\n")
        else:
            ends = words[-1] in END + CLOSING or after[:1] in ("", "\n")
        if begins and ends:
            return True
        at = body.find(words, at + 1)
    return False


def is_unbalanced(text: str) -> bool:
    """Whether a bracket or quotation mark lacks its other half."""
    if text.count('"') % 2:
        return True
    if any(text.count(a) != text.count(b) for a, b in ("()", "（）", "[]", "«»", "「」", "『』", "《》")):
        return True
    return "„" not in text and text.count("“") != text.count("”")


def repeats_title(made: str, title: str) -> bool:
    """Whether the first sentence, or all of it, is the title with hardly anything added."""
    told = _letters(title)
    if len(told) < 12:
        return False
    first = _letters(re.split(r"(?<=[.!?]) |(?<=[。！？])", made, maxsplit=1)[0])
    return (told in first and len(first) < 1.15 * len(told)) or (
        first in told and len(_letters(made)) < len(told)
    )


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def has_two_sentences(text: CleanText) -> bool:
    """Whether the source holds two plain sentences that are not its title, question, link or boilerplate."""
    told = set(re.findall(r"\w+", text.title.casefold()))
    sound = 0
    for sentence in SENTENCE.findall(text.body):
        said = set(re.findall(r"\w+", sentence.casefold()))
        fit = not (LINK.search(sentence) or BOILERPLATE.search(sentence) or is_unbalanced(sentence))
        sound += fit and len(said - told) >= 4
    return sound >= 2


# --- Real items ----------------------------------------------------------------------------------


def texts(each: int, seed: int = 1) -> Iterator[tuple[str, CleanText]]:
    """Clean the same random items of every file each time; those without text are left out."""
    for name in FILES:
        whole = list(labels.stream(name))
        for row in random.Random(seed).sample(whole, min(each, len(whole))):
            text = clean(item(row), feed_title=row["source"])
            if text.paragraphs:
                yield f"{name}:{row['id']}", text


def item(row: dict[str, str]) -> Item:
    """Make an item of a row, as import does."""
    return Item(
        id=1,
        uid="0" * 20,
        feed_id=1,
        guid=row["id"],
        url=row.get("url") or None,
        title=row.get("title", ""),
        summary_html=row.get("summary_html", ""),
        content_html=row.get("content_html", ""),
        language=row.get("lang"),
        first_seen=NOW,
        at=NOW,
    )


def cases(found: Iterable[tuple[str, CleanText]]) -> list[Case]:
    """Summarise."""
    return [Case(name=name, text=text, abstract=summarise([text], title=text.title)) for name, text in found]


def shares(judged: Sequence[Case]) -> tuple[Counter[str], int]:
    """Count faults and ``any`` of them, and the abstracts."""
    counted: Counter[str] = Counter()
    for case in judged:
        wrong = faults(case)
        counted.update(wrong)
        counted["any"] += bool(wrong - {"missing"})
    return counted, sum(case.abstract is not None for case in judged)


def main(arguments: Sequence[str]) -> None:
    """Print the share of each fault, or the abstracts that have one."""
    if not labels.REAL.is_dir():
        print(f"no real items at {labels.REAL}: nothing measured")
        return
    if arguments[:1] == ["list"]:
        for case in cases(texts(3000)):
            if arguments[1] in faults(case):
                made = case.abstract.text if case.abstract else case.text.body[:300]
                print(f"{case.name} | {case.text.title}\n    {made}")
        return
    judged = cases(texts(int(arguments[0]) if arguments else 3000))
    counted, total = shares(judged)
    excerpts = sum(case.abstract is not None and case.abstract.method == "excerpt" for case in judged)
    print(f"{len(judged)} items with text, {total} abstracts, {excerpts} of them excerpts")
    for name in (*NEVER, *AT_MOST):
        of = len(judged) if name == "missing" else total
        print(
            f"{name:20} {counted[name]:5} {100 * counted[name] / of:6.2f} %   allowed {100 * AT_MOST.get(name, 0):g} %"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
