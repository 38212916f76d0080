"""What do the feeds of a soak say? Some days of news from invented outlets, the same in every run.

Some articles are nobody else's, others are taken over: word for word, cut, or with a line of the outlet's own. Each
feed lists its latest dozen entries, so that what was pruned goes on being listed for a while.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from tests.feedserver import FeedServer, Page

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
OUTLETS = ("alder-post", "beacon-wire", "cobalt-daily", "delta-desk", "ember-review", "fathom-news")
LISTED = 12
"""Entries a feed lists."""

WHO = """Alder Bank|Bluff Exchange|the Corvane council|Drift Labs|Eastmere Mining|Fjord Custody|Gannet Pay|
the Harrow regulator|Isthmus Chain|Juniper Funds|Kestrel Vaults|Larch Capital|the Merrow court|Nettle Bridge|
Osprey Markets""".replace("\n", "").split("|")
WHAT = """opens a second vault|closes its lending desk|recalls four thousand wallets|is fined by its own auditors|
moves its servers north|splits its token in three|hires the former head of a rival|loses a lawsuit over fees|
publishes its reserves|postpones its fork|halts withdrawals for a day|buys back a tenth of its shares|
names a new treasurer|cuts its staking reward|reopens after a flood""".replace("\n", "").split("|")
WORDS = """amber anchor apron badge barley basin beacon bellows birch bishop bobbin boulder bracket bramble brook bucket
buoy cabin cable candle canvas carbon cellar chalk cinder cistern clover cobble copper coral cradle crater crevice
cricket dagger dairy damper delta dome drizzle dune eagle easel ember fathom feather fennel ferry flint foundry frost
gable galley gavel ginger glacier granite gravel grove gull hammer harbour hazel hearth heron hinge hollow hopper
ivory jetty juniper kelp kettle kiln ladder lantern larch lattice ledger lichen loom mantle marble marsh mason meadow
mill mortar needle nettle oar orchard otter paddle pebble pewter pier plank plover quarry quill raft ravine reed ridge
rivet rudder saddle saffron sail schooner shale sickle slate sluice spindle spruce stable summit tallow thicket timber
tinder trellis trowel tundra valley velvet vessel walnut weir whistle willow winch wren yarrow""".split()


class Article:
    """One text, with what makes it unlike the others."""

    def __init__(self, number: int) -> None:
        chance = random.Random(f"article {number}")
        self.number = number
        self.title = f"{WHO[number % len(WHO)]} {WHAT[(number * 7 + number // len(WHO)) % len(WHAT)]}"
        self.title = f"{self.title} near {chance.choice(WORDS).title()} {chance.choice(WORDS).title()}"
        self.sentences = [
            " ".join(chance.choice(WORDS) for _ in range(chance.randint(9, 16))).capitalize() + "."
            for _ in range(chance.randint(5, 9))
        ]


class Newsroom:
    """A server whose feeds go on from day to day."""

    def __init__(self, server: FeedServer, outlets: Sequence[str] = OUTLETS) -> None:
        self.server = server
        self.outlets = outlets
        self.day = 0

    @property
    def now(self) -> datetime:
        """When the day's news are out."""
        return START + timedelta(days=self.day, hours=12)

    def publish(self, day: int) -> None:
        """Serve what the feeds say on a day."""
        self.day = day
        for outlet in self.outlets:
            self.server.pages[f"/{outlet}"] = Page.of(self._feed(outlet, day))

    def subscribe(self, home: Path, settings: str = "") -> None:
        """Make a home that reads all of them, one after the other, so that items always arrive in one order."""
        home.mkdir(parents=True)
        outlines = "".join(
            f'<outline text="{outlet}" xmlUrl="{self.server.url(f"/{outlet}")}"/>' for outlet in self.outlets
        )
        (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
        (home / "aggregator.toml").write_text(
            "[poll]\nprivate_networks = true\nconcurrency = 1\nper_host = 1\n"
            f"[export]\nlimit = 20\nmin_hours = 12\n{settings}"
        )

    def _feed(self, outlet: str, day: int) -> bytes:
        entries = [entry for each in range(day + 1) for entry in _entries(outlet, each)]
        return (
            f"<rss version='2.0'><channel><title>{outlet}</title><link>https://{outlet}.example/</link>"
            f"<description>d</description>{''.join(reversed(entries[-LISTED:]))}</channel></rss>"
        ).encode()


def _entries(outlet: str, day: int) -> list[str]:
    """An outlet's entries of one day: two of its own, one that it takes over."""
    rank = OUTLETS.index(outlet)
    own = [Article(day * 100 + rank * 10 + each) for each in range(2)]
    taken = Article(day * 100 + (rank + 1) % len(OUTLETS) * 10)
    entries = [_entry(outlet, article, day, hour=each) for each, article in enumerate(own)]
    form = ("verbatim", "cut", "signed")[(rank + day) % 3]
    return [*entries, _entry(outlet, taken, day, hour=3, form=form)]


def _entry(outlet: str, article: Article, day: int, *, hour: int, form: str = "verbatim") -> str:
    sentences = article.sentences[:4] if form == "cut" else list(article.sentences)
    if form == "signed":
        sentences.append(f"The post {article.title} appeared first on {outlet}.")
    moment = format_datetime(START + timedelta(days=day, hours=hour, minutes=OUTLETS.index(outlet)))
    body = escape("".join(f"<p>{each}</p>" for each in sentences))
    return (
        f"<item><title>{escape(article.title)}</title><link>https://{outlet}.example/{article.number}</link>"
        f"<guid isPermaLink='false'>{article.number}</guid><pubDate>{moment}</pubDate>"
        f"<description>{body}</description></item>"
    )


def archive(path: Path, count: int) -> None:
    """Write an archive of another outlet, as ``import`` reads it."""
    import json

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for number in range(count):
            article = Article(100_000 + number)
            record = {
                "id": str(number),
                "source": "Granary Archive",
                "url": f"https://granary.example/{number}",
                "title": article.title,
                "content_html": "".join(f"<p>{each}</p>" for each in article.sentences),
                "published": (START - timedelta(days=1, minutes=7 * number)).isoformat(),
            }
            file.write(json.dumps(record) + "\n")
