"""Which coins is a story about?

Names ("Solana", "イーサリアム") and tickers. A ticker that is also a word (ONE, NEAR, LINK) counts only where it is
marked as a ticker: "$ONE", "(ONE)", "ONE/USDT". A table, not a list of the twenty thousand that exist: with the
long tail come COIN, AI, NOT and GAS, and every other headline would be tagged wrongly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

VERSION = 1
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
    "BTC": r"[Bb]itcoins?(?! (?:Cash|SV|Gold)\b|\.com)|BITCOIN",
    "ETH": r"[Ee]thereum(?! Classic)|ETHEREUM|[Ee]ther",
    "USDT": r"Tether",
    "USDC": r"USD Coin",
    "BNB": r"BNB Chain|Binance Coin",
    "SOL": r"Solana|SOLANA",
    "DOGE": r"[Dd]ogecoin|DOGECOIN",
    "ADA": r"Cardano|CARDANO",
    "TRX": r"TRON|Tron(?= (?:network|blockchain|founder|DAO|Inc))",
    "AVAX": r"Avalanche",
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
    "SUI": r"Sui(?= (?:network|blockchain|Foundation|price|token|Network))",
    "APT": r"Aptos",
    "ARB": r"Arbitrum",
    "OP": r"OP Mainnet|Optimism(?= (?:network|mainnet|Foundation|token|blockchain))",
    "POL": r"Polygon(?= (?:network|Labs|blockchain|token|PoS|co-founder|price))",
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
}
"""Names in Latin letters, written the same in most languages."""

_OTHER_NAMES: dict[str, str] = {
    "BTC": r"比特[币幣](?!现金)|ビットコイン|비트코인|[Бб]иткои?й?н\w*|[Бб]іткої?й?н\w*",
    "ETH": r"以太[坊币幣](?!经典)|イーサ(?:リアム)?|이더리움|\b[Ээ]фириум\w*|\b[Ээ]фир(?:а|у|ом|е)?\b"
    r"|\b[Ее]фіріум\w*|\b[Ее]ф[іи]р(?:у|ом|і)?\b",
    "XRP": r"リップル|리플|瑞波[币幣]?",
    "USDT": r"泰[达達][币幣]|テザー|테더",
    "BNB": r"币安币|バイナンスコイン",
    "SOL": r"ソラナ|솔라나|\b[Сс]олан[аиыуі]\b",
    "DOGE": r"狗狗[币幣]|ドージコイン|도지코인",
    "ADA": r"卡[尔爾]达诺|カルダノ|에이다",
    "TRX": r"波[场場]|トロン|트론",
    "AVAX": r"アバランチ|아발란체",
    "LINK": r"チェーンリンク|체인링크",
    "DOT": r"ポルカドット|폴카닷",
    "LTC": r"莱特[币幣]|ライトコイン|라이트코인",
    "BCH": r"比特[币幣]现金",
    "XMR": r"门[罗羅][币幣]|モネロ|모네로",
    "SHIB": r"柴犬(?:[币幣]|コイン)|시바이누",
    "HYPE": r"ハイパーリキッド|하이퍼리퀴드",
    "UNI": r"ユニスワップ|유니스왑",
    "TON": r"トンコイン|톤코인",
}
"""Names in other scripts, tried only where the text has them."""

_UNMISTAKABLE = frozenset(
    "BTC XBT ETH XRP USDT USDC BNB DOGE ADA TRX AVAX LTC BCH XMR ZEC XLM SHIB APT ARB ATOM AAVE HBAR FIL ICP ALGO"
    " TIA INJ KAS TAO LDO CRV MKR PENGU WLD ENA ONDO FDUSD PYUSD DAI WBTC STETH XTZ EOS FLOKI WIF BONK JUP PYTH"
    " STX RUNE QNT FET IMX SEI DASH NEO XVS GMX DYDX SNX COMP ZK STRK EIGEN VET PEPE HYPE".split()
)
"""Tickers that are hardly ever anything else when written in capitals."""
_AMBIGUOUS = frozenset(
    "SOL ONE NEAR LINK DOT UNI OP SUI TON POL PI CRO CAKE GRT GAS FLOW SAND MASK BAT MANA APE TRUMP WLFI AI NOT"
    " MNT RENDER ETC BLUR PEOPLE HIGH SUN WIN HOT KEY FUN LIT MOVE ME S W T IO G".split()
)
"""Tickers that are words, or short for other things: only as "$SOL", "(SOL)", "SOL/USD", or beside "price"."""
_SAME = {"XBT": "BTC", "STETH": "ETH", "WBTC": "BTC"}
"""Tickers that stand for another coin's price."""

KNOWN = (frozenset(_NAMES) | frozenset(_OTHER_NAMES) | _UNMISTAKABLE | _AMBIGUOUS) - frozenset(_SAME)
"""Every ticker that can be recognised."""

_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\uffdc]")
"""What those names are written in; curly quotes make no English text one of them."""
_OTHER = re.compile("|".join(f"(?P<{ticker}>{form})" for ticker, form in _OTHER_NAMES.items()))


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
            known = index.setdefault(plain[:_LETTERS].lower(), [])
            if (ticker, compiled) not in known:
                known.append((ticker, compiled))
    return index


_BY_LETTERS = _index()
_BEGINNING = re.compile(
    "(?<![A-Za-z])(?:"
    + "|".join(f"[{each[0].upper()}{each[0]}](?i:{re.escape(each[1:])})" for each in sorted(_BY_LETTERS))
    + ")"
)
_TICKER = re.compile(
    r"(?<![\w$./@#-])(?P<mark>[$#(]?)(?P<ticker>[A-Z]{1,6})(?P<after>\)|/USDT?|USDT?|-USDT?)?(?![\w])"
)
_PRICE = re.compile(r"\s(?:price|token|tokens|coin|holders|staking|futures|ETFs?)\b")


def coins(title: str, body: str, tags: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give ticker symbols, upper case: those of the title first, then of the tags, then of the body.

    In the body a coin counts when it is named in the beginning, or several times.
    """
    found = dict.fromkeys(ticker for _, ticker in _mentioned(title, shouted=title.isupper()))
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
        marked = found["mark"] in ("$", "(", "#") or found["after"] is not None
        if ticker in _UNMISTAKABLE and not (shouted and not marked and len(ticker) > 3):
            hits.append((found.start(), _SAME.get(ticker, ticker)))
        elif ticker in _AMBIGUOUS and _is_marked(text, found, marked=marked, shouted=shouted):
            hits.append((found.start(), ticker))
    return sorted(hits)


def _named(text: str) -> Iterator[tuple[int, str]]:
    for word in _BEGINNING.finditer(text):
        for ticker, form in _BY_LETTERS.get(word.group().lower(), ()):
            if form.match(text, word.start()):
                yield word.start(), ticker
    if _OTHER_SCRIPT.search(text):
        yield from ((found.start(), found.lastgroup or "") for found in _OTHER.finditer(text))


def _is_marked(text: str, found: re.Match[str], *, marked: bool, shouted: bool) -> bool:
    """Tell whether a word is written as a ticker: "(SOL)" is, "(ONE of many)" is not, "SOL price" is."""
    if found["mark"] == "(":
        return found["after"] == ")"
    return marked or (not shouted and len(found["ticker"]) > 2 and bool(_PRICE.match(text, found.end())))


def _of_tag(tag: str) -> list[str]:
    """A tag is a ticker or a name, in any case."""
    tag = tag.strip().lstrip("#$")
    upper = tag.upper()
    if upper in _UNMISTAKABLE:
        return [_SAME.get(upper, upper)]
    return [ticker for _, ticker in _named(tag.title() if tag.islower() else tag)]
