"""Targets that read what its person writes: subscription lists, settings, queries, times, forms of output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aggregator import config, opml
from aggregator.cli import forms, queries, times
from aggregator.errors import ConfigError, UsageError
from aggregator.models import Subscription
from aggregator.opml.outlines import MAX_BYTES
from aggregator.store import search
from tests.fuzz.feeds import store
from tests.fuzz.target import Target, storable, text_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MOST_SETTING = 500
"""Characters of several queries at once: only settings hold those."""
MOST_MESSAGE = 1_000
"""Characters of an error that a person reads."""
ROOT = Path(__file__).parents[2]
SAID = search.Read(item=1, title="mill and tide", body="a mill of the tide opens")
ADDED = Subscription(url="https://new.example/feed", title="New & <old>", folder=("A", "B"), priority=3)


def _refused(wrong: Exception) -> str:
    message = str(wrong)
    assert message
    assert len(message) <= MOST_MESSAGE, "an error that nobody reads to its end"
    return message


def listed(data: bytes) -> object:
    """A subscription list; read, written, read again, edited."""
    try:
        found = opml.read(data)
    except ConfigError as wrong:
        return _refused(wrong)
    for each in found.subscriptions:
        assert each.url
        assert storable(each.url, each.title, each.site_url, each.language, *each.folder, *each.tags)
    assert all(problem.message and problem.line > 0 for problem in found.problems)
    again = opml.read(opml.write(found.subscriptions)).subscriptions
    assert set(map(_told, again)) == set(map(_told, found.subscriptions)), "written, it reads differently"
    _edited(data, found)
    return found


def _told(each: Subscription) -> Subscription:
    """What survives being written: a name is given where there was none, lines move, folders come last."""
    return replace(each, line=0, title=None)


def _edited(data: bytes, found: opml.OpmlFile) -> None:
    try:
        more = opml.add(data, ADDED)
    except ConfigError as wrong:
        _refused(wrong)
        return
    if len(more) > MAX_BYTES:
        return
    there = {each.url for each in opml.read(more).subscriptions}
    assert {each.url for each in found.subscriptions} <= there, "adding a feed lost another"
    assert any(opml.same_feed(url, ADDED.url) for url in there), "a feed was added and is not there"
    try:
        less = opml.remove(more, ADDED.url)
    except ConfigError as wrong:
        _refused(wrong)
        return
    left = {each.url for each in opml.read(less).subscriptions}
    assert left == {url for url in there if not opml.same_feed(url, ADDED.url)}, (
        "removing took another, or not the feed"
    )


def configured(data: bytes) -> object:
    """The text of an ``aggregator.toml``."""
    try:
        return config.parse(text_of(data))
    except ConfigError as wrong:
        return _refused(wrong)


def queried(data: bytes) -> object:
    """What a person types after ``list``, ``search`` and ``--format``; every query is run by SQLite."""
    text = text_of(data)
    found: list[object] = []
    readers: Sequence[Callable[[str], object]] = (
        _understood,
        forms.template,
        lambda each: times.moment(each, NOW, UTC),
        times.timestamp,
        _searched,
    )
    for reader in readers:
        try:
            found.append(reader(text))
        except UsageError as wrong:
            found.append(str(wrong))  # which repeats what was typed, however long
    return found


def _searched(text: str) -> object:
    wanted = text.split("|") if len(text) <= MOST_SETTING else []  # words of a setting are its person's own
    for asked in (search.any_of(wanted), search.words(text)):
        if asked is not None:
            search.named(store(), asked, limit=1)
            asked.met_by(SAID)
    return None


def _understood(text: str) -> object:
    joined = queries.joined(text.split("\x1f"))
    words, fields = queries.understood(joined)
    assert set(fields) <= set(queries.FIELDS.values())
    assert queries.understood(words) == (words, {}), "words that hold another field"
    return words, fields


# --- Seeds ---------------------------------------------------------------------------------------

OPML = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:aggregator="tag:aggregator.invalid,2026:opml"><head><title>T</title></head><body>
  <outline text="News &amp; views" title="News">
    <outline type="rss" text="One" xmlUrl="https://a.example/feed?a=1&amp;b=2" htmlUrl="https://a.example" category="x,/y/"
      language="en" aggregator:priority="-2"/>
    <outline text="Empty"/>
    <outline text="no address" type="rss"/>
  </outline>
  <outline xmlUrl="demo/feed.xml"></outline><outline xmlUrl="HTTP://a.example:80/feed?a=1&amp;b=2"/>
</body></opml>"""


def _lists() -> Sequence[bytes]:
    return [OPML, (ROOT / "examples/demo/feeds.opml").read_bytes(), (ROOT / "feeds.opml").read_bytes()[:4_000],
            OPML.decode().replace("UTF-8", "UTF-16").encode("utf-16"), opml.write([ADDED])]  # fmt: skip


def _settings() -> Sequence[bytes]:
    said = config.starter()
    set_all = "\n".join(line.removeprefix("# ") if " = " in line else line for line in said.splitlines())
    outputs = '[outputs.bitcoin]\ncoins = ["BTC"]\ntitle = "B"\n[outputs.de]\nlanguages = ["de"]\nsearch = ["a -b"]\n'
    return [
        said.encode(),
        set_all.encode(),
        (ROOT / "examples/demo/aggregator.toml").read_bytes(),
        outputs.encode(),
    ]


QUERIES = (
    'etf coin:BTC since:2w "hot wallet" -insurer wal*', "feed:Ledger Post\x1fetf", "tag:markets lang:en until:yesterday",
    "比特币 -ETF|mill", "{title}\\t{url}\\n{{x}}", "1d12h", "3 weeks ago", "2026-11-01T10:00+02:00", "14:30", "1772359200",
)  # fmt: skip
OPML_WORDS = (
    b'<outline |<outline>|</outline>|/>|>|<|text="|xmlUrl="|xmlurl=\'|htmlUrl="|category="a,b"|type="rss"|'
    b"aggregator:priority=\"9\"|x:priority='1_0'|language='de'|<body>|</body>|<opml>|</opml>|<head>|<!DOCTYPE opml [|]>|<!--|-->|"
    b"<![CDATA[|]]>|<?xml version='1.0' encoding='|?>|utf-16|iso-8859-1|\"|'|&amp;|&#9;|&#10;|&quot;|&|https://new.example/feed|"
    b'https://|feed:|file:../x|\r\n|\n|  |\t|\x00|\xef\xbb\xbf|\xff\xfe|\xc3\xa4|title=""|xmlns:aggregator="x"'
).split(b"|")
TOML_WORDS = (
    b"[|]|[[|]]|=|\n|\"|'|\"\"\"|'''|#|{|}|,|.|true|false|inf|nan|-1|0x|1e400|99999999999999999999|1979-05-27T07:32:00Z|[poll]|"
    b"[export]|[dedup]|[store]|[summarise]|[machine]|[outputs.|private_networks|base_url|title|coins|languages|search|url|api_key|"
    b'\\u0000|\\ud800|\\U0010ffff|\x00|\x7f|\r|\xed\xa0\x80|"https://|u:p@a.example"|collapse|max_entries'
).split(b"|")
QUERY_WORDS = (
    b'"|-|*|:|feed:|coin:|tag:|lang:|since:|until:| AND | OR | NOT | NEAR(|(|)|^|{|}|{title}|{{|}}|\\t|\\x|\\|+|,|\x00|\x1f| |\t|'
    b"'|;|--|%|_|\xe6\xaf\x94|\xe3\x82\xab|\xcc\x81|\xed\xa0\x80|\xf0\x9f\x98\x80|6h|2d|90 minutes|ago|yesterday|monday|14:30|24:00|"
    b"2026-11-01|T10:00Z|+99:99|999999999|0.5w|1e9|\xd9\xa1|\xc2\xb2|rowid|title :|\xef\xbc\x9a|\xc4\xb0|\xc5\xbf|since:1|\xe2\x84\xaa"
).split(b"|")

TARGETS = (
    Target(name="opml", run=listed, seeds=_lists, words=OPML_WORDS),
    Target(name="config", run=configured, seeds=_settings, words=TOML_WORDS),
    Target(
        name="query",
        run=queried,
        seeds=lambda: [each.encode() for each in QUERIES],
        words=QUERY_WORDS,
        most=16 * 1024,
    ),
)
