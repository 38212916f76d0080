"""Whom does a text name as its source, and in which words?

"The post T appeared first on S.", "Source: https://…", "Authored by N via S": a reposter's way of naming the
original, at the end of a text or in front of it. The words are taken off, the address is kept: of all signs that
one item is a copy of another, this is the plainest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator.text import urls
from aggregator.text.html import Block, Link

MAX_CREDIT = 600
"""A footer longer than this is prose that happens to use the same words (longest real one: 340 characters)."""

_TITLE = r"(?P<title>.{1,400}?)"
MAX_BEFORE_END = 400 + 40
"""Characters of a title and of the words in front of it, at most."""
_SITE = r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)(?P<site>.{1,120}?)"
_PUBLISHED = (
    r"(?:first appeared|appeared first|appeared|(?:was|is|has been) (?:first |originally |also )?"
    r"(?:re)?(?:published|posted))"
)
_FOOTER_FORMS = (
    rf"(?:The|This) (?:post|article|story|piece|entry) {_TITLE} {_PUBLISHED}"
    rf" (?:on|at|in|by) {_SITE}",
    rf"(?:This|The) (?:post|article|story|piece|report|content) (?:was|is|has been)"
    rf" (?:first |originally )?(?:published|posted|written|reposted|sourced|syndicated)"
    rf" (?:on|at|in|by|from) {_SITE}",
    rf"(?:Originally|First) (?:published|posted|appeared) (?:on|at|in|by) {_SITE}",
    rf"(?:La entrada|El post|El artículo|La noticia|El cargo) {_TITLE}"
    rf" (?:se publicó primero|apareció primero|aparece primero|fue publicad[oa] primero"
    rf"|se publicó por primera vez)"
    rf" en {_SITE}",
    rf"(?:O post|A postagem|O artigo|O conteúdo|A notícia) {_TITLE}"
    rf" (?:apareceu primeiro|aparece primeiro|foi publicad[oa] primeiro) (?:em|no|na) {_SITE}",
    rf"(?:Der Beitrag|Der Artikel|Der Post) {_TITLE} (?:erschien zuerst|ist zuerst erschienen) (?:auf"
    rf"|bei) {_SITE}",
    rf"(?:L[’']article|Cet article|Le post) {_TITLE}"
    rf" (?:est apparu en premier|est d[’']abord apparu|a été publié en premier) sur {_SITE}",
    rf"(?:L[’']articolo|Il post) {_TITLE}"
    rf" (?:proviene da|sembra essere il primo su|è apparso per la prima volta su"
    rf"|è stato pubblicato su) {_SITE}",
    rf"(?:Сообщение|Запись|Пост|Статья) {_TITLE}"
    rf" (?:впервые появил\w+|появил\w+ (?:сначала|впервые)|(?:сначала|впервые) опубликован\w*) (?:на"
    rf"|в) {_SITE}",
    rf"(?:Запис|Допис|Публікація|Стаття) {_TITLE}"
    rf" (?:спершу|вперше|спочатку) (?:з[’']яви\w+|опублікован\w+) (?:на|в) {_SITE}",
    rf"{_TITLE} (?:yazısı|haberi) ilk (?:önce|olarak|kez) {_SITE} (?:üzerinde|sitesinde|[’']\w+)"
    r" (?:ortaya çıktı|yayınlandı|yayımlandı|göründü)",
    rf"(?:投稿|記事){_TITLE}は{_SITE}に(?:最初に|初めて)(?:表示|掲載|公開)されました",
    rf"(?:포스트|게시물|게시글)?{_TITLE}(?:이|가|은|는|글이)\s{_SITE}에 (?:처음|먼저"
    rf"|최초로) (?:등장|게시|나타)\w*",
    rf"(?:文章|本文|帖子|這篇文章|这篇文章|该文|該文)(?P<title>.{{0,400}}?)"
    rf"(?:最先出现在|最早出现在|首发于|首先出现在|最先出現在|最早出現在|首發於|首先出現在|原载于"
    rf"|原載於){_SITE}",
)
_BYLINE = r"(?: and (?:is|was) written by (?P<author>.{1,60}?))?"
_ENDING = r"\s*[.。]?\s*[\"”]?"


_AT_END = tuple(
    re.compile(rf"(?:^|(?<=[\s.!?…\]）。！？”\"]))(?:{form}){_BYLINE}{_ENDING}$") for form in _FOOTER_FORMS
)
_ENDS_LIKE = tuple(
    re.compile(rf"{re.split(r'[(][?]P<title>[^)]*[)]', form)[-1]}{_BYLINE}{_ENDING}$")
    for form in _FOOTER_FORMS
)
"""Each form from its title's end on. A text that says the words of a form again and again would have every beginning
tried with every end of a title and of a site's name; looking for the ending first leaves few beginnings."""
_CUES = (
    ("appeared", "published", "posted"),
    ("written", "published", "posted", "sourced", "syndicated"),
    ("published", "posted", "appeared"),
    (" primero en", " primera vez en"),
    (" primeiro ",),
    ("zuerst",),
    ("en premier", "abord apparu"),
    ("proviene da", "il primo su", "prima volta su", "pubblicato su"),
    ("впервые", "сначала"),
    ("спершу", "вперше", "спочатку"),
    (" ilk ",),
    ("されました",),
    ("에 ",),
    ("出现在", "首发于", "出現在", "首發於", "原载于", "原載於"),
)
"""For each form, words of which it has one: looking for them costs a tenth of the pattern."""

_AT_START = re.compile(rf"(?:The|This) post {_TITLE} (?:appeared first|first appeared|appeared) on ")
_CUT_FOOTER = re.compile(r"(?:^|(?<=[\s.!?…\]]))The post (?P<title>.{3,400})$")

_SOURCE_WORDS = (
    r"Source|Sources|Original source|Source link|Source URL|Via|Hat tip|Original (?:article|post|story|link)"
    r"|Fuente|Fonte|Quelle|Источник|Источники|Джерело|Kaynak|출처|원문|来源|來源|原文链接|原文連結"
    r"|原文|信息来源|资料来源"
    r"|出典|情報源|引用元|元記事|参照元"
)
_READ_ON = (
    r"Continue reading|Read more|Read on|Read the (?:full|original|rest|whole|entire"
    r"|complete)(?: of (?:the|this))?"
    r"(?: (?:article|story|post|report|analysis|piece))?|Full (?:story|article)|Keep reading"
    r"|Click here to read(?: more)?|Learn more"
    r"|Leer más|Seguir leyendo|Leia mais|Continue lendo|Ler mais|Weiterlesen|Mehr lesen|Lire la suite|Lire plus"
    r"|Continua a leggere|Leggi tutto|Читать далее|Читать полностью|Читати далі|Devamını oku"
    r"|続きを読む|더 보기|더 읽기"
    r"|阅读全文|閱讀全文|查看原文|阅读更多|閱讀更多"
)
_SOURCE_LINE = re.compile(
    rf"[(\[]?(?:{_SOURCE_WORDS})\s?(?:[:：]|\s(?=https?://|www\.)).{{0,240}}", re.IGNORECASE
)
_READ_ON_LINE = re.compile(
    rf"[(\[]?(?:{_READ_ON})(?:\s?[:：»→›>.…]+|\s(?:on|at|in|here|about|from)\b|\s?[“\"„«「]|$).{{0,300}}",
    re.IGNORECASE,
)
_TAIL_LINE = re.compile(
    rf"(?:(?<=[.!?…\]”\"*])|(?<=[.!?…\]”\"*]\s)|^|\s[-–—]\s)"
    rf"(?:(?P<on>(?:{_READ_ON})(?:\s?[:：“\"].{{3,300}}|\s(?:on|at|in|from)\s[^.]{{2,60}}\.?|[\s.»→›>…]*))"
    rf"|(?:{_SOURCE_WORDS})\s?[:：]\s?(?:https?://)?[\w.-]+\.[a-z]{{2,}}\S*)$",
    re.IGNORECASE,
)
"""The same lines at the end of a block."""
_AUTHORED = re.compile(
    r"(?:Authored|Written|Submitted|Posted|Reported) by (?P<who>.{2,80}?) (?:via|for"
    r"|at) (?P<site>[^,]{2,60}?)(?:,\s+|,?\s*$)"
)
_BARE_URL = re.compile(r"https?://[^\s<>\"'“”（）()]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """Blocks without their credits, and the addresses these gave."""

    blocks: tuple[Block, ...]
    attributions: tuple[str, ...]
    continued: bool
    """A line said that the text goes on elsewhere."""


def take_off(blocks: Sequence[Block], *, title: str, names: Sequence[str], base: str | None) -> Credited:
    """Take credit lines off.

    ``title`` is the item's, ``names`` are what its feed is called, ``base`` resolves relative links.
    """
    kept: list[Block] = []
    links: list[str] = []
    continued = False
    for block in blocks:
        text = _without_footer(block, title, names)
        if _is_credit_line(text):
            continued = continued or _READ_ON_LINE.fullmatch(text) is not None
            text = ""
        elif tail := _TAIL_LINE.search(text, max(0, len(text) - MAX_CREDIT)):
            continued = continued or tail["on"] is not None
            text = text[: tail.start()].rstrip()
        if authored := _AUTHORED.match(text):
            text = text[authored.end() :].lstrip()
        if text != block.text:
            links.extend(_links_of(block, text))
        if text:
            kept.append(replace(block, text=text))
    return Credited(blocks=tuple(kept), attributions=_addresses(links, base), continued=continued)


def _is_credit_line(text: str) -> bool:
    return len(text) <= MAX_CREDIT and bool(_SOURCE_LINE.fullmatch(text) or _READ_ON_LINE.fullmatch(text))


def _links_of(block: Block, rest: str) -> list[str]:
    """Addresses in the part of the block that was taken off."""
    gone = block.text.replace(rest, " ", 1) if rest else block.text
    hrefs = [link.href for link in block.links if not link.text or link.text in gone]
    return hrefs + [found.rstrip(".,;:") for found in _BARE_URL.findall(gone)]


def _addresses(hrefs: Sequence[str], base: str | None) -> tuple[str, ...]:
    """Absolute addresses of pages, each once; a site's front page names no article."""
    found: dict[str, None] = {}
    for href in hrefs:
        address = urls.absolute(href, base)
        if address and urlsplit(address).path.strip("/"):
            found[address] = None
    return tuple(found)


def _without_footer(block: Block, title: str, names: Sequence[str]) -> str:
    text = block.text
    low = text[-MAX_CREDIT:].lower()
    for form, cues in enumerate(_CUES):
        if any(cue in low for cue in cues) and (footer := _footer(text, form)):
            text = text[: footer.start()].rstrip()
            break
    if opening := _AT_START.match(text):
        text = _after_site(text[opening.end() :], block.links, names)
    return _without_cut_footer(text, title)


def _footer(text: str, form: int) -> re.Match[str] | None:
    """The footer of a form at the end of a text."""
    at = max(0, len(text) - MAX_CREDIT)
    end = _ENDS_LIKE[form].search(text, at)
    return end and _AT_END[form].search(text, max(at, end.start() - MAX_BEFORE_END))


def _without_cut_footer(text: str, title: str) -> str:
    """An excerpt may stop inside its footer: "… The post Bitcoin rises as"."""
    if "The post " not in text[-MAX_CREDIT:]:
        return text
    cut = _CUT_FOOTER.search(text, max(0, len(text) - MAX_CREDIT))
    if not cut:
        return text
    told = cut["title"].rstrip(".… ")
    is_title = title.startswith(told[: len(title)]) if title else False
    return text[: cut.start()].rstrip() if is_title else text


def _after_site(text: str, links: Sequence[Link], names: Sequence[str]) -> str:
    """Give what follows the site's name in front of a text.

    The name is what a link carries, or what the feed is called with the words that papers add to their names;
    where neither is known, words in capitals up to the last, which begins the text.
    """
    for name in [*(link.text for link in links), *names]:
        if name and text.lower().startswith(name.lower()):
            return _PAPER_WORDS.sub("", text[len(name) :], count=1).lstrip(" .:–—-")
    capitals = _CAPITALS.match(text)
    if not capitals:
        return text
    words = capitals.group().split()
    return text if len(words) < 2 else text[text.index(words[-1], len(words[0])) :]


_PAPER_WORDS = re.compile(
    r"^(?:\s(?:Fintech|Crypto|News|Media|Magazine|Times|Journal|Blog|Portal|Daily|Post|Network|Online)\b)+"
)
_CAPITALS = re.compile(r"(?:[A-Z][\w.’'-]*\s+){1,6}(?:[A-Z][\w.’'-]*)?")
