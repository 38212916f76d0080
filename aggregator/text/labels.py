"""Is an item paid for, or sent out by whom it is about?

Only where it says so: in a tag, in front of its title, in its address, as a line above or below its text, in a wire's
dateline. How it sounds proves nothing, and a wrong label hides news. What offices of state publish is where news
comes from, whatever they call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import unquote, urlsplit

from aggregator.models import LABELS, Item
from aggregator.text import urls, wires
from aggregator.text.clean import Edges

VERSION = 1
"""Raised whenever the same item would get other labels: all items are then read anew."""

RELEASE, PAID = LABELS

OPENING, CLOSING = 400, 1_500
"""Characters at either end in which a line counts: a dateline may have a headline and a place before it, and below a
disclaimer stand contacts and the footer. Measured on 67,547 items: `python -m tests.quality.labelled`."""

_NAMES = {
    PAID: (
        "sponsored|sponsored content|sponsored post|sponsored posts|sponsored article|sponsored articles"
        "|sponsored story|sponsored stories|sponsored feature|sponsored press release|partner content|partner post"
        "|partnered content|paid content|paid post|paid article|paid press release|paid partnership|paid promotion"
        "|promoted|promoted content|promoted post|promotional content|advertorial|advertorials|advertisement"
        "|branded content|brand content|brandvoice|native advertising"
        "|anzeige|werbung|gesponsert|gesponserter beitrag|gesponserte inhalte|bezahlter beitrag|bezahlte anzeige"
        "|patrocinado|patrocinada|patrocinados|contenido patrocinado|artículo patrocinado|publirreportaje"
        "|contenido de marca|conteúdo patrocinado|artigo patrocinado|publieditorial|publieditoriais"
        "|informe publicitário"
        "|sponsorisé|contenu sponsorisé|article sponsorisé|publireportage|publirédactionnel|publi-rédactionnel"
        "|contenuto sponsorizzato|articolo sponsorizzato|sponsorizzato|contenuti sponsorizzati|publiredazionale"
        "|sponsorlu|sponsorlu içerik|advertorial içerik|gesponsord|gesponsorde inhoud|sponsorowany"
        "|artykuł sponsorowany|materiał sponsorowany"
        "|реклама|на правах рекламы|партнёрский материал|партнерский материал|спонсорский материал"
        "|рекламный материал|партнерський матеріал|спонсорський матеріал|на правах реклами"
        "|広告|pr記事|スポンサード|スポンサー記事|タイアップ|広告記事|記事広告"
        "|广告|赞助内容|赞助文章|商业推广|推广|付费内容|廣告|贊助內容|贊助文章|業配"
        "|광고|협찬|스폰서|스폰서 콘텐츠|광고 기사"
    ),
    RELEASE: (
        "press release|press releases|pressrelease|pressreleases|press-release|press-releases|news release|pr|pr wire"
        "|media release|pressemitteilung|pressemitteilungen|pressemeldung|nota de prensa|notas de prensa"
        "|comunicado de prensa|comunicados de prensa|comunicado de imprensa|comunicados de imprensa"
        "|communiqué de presse|communiqués de presse|communique de presse|communiques de presse"
        "|comunicato stampa|comunicati stampa|basın bülteni|basın bültenleri|persbericht|persberichten"
        "|informacja prasowa|пресс-релиз|пресс-релизы|пресс релиз|прес-реліз|прес-релізи"
        "|プレスリリース|新闻稿|新聞稿|보도자료"
    ),
}
"""What a tag, a line of its own, or the words in front of a title say; compared whole, case ignored."""

_BARE_IN_TITLES = frozenset(
    ("реклама", "推广", "promoted", "advertisement", "werbung", "広告", "广告", "廣告", "광고", "pr")
)
"""Words that also begin the title of a story about the thing ("Werbung: was erlaubt ist"): there in brackets only."""

_OPENINGS: Mapping[str, tuple[str, ...]] = {
    RELEASE: (
        # Wires, as they sign between place, date and text.
        r"/\s?(?:PR ?Newswire|PRNewswire-\w+|EINPresswire(?:\.com)?|Chainwire|CNW)\s?/",
        r"\(\s?(?:GLOBE ?NEWSWIRE|Chainwire|Newsfile Corp\.?[^)]{0,40}|ACCESS ?Newswire|ACCESSWIRE|BUSINESS WIRE"
        r"|PR ?Newswire|Blockchain ?Wire|ZEX PR WIRE|MARKETERSMEDIA)\s?\)",
        r"\b\d{4}\s?[,/(–—-]+\s?(?:Chainwire|ACCESS ?Newswire|ACCESSWIRE|ZEX PR WIRE|BTCWire|Blockchain ?Wire)\b",
        r"(?-i:(?:^|\n|\. )\W*PRESS RELEASE(?=[.:\s–—-]))",
        r"(?:^|\n)\W*(?:press release|for immediate release)(?=\s?[.:\n–—]|$)",
        r"(?:^|\n)\W*(?:pressemitteilung|nota de prensa|comunicado de prensa|communiqué de presse|comunicato stampa"
        r"|пресс-релиз|прес-реліз|basın bülteni)(?=\s?[.:\n–—]|$)",
        r"(?:^|\n)[【\[]?(?:プレスリリース|新闻稿|新聞稿|보도자료)[】\]：:\n]",
    ),
    PAID: (
        r"(?:^|\n|[.!?] )\W*(?:this|the following) (?:content|article|post|story) is (?:provided|sponsored|paid for"
        r"|brought to you) by (?:a|our|the) (?:sponsor|advertiser)s?\b",
        r"(?:^|\n)\W*(?:sponsored|advertorial|paid post|partner content|anzeige|publirreportaje|на правах рекламы)"
        r"\s?[:|\n]",
        r"(?:^|\n)[【\[（(](?:PR|広告|广告|廣告|광고|推广)[】\]）)]",
    ),
}

_THIS = r"(?:disclaimer|disclosure|note|notice|editor[’']?s note|important|attention)"
_START = r"(?:^|\n|[.!?…*:)”\"] ?)\W*"
"""Where a sentence may begin, in texts whose blocks were run together, too."""
_KIND = (
    r"(?:press release|release|article|post|content|story|piece|publication|feature|review|promotion|advertorial"
    r"|announcement)"
)
_CLOSINGS: Mapping[str, tuple[str, ...]] = {
    PAID: (
        rf"{_START}this (?:{_KIND} )?(?:is|was|contains|features) (?:an? )?(?:sponsored|paid|promotional"
        rf"|partner(?:ed)?|branded)(?: (?:and|,) \w+)?(?: {_KIND}\b| and (?:is )?(?:for|does|should|not)\b|[.,]|$)",
        rf"{_START}the above (?:{_KIND} )?(?:is|was) (?:an? )?(?:sponsored|paid|promotional)\b",
        rf"{_THIS}\W{{1,3}}(?:the|this|above) (?:[\w’' ]{{0,30}})?{_KIND} (?:is|was|has been) (?:provided|supplied"
        r"|submitted) by a (?:third[- ]party|sponsor)\b",
        r"this content is provided by a (?:sponsor|third party)\b",
        rf"{_START}this {_KIND} (?:is|was|has been) (?:sponsored|paid for|commissioned|funded) by\b",
        r"\bsponsored by\W{1,3}[^.\n]{2,60}\. (?:this|the) (?:content|article|post) (?:is|was) (?:provided|paid)",
        r"bei diese[mr] (?:artikel|beitrag|text|inhalt) handelt es sich um (?:einen? |eine )?(?:bezahlte|gesponserte"
        r"|werbliche|anzeige)",
        r"(?:dies ist|das ist) (?:ein|eine) (?:bezahlte|gesponserte|werbliche)\w* \w+",
        r"est[ea] (?:es|é) (?:u[nm] )?(?:artículo|contenido|publicación|artigo|conteúdo|comunicado)? ?"
        r"(?:de prensa |de imprensa )?(?:patrocinad|pagad|pag)[oa]",
        r"(?:este|esta) (?:artículo|contenido|publicación|artigo|conteúdo|post) (?:es|está|é|foi|ha sido) (?:un |um )?"
        r"(?:contenido |conteúdo )?patrocinad[oa]",
        r"(?:cet article|ce contenu|cet? (?:article|contenu)) (?:est|a été) sponsorisé",
        r"ceci est un (?:article|contenu|communiqué(?: de presse)?) (?:sponsorisé|payant|publicitaire)",
        r"quest[oa] (?:è un |è )?(?:articolo|contenuto|comunicato(?: stampa)?) (?:è )?(?:sponsorizzat|a pagamento)",
        r"bu (?:bir )?(?:sponsorlu|ücretli) (?:bir )?(?:içerik|yazı|basın bülteni)|bu (?:içerik|yazı) sponsorlu",
        r"на правах реклам[иы]|(?:это|данный|этот) (?:спонсорский|рекламный|партнерский|партнёрский) (?:материал|пост)",
        r"本記事は(?:PR|広告|スポンサー|タイアップ|[^。\n]{0,30}(?:提供|依頼)(?:による|を受けた)(?:PR|広告|記事広告|スポンサー))",
        r"本文(?:为|為|系|是|属于|屬於)[^。\n]{0,12}(?:赞助|贊助|广告|廣告|付费|付費|推广|推廣)",
        r"본 (?:기사|콘텐츠|글|게시물)(?:는|은) [^.\n]{0,20}(?:광고|협찬|유료)",
    ),
    RELEASE: (
        rf"{_START}this (?:{_KIND} )?(?:is|was|contains) (?:an? )?(?:\w+ )?(?:press|news) release\b",
        r"\bis written by (?:chainwire|zex pr wire|globenewswire|pr newswire)\W*$",
        r"\bpress releases? (?:and|or) (?:sponsored|guest) (?:posts?|articles?|content)[^.\n]{0,60}"
        r" (?:submitted|provided) by (?:companies|third)",
        r"(?:dies ist|hierbei handelt es sich um) eine (?:\w+ )?pressemitteilung",
        r"est[ea] (?:es|é) (?:u[nm] )?(?:comunicado de prensa|comunicado de imprensa|nota de prensa)",
        r"ceci est un communiqué de presse|questo è un comunicato stampa|bu bir (?:\w+ )?basın bülteni",
        r"это (?:платный )?пресс-релиз|це (?:платний )?прес-реліз",
        r"本(?:文|稿)(?:为|為|是|系)(?:新闻稿|新聞稿)|本記事はプレスリリース|본 (?:기사|콘텐츠)는 보도자료",
    ),
}

_CUES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    RELEASE: (
        (
            "wire", "newsfile", "cnw", "press release", "immediate release", "pressemitteilung", "nota de prensa",
            "comunicado", "communiqué", "comunicato", "релиз", "реліз", "basın", "プレス", "新闻稿", "新聞稿", "보도",
        ),
        (
            "press release", "news release", "written by", "pressemitteilung", "comunicado", "nota de prensa",
            "communiqué", "comunicato", "basın", "релиз", "реліз", "新闻稿", "新聞稿", "プレス", "보도",
        ),
    ),
    PAID: (
        (
            "sponsor", "advertiser", "advertorial", "paid", "partner content", "anzeige", "publirreportaje", "реклам",
            "pr", "広告", "广告", "廣告", "광고", "推广",
        ),
        (
            "sponsor", "paid", "promot", "third party", "third-party", "partner", "brand", "commissioned", "funded",
            "bezahlt", "gesponsert", "werblich", "anzeige", "patrocin", "pag", "payant", "publicitaire", "ücretli",
            "реклам", "спонсорск", "партн", "本記事", "本文", "본 ",
        ),
    ),
}  # fmt: skip
"""Words of which each form of an opening and of a closing has one: looking for them first takes a tenth of the time."""

_OFFICES = re.compile(
    r"(?:^|\.)(?:gov|mil|gouv|gob|govt|europa|admin|bund|bundesbank|bafin|go|gc)\.[a-z.]+$|\.(?:gov|mil|int)$"
    r"|(?:^|\.)(?:bis\.org|imf\.org|fsb\.org|fatf-gafi\.org|iosco\.org|bankofengland\.co\.uk|fca\.org\.uk|riksbank\.se)$"
)
"""Ministries, central banks, courts and their unions."""

_AUTHORS = frozenset(
    "chainwire|pr newswire|prnewswire|globenewswire|globe newswire|business wire|businesswire|accesswire|newsfile"
    "|zex pr wire|btcwire|blockchain wire|einpresswire|press release|press releases|sponsored|sponsored content"
    "|sponsored post|advertorial|partner content|paid post".split("|")
)


_CONTACTS = 900
"""Characters at the end in which a company's own contacts stand, a disclaimer and a footer behind them."""
_CONTACT = re.compile(
    r"(?<!\w)(?P<kind>(?:company |official )?website|(?:buy )?presale(?: page)?|white ?paper|linktree"
    r"|(?:media|press) contacts?|telegram|twitter ?/ ?x|x ?/ ?twitter|twitter|(?-i:X)|discord|youtube|instagram"
    r"|socials?"
    r"|(?:company )?e-?mail|contact(?: person)?)\s?[:：]\s?(?P<to>(?:https?://|www\.)[^\s,;)]+|(?=[\w@]))",
    re.IGNORECASE,
)
_PLACES = ("website", "presale", "whitepaper", "white paper", "linktree", "media contact", "press contact")
_OWN_PLACE = re.compile("website|presale|white|linktree|media|press", re.IGNORECASE)


def labels(item: Item, edges: Edges) -> tuple[str, ...]:
    """Give those of ``models.LABELS`` that an item carries, in their order. Never raises."""
    found = set(_told(item, edges))
    if RELEASE in found and _OFFICES.search(urls.host(item.url)):
        found.discard(RELEASE)
    return tuple(label for label in LABELS if label in found)


def _told(item: Item, edges: Edges) -> Iterator[str]:
    words = _vocabulary()
    for text in (*item.tags, *edges.first):
        yield from _of_name(words, text, item.language)
    author = (item.author or "").strip().lower()
    if author in _AUTHORS:
        yield words.get(author, RELEASE)
    yield from _of_title(words, item.title, item.language)
    if urls.brand(item.url) in wires.BRANDS:
        yield RELEASE
    yield from _of_address(item.url)
    text = "\n".join(edges.first)
    opening = text[:OPENING]
    closing = "\n".join((text, *edges.last))[-CLOSING:]
    low, low_closing = opening.lower(), closing.lower()
    for label, (_, in_opening, in_closing) in _patterns().items():
        above, below = _CUES[label]
        if (
            (_any(above, low) and in_opening.search(opening))
            or (_any(below, low) and in_closing.search(opening))
            or (_any(below, low_closing) and in_closing.search(closing))
        ):
            yield label
    if _any(_PLACES, low_closing) and _ends_with_contacts(closing[-_CONTACTS:], own=urls.brand(item.url)):
        yield RELEASE


def _any(cues: Iterable[str], text: str) -> bool:
    return any(cue in text for cue in cues)


def _ends_with_contacts(text: str, *, own: str) -> bool:
    """Tell whether the text ends by saying where to find whom it is about: "Website: …", and one more of that kind.

    A newsroom links instead, and the feet of its own pages lead to itself (``own``).
    """
    found = list(_CONTACT.finditer(text))
    places = [each for each in found if _OWN_PLACE.search(each["kind"])]
    if not places or len({each["kind"].lower() for each in found}) < 2:
        return False
    return not (own and any(_brand(each["to"]) == own for each in places))


def _brand(address: str) -> str:
    return urls.brand(address if "://" in address else f"https://{address}") if address else ""


@cache
def _vocabulary() -> Mapping[str, str]:
    return {name: label for label, names in _NAMES.items() for name in names.split("|")}


@cache
def _patterns() -> Mapping[str, tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]]:
    """For each label the segments of addresses, the forms of openings and of closings."""
    return {
        label: (
            frozenset(name.replace(" ", "-") for name in _NAMES[label].split("|") if name.isascii()) - {"pr"},
            re.compile("|".join(_OPENINGS[label]), re.IGNORECASE),
            re.compile("|".join(_CLOSINGS[label]), re.IGNORECASE),
        )
        for label in LABELS
    }


def _of_name(words: Mapping[str, str], text: str, language: str | None) -> Iterator[str]:
    """A tag or a line that is a label and nothing else."""
    name = text.strip(" \t#:*.!-–—[]()【】（）").lower().replace("\u0307", "")  # what "İ" leaves behind
    if name == "pr" and (language or "").startswith("ja"):
        yield PAID  # in Japan the usual mark of an advertisement
    elif name in words:
        yield words[name]


_TITLE = re.compile(
    r"^\s*(?:[\[【(（](?P<in>[^\])】）]{1,40})[\])】）]|(?P<bare>[^:：|–—]{1,40}?)\s?(?:[:：|]|\s[–—-]\s))"
    r"|[\[【(（](?P<end>[^\[【(（\])】）]{1,40})[\])】）]\s*$"
)


def _of_title(words: Mapping[str, str], title: str, language: str | None) -> Iterator[str]:
    for found in _TITLE.finditer(title[:400]):
        bare = (found["bare"] or "").strip().lower()
        if bare and bare not in _BARE_IN_TITLES:
            yield from _of_name(words, bare, language)
        yield from _of_name(words, found["in"] or found["end"] or "", language)
        if (found["in"] or found["end"] or "").strip().lower() == "ad":
            yield PAID


def _of_address(url: str | None) -> Iterator[str]:
    try:
        path = urlsplit(url or "").path
    except ValueError:
        return
    # The last segment is the article's own: "sponsored" there may be a word of its title.
    segments = {unquote(segment).lower() for segment in path.split("/")[:-1]}
    for label, (names, _, _) in _patterns().items():
        if segments & names:
            yield label
