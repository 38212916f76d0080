"""What does dedup keep of an item, so that any two can be judged without reading their texts again?

A fingerprint holds identities (pages, attributed sources, slug, exact text), the title's words, the values
it states, and the body's shingles: every one of the first `HEAD_TOKENS` tokens, because that is where
excerpts are cut, and a fixed sample of the rest (Broder 1997, mod-m sampling: two texts sample the same
shingles, so containment can be estimated from the samples alone).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.dedup import headlines, rare, translation
from aggregator.models import CleanText, Feed, Item
from aggregator.text import anchors, urls, words

FINGERPRINT_VERSION = 6
"""Raise it when anything here or in `text.words` changes what is computed: fingerprints are then made anew."""

HEAD_TOKENS = 160
"""Excerpts in the labelled data end within 60 tokens, with prefixes within 120. At 128 no labelled pair is judged
otherwise, but what a roundup of 190 tokens holds is estimated too coarsely."""
OPENING = 24
"""Shingles by which a body is recognised at the beginning of another."""
LEAD_TOKENS = 60
"""The lead: what a paraphrase retells."""
LEAD_UNSPACED = 160
"""The same where a token is a pair of characters: a flash of two sentences."""
LEAD_CHARACTERS, LEAD_CHARACTERS_UNSPACED = 480, 260
"""Characters of the body in which the lead's values are read."""
TITLE_IS_TEXT = 24
"""Tokens from which the title of an item without a body is the text itself, as flash desks write."""
MAX_HEADLINE = 40
"""Tokens of such a text's first sentence from which its first clause is the headline."""
MAX_TITLE_TOKENS = 200
MAX_TITLE_STEMS = 60
MAX_TOKENS = 6000
"""Longer texts are books or dumps; their beginning identifies them."""
SAMPLE = 8
"""One shingle in so many is kept of the whole text: 1,000 tokens leave 125, a standard error of .04 at half."""
KEY_SAMPLE_HEAD = 8
KEY_SAMPLE_BODY = 128
"""Shares of shingles that become candidate keys; every shingle where a text is shorter than `KEY_FULL`. Twice as
many found no further copy on 11,000 items of three kinds of feeds."""
KEY_FULL = 24
STRONG = 5
"""What sharing a slug or a whole title is worth beside one shingle, word or value: enough alone, however many share."""
MIN_EXACT_TOKENS = 12
"""Shorter texts are equal by accident ("Read more on our site") and get no exact-text key."""
MIN_SLUG_WORDS = 4
"""A slug of fewer words names a topic, not an article."""
MAX_SOURCES = 4
"""A text that names more sources is a digest, and a repost of none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """All that dedup keeps of an item. Hashes of words are 32 bits, those of identities 64 (signed)."""

    item: int
    """Item id: the order of arrival."""
    uid: str
    feed: int
    at: int
    """Credible time, seconds since 1970."""
    language: str = ""
    publisher: int = 0
    """The brand in the item's address, the same for all editions of a paper; 0 unknown."""
    pages: tuple[int, ...] = ()
    """url keys that name this item: its link, and its guid where that is a link."""
    sources: tuple[int, ...] = ()
    """url keys that the text or the feed names as where it was taken from."""
    slug: int = 0
    """0 where the address holds too few words to identify an article."""
    text: int = 0
    """The exact cleaned body; 0 where it is too short to mean anything."""
    whole_title: int = 0
    """All of the title's words in order; 0 where there is none."""
    title: tuple[int, ...] = ()
    """Stems of the title's content words, in order."""
    told: int = 0
    """Bit n: the title's word n stands in the body's lead too; all of them where there is no body."""
    title_numbers: tuple[str, ...] = ()
    lead: frozenset[int] = frozenset()
    """Stems of the content words of title and lead."""
    lead_numbers: tuple[str, ...] = ()
    """Values in title and lead."""
    names: frozenset[int] = frozenset()
    """Words in Latin letters in a lead of an unspaced script: names and tickers, all of them."""
    opening: tuple[int, ...] = ()
    """The first `OPENING` shingles of the body, in order."""
    head: frozenset[int] = frozenset()
    """Every shingle of the first `HEAD_TOKENS` tokens of the body."""
    sample: frozenset[int] = frozenset()
    """Sampled shingles of the whole body; those of the head included."""
    anchors: tuple[int, ...] = ()
    """What a translation would hold, too, with its place; see `text.anchors`."""
    shape: bytes = b""
    """The lengths of the paragraphs; see `dedup.translation`."""
    length: int = 0
    """Tokens of the body."""
    truncated: bool = False
    series: bool = False
    """The title is of a kind that returns with other content (daily analysis, part 3)."""
    digest: bool = False
    """The title announces several stories at once."""
    unspaced: bool = False
    """Written without spaces: tokens are pairs of characters."""

    @property
    def complete(self) -> bool:
        """Whether the head is the whole body."""
        return self.length <= HEAD_TOKENS

    @property
    def exact_keys(self) -> tuple[int, ...]:
        """Keys that two copies share whatever time has passed: pages, attributed sources, the exact text."""
        found = {*self.pages, *self.sources}
        if self.text:
            found.add(self.text)
        return tuple(sorted(found))

    @property
    def text_keys(self) -> dict[int, int]:
        """Keys that likely copies share within the window, and what sharing each is worth.

        Sampled shingles, rare words and pairs of them, and values are worth one; the whole title and the slug
        are enough alone.
        """
        found = {_tagged(_SHINGLE_TAG, value): 1 for value in self._key_shingles()}
        found.update((_tagged(_WORD_TAG, value), 1) for value in rare.words(self.title, self.lead))
        found.update((_tagged(_PAIR_TAG, one ^ (two << 1)), 1) for one, two in rare.pairs(self.title))
        found.update(
            (_tagged(_VALUE_TAG, words.token_hash(each)), 1) for each in self.lead_numbers if len(each) > 2
        )
        found.update((_tagged(_STRONG_TAG, each), STRONG) for each in (self.slug, self.whole_title) if each)
        return found

    @property
    def anchor_keys(self) -> tuple[int, ...]:
        """Keys that translations likely share within the window, tagged so that only they look for them."""
        tag = _tag_of(self.language)
        return tuple(sorted({_tagged(tag, key) for key in translation.keys(self.anchors, self.shape)}))

    @property
    def foreign_keys(self) -> dict[int, int]:
        """The anchor keys of the languages in which a translation of this item may be.

        English looks for all others and the others for English and each other, so that a store of one
        English edition and many reposters of it does not offer English items to each other.
        """
        tags = (_ELSE_TAG,) if self.language == "en" else (_ENGLISH_TAG, _ELSE_TAG)
        keys = list(translation.keys(self.anchors, self.shape))
        return {_tagged(tag, key): 1 for tag in tags for key in keys}

    def _key_shingles(self) -> Iterable[int]:
        if len(self.head) <= KEY_FULL:
            return self.head
        near = [value for value in self.head if value % KEY_SAMPLE_HEAD == 0]
        return (*near, *(value for value in self.sample if value % KEY_SAMPLE_BODY == 0))


# --- Making --------------------------------------------------------------------------------------


def fingerprint(item: Item, text: CleanText, feed: Feed, whole: CleanText | None = None) -> Fingerprint:
    """The fingerprint of an item whose text has been cleaned.

    ``whole``: the text with the furniture that was learned from its feed, where that was taken off. Translations
    are known by it: what one edition repeats everywhere, another may not, and then their paragraphs differ.
    """
    whole = whole or text
    title = text.title or item.title
    language = text.language or item.language or feed.language or ""
    said = headlines.core(headlines.without_outlet(title))
    told = headlines.core(text.body[: MAX_TOKENS * 12])
    title_words = words.tokens(said)[:MAX_TITLE_TOKENS]
    body = words.tokens(told)[:MAX_TOKENS]
    if not body and len(title_words) >= TITLE_IS_TEXT:
        body, said = title_words, _headline(said)
    unspaced = words.is_unspaced(f"{said}{told[:200]}")
    title_stems = words.stems(words.tokens(said))[:MAX_TITLE_STEMS]
    body_stems = frozenset(words.stems(body[: LEAD_UNSPACED if unspaced else LEAD_TOKENS]))
    lead = body_stems.union(title_stems)
    lead_text = f"{title}\n{told[: LEAD_CHARACTERS_UNSPACED if unspaced else LEAD_CHARACTERS]}"
    runs = words.shingles(body)
    head = runs[: max(1, HEAD_TOKENS - words.SHINGLE + 1)]
    pages = _pages(item)
    slug = urls.slug(item.url)
    return Fingerprint(
        item=item.id,
        uid=item.uid,
        feed=item.feed_id,
        at=int(item.at.timestamp()),
        language=language[:2].lower(),
        publisher=_publisher(item, feed),
        pages=pages,
        sources=_sources(item, text, pages),
        slug=identity("slug", slug) if len(words.tokens(slug)) >= MIN_SLUG_WORDS else 0,
        text=identity("text", " ".join(body)) if len(body) >= MIN_EXACT_TOKENS else 0,
        whole_title=identity("title", " ".join(title_words)) if title_words else 0,
        title=_hashes(title_stems),
        told=sum(1 << at for at, word in enumerate(title_stems) if not body_stems or word in body_stems),
        title_numbers=words.numbers(said, language),
        lead=frozenset(_hashes(lead)),
        lead_numbers=words.numbers(lead_text, language),
        names=frozenset(_hashes(filter(_is_latin, lead))) if unspaced else frozenset(),
        anchors=anchors.anchors(said, translation.prose(whole.paragraphs), language[:2].lower(), body),
        shape=translation.shape(whole.paragraphs),
        opening=tuple(head[:OPENING]),
        head=frozenset(head),
        sample=frozenset(value for value in runs if value % SAMPLE == 0),
        length=len(body),
        truncated=text.truncated,
        series=headlines.is_series(said),
        digest=headlines.is_digest(said),
        unspaced=unspaced,
    )


_SENTENCE = re.compile(r"[。；;！？!?]|\.\s")
_CLAUSE = re.compile(r"[，,、：:]")


def _headline(text: str) -> str:
    """The first sentence of a text that stands in the title's place, or its first clause where that is long."""
    sentence = _SENTENCE.split(text, maxsplit=1)[0]
    return sentence if len(words.tokens(sentence)) <= MAX_HEADLINE else _CLAUSE.split(sentence, maxsplit=1)[0]


def _is_latin(token: str) -> bool:
    return len(token) > 1 and token.isascii() and token[0].isalpha()


def identity(kind: str, name: str) -> int:
    """A signed 64-bit key for a thing of a kind: fits SQLite's INTEGER, the same on every machine."""
    digest = hashlib.blake2b(f"{kind}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def page_key(url: str | None) -> int | None:
    """The exact key of a page, or None where the link names no single article."""
    key = urls.url_key(url)
    return identity("url", key) if key and urls.names_article(key) else None


def _pages(item: Item) -> tuple[int, ...]:
    named = {url for url in (item.url, item.guid) if url and url[:4].lower() == "http"}
    found = {page_key(url) for url in named}
    return tuple(sorted(key for key in found if key is not None))


def _sources(item: Item, text: CleanText, pages: tuple[int, ...]) -> tuple[int, ...]:
    named = {page_key(url) for url in (*text.attributions, item.source_url)} - {None, *pages}
    keys = sorted(key for key in named if key is not None)
    return tuple(keys) if len(keys) <= MAX_SOURCES else ()


def _publisher(item: Item, feed: Feed) -> int:
    brand = urls.brand(item.url) or urls.brand(feed.site_url) or urls.brand(feed.url)
    return identity("publisher", brand) if brand else 0


def _hashes(tokens: Iterable[str]) -> tuple[int, ...]:
    return tuple(map(words.token_hash, tokens))


_SHINGLE_TAG, _WORD_TAG, _PAIR_TAG, _STRONG_TAG, _VALUE_TAG, _ENGLISH_TAG, _ELSE_TAG = range(1, 8)


def _tagged(tag: int, value: int) -> int:
    """A key of its own namespace: 32 bits, signed, so that SQLite stores it in four bytes.

    Within a window a false meeting of two keys is rare, and one is not enough. Multipliers: Fibonacci hashing
    (Knuth, TAOCP 6.4) and a constant of MurmurHash3.
    """
    return (((value ^ (value >> 32)) * 0x9E3779B1 + tag * 0x85EBCA6B) & 0xFFFFFFFF) - 2**31


def _tag_of(language: str) -> int:
    return _ENGLISH_TAG if language == "en" else _ELSE_TAG
