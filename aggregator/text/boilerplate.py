"""Which words in a feed are not about the story?

One table of rules. A rule has a reach: a whole block, a sentence, from a label to the end of its sentence, from
here to the end of the text, or the opening of the text. It has cues, too: plain words of which the text must
contain one before the pattern is tried, which is what keeps cleaning at a fraction of a millisecond.

The forms were collected by reading heads and tails of 73,000 items of 460 sources; each has a test in our words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from aggregator.text.forms import BY, CLOCK, DATE, NAME, READING_TIME, RELATED, SHARE


class Reach(Enum):
    """How much goes when a rule matches."""

    BLOCK = auto()
    """The block, when the pattern matches all of it."""
    SENTENCE = auto()
    """The sentence in which the pattern is found."""
    REST_OF_SENTENCE = auto()
    """From the match to the end of its sentence."""
    REST_OF_TEXT = auto()
    """From the match on, everything, when enough text stands before it."""
    OPENING = auto()
    """The match itself, at the beginning of the text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One form of boilerplate."""

    name: str
    reach: Reach
    cues: tuple[str, ...]
    """Lower case; one must occur in the text. Empty: always tried."""
    pattern: re.Pattern[str]

    def may_match(self, low: str) -> bool:
        """Tell whether the pattern is worth trying on a text, given in lower case."""
        for cue in self.cues:  # any() takes a fifth longer, a thousand times an item
            if cue in low:
                return True
        return not self.cues


def _rule(name: str, reach: Reach, cues: str, *forms: str, case: bool = False) -> Rule:
    pattern = re.compile("|".join(f"(?:{form})" for form in forms), re.NOFLAG if case else re.IGNORECASE)
    return Rule(name, reach, tuple(cue for cue in cues.split("|") if cue), pattern)


RULES: tuple[Rule, ...] = (
    # --- whole blocks ---
    _rule("share-buttons", Reach.BLOCK, "", rf"(?:(?:{SHARE})(?:\s*[|·•,/:…]+\s*|\s+|$))+"),
    _rule(
        "share-line",
        Reach.BLOCK,
        "share|follow|click to|like this|subscribe|sign up|newsletter|tags|filed under|categories|comment",
        r"(?:share|like|spread)(?: this| the)?(?: article| post| story| news| page| on| with)*\b.{0,60}",
        r"(?:follow|find) (?:us|me|our|@\w+)\b.{0,140}",
        r"(?:tags?|categories|category|filed under|topics?|in this article)\s?[:：].{0,200}",
        r"(?:leave|post|add) (?:a |your )?(?:comment|reply).{0,60}",
        r"(?:subscribe|sign up)\b.{0,160}",
    ),
    _rule("reading-time", Reach.BLOCK, "", rf"(?:⏱️?\s*)?(?:{READING_TIME}){CLOCK}?\W*"),
    _rule(
        "date-line",
        Reach.BLOCK,
        "",
        rf"(?:(?:first |originally |last |posted|published|updated|modified|date|发布时间|發布時間"
        rf"|更新时间|公開日|更新日)"
        rf"[\s:：]*(?:on |at )?)*{DATE}(?:\s*[|·•/–—-]\s*(?:{READING_TIME}|{DATE}"
        rf"|{BY}.{{0,60}}))?\W*(?:share\W*)?",
        r"(?:updated?|published|posted)?\s*\d{1,2} (?:min(?:ute)?s?|hours?|hrs?|days?) ago\W*",
    ),
    _rule(
        "byline",
        Reach.BLOCK,
        "",
        rf"{BY}\s?[:：]?\s*(?-i:{NAME})(?:(?:,| and| &| und| y| et) (?-i:{NAME})){{0,3}}"
        rf"(?:\s*+[|·•–—,-]\s*+(?:(?:{DATE}|{READING_TIME})(?=\s*+[|·•–—,-]|\W*+$)|[\w.][\w .]{{0,39}}+)){{0,8}}+\W*",
        r"(?:作者|撰文|撰稿|编辑|編輯|编译|編譯|责编|記者|著者|執筆)\s?[:：/／].{1,40}",
    ),
    _rule(
        "label",
        Reach.BLOCK,
        "",
        r"(?:key (?:takeaways?|points|highlights|facts)|(?:the )?takeaways?|highlights|tl;?dr|in brief"
        r"|in short|summary"
        r"|quick (?:take|summary|facts)|at a glance|table of contents|contents|overview|introduction"
        r"|what to know"
        r"|what you need to know|the bottom line|conclusion|faqs?|resumen|resumo|zusammenfassung|en bref"
        r"|in sintesi"
        r"|главное|коротко|кратко|содержание|огляд|özet|要点|摘要|目录|目次|핵심 요약|요약)\s?[:：]?",
    ),
    _rule(
        "picture-credit",
        Reach.BLOCK,
        "image|photo|picture|chart|screenshot|illustration|source|via|图|圖|画像|写真|foto|bild|фото",
        r"(?:featured |cover |feature |header |lead |main )?(?:image|photo|picture|chart|screenshot"
        r"|illustration|graphic)s?"
        r"(?: (?:credit|source|courtesy|via|from|by|of)s?\b|\s?[:：]).{0,140}",
        r"(?:chart|data)? ?sources?\s?[:：].{0,100}",
        r"(?:图片来源|圖片來源|图源|圖源|画像|写真|出典|foto|bild|фото|imagen|imagem)\s?[:：].{0,80}",
    ),
    _rule(
        "price-widget",
        Reach.BLOCK,
        "$|usd|%|price|chart|24h|market cap",
        r"(?:[\w.]+ ){0,4}?(?:price )?\(?[A-Z0-9]{2,10}\)?\s*(?:price)?\s*[:"
        r"|]?\s*[$€£¥]\s?[\d.,]++[kmbt]?\s*(?:usd)?"
        r"(?:\s*[(|▲▼△▽+–−-]*\s*[\d.,]++\s?%\)?)?(?:\s*+(?:usd|24h\S*+|live price chart|price chart"
        r"|market cap\S*+|vol\S*+"
        r"|[a-z]++ \([A-Z0-9]{2,10}\) live price chart|[$€£¥]?[\d.,]++(?:\s?[kmbt%]++(?![a-z]))?))*+\W*",
        r"[\w .]{0,30}\([A-Z0-9]{2,10}\) live price chart",
        r"[A-Z]{2,6}[/-]?(?:USDT?|EUR|BTC)(?: (?:price )?(?:chart|live|widget).{0,40}"
        r"|\s+[$€]?[\d.,]+\s+[+−-]?[\d.]+%)",
    ),
    _rule(
        "price-cells",
        Reach.BLOCK,
        "",
        r"market opportunity|[\w .]{2,30} price \((?-i:[A-Z0-9]{2,10})\)|usd"
        r"|[+−-]?\s?[$€£¥]?\s?[\d.,]+\s?[kmbt%]?(?:\s?usd)?",
        r"(?:(?-i:[A-Z]{2,6}):? ?[$€£¥][\d.,]++(?:[kmbt](?![a-z]))?+ ?+"
        r"(?:[(▲▼△▽+−-]*+ ?[\d.,]++ ?%\)?)?+[ |·•,;/]*+){2,}+",
    ),
    _rule("related-heading", Reach.BLOCK, "", rf"\W*{RELATED}\W*"),
    _rule("shortcode", Reach.BLOCK, "[", r"\[/?[a-z][a-z0-9_-]+(?: [^\]]*)?\]"),
    _rule("rule-line", Reach.BLOCK, "", r"\W+"),
    # --- sentences ---
    _rule(
        "disclaimer",
        Reach.SENTENCE,
        "advice|purposes only|own research|own risk|due diligence|endorse|reposted|past performance"
        "|expressed|responsible"
        "|recommend|affiliate|volatile|consult|advisor|adviser|research before|afford to lose|sponsor",
        r"(?:\b(?:not|nor|never)|n[’']t)\b.{0,20}\b(?:recommend|suggest)s?\b.{0,30}\b(?:buying|selling|purchas)",
        r"\b(?:not|nor)\b.{0,60}\binvestment advis[eo]rs?\b",
        r"(?:\b(?:not|nor|never)|n[’']t)\b.{0,90}\b(?:investment|financial|trading|legal|tax|professional"
        r"|gambling)\b.{0,60}"
        r"\b(?:advice|recommendations?)\b",
        r"\b(?:educational|informational|information|entertainment)(?:al)?(?: and \w+)? purposes? only",
        r"\b(?:do|doing|conduct|perform|carry out)\b.{0,30}\bown (?:thorough |independent )?(?:research"
        r"|due diligence)",
        r"\bdo (?:your|their) (?:research|due diligence) before\b",
        r"^(?:only|never) (?:invest|risk)\b.{0,30}\bafford to lose",
        r"\bat (?:your|their) own risk\b",
        r"\b(?:views|opinions)\b.{0,60}\bexpressed\b.{0,80}\b(?:author|alone|necessarily|own|reflect"
        r"|represent)",
        r"\b(?:does|do) not (?:endorse|guarantee|accept responsibility|assume)\b.{0,120}\b(?:content"
        r"|accuracy|quality|product)",
        r"\b(?:is|are) not responsible for\b|\bnot be (?:held )?(?:responsible|liable)\b",
        r"\bpast performance (?:is|does|should)\b|\binvolves? risks?, and (?:readers|investors|you) should\b",
        r"\barticles? reposted on this\b|\bcontact\b.{0,60}\bfor removal\b",
        r"\bmay (?:contain|include|earn|receive)\b.{0,40}\b(?:affiliate|commission)|\baffiliate (?:links?"
        r"|partners?hips?)\b|\bparticipates? in affiliate marketing\b",
        r"\b(?:cryptocurrenc\w+|crypto assets?|digital assets?)\b.{0,40}\b(?:highly|very"
        r"|extremely) volatile\b.{0,80}\brisk",
        r"\bconsult\b.{0,60}\b(?:professional|adviser|advisor)\b",
        r"\b(?:sponsored|paid|promotional|partner) (?:content|post|article|press release)\b"
        r"|\b(?:provided|paid for) by (?:a third.party\b|(?:a|our) sponsors?\b)",
    ),
    _rule(
        "disclaimer-languages",
        Reach.SENTENCE,
        "投资建议|投資建議|投資助言|投資勧誘|투자 조언|투자 권유|инвестицион|фінансов|asesoramiento"
        "|aconselhamento|recomenda|広告収入|提醒"
        "|recomend|anlageberatung|conseil|consulenza|yatırım tavsiyesi|风险|市场有风险",
        r"不(?:构成|構成|代表|作为|作為|属于|屬於).{0,30}(?:投资|投資|理财).{0,6}(?:建议|建議|意见"
        r"|依据)|(?:市场|投资)有风险|请(?:做好|注意).{0,6}风险",
        r"(?:广告|広告)収入を(?:得|受)|提醒.{0,6}(?:用户|用戶|投资者|投資者|读者)[，,：:].{0,80}(?:风险|風險)",
        r"投資(?:助言|勧誘|の勧誘|判断).{0,30}(?:ありません|ではなく|ものでは|ご自身)",
        r"투자 ?(?:조언|권유|추천).{0,20}(?:아닙니다|아니|않)",
        r"не (?:является|являются|є).{0,60}(?:инвестиционн|финансов|інвестиційн"
        r"|фінансов)\w+ (?:рекомендац|совет|консультац|порад)",
        r"no (?:es|constituye|representa|debe).{0,60}(?:asesoramiento|consejo|recomendaci[oó]n)",
        r"não (?:é|constitui|representa|deve).{0,60}(?:aconselhamento|conselho|recomendaç[aã]o)",
        r"(?:keine|nicht als).{0,40}(?:anlageberatung|finanzberatung|anlageempfehlung)",
        r"ne (?:constitue|doit|sont|saurait).{0,60}conseils?\b",
        r"non (?:costituisc|rappresent|è|sono)\w*.{0,60}(?:consulenza|consigli)",
        r"yatırım tavsiyesi (?:değildir|içermez|niteliği)",
    ),
    _rule(
        "newsroom-note",
        Reach.SENTENCE,
        "ai tools|artificial intelligence|ai policy|editorial|newsroom|language model|our standards"
        "|generated|machine",
        r"\b(?:generated|written|produced|created|translated|drafted)\b.{0,40}\b(?:AI tools?"
        r"|artificial intelligence"
        r"|(?:large )?language model|AI assistance)\b|\bfull AI policy\b",
        r"\b(?:our|editorial) (?:editorial )?(?:team|standards|policy|process|guidelines)\b.{0,80}"
        r"\b(?:accuracy|review|adher|ensure|strict|transparen)",
        r"\btrusted editorial\b|\breviewed by (?:leading|our|industry)\b",
    ),
    _rule(
        "promotion",
        Reach.SENTENCE,
        "newsletter|telegram|discord|follow|join|subscribe|sign up|click|tap|swipe|download|learn more|register"
        "|explore|stay|inbox"
        "|check out|bookmark|advertise|tell |catch the|be the first"
        "|let us know|website:|chasing|google news|webclass|wire helps"
        "|don't miss|don’t miss|found this|find this|developing story",
        r"\b(?:found|find) this (?:article|analysis|post|guide|story) (?:\w+ )?(?:insightful|helpful|useful|interesting"
        r"|informative)\b",
        r"^(?:this is a developing story\b|this story is developing\b)",
        r"\b(?:subscribe|sign up|join|follow|like|find)\b.{0,40}\b(?:us|our|me|newsletter|inbox|telegram"
        r"|discord|channel"
        r"|google news|community)\b",
        r"\b(?:for|to get|to receive) (?:the )?(?:latest|more|daily|breaking)\b.{0,50}\b(?:follow"
        r"|subscribe|visit|inbox|news)\b.{0,40}$",
        r"^(?:please )?(?:click|tap|swipe|scroll) (?:here|the|to|for|down)\b|\bclick here\b",
        r"\bdownload (?:the|our) (?:\w+ ){0,2}app\b",
        r"^(?:to )?(?:learn|find out|read|discover|know) more\b(?: (?:about|at|on|here).{0,160})?\W*$"
        r"|\bexplore our (?:article|guide)",
        r"^(?:register|sign up|start|save your spot|get started|buy|trade|enrol)\b.{0,40}\b(?:now|today"
        r"|here)\W*$",
        r"^stay (?:ahead|informed|updated|tuned|in the loop|connected)\b",
        r"^check out (?:our|the|more)\b|^(?:be sure to|make sure to|don[’']t forget to"
        r"|remember to) (?:follow|check|subscribe|like)",
        r"\bdelivered (?:straight |directly |daily )*to your inbox\b|\badvertise (?:with|in|on)\b",
        r"\blet us know\b.{0,60}\b(?:comments?|think|below)\b|\b(?:comments?|thoughts) (?:section )?below\b",
        r"^\W*are you chasing\b|\bwire helps\b.{0,60}\bheadlines\b|\bupcoming webclass\b"
        r"|^(?:official )?website\s?:",
        r"^catch the newest\b|^be the first to (?:know|buy|hear|learn|get|own|win)\b",
        r"^tell (?:us|a friend|your friends)\b",
        r"^don[’']t miss (?:out|the next|our|any)\b",
    ),
    _rule(
        "picture-sentence",
        Reach.SENTENCE,
        "image|photo|tradingview|shutterstock|unsplash|midjourney|chart",
        r"^\W*(?:generated|ai|stock) (?:image|photo|picture)\s?[:：]",
        r"^(?:\W*)(?:featured|cover|header|lead|main)? ?(?:image|photo|picture|illustration)s? (?:created"
        r"|generated|made|from|via|by|courtesy|credit)"
        r"|\bchart (?:from|by|via|source) (?:tradingview|trading view|coingecko|coinmarketcap)\b"
        r"|\bfeatured image\b",
    ),
    _rule(
        "link-list",
        Reach.SENTENCE,
        "http|links below|link below",
        r"(?:\b[\w/ ]{1,24}\s?[:：]\s?https?://[^\s,|]++[\s,|]*+){2}",
        r"\bvisit the links? below\b",
    ),
    _rule(
        "script",
        Reach.SENTENCE,
        "function(|{|});|var |adsbygoogle",
        r"\badsbygoogle\b|^\W*[#.][\w-]+\s?\{[\w-]+\s?:",
        r"\bfunction\s?\(|\}\s?\}|\)\s?;\s?\}|^\s?var \w+ ?=",
    ),
    _rule(
        "shortcode-inline",
        Reach.REST_OF_SENTENCE,
        "[time-|[caption|[embed|[gallery",
        r"\[(?:time-|caption|embed|gallery)",
    ),
    # --- inserts ---
    _rule(
        "related-insert",
        Reach.REST_OF_SENTENCE,
        "related|magazine|read more|read also|also read|see also|like:|like :|suggested|recommended"
        "|more from|more on|also:"
        "|leer|lee también|relacionado|leia|lesen|lire|leggi|читайте|читать|по теме|oku|benzer|관련|相关|相關"
        "|延伸|関連|推荐|推薦",
        rf"{RELATED}\s?[:：]",
    ),
    # --- to the end ---
    _rule(
        "tail-section",
        Reach.REST_OF_TEXT,
        "disclaimer|disclosure|risk warning|market opportunity|also like|media contact|press contact"
        "|forward|about |contact"
        "|免责声明|免責聲明|風險提示|风险提示|免責事項|相关阅读|дисклеймер|отказ от|descargo|aviso"
        "|haftungs|avertissement|avvertenza"
        "|yasal uyarı|면책|más sobre|related (?:articles|stories)|recommended|recent posts|interesar"
        "|interessieren|interessarti",
        r"(?:\*?\s?(?:legal |risk |general )?(?:disclaimers?|disclosures?|risk warning))(?:\s?[:：]"
        r"|\s(?=(?:the|this|all)\b)|$)",
        r"market opportunity(?:\s|$)(?-i:[A-Z]|$)",
        r"you (?:may|might) also (?:like|be interested in|enjoy)\W*(?:$|(?-i:(?=[A-Z\s])))",
        r"(?:media|press|pr|investor) (?:contacts?|inquiries|relations)\W*(?:$|[:：]|(?-i:\s(?=[A-Z])))",
        r"(?:cautionary (?:note|statement)s?.{0,30}|safe harbor.{0,20})?forward[- ]looking (?:statements?"
        r"|information)\W*(?:$|[:：])",
        r"contact(?:s| us| information| details)?\s?[:：]?\s?(?-i:$|[A-Z][\w.]+ (?:[A-Z][\w.]+ )?\S+@)",
        r"(?:免责声明|免責聲明|風險提示|风险提示|免責事項|相关阅读|相關閱讀|延伸阅读|면책 ?조항"
        r"|дисклеймер|отказ от ответственности"
        r"|descargo de responsabilidad|aviso (?:legal|de isenção)|isenção de responsabilidade"
        r"|haftungsausschluss|avertissement"
        r"|clause de non.responsabilité|avvertenza|yasal uyarı|te puede interesar|das könnte (?:sie"
        r"|dich) (?:auch )?interessieren"
        r"|potrebbe interessarti)(?:\s?[:：]|$|\s)",
        r"(?:recent|related|popular|latest) (?:posts|articles|stories|news)\W*$",
    ),
    _rule(
        "about-section",
        Reach.REST_OF_TEXT,
        "about ",
        r"About (?:the )?(?:[A-Z][\w.&’'()-]*+,?+ ?+){1,6}+(?:[:：]|$)",
        r"About (?P<who>[A-Z][\w.&’'-]*+)(?:,? (?:[A-Z][\w.&’'()-]*+|of|the|and|&)){0,5}?(?:\s?[:：]"
        r"|,?\s(?:The |At )?(?P=who)\b)",
        case=True,
    ),
    # --- openings ---
    _rule(
        "opening-line",
        Reach.OPENING,
        "",
        rf"(?:{READING_TIME})[\s|·•,–—-]*",
        rf"(?:(?:published|updated|posted|last updated|date)\s?:?\s?(?:on )?)?{DATE}\s*(?:[|·•–—-]\s*"
        rf"|(?=\d{{1,2}}\s?min)|(?-i:(?=[A-Z])))",
        rf"(?:author|by|written by|posted by)\s?[:|]\s?(?-i:{NAME})\s*[|·•–—]\s*",
        rf"by (?-i:{NAME})\s*[|·•–—]\s*",
        r"(?:key (?:takeaways?|points|highlights)|tl;?dr|in brief|in short|quick take|summary|takeaways?"
        r"|highlights)\s?[:：•]\s*",
        r"(?:just in|breaking(?: news)?|update|exclusive|news|sponsored|press release|advertisement"
        r"|opinion)\s?[:：!]\s+",
    ),
    _rule(
        "dateline",
        Reach.OPENING,
        "",
        r".{0,140}?(?:/\s?PR\s?Newswire(?:-[\w ]+)?\s?/|\(GLOBE NEWSWIRE\)|\(?BUSINESS WIRE\)?"
        r"|\(Newsfile Corp[^)]*\)|/?\s?ACCESS\s?(?:NEWS)?WIRE\s?/?"
        r"|\bChainwire\b(?! (?:is|was|has|will))|\((?:AP|AFP|Reuters|Bloomberg)\))\s*[-–—:,]*\s*",
        r"[A-Z][A-Z .]{2,30}(?:, [A-Z][\w .]{1,30})?(?:,? [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?\s?"
        r"(?:[–—]|--)\s?(?=[A-Z])",
        r"(?:[A-Z][\w .]{1,30}, ){0,2}(?:[A-Z][a-z]{2,8}\.?) \d{1,2} ?: ",
        r"[\u4e00-\u9fff]{2,6}(?:讯|訊|快讯|快訊)[,，:：]\s?",
        r"(?!最新|市场|官方|知情|内部|此前|据|據"
        r"|有)[\u4e00-\u9fff]{2,4}消息[,，:：]\s?(?:\d{1,2}\s?月\s?\d{1,2}\s?日[,，]\s?)?",
        r"[A-Z][\w. ]{1,24}?\s?(?:\d{1,2}\s?月\s?\d{1,2}\s?日)?\s?(?:消息|讯|訊|快讯)(?:[,，:：]|\s)\s?"
        r"(?:\d{1,2}\s?月\s?\d{1,2}\s?日(?:[,，]|\s)?(?:消息[,，])?)?",
        case=True,
    ),
)

BY_REACH: dict[Reach, tuple[Rule, ...]] = {
    reach: tuple(rule for rule in RULES if rule.reach is reach) for reach in Reach
}


def tried(reach: Reach, low: str) -> tuple[Rule, ...]:
    """Give the rules of this reach that are worth trying on a text, given in lower case."""
    return worth_trying(BY_REACH[reach], low)


def worth_trying(rules: Sequence[Rule], low: str) -> tuple[Rule, ...]:
    """Give those of some rules that are worth trying on a text, given in lower case.

    Asked of a whole item first, few are left to be asked of each of its blocks.
    """
    return tuple(rule for rule in rules if rule.may_match(low))


def whole_block(text: str, rules: Sequence[Rule]) -> str | None:
    """Name the rule by which a block is boilerplate altogether; ``None`` for prose. ``rules``: of that reach."""
    if len(text) > MAX_BLOCK:
        return None
    for rule in worth_trying(rules, text.lower()):
        if rule.pattern.fullmatch(text):
            return rule.name
    return None


MAX_BLOCK = 260
"""Longer blocks are prose with something in it, not share buttons or widgets."""
