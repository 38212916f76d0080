"""What would a person read of an item, once everything is gone that is not the article?

The one place where a feed's words become text for people and for comparison::

    fuller body → blocks → credits off → tail sections, whole blocks, sentences off → Draft
        → what the feed repeats off → openings, headline, doubled lead off → cut mark → CleanText

Nothing here changes an item; what was taken off is still in the store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.models import CleanText, Item
from aggregator.text import attribution, leads, learned, urls
from aggregator.text.boilerplate import MAX_BLOCK, Reach, Rule, tried, whole_block, worth_trying
from aggregator.text.html import Block, Kind, plain, read
from aggregator.text.language import guess
from aggregator.text.sentences import join, split

VERSION = 4
"""Raised whenever the same item would give other text: everything derived from it is then made anew."""

_MIN_BEFORE_TAIL = 80
"""Characters of article that must stand before "Disclaimer", "About X" and the like, and …"""
_MIN_SHARE_BEFORE_TAIL = 0.25
"""… as a share of the whole: a disclaimer on top must not take the article with it."""

_MAX_SENTENCE = 1_500
"""A longer run without an end mark is no sentence; the patterns are quadratic in its length at worst."""

_MAX_OPENINGS = 6
"""Reading time, date, byline, label, dateline: no text has had more than four in a row."""

_FIRST, _LAST = 4, 6
"""Blocks at either end in which a publisher says that an item is paid for: a kicker, a byline and a picture's
caption may stand before it, and "About", contacts and a disclaimer of several paragraphs behind."""

_SPACED = re.compile(r"\s(?:(?<=[\w\"”’%)\]]\s)\s*(?=[.,)\]](?:\s|$))|(?<=[(\[]\s)\s*(?=\w))")
"""The gap that a link leaves around its text where a feed's program took the link away: "( BTC ) .". The pattern
begins with what it takes away, because that is looked for more than twice as fast as what stands before."""

_MAX_INSERTED = 160
"""Length of a headline in a list of other stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The first and the last blocks of an item as its feed gave them: where a publisher says what it is."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    """Without those that are among the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An item that the rules have been through; what its own feed repeats is still in it."""

    title: str
    blocks: tuple[str, ...]
    parts: learned.Parts
    """The blocks' sentences, for :mod:`learned` to compare."""
    names: tuple[str, ...]
    """What the publisher is called."""
    attributions: tuple[str, ...]
    continued: bool
    language: str | None
    edges: Edges
    """What stood around the article, before anything was taken off."""

    @property
    def wording(self) -> learned.Wording:
        """What is to be remembered of the item."""
        return learned.wording(self.title, self.parts)


def clean(item: Item, *, feed_title: str = "") -> CleanText:
    """Give an item's title, paragraphs and attributions without boilerplate, knowing nothing else of its feed.

    ``feed_title`` is what the feed is called; it tells where a site's name ends. Never raises.
    """
    return finished(draft(item, feed_title=feed_title))


def draft(item: Item, *, feed_title: str = "") -> Draft:
    """Apply the rules to an item: the first half of :func:`clean`."""
    names = _names(item, feed_title)
    title = _title(item.title, names)
    body = _body(item)
    credited = attribution.take_off(body, title=title, names=names, base=item.url)
    blocks = tuple(_pare(credited.blocks))
    return Draft(
        title=title,
        blocks=blocks,
        parts=learned.parts(blocks),
        names=names,
        attributions=credited.attributions,
        continued=credited.continued,
        language=item.language,
        edges=_edges(body),
    )


def finished(draft: Draft, furniture: frozenset[int] = frozenset()) -> CleanText:
    """Take off what the feed repeats, and what may stand in front of a text: the second half of :func:`clean`."""
    texts = learned.without(draft.blocks, draft.parts, furniture)
    texts = leads.without_title(texts, draft.title, draft.names)
    texts = leads.without_doubled_lead(_without_openings(texts))
    texts = leads.without_repeats(leads.without_title(_without_openings(texts), draft.title, draft.names))
    texts, cut = leads.without_cut_mark(texts)
    return CleanText(
        title=draft.title,
        paragraphs=tuple(_SPACED.sub("", text) for text in texts),
        truncated=bool(texts) and (cut or draft.continued),
        attributions=draft.attributions,
        language=guess(" ".join((draft.title, *texts[:4])), draft.language),
    )


def _body(item: Item) -> tuple[Block, ...]:
    """The fuller of the two bodies a feed may give."""
    content, summary = read(item.content_html), read(item.summary_html)
    return content if sum(len(b.text) for b in content) >= sum(len(b.text) for b in summary) else summary


def _edges(body: Sequence[Block]) -> Edges:
    return Edges(
        first=tuple(block.text for block in body[:_FIRST]),
        last=tuple(block.text for block in body[_FIRST:][-_LAST:]),
    )


# --- What the feed is called ---------------------------------------------------------------------


def _names(item: Item, feed_title: str) -> tuple[str, ...]:
    """Names of the publisher, longest first: the feed's title, its parts, the site's name without its ending."""
    title = plain(feed_title)
    found = {title, *re.split(r"\s*[|·•:»–—]\s*|\s-\s", title)}
    for url in (item.url, item.source_url):
        site = urls.site(url) if url else None
        if site:
            found |= {site, site.split(".")[0]}
    return tuple(sorted((name for name in found if len(name) > 2), key=lambda name: (-len(name), name)))


_MAX_TITLE = 400
_SUFFIX = re.compile(r"^(?P<title>.{8,}?)\s*(?:\s[-–—·•:]|[|｜])\s*(?P<site>[^|｜–—·•]{2,50})$")


def _title(title: str, names: Sequence[str]) -> str:
    """One line, without the site's name behind it."""
    text = plain(title)
    suffix = _SUFFIX.match(text) if len(text) <= _MAX_TITLE else None
    if not suffix:
        return text
    site = _letters(suffix["site"])
    known = any(site == name or (len(name) > 3 and site.startswith(name)) for name in map(_letters, names))
    return suffix["title"].rstrip() if site and known else text


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


# --- Rules ---------------------------------------------------------------------------------------


def _pare(blocks: Sequence[Block]) -> list[str]:
    """Apply the rules that need not know where the text begins."""
    kept: list[str] = []
    inserting = False
    low = "\n".join(block.text for block in blocks).lower()
    wholes, sentences, ends, tails = (tried(reach, low) for reach in _REACHES)
    for block in _without_tail(blocks, tails):
        rule = whole_block(block.text, wholes)
        if rule is not None:
            inserting = rule == "related-heading"
            continue
        if inserting and _is_headline_of_another(block):
            continue
        text = _without_sentences(block.text, sentences, ends)
        inserting = not text and block.text.rstrip().endswith((":", "："))
        if text:
            kept.append(text)
    return kept


_REACHES = (Reach.BLOCK, Reach.SENTENCE, Reach.REST_OF_SENTENCE, Reach.REST_OF_TEXT)


def _is_headline_of_another(block: Block) -> bool:
    """After "You may also like": a list item, or a line that is nothing but a link."""
    if len(block.text) > _MAX_INSERTED:
        return False
    return block.kind is Kind.LIST_ITEM or any(
        len(link.text) >= 0.8 * len(block.text) for link in block.links
    )


def _without_tail(blocks: Sequence[Block], rules: Sequence[Rule]) -> list[Block]:
    """Cut what follows "Disclaimer", "You may also like", "About X": everything to the end."""
    least = max(_MIN_BEFORE_TAIL, _MIN_SHARE_BEFORE_TAIL * sum(len(block.text) for block in blocks))
    before = 0
    for number, block in enumerate(blocks):
        at = _tail_start(block.text, rules, from_=max(0, int(least) - before))
        if at is not None:
            head = block.text[:at].rstrip(" *")
            return [*blocks[:number], *([replace(block, text=head)] if head else [])]
        before += len(block.text)
    return list(blocks)


def _tail_start(text: str, rules: Sequence[Rule], *, from_: int) -> int | None:
    """Where a tail section begins in this block, at or after ``from_``."""
    rules = worth_trying(rules, text.lower()) if len(text) >= from_ else ()
    if not rules:
        return None
    at = 0
    for sentence in split(text):
        at = text.find(sentence, at)
        if at >= from_ and any(rule.pattern.match(sentence, 0, MAX_BLOCK) for rule in rules):
            return at
        at += len(sentence)
    return None


def _without_sentences(text: str, whole: Sequence[Rule], ends: Sequence[Rule]) -> str:
    """Drop sentences and ends of sentences that are boilerplate by these rules."""
    low = text.lower()
    whole, ends = worth_trying(whole, low), worth_trying(ends, low)
    if not whole and not ends:
        return text
    kept: list[str] = []
    changed = False
    for sentence in split(text):
        rest = _pared(sentence, whole, ends)
        changed = changed or rest != sentence
        if rest:
            kept.append(rest)
    return join(kept) if changed else text


def _pared(sentence: str, whole: Sequence[Rule], ends: Sequence[Rule]) -> str:
    if len(sentence) > _MAX_SENTENCE:
        return sentence
    low = sentence.lower()
    for rule in ends:
        found = rule.pattern.search(sentence) if rule.may_match(low) else None
        if found and (found.start() == 0 or not found.group()[0].islower()):
            sentence = sentence[: found.start()].rstrip(" *(–—-")
    return "" if any(rule.may_match(low) and rule.pattern.search(sentence) for rule in whole) else sentence


def _without_openings(texts: Sequence[str]) -> list[str]:
    """Take dates, bylines, labels and datelines off the first block."""
    rest = list(texts)
    for _ in range(_MAX_OPENINGS):
        if not rest:
            break
        opening = _opening_end(rest[0])
        if opening == 0:
            break
        shorter = rest[0][opening:].lstrip(" -–—:|·•")
        rest = [shorter, *rest[1:]] if shorter else rest[1:]
    return rest


def _opening_end(text: str) -> int:
    for rule in tried(Reach.OPENING, text[:200].lower()):
        found = rule.pattern.match(text)
        if found and found.end() > 0:
            return found.end()
    return 0
