"""What has the person set, and what holds where they set nothing?

The dataclasses below are the one table of settings: name, type, default, bounds and help stand together, and
the reader, the commented starter file and the README's reference are all made from them.
"""

from __future__ import annotations

import difflib
import json
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aggregator.errors import ConfigError
from aggregator.models import Relation

T = TypeVar("T")

MIB = 1024 * 1024
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


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


def _key(default: T, help: str, **rule: Any) -> T:  # noqa: A002 - the word people know it by
    """Declare one setting; to the type checker its default, to ``dataclass`` a field."""
    return field(default=default, metadata={"rule": Rule(help=help, **rule)})


# --- The table -----------------------------------------------------------------------------------


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
    concurrency: int = _key(32, "How many feeds are fetched at the same time.", least=1, most=256)
    per_host: int = _key(2, "How many connections one host sees at the same time.", least=1, most=16)
    contact: str = _key(
        "",
        "A web or mail address that goes into the User-Agent, so that a publisher can reach you instead of "
        "blocking you.",
        ascii=True,
    )
    min_interval_minutes: int = _key(
        5, "No feed is asked more often than this, whatever it says.", least=1, most=1440
    )
    default_interval_minutes: int = _key(
        30, "How often a feed is asked that says nothing about it.", least=1, most=10080
    )
    max_interval_minutes: int = _key(
        1440, "Every feed is asked at least this often, failing ones included.", least=1, most=10080
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
class ExportConfig:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting; ``Config()`` is what holds without a file."""

    poll: PollConfig = field(default_factory=PollConfig)
    dedup: DedupConfig = field(default_factory=DedupConfig)
    summarise: SummariseConfig = field(default_factory=SummariseConfig)
    export: ExportConfig = field(default_factory=ExportConfig)


SECTIONS: Mapping[str, type] = {
    "poll": PollConfig,
    "dedup": DedupConfig,
    "summarise": SummariseConfig,
    "export": ExportConfig,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table, for whoever writes about it."""

    section: str
    name: str
    default: str
    """As it is written in TOML."""
    rule: Rule


def settings() -> Iterator[Setting]:
    """Every key that can be set, in the order of the starter file."""
    for section, kind in SECTIONS.items():
        for each in fields(kind):
            rule: Rule = each.metadata["rule"]
            yield Setting(section=section, name=each.name, default=_toml(each.default, rule), rule=rule)


# --- Reading -------------------------------------------------------------------------------------


def load(path: Path) -> Config:
    """Read ``aggregator.toml``; where there is none, every default holds.

    Raises ``ConfigError``, which names the line or the key and says what to write instead.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Config()
    except UnicodeDecodeError as wrong:
        raise ConfigError(f"{path}: not UTF-8 at byte {wrong.start}; save it as UTF-8") from wrong
    except OSError as refused:
        raise ConfigError(f"{path}: cannot be read: {refused.strerror}") from refused
    try:
        return parse(text)
    except ConfigError as wrong:
        raise ConfigError(f"{path}: {wrong}") from wrong.__cause__


def parse(text: str) -> Config:
    """Understand the text of an ``aggregator.toml``; errors as in ``load``, without the file's name."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(f"not TOML: {wrong}") from wrong
    except RecursionError as wrong:
        raise ConfigError("not TOML that can be read: nested too deeply") from wrong
    sections = {}
    for section, values in tables.items():
        if section not in SECTIONS:
            raise ConfigError(_unknown(section, values))
        if not isinstance(values, dict):
            raise ConfigError(
                f"{section} is a section: write [{section}] on a line of its own, keys below it"
            )
        sections[section] = _section(section, values)
    config = Config(**sections)
    _in_order(config.poll)
    return config


def _section(section: str, values: Mapping[str, object]) -> Any:
    kind = SECTIONS[section]
    known = {each.name: each for each in fields(kind)}
    given = {}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"[{section}] {name}: unknown key{_did_you_mean(name, known)}")
        try:
            given[name] = _value(value, known[name].default, known[name].metadata["rule"])
        except ConfigError as wrong:
            raise ConfigError(f"[{section}] {name} = {_shown(value)}: {wrong}") from None
    return kind(**given)


def _unknown(name: str, value: object) -> str:
    """Say what is wrong with a name at the top of the file, where only sections stand."""
    if isinstance(value, dict):
        return f"[{name}]: unknown section{_did_you_mean(name, SECTIONS)}"
    homes = [each.section for each in settings() if each.name == name]
    if homes:
        return f"{name} belongs into a section: put [{homes[0]}] on the line above it"
    return f"{name}: unknown key outside of any section{_did_you_mean(name, SECTIONS)}"


def _did_you_mean(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(known)}"


def _value(value: object, default: object, rule: Rule) -> object:
    """Turn what TOML gave into what the program uses, or say what to write instead."""
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ConfigError("write true or false, without quotes")
        return value
    if isinstance(default, (int, float)):
        return _number(value, whole=isinstance(default, int), rule=rule)
    if isinstance(default, tuple):
        if not isinstance(value, list):
            raise ConfigError(f"write a list, such as {_toml(default or ('en', 'de'), rule)}")
        return tuple(dict.fromkeys(_text(each, rule) for each in value))
    return _text(value, rule)


def _number(value: object, *, whole: bool, rule: Rule) -> int | float:
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ConfigError(f"write a {'whole ' if whole else ''}number, without quotes{_bounds(rule)}")
    # Written so that "nan", which compares false with everything, is refused as well.
    least, most = rule.least, rule.most
    if not ((least is None or value >= least) and (most is None or value <= most)):
        raise ConfigError(f"write a number{_bounds(rule)}")
    return value if whole else float(value)


def _bounds(rule: Rule) -> str:
    if rule.least is None or rule.most is None:
        return ""
    return f" from {rule.least:g} to {rule.most:.12g}"


def _text(value: object, rule: Rule) -> Any:
    if not isinstance(value, str):
        raise ConfigError('write text in quotes, such as "…"')
    if CONTROL.search(value):
        raise ConfigError("control characters and line breaks cannot stand here")
    if rule.ascii and not value.isascii():
        raise ConfigError("write it with ASCII characters only")
    if rule.words is not None:
        if value not in rule.words:
            raise ConfigError(f"write one of {', '.join(json.dumps(word) for word in rule.words)}")
        return rule.words[value]
    if rule.url:
        return _directory_url(value)
    return value


def _directory_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and " " not in value
    except ValueError:
        sound = None
    if not sound or parts.query or parts.fragment:
        raise ConfigError('write an address such as "https://news.example.org/crypto/"')
    return value if value.endswith("/") else value + "/"


def _in_order(poll: PollConfig) -> None:
    """The three intervals must not contradict each other."""
    low, middle, high = poll.min_interval_minutes, poll.default_interval_minutes, poll.max_interval_minutes
    if not low <= middle <= high:
        raise ConfigError(
            f"[poll] the intervals must rise: min_interval_minutes ({low}) ≤ "
            f"default_interval_minutes ({middle}) ≤ max_interval_minutes ({high})"
        )


# --- Writing about it ----------------------------------------------------------------------------


def starter() -> str:
    """The ``aggregator.toml`` that ``init`` writes: every key with its help, commented out at its default."""
    lines = [
        "# Settings of this aggregator. Every key stands at its default;",
        "# remove the # to change one.",
    ]
    section = ""
    for each in settings():
        if each.section != section:
            section = each.section
            lines += ["", f"[{section}]"]
        lines += ["", *(f"# {line}" for line in _wrap(_described(each)))]
        lines.append(f"# {each.name} = {each.default}")
    return "\n".join(lines) + "\n"


def reference() -> str:
    """The same table in Markdown, for the README."""
    lines: list[str] = []
    section = ""
    for each in settings():
        if each.section != section:
            section = each.section
            about = (SECTIONS[section].__doc__ or "").strip().rstrip(".")
            lines += ["", f"#### `[{section}]` {about[:1].lower()}{about[1:]}", ""]
            lines += ["| key | default | what it does |", "|---|---|---|"]
        lines.append(f"| `{each.name}` | `{each.default}` | {_described(each)} |")
    return "\n".join(lines[1:]) + "\n"


def _described(setting: Setting) -> str:
    rule = setting.rule
    if rule.least is not None:
        return f"{rule.help} ({_bounds(rule).strip()})".replace("(from ", "(")
    if rule.words is not None and not all(word in rule.help for word in rule.words):
        return f"{rule.help} One of: {', '.join(rule.words)}."
    return rule.help


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 96, break_long_words=False, break_on_hyphens=False)


def _toml(value: object, rule: Rule) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(each, rule) for each in value)}]"
    if rule.words is not None:
        value = next((word for word, meaning in rule.words.items() if meaning == value), value)
    if isinstance(value, float):
        return f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)


def _shown(value: object) -> str:
    """Show a wrong value back, in one short line."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
