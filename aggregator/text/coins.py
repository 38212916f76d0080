"""Which coins is a story about?

Names ("Solana", "イーサリアム") and tickers. A ticker that is also a word counts only where it is written as one: NEAR
and LINK as "$LINK", "(LINK)", "LINK/USDT", "5,000 LINK", "LINK price"; ONE and AI, which headlines put in capitals
and texts in brackets, only as "$ONE", "ONE/USDT" and "Harmony (ONE)". A stock's ticker ("Nasdaq: DASH") is none. A
table, not a list of the twenty thousand that exist: every other headline would be tagged wrongly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

VERSION = 2
"""Raised whenever the same text would give other coins: all items are then read anew."""

MAX_COINS = 8
"""A text that names more is a price list; the first ones stand for it."""

_READ = 8_000
"""Characters of the body that are read: later mentions are lists of other coins."""
_OPENING = 400
"""Characters of the body in which one mention is enough: what a story is about is named early."""
_MENTIONS = 3
"""Mentions in the rest of the body from which on a coin is part of the story."""

_NAMES: dict[str, str] = {
    "BTC": r"[Bb]itcoins?(?! (?:Cash|SV|Gold|Hyper|Pepe|Solaris|Swift)\b|\.com)|BITCOIN",
    "ETH": r"[Ee]thereum(?! Classic)|ETHEREUM|[Ee]ther(?!\.fi|[. ]Fi\b)",
    "USDT": r"Tether",
    "USDC": r"USD Coin",
    "BNB": r"BNB Chain|Binance Coin",
    "SOL": r"Solana|SOLANA",
    "DOGE": r"[Dd]ogecoin|DOGECOIN",
    "ADA": r"Cardano|CARDANO",
    "TRX": r"TRON|Tron(?= (?:network|blockchain|founder|DAO|Inc))",
    "AVAX": r"Avalanche(?! of\b)",
    "LINK": r"Chainlink",
    "DOT": r"Polkadot",
    "LTC": r"Litecoin",
    "BCH": r"Bitcoin Cash",
    "ETC": r"Ethereum Classic",
    "XMR": r"Monero",
    "ZEC": r"Zcash",
    "XLM": r"Stellar(?= (?:Lumens|network|blockchain|Development))",
    "TON": r"Toncoin|The Open Network",
    "SHIB": r"Shiba Inu",
    "PEPE": r"Pepe(?= (?:coin|token|price|meme))|Pepecoin",
    "SUI": r"Sui(?=[’'-]s?|,| (?:[A-Z]|network|blockchain|price|token))",
    "APT": r"Aptos",
    "ARB": r"Arbitrum",
    "OP": r"OP Mainnet|Optimism(?= (?:network|mainnet|Foundation|token|blockchain))",
    "POL": r"Polygon(?=[’']s| (?:[Nn]etworks?|Labs|blockchain|token|PoS|co-founder|price))",
    "ATOM": r"Cosmos(?= (?:Hub|network|ecosystem|blockchain))",
    "NEAR": r"(?:NEAR|Near) Protocol",
    "UNI": r"Uniswap",
    "AAVE": r"Aave",
    "HBAR": r"Hedera",
    "HYPE": r"Hyperliquid",
    "WLD": r"Worldcoin",
    "ENA": r"Ethena",
    "ONDO": r"Ondo Finance",
    "FIL": r"Filecoin",
    "ICP": r"Internet Computer",
    "CRO": r"Cronos",
    "VET": r"VeChain",
    "ALGO": r"Algorand",
    "TIA": r"Celestia",
    "INJ": r"Injective",
    "KAS": r"Kaspa",
    "PI": r"Pi (?:Network|Coin)",
    "TAO": r"Bittensor",
    "LDO": r"Lido(?= (?:DAO|Finance))",
    "CRV": r"Curve(?= (?:DAO|Finance))",
    "MKR": r"MakerDAO",
    "CAKE": r"PancakeSwap",
    "GRT": r"The Graph(?= (?:network|token|protocol|Foundation))",
    "BONK": r"Bonk(?= (?:coin|token|price|meme))",
    "WIF": r"dogwifhat",
    "PENGU": r"Pudgy Penguins",
    "STRK": r"Starknet",
    "ZK": r"zkSync|ZKsync",
    "EIGEN": r"EigenLayer|EigenCloud",
    "FLOKI": r"Floki",
    "XTZ": r"Tezos",
    "RUNE": r"THORChain",
    "DYDX": r"dYdX",
    "SNX": r"Synthetix",
    "SEI": r"Sei(?= (?:[Nn]etwork|blockchain|[Ff]oundation|token|price|Labs))",
    "STX": r"Stacks(?= (?:network|blockchain|token|Foundation))",
    "FET": r"Fetch\.ai|Artificial Superintelligence Alliance",
    "IMX": r"Immutable X",
    "COMP": r"Compound(?= (?:Finance|Labs|DAO))",
    "DASH": r"Dash(?= (?:coin|network|cryptocurrency|price))",
}
"""Names in Latin letters, written the same in most languages."""

_OTHER_NAMES: dict[str, str] = {
    "BTC": r"比特[币幣](?!现金)|ビットコイン|비트코인|[Бб]иткои?й?н\w*|[Бб]іткої?й?н\w*",
    "ETH": r"以太[坊币幣](?!经典)|イーサ(?:リアム|(?!ネット))|이더리움|\b[Ээ]фириум\w*"
    r"|(?<!прямом )(?<!прямой )(?<!радио)(?<!в )\b[Ээ]фир(?:а|у|ом|е)?\b"
    r"|\b[Ее]фіріум\w*|(?<!прямому )(?<!прямий )(?<!в )(?<!у )\b[Ее]ф[іи]р(?:у|ом|і)?\b",
    "XRP": r"リップル|(?<!트)리플(?!레|렛|리)|瑞波[币幣]?",
    "USDT": r"泰[达達][币幣]|テザー|테더",
    "BNB": r"币安币|バイナンスコイン",
    "SOL": r"ソラナ|솔라나|\b[Сс]олан[аиыуі]\b",
    "DOGE": r"狗狗[币幣]|ドージコイン|도지코인",
    "ADA": r"卡[尔爾]达诺|カルダノ|에이다",
    "TRX": r"波[场場]|(?<![ァ-ヶー])トロン(?![ァ-ヶー])|(?<![가-힣])트론",
    "AVAX": r"アバランチ|아발란체",
    "LINK": r"チェーンリンク|체인링크",
    "DOT": r"ポルカドット|폴카닷",
    "LTC": r"莱特[币幣]|ライトコイン|라이트코인",
    "BCH": r"比特[币幣]现金",
    "XMR": r"门[罗羅][币幣]|モネロ|모네로",
    "SHIB": r"柴犬(?:[币幣]|コイン)|시바이누",
    "HYPE": r"ハイパーリキッド|하이퍼리퀴드",
    "UNI": r"ユニスワップ|유니스왑",
    "TON": r"(?<![ァ-ヶー])トンコイン|(?<![가-힣])톤코인",
}
"""Names in other scripts, tried only where the text has them."""

_UNMISTAKABLE = frozenset(
    "BTC XBT ETH XRP USDT USDC BNB DOGE ADA TRX AVAX LTC BCH XMR ZEC XLM SHIB APT ARB ATOM AAVE HBAR FIL ICP ALGO"
    " TIA INJ KAS TAO LDO CRV MKR PENGU WLD ENA ONDO FDUSD PYUSD DAI WBTC STETH XTZ EOS FLOKI WIF BONK JUP PYTH"
    " RUNE QNT FET IMX SEI XVS GMX DYDX SNX EIGEN PEPE HYPE WLFI".split()
)
"""Tickers that are hardly ever anything else when written in capitals."""
_CAPITALS = frozenset("SOL SUI UNI STX NEO".split())
"""The same, but short enough to be a word of a headline that is all in capitals."""
_AMBIGUOUS = frozenset(
    "NEAR LINK DOT OP TON POL CRO CAKE GRT SAND MANA APE TRUMP MNT ETC BAT STRK COMP DASH VET RENDER MASK FLOW"
    " BLUR".split()
)
"""Tickers that are words, shares, or short for other things: only marked, beside an amount or a word of the market."""
_WORDS = frozenset("ONE GAS PI AI NOT PEOPLE HIGH SUN WIN HOT KEY FUN LIT MOVE ME S W T IO G ZK".split())
"""Words that headlines shout and texts put in brackets ("artificial intelligence (AI)"): only as "$ONE", "ONE/USD",
or in brackets behind the coin's own name."""
_NOUNS = frozenset("HYPE ATOM RUNE ADA".split())
"""What nobody means as a coin behind an article: "the HYPE is real"."""
_SAME = {"XBT": "BTC", "STETH": "ETH", "WBTC": "BTC"}
"""Tickers that stand for another coin's price."""

_BEFORE_BRACKETS: dict[str, str] = {
    "DOT": "Polkadot", "OP": "Optimism|OP Mainnet", "POL": "Polygon", "STRK": "Starknet", "COMP": "Compound",
    "DASH": "Dash", "VET": "VeChain", "ETC": "Ethereum Classic|Classic", "MASK": "Mask", "FLOW": "Flow",
    "BLUR": "Blur", "BAT": "Attention|Brave", "RENDER": "Render", "ONE": "Harmony", "GAS": "Gas", "PI": "Pi",
    "AI": "Sleepless", "NOT": "Notcoin", "PEOPLE": "ConstitutionDAO", "HIGH": "Highstreet", "SUN": "Sun",
    "WIN": "WINk", "HOT": "Holo", "KEY": "SelfKey", "FUN": "FUNToken|FunToken", "LIT": "Lighter|Litentry",
    "MOVE": "Movement", "ME": "Magic Eden", "S": "Sonic", "W": "Wormhole", "T": "Threshold", "IO": r"io\.net",
    "G": "Gravity", "ZK": "(?i:zksync)", "APT": "Aptos", "ADA": "Cardano",
}  # fmt: skip
"""In brackets these stand for offices, licences and laws as well ("Department of Transportation (DOT)"): they count
behind a name of the coin, with up to two words between."""
_BRACKETED = {
    ticker: re.compile(rf"(?:{names})(?:[’']s)?(?: \w+){{0,2}}\s?[「『（(]?$")
    for ticker, names in _BEFORE_BRACKETS.items()
}

KNOWN = (
    frozenset(_NAMES) | frozenset(_OTHER_NAMES) | _UNMISTAKABLE | _CAPITALS | _AMBIGUOUS | _WORDS
) - frozenset(_SAME)
"""Every ticker that can be recognised."""

_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\uffdc]")
"""What those names are written in; curly quotes make no English text one of them."""
_OTHER = re.compile("|".join(f"(?P<{ticker}>{form})" for ticker, form in _OTHER_NAMES.items()))


_SHORT = 3
"""Letters of a ticker that counts in a headline all in capitals, too: "BTC" does, "PEPE" may be a word of it."""
_LETTERS = 3
"""Letters by which a name is looked up; no name is shorter but "Pi", which is looked up with the space behind it."""


def _index() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The first letters of a name, folded, to the names that begin so.

    Trying fifty forms at every character of an article takes 3 ms, looking up the few words that begin like a
    name takes a thirtieth of it.
    """
    index: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for ticker, form in _NAMES.items():
        compiled = re.compile(f"(?:{form})(?![A-Za-z])")
        for alternative in re.split(r"\|(?![^(]*\))", form):
            plain = re.sub(r"\[(\w)\w+\]|\((?:\?:)?(\w+)\|[^)]*\)|\(\?[=!].*", r"\1\2", alternative)
            if not plain[:1].isalpha():
                continue  # what stands behind a name, parted off with the alternatives
            known = index.setdefault(plain[:_LETTERS].lower(), [])
            if (ticker, compiled) not in known:
                known.append((ticker, compiled))
    return index


_BY_LETTERS = _index()
_WORD_BEGINS = re.compile(r"(?<![A-Za-z])[A-Za-z]")
_TICKER = re.compile(
    r"(?<![\w$./@#-])(?P<mark>[$#(]?)(?P<ticker>[A-Z]{1,6})(?P<after>\)|/USDT?|USDT?|-USDT?)?(?![\w])"
)
_MARKET = re.compile(
    r"\s(?:prices?|tokens?|coin|holders?|staking|futures|ETFs?|ETPs?|network|blockchain|ecosystem|treasury|bulls|bears"
    r"|whales?|traders|buybacks?|perps|burns?|unlocks?|rall(?:y|ies)|surges?|jumps?|slips|drops|falls|slides|gains|soars"
    r"|plunges|tumbles|climbs|rebounds|trades|dips|spikes)\b"
)
"""What follows a ticker and no word in capitals."""
_AMOUNT = re.compile(r"\d[\d,.]*\s?(?:[KMBkmb]|thousand|million|billion|mn|bn|万|亿)?\s?$")
_LISTED = re.compile(
    r"(?:NASDAQ|NYSE(?: ?American)?|AMEX|TSX(?:-?V)?|CSE|OTC\w*|CBOE[ \w]{0,8}|LSE|AIM|ASX|HKEX|FSE|BSE|NEO)"
    r"\s?[:：]\s?$",
    re.IGNORECASE,
)
"""What stands before the ticker of a share."""
_ARTICLE = re.compile(r"\b(?:the|an?|all|no|real|more|much|that|this|pure|with|under)\s$", re.IGNORECASE)
_NO_COIN: dict[str, re.Pattern[str]] = {
    "APT": re.compile(r"[- ]?(?:\d|groups?\b|actors?\b|hackers?\b|attacks?\b|campaigns?\b)|\s?组织"),
    "ETH": re.compile(r"\sZ[uü]rich"),
    "ADA": re.compile(r"\s(?:compliance|compliant|Lovelace)"),
    "NEO": re.compile(r"\s?[:：]"),
}
"""What goes on behind something else of that name: hackers, a university, a law, an exchange."""
_LOOK_BACK = 40
"""Characters before a ticker that can say what it is."""


def coins(title: str, body: str, tags: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give ticker symbols, upper case: those of the title first, then of the tags, then of the body.

    In the body a coin counts when it is named in the beginning, or several times.
    """
    shouted = title.isupper() and not _OTHER_SCRIPT.search(title)  # Chinese has no small letters to tell by
    found = dict.fromkeys(ticker for _, ticker in _mentioned(title, shouted=shouted))
    for tag in tags:
        found.update(dict.fromkeys(_of_tag(tag)))
    hits = _mentioned(body[:_READ])
    times = Counter(ticker for _, ticker in hits)
    found.update({ticker: None for at, ticker in hits if at < _OPENING})
    found.update({ticker: None for _, ticker in hits if times[ticker] >= _MENTIONS})
    return tuple(found)[:MAX_COINS]


def _mentioned(text: str, *, shouted: bool = False) -> list[tuple[int, str]]:
    """Every mention with its place, in order."""
    hits = list(_named(text))
    for found in _TICKER.finditer(text):
        ticker = found["ticker"]
        if _is_coin(text, found, shouted=shouted):
            hits.append((found.start(), _SAME.get(ticker, ticker)))
    return sorted(hits)


def _named(text: str) -> Iterator[tuple[int, str]]:
    low = text.lower() if text.isascii() else ""  # of other letters some are two in lower case
    for word in _WORD_BEGINS.finditer(text):
        at = word.start()
        for ticker, form in _BY_LETTERS.get(low[at : at + _LETTERS] or text[at : at + _LETTERS].lower(), ()):
            if form.match(text, at):
                yield at, ticker
    if _OTHER_SCRIPT.search(text):
        yield from ((found.start(), found.lastgroup or "") for found in _OTHER.finditer(text))


def _is_coin(text: str, found: re.Match[str], *, shouted: bool) -> bool:
    """Tell whether a word in capitals is a coin's ticker."""
    ticker = found["ticker"]
    if ticker not in KNOWN and ticker not in _SAME:
        return False
    before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
    unlike = _NO_COIN.get(ticker)
    listed = (":" in before[-2:] or "：" in before[-2:]) and _LISTED.search(before)
    if listed or (unlike and unlike.match(text, found.end())):
        return False
    bracketed = found["mark"] == "("
    if bracketed and found["after"] == ")" and ticker in _BRACKETED:
        return bool(_BRACKETED[ticker].search(before))
    if found["mark"] in ("$", "#") or found["after"] not in ((None,) if bracketed else (None, ")")):
        return True
    if ticker in _UNMISTAKABLE:
        noun = ticker in _NOUNS and _ARTICLE.search(before) and not _MARKET.match(text, found.end())
        return not noun and not (shouted and len(ticker) > _SHORT)
    if ticker in _CAPITALS:
        return not shouted
    return (
        ticker in _AMBIGUOUS
        and not shouted
        and not bracketed
        and bool(_MARKET.match(text, found.end()) or _AMOUNT.search(before))
    )


def _of_tag(tag: str) -> list[str]:
    """A tag is a ticker or a name, in any case."""
    tag = tag.strip().lstrip("#$")
    upper = tag.upper()
    if upper in _UNMISTAKABLE or tag in _CAPITALS:
        return [_SAME.get(upper, upper)]
    return [ticker for _, ticker in _named(tag.title() if tag.islower() else tag)]
