"""Which settings are there? Name, type, default, bounds and help of each, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, TypeVar

from aggregator.models import Relation

T = TypeVar("T")

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a value must be besides of the right type."""

    help: str
    least: float | None = None
    most: float | None = None
    words: Mapping[str, object] | None = None
    """The words a person may write, and what each means to the program."""
    ascii: bool = False
    """It goes into an HTTP header, where nothing else is safe."""
    url: bool = False
    """An absolute ``http(s)`` directory address; a missing last slash is put there."""
    form: Literal["any", "name", "ticker", "language", "search", "address"] = "any"
    """What a text must look like: not empty; a coin's ticker; a language's code; something to search for; an
    ``http(s)`` address or empty."""
    quiet: bool = False
    """Its value is repeated in no message: people paste secrets there."""


def _key(default: T, help: str, **rule: Any) -> T:  # noqa: A002 - the word people know it by
    """Declare one setting; to the type checker its default, to ``dataclass`` a field."""
    return field(default=default, metadata={"rule": Rule(help=help, **rule)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PollConfig:
    """How feeds are fetched: bounds that keep one bad server from spoiling a run."""

    private_networks: bool = _key(
        default=False,
        help="Also fetch from loopback, link-local, private and reserved addresses. Leave it off unless "
        "every feed in the list is trusted: a feed's redirect could otherwise reach machines in your own "
        "network.",
    )
    timeout_seconds: float = _key(
        20.0, "How long one feed may take in all, however slowly it drips.", least=1, most=600
    )
    connect_timeout_seconds: float = _key(
        10.0, "How long connecting may take, name look-up and TLS included.", least=0.5, most=600
    )
    max_bytes: int = _key(
        16 * MIB,
        "The largest feed that is read, in bytes, on the wire and unpacked.",
        least=1024,
        most=256 * MIB,
    )
    concurrency: int = _key(64, "How many feeds are fetched at the same time.", least=1, most=256)
    per_host: int = _key(2, "How many connections one host sees at the same time.", least=1, most=16)
    host_spacing_seconds: float = _key(
        0.5,
        "How long to wait between two requests to one host, however many feeds it has; only this machine itself "
        "is asked without a pause.",
        least=0,
        most=60,
    )
    contact: str = _key(
        "",
        "A web or mail address that goes into the User-Agent, so that a publisher can reach you instead of "
        "blocking you.",
        ascii=True,
    )
    min_interval_minutes: int = _key(
        5, "No feed is asked more often than this, however fast it is.", least=1, most=1440
    )
    default_interval_minutes: int = _key(
        30,
        "How often a feed is asked whose rhythm is not known yet; none is asked more than twice as often unless "
        "it would lose entries.",
        least=1,
        most=10080,
    )
    max_interval_minutes: int = _key(
        1440,
        "Every feed is asked at least this often, failing ones included, unless its server asks for a longer "
        "pause.",
        least=1,
        most=10080,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """How long things are kept."""

    keep_days: int = _key(
        0,
        "Stories whose newest item is older than so many days are pruned, once a day; 0 keeps everything for ever. "
        "Kept whatever its age: what you ruled on, and what stands in the merged feed. At least window_days + 1.",
        least=0,
        most=36500,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupConfig:
    """What becomes one story."""

    collapse: Relation = _key(  # noqa: RUF009 - a field declared, not a value computed
        Relation.REWRITE,
        'How far stories are collapsed. "repost": only copies of the same article; "rewrite": light '
        'paraphrases too; "event": one story per event, however many outlets tell it.',
        words={"repost": Relation.REPOST, "rewrite": Relation.REWRITE, "event": Relation.RELATED},
    )
    window_days: int = _key(
        5,
        "How far back copies are looked for by their text. Same links and identical texts are found at "
        "any age.",
        least=1,
        most=90,
    )
    languages: tuple[str, ...] = _key(
        (),
        'Your languages, best first, such as ["en", "de"]: of two translations the one you read speaks for '
        "the story.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SummariseConfig:
    """How abstracts are made."""

    algorithm: str = _key(
        "reduction",
        "What picks the sentences.",
        words={
            word: word
            for word in ("reduction", "lead", "lexrank", "textrank", "lsa", "luhn", "kl", "sumbasic")
        },
    )
    max_chars: int = _key(300, "The longest abstract, in characters.", least=80, most=2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineConfig:
    """Abstracts by a model of yours; off until a model is named."""

    model: str = _key(
        "",
        "The model to ask, by the name its server knows, such as qwen2.5:7b. Empty: no model is asked.",
        ascii=True,
    )
    url: str = _key(
        "http://127.0.0.1:11434/v1/",
        "Where it is asked: a server that speaks OpenAI's chat completions (Ollama, llama.cpp, vLLM, OpenAI). "
        "What your feeds say is sent there.",
        url=True,
        quiet=True,
    )
    api_key_env: str = _key(
        "",
        "The name of the environment variable that holds the server's key, such as OPENAI_API_KEY; the key itself "
        "never stands in this file.",
        quiet=True,
    )
    input_tokens: int = _key(
        2000, "How much of a story's copies is sent, in tokens, estimated.", least=200, most=32000
    )
    requests_per_run: int = _key(40, "No run asks more often than this.", least=1, most=10000)
    tokens_per_run: int = _key(
        100_000, "No run uses more tokens than this, in and out.", least=1000, most=100_000_000
    )
    requests_per_day: int = _key(500, "No day (UTC) sees more questions than this.", least=1, most=100_000)
    tokens_per_day: int = _key(
        1_000_000, "No day (UTC) uses more tokens than this, in and out.", least=1000, most=1_000_000_000
    )
    seconds_per_run: float = _key(
        60.0, "How long one run may spend on asking, all questions together.", least=1, most=3600
    )
    connect_timeout_seconds: float = _key(5.0, "How long connecting may take.", least=0.5, most=60)
    timeout_seconds: float = _key(
        20.0, "How long one answer may take, from connecting to its last byte.", least=1, most=600
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which stories an output holds: all conditions that are set must hold, of a list one entry is enough."""

    coins: tuple[str, ...] = _key(
        (), 'Only stories about one of these coins, by ticker, such as ["BTC", "ETH"].', form="ticker"
    )
    tags: tuple[str, ...] = _key(
        (),
        "Only stories of which a copy carries one of these tags (categories), case ignored.",
        form="name",
    )
    languages: tuple[str, ...] = _key(
        (), 'Only stories told in one of these languages, such as ["en", "ja"].', form="language"
    )
    feeds: tuple[str, ...] = _key(
        (),
        "Only stories of which a feed has a copy whose title or address contains one of these.",
        form="name",
    )
    folders: tuple[str, ...] = _key(
        (), "The same for the feeds in these folders of feeds.opml, at any depth.", form="name"
    )
    words: tuple[str, ...] = _key(
        (),
        "Only stories of which a copy says one of these. Each is written as for `aggregator search`: all of its "
        'words, "a phrase", a beginning*. 200 words in all at most.',
        form="search",
    )
    without_words: tuple[str, ...] = _key(
        (), "No story of which a copy says one of these. 200 words in all at most.", form="search"
    )
    originals: bool = _key(
        default=False,
        help="No second-hand stories: none whose feed has a negative priority in feeds.opml, none whose text "
        "names another site's page as its source.",
    )
    min_outlets: int = _key(
        1,
        "Only stories that so many publishers carry; the feeds of one publisher count once.",
        least=1,
        most=100,
    )
    sponsored: bool = _key(default=True, help="Whether stories that are labelled as paid for stand in it.")
    press_releases: bool = _key(default=True, help="Whether press releases stand in it.")
    per_feed: int = _key(
        0,
        "At most so many stories that one feed speaks for, the newest; older ones of other feeds take the "
        "place of the rest. 0: as many as come.",
        least=0,
        most=10000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportConfig(Filters):
    """The merged feed and the page."""

    title: str = _key("Crypto news, each story once", "The name of the merged feed and of the page.")
    description: str = _key(
        "Stories from many feeds; copies of one story are collapsed into it.", "The line below the name."
    )
    base_url: str = _key(
        "http://127.0.0.1:8080/",
        "The public address of the public/ directory; it goes into the feeds' links to themselves.",
        url=True,
    )
    hub: str = _key(
        "",
        "Address of a WebSub hub, such as https://pubsubhubbub.appspot.com/: the feeds name it, and it is told when "
        "one of them changed, so that readers that subscribe there need not ask. Empty: none. Needs a base_url that "
        "others can reach.",
        form="address",
    )
    limit: int = _key(100, "How many stories the feeds carry.", least=1, most=10000)
    min_hours: int = _key(
        48, "The feeds reach back at least this many hours, even past the limit.", least=0, most=8760
    )
    max_bytes: int = _key(
        512 * 1024,
        "The feeds stay below this size, in bytes, whatever the two keys above ask for: some readers refuse "
        "larger ones.",
        least=16 * 1024,
        most=64 * MIB,
    )
    formats: tuple[str, ...] = _key(
        ("atom", "rss", "json", "html", "opml"),
        "Which files are written: atom.xml, rss.xml, feed.json, index.html, feeds.opml.",
        words={word: word for word in ("atom", "rss", "json", "html", "opml")},
    )
    archives: tuple[str, ...] = _key(
        ("atom",),
        "Which feeds, of this section and of [outputs.NAME], have pages of history behind them, in archive/: "
        '"atom", "rss", "json"; [] for none.',
        words={word: word for word in ("atom", "rss", "json")},
    )
    archive_stories: int = _key(
        100,
        "How many stories a page of history holds; the newest page holds up to two times as many.",
        least=1,
        most=10000,
    )
    deleted_entries: bool = _key(
        default=False,
        help="Whether atom.xml names, for a month, the stories that turned out to be part of another one "
        "(RFC 6721). No reader is known to act upon it, and the W3C's validator warns of it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputConfig(Filters):
    """A further merged feed with its page, in public/NAME/, of the stories its filters let through."""

    title: str = _key("", "Its name; if empty, that of the main one with NAME behind it.")
    description: str = _key("", "The line below its name; if empty, its filters in words.")
    limit: int = _key(100, "How many stories it carries.", least=1, most=10000)
    min_hours: int = _key(
        48, "It reaches back at least this many hours, even past the limit.", least=0, most=8760
    )
    formats: tuple[str, ...] = _key(
        ("atom", "rss", "json", "html"),
        "Which files are written: atom.xml, rss.xml, feed.json, index.html.",
        words={word: word for word in ("atom", "rss", "json", "html")},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting; ``Config()`` is what holds without a file."""

    poll: PollConfig = field(default_factory=PollConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    dedup: DedupConfig = field(default_factory=DedupConfig)
    summarise: SummariseConfig = field(default_factory=SummariseConfig)
    machine: MachineConfig = field(default_factory=MachineConfig)
    export: ExportConfig = field(default_factory=ExportConfig)
    outputs: Mapping[str, OutputConfig] = field(default_factory=dict)
    """Further merged feeds by name, in the order of the file."""


SECTIONS: Mapping[str, type] = {
    "poll": PollConfig,
    "store": StoreConfig,
    "dedup": DedupConfig,
    "summarise": SummariseConfig,
    "machine": MachineConfig,
    "export": ExportConfig,
}

RESERVED = frozenset(("archive", "archives", "main"))
"""Names no output can have: what else stands in public/, and what the main one is called in messages."""


def own_first(kind: type) -> list[Field[Any]]:
    """The keys of a section: those it declares itself before those that it shares with another."""
    return sorted(fields(kind), key=lambda each: each.name not in kind.__annotations__)
