"""Stories as export gets them, in our own words: English, Chinese, Arabic, Hebrew, and hostile ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.export.channel import Channel
from aggregator.models import (
    CoinTrend,
    Copy,
    Enclosure,
    Feed,
    FeedRecord,
    FeedRef,
    Overview,
    RelatedStory,
    Story,
)

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "xss.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Ways to make a reader do something: in ``markup``, in an ``address``, in ``words`` that are to be shown."""

HOSTILE_HTML = [vector["vector"] for vector in VECTORS if vector["kind"] == "markup"]
"""Ways to smuggle script, style, frames and forms past a sanitiser."""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

LEDGER = FeedRef(
    title="Ledger Post", url="https://ledgerpost.example/feed.xml", site_url="https://ledgerpost.example/"
)
CHAINWIRE = FeedRef(title="Chainwire Daily", url="https://chainwire.example/rss")
NIGHTDESK = FeedRef(
    title="Night Desk", url="https://nightdesk.example/atom", site_url="https://nightdesk.example"
)
COINBAZAAR = FeedRef(title="Coin Bazaar", url="https://coinbazaar.example/feed")
FASTBLOCK = FeedRef(title="FastBlock", url="https://fastblock.example/feed.json")
KUAIXUN = FeedRef(title="链上快讯", url="https://kuaixun.example/rss", site_url="https://kuaixun.example/")
MAJLIS = FeedRef(title="مجلس العملات", url="https://majlis.example/rss", site_url="https://majlis.example/")
FILE = FeedRef(title="Home-made notes", url="feeds/notes.xml")

BODY = (
    "<p>Short of the full text, the publisher sent <b>two</b> lines.</p><p>See <a href='/more'>more</a>.</p>"
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def copy(number: int, feed: FeedRef, title: str, when: datetime, rule: str = "near-text") -> Copy:
    host = feed.url.split("/")[2]
    return Copy(
        item=f"{number:020x}",
        title=title,
        url=f"https://{host}/news/{number}",
        feed=feed,
        published=when,
        rule=rule,
        score=0.93,
    )


def story(number: int, feed: FeedRef, title: str, when: datetime, **more: object) -> Story:
    host = feed.url.split("/")[2] if "//" in feed.url else "notes.example"
    values: dict[str, object] = {
        "id": f"{number:020x}",
        "item": f"{number:020x}",
        "title": title,
        "url": f"https://{host}/{when:%Y/%m/%d}/story-{number}",
        "feed": feed,
        "published": when,
        "updated": when,
        "language": "en",
    }
    return Story(**(values | more))


HALVING = story(
    1,
    LEDGER,
    "Miners bring forward their sales ahead of the difficulty reset",
    at(22, 10, 4),
    author="Ines Oduya",
    tags=("Mining", "Markets"),
    coins=("BTC",),
    abstract="Listed miners sold more coins in October than they dug up, the first such month since spring. "
    "Two of them say the proceeds pay for hosting contracts that begin in January.",
    reposts=(
        copy(101, CHAINWIRE, "Miners bring forward sales ahead of difficulty reset", at(22, 10, 9)),
        copy(
            102,
            COINBAZAAR,
            "Why are bitcoin miners selling? Difficulty reset explained",
            at(22, 10, 17),
            "rewrite",
        ),
        copy(
            103, FASTBLOCK, "MINERS BRING FORWARD THEIR SALES AHEAD OF THE DIFFICULTY RESET", at(22, 10, 21)
        ),
        copy(104, NIGHTDESK, "Miners bring forward their sales – Ledger Post", at(22, 11, 2), "excerpt"),
        copy(105, COINBAZAAR, "Miners bring forward their sales (updated)", at(22, 11, 40), "same-text"),
    ),
    related=(
        RelatedStory(
            id=f"{3:020x}",
            title="Hosting prices in Texas climb for a third month",
            url="https://nightdesk.example/2026/11/21/story-3",
        ),
    ),
)
BRIDGE = story(
    2,
    NIGHTDESK,
    "Bridge operator pauses withdrawals after $4.1M leaves a hot wallet",
    at(22, 9, 41),
    author="Tomasz Wren",
    tags=("Security", "DeFi", "Exploits"),
    coins=("ETH", "ARB"),
    abstract="The team stopped the contracts eleven minutes after the first transfer and says deposits in cold "
    "storage are whole. An auditor had flagged the signing service in August.",
    reposts=(copy(106, CHAINWIRE, "Bridge pauses withdrawals after $4.1M leaves hot wallet", at(22, 9, 52)),),
)
HOSTING = story(
    3,
    NIGHTDESK,
    "Hosting prices in Texas climb for a third month",
    at(21, 22, 15),
    tags=("Mining",),
    coins=("BTC",),
    abstract="Contracts for 2027 are quoted a tenth higher than in August.",
)
CHINESE = story(
    4,
    KUAIXUN,
    "某交易所将于下周调整永续合约资金费率上限，涉及十二个交易对",
    at(22, 8, 30),
    language="zh",
    tags=("快讯", "合约"),
    coins=("BTC", "SOL"),
    abstract="公告称，新的上限将于周三上午十点生效，此前持有的仓位不受影响。平台同时提醒用户在调整期间留意保证金水平。",
    reposts=(
        copy(
            107,
            FASTBLOCK,
            "Exchange to adjust funding rate caps on twelve pairs",
            at(22, 8, 36),
            "translation",
        ),
    ),
)
ARABIC = story(
    5,
    MAJLIS,
    "البنك المركزي يبدأ تجربة الدرهم الرقمي مع ستة مصارف (Phase 2)",
    at(22, 7, 5),
    language="ar",
    author="ليلى حداد",
    tags=("تنظيم",),
    abstract="تبدأ المرحلة الثانية في يناير وتشمل التحويلات حتى ٥٠٠ ألف درهم. ولم يحدد البنك موعد الإطلاق العام.",
)
UNABRIDGED = story(
    6,
    CHAINWIRE,
    "Stablecoin issuer publishes its first monthly reserve report",
    at(21, 18, 0),
    content_html=BODY,
    coins=("USDC",),
    labels=("press-release", "sponsored"),
)
NOTES = story(
    7,
    FILE,
    "A note from a file, without a link",
    at(21, 9, 0),
    url=None,
    language=None,
    content_html="<p>Feeds may be files in the home directory.</p>",
    enclosures=(
        Enclosure(url="https://media.example/notes/7.mp3", type="audio/mpeg", length=23_400_000),
        Enclosure(url="https://media.example/notes/7?as=transcript"),
    ),
)
UNTITLED = story(
    8,
    FASTBLOCK,
    "\u200b ",
    at(20, 16, 45),
    content_html="<p>Validators vote on Thursday whether to raise the gas limit by a fifth, and clients are ready.</p>",
    coins=("ETH",),
)
HOSTILE = story(
    9,
    FeedRef(
        title='"><script>alert(1)</script>',
        url="javascript:alert(2)",
        site_url="https://e.example/?a[]=1&b=%zz",
    ),
    "]]> <b>bold</b> &lt;i&gt; &amp;copy; \x00\x1b[31m\ud800\ufffe\u202eevil\u202c <script>alert(3)</script>",
    at(20, 12, 0),
    url="https://hostile.example/a b?q=<x>&r='\"#§",
    author="</name>\u0085Mallory\u2028& Sons",
    tags=("<tag>", "]]>", "", "\u200b", "Tag", "tag"),
    coins=('B"C',),
    language='en"><x',
    content_html='<p onclick="x()">Hi <a href="&#106;avascript:alert(4)">there</a><img src=x onerror=alert(5)>'
    '<img src="https://e.example/p.gif" width="1" height="1"><script>alert(6)</script>'
    "<svg><style><img src=x onerror=alert(7)></style></svg>]]>\x0b</p>",
    reposts=(
        Copy(
            item="f" * 20,
            title="</a><script>alert(8)</script>",
            url="data:text/html,<script>alert(9)</script>",
            feed=FeedRef(title="", url="http://127.0.0.1/feed"),
            published=at(20, 12, 1),
            rule="same-url",
            score=1.0,
        ),
    ),
    related=(RelatedStory(id="x", title="<img src=x onerror=alert(10)>", url="vbscript:x"),),
    enclosures=(
        Enclosure(url="javascript:alert(11)", type="audio/mpeg", length=1),
        Enclosure(url="https://hostile.example/a b.mp3?q='\"<x>", type="audio/mpeg"),
    ),
)

STORIES = [HALVING, BRIDGE, CHINESE, ARABIC, HOSTING, UNABRIDGED, NOTES, UNTITLED, HOSTILE]

CHANNEL = Channel(updated=HALVING.updated, base_url="https://news.example/merged/")


def feed(number: int, ref: FeedRef, **more: object) -> Feed:
    values: dict[str, object] = {
        "id": number,
        "url": ref.url,
        "first_url": ref.url,
        "title": ref.title,
        "site_url": ref.site_url,
    }
    return Feed(**(values | more))


FEEDS = [
    feed(1, LEDGER),
    feed(2, CHAINWIRE, failures=5, last_ok_at=at(20, 6), last_error="timeout: nothing within 20 s"),
    feed(3, NIGHTDESK),
    feed(4, COINBAZAAR, gone=True),
    feed(5, FASTBLOCK, failures=1),
    feed(6, KUAIXUN),
    feed(7, MAJLIS),
    feed(8, FILE),
    feed(9, FeedRef(title="Unsubscribed", url="https://gone.example/"), removed=True),
]

OVERVIEW = Overview(
    records=(
        FeedRecord(feed=FEEDS[0], own=41, reposts=2, originality=0.915, copied=63),
        FeedRecord(feed=FEEDS[2], own=18, reposts=1, originality=0.87, lag=timedelta(hours=3), copied=9),
        FeedRecord(feed=FEEDS[6], own=1, originality=0.6),
        FeedRecord(feed=FEEDS[7], own=2, reposts=2, originality=0.5, lag=timedelta(days=3)),
        FeedRecord(feed=FEEDS[8], own=1, reposts=2, originality=0.4286, lag=timedelta(seconds=20)),
        FeedRecord(
            feed=FEEDS[4],
            own=3,
            reposts=21,
            doubles=4,
            originality=0.178,
            lag=timedelta(minutes=7),
            copies_from=LEDGER,
        ),
        FeedRecord(
            feed=FEEDS[1],
            reposts=33,
            originality=0.054,
            lag=timedelta(minutes=104),
            copied=1,
            copies_from=NIGHTDESK,
        ),
        FeedRecord(feed=FEEDS[3]),
        FeedRecord(feed=FEEDS[5]),
    ),
    since=datetime(2026, 11, 15, 10, 4, tzinfo=UTC),
    items=129,
    stories=92,
    reading_saved=timedelta(minutes=87),
    newest=datetime(2026, 11, 22, 10, 4, tzinfo=UTC),
    hours=(*(abs(12 - hour % 24) for hour in range(47)), 3),
    coins=(
        CoinTrend(coin="BTC", stories=31, before=40),
        CoinTrend(coin="ETH", stories=12, before=12),
        CoinTrend(coin="KITE", stories=4, before=0),
    ),
)


def many(count: int) -> list[Story]:
    """A busy feed: a story every quarter of an hour, backwards from now, each with two copies."""
    stories = []
    for number in range(count):
        when = NOW - timedelta(minutes=15 * number)
        stories.append(
            story(
                1000 + number,
                (LEDGER, NIGHTDESK, FASTBLOCK)[number % 3],
                f"Report number {number} on the state of the market, with a headline of usual length",
                when,
                coins=("BTC", "ETH", "SOL", "XRP")[: number % 4],
                abstract=f"Volumes moved by {number} percent and nobody could say why. "
                "Traders named three reasons, none of which was new, and went on trading until the evening.",
                reposts=(
                    copy(50_000 + number, CHAINWIRE, f"Report {number} on the market", when),
                    copy(90_000 + number, COINBAZAAR, f"Market report {number}", when),
                ),
            )
        )
    return stories
