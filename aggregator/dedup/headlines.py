"""What does a title say about its kind: part of a series, a digest of many stories, a flash with a clock in front?

Tables of wording, in the languages of the bundled feeds. They only ever keep items apart (a series, a digest)
or remove what one desk puts before every title; a missing word costs little.
"""

from __future__ import annotations

import re

# Searched in lower-cased titles: three times as fast as a search that ignores case.

_SERIES = re.compile(
    r"price (?:predictions?|analysis|forecast|watch)|forecasts? (?:for|and)|performance update|daybook|newsletter|"
    r"(?:market|daily|weekly|morning|evening|midday|week|month)(?:\w*)(?:ly)? (?:analysis|report|recap|update|wrap|"
    r"briefing|brief|roundup|round-up|digest|review|outlook|summary|news|note|movers|overview|in)\b|"
    r"(?:crypto|bitcoin|news) (?:today|news today)|what happened (?:in|today)|here'?s what happened|"
    r"live\b.*\b(?:updates?|blog)|\btoday\b|this week|top (?:stories|news|gainers|losers|headlines)|"
    r"best (?:\w+ ){0,4}to (?:buy|invest)|(?:cryptos?|altcoins?|coins?|tokens?) to (?:buy|watch)|"
    r"fear (?:&|and) greed|unlocks?\b.*week|\b(?:part|episode|ep|vol|issue|no|week|day)\.?\s?#?\d+|"
    r"日报|周报|早报|晚报|早餐|晚餐|必读|速递|要闻|一览|盘点|周刊|今日值得|行情分析|价格(?:预测|分析)|"
    r"市場まとめ|今週の|本日の|"
    r"(?:価格|相場)(?:予想|予測|分析)|(?:analisi|previsioni?)(?: del)? prezzo|"
    r"(?:시세|가격) (?:전망|분석)|fiyat (?:analizi|tahmini)|"
    r"resumen (?:diario|semanal)|(?:análisis|predicción) de precios?|preisanalyse|kursanalyse|wochenrückblick|"
    r"prévisions? de prix|previsão de preço|прогноз (?:цены|курса)|итоги (?:дня|недели)",
)
_MANY = re.compile(
    r"round-?up|digest|recap|week in\b|what happened|headlines|newsletter|\band more$|briefing|daybook|top stories|"
    r"in brief|things to know|\b(?:three|four|five|six|seven|[3-9]|10) (?:stories|things|news)\b|日报|周报|早报|晚报|"
    r"早餐|晚餐|必读|要闻|一览|盘点|まとめ|\d本(?:[：:】]|$)|厳選|話題】|resumen|rückblick|überblick|итоги|главное за",
)
READ = 1_000
"""Characters of a title that are looked at; the longest real headline has 293, and these patterns go back and forth."""
_CLOCK = re.compile(r"^\s*\d{1,2}[:：]\d{2}\s+")
_DESK = re.compile(
    r"^\s*[\w. ]{1,24}?(?:消息|快讯|讯)\s*[，,：:]\s*(?:\d{1,2}\s*月\s*\d{1,2}\s*日\s*[，,]\s*)?|"
    r"^\s*(?:数据|快讯|速報)\s*[：:|｜]\s*"
)
_SOURCE = re.compile(r"^据[^，,。]{1,40}?(?:监测|数据|行情|报道|消息|披露)(?:数据)?(?:显示)?\s*[，,：:]\s*")


_OUTLETS = (
    r"CoinDesk|Cointelegraph|Decrypt|The Block|Blockworks|DL News|CryptoSlate|crypto\.news|BeInCrypto|NewsBTC|"
    r"Bitcoinist|U\.?Today|CoinGape|AMBCrypto|Bitcoin Magazine|Bitcoin\.com(?: News)?|CryptoPotato|Reuters|"
    r"Bloomberg(?:\.com)?|CNBC|Forbes|Fortune|Financial Times|The Wall Street Journal|WSJ|The New York Times|"
    r"Yahoo Finance|Business Insider|MarketWatch|Barron's|Investing\.com|Nasdaq|Benzinga|The Motley Fool|TechCrunch|"
    r"The Verge|Wired|Axios|Politico|BBC|CNN|AP News|The Guardian|PR Newswire|GlobeNewswire|Business Wire"
)
_OUTLET = re.compile(rf"^(.{{30,}}?)\s+(?:[-–—]\s+(?:{_OUTLETS})|[|｜]\s+[^|｜]{{2,30}})$")


def without_outlet(title: str) -> str:
    """The title without the outlet's name that a search feed or a page title puts behind it."""
    found = _OUTLET.match(title) if len(title) <= READ else None
    return found[1] if found else title


def core(text: str) -> str:
    """The text without what a flash desk puts before every one: the clock, its name and date, who measured."""
    for prefix in (_CLOCK, _DESK, _SOURCE):
        text = prefix.sub("", text, count=1)
    return text


def is_series(title: str) -> bool:
    """Whether titles of this kind return with other content: likeness between them proves little."""
    return bool(_SERIES.search(title[:READ].lower()))


def is_digest(title: str) -> bool:
    """Whether the title announces several stories at once."""
    return bool(_MANY.search(title[:READ].lower()))
