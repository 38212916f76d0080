"""What does an ``aggregator.toml`` say, and if it cannot be meant, what should it say?"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator import regular
from aggregator.config.table import RESERVED, SECTIONS, Config, MachineConfig, OutputConfig, PollConfig, Rule
from aggregator.config.writing import bounds, settings, toml
from aggregator.errors import ConfigError
from aggregator.web.addresses import is_private_literal

MAX_BYTES = 1024 * 1024
"""Every key written out with its explanation takes 20 KiB; a hundred outputs with long lists a few hundred."""

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
"""Of an output: a directory on every file system, and in an address without any escaping."""
LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.IGNORECASE)

MOST_WORDS = 200
"""In all entries of a list that is searched for; understanding one takes 4 ms of CPU, in each output at each run."""
MOST_PARTS = 32
"""Of a key; ours have up to three. The standard library takes a second for 8,000, and four for twice as many."""
_PARTS = re.compile(rf"(?<![\w-])(?:[\w-]++[\"']?[ \t]*+\.[ \t]*+[\"']?){{{MOST_PARTS}}}")


def load(path: Path) -> Config:
    """Read ``aggregator.toml``; where there is none, every default holds.

    Raises ``ConfigError``, which names the line or the key and says what to write instead.
    """
    try:
        data = regular.content(path, MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_BYTES // 1024} KiB, which no settings are")
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        if path.is_symlink():  # somebody meant there to be settings
            raise ConfigError(
                f"{path} is a link to {path.readlink()}, which does not exist; mend the link"
            ) from None
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
    if _PARTS.search(text):
        raise ConfigError(f"a name of more than {MOST_PARTS} parts; write [section] and its keys below it")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        from aggregator.config import faults  # settings are sound nearly always

        raise ConfigError(faults.words(str(wrong), text)) from wrong
    except RecursionError as wrong:
        raise ConfigError("not TOML that can be read: nested too deeply") from wrong
    except ValueError as wrong:
        raise ConfigError("not TOML that can be read: a number of thousands of digits") from wrong
    sections: dict[str, Any] = {}
    for section, values in tables.items():
        if section == "outputs":
            sections[section] = _outputs(values)
            continue
        if section not in SECTIONS:
            raise ConfigError(_unknown(section, values))
        if not isinstance(values, dict):
            raise ConfigError(
                f"{section} is a section: write [{section}] on a line of its own, keys below it"
            )
        sections[section] = _section(section, SECTIONS[section], values)
    config = Config(**sections)
    _in_order(config.poll)
    _keeps_the_secret(config.machine)
    return config


def _outputs(named: object) -> Mapping[str, OutputConfig]:
    """Read the tables of the further outputs; two whose names differ in case alone would share a directory."""
    if not isinstance(named, dict):
        raise ConfigError("outputs need a name each: write [outputs.bitcoin], its keys below it")
    outputs: dict[str, OutputConfig] = {}
    taken: dict[str, str] = {}
    for name, values in named.items():
        if not isinstance(values, dict):
            raise ConfigError(
                f"[outputs] {_brief(name)}: an output needs a name: write [outputs.NAME], such as [outputs.bitcoin], "
                "on the line above it"
            )
        wrong = _wrong_name(name, taken)
        if wrong:
            raise ConfigError(f"[outputs.{name if NAME.fullmatch(name) else _shown(name)}]: {wrong}")
        taken[name.lower()] = name
        outputs[name] = _section(f"outputs.{name}", OutputConfig, values)
    return outputs


def _wrong_name(name: str, taken: Mapping[str, str]) -> str:
    if not NAME.fullmatch(name):
        return 'a name is made of up to 40 letters (a to z), digits and dashes, such as "bitcoin-en"'
    if name.lower() in RESERVED:
        return f'"{name}" is taken for something else in public/; choose another name, such as "my-{name}"'
    if name.lower() in taken:
        return f"it would share a directory with [outputs.{taken[name.lower()]}]; choose another name"
    return ""


def _section(section: str, kind: type, values: Mapping[str, object]) -> Any:
    known = {each.name: each for each in fields(kind)}
    given = {}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"[{section}] {_brief(name)}: unknown key{_did_you_mean(name, known)}")
        rule: Rule = known[name].metadata["rule"]
        try:
            given[name] = _value(value, known[name].default, rule)
        except ConfigError as wrong:
            written = "" if rule.quiet else f" = {_shown(value)}"
            raise ConfigError(f"[{section}] {name}{written}: {wrong}") from None
    return kind(**given)


def _unknown(name: str, value: object) -> str:
    """Say what is wrong with a name at the top of the file, where only sections stand."""
    if isinstance(value, dict):
        return f"[{_brief(name)}]: unknown section{_did_you_mean(name, [*SECTIONS, 'outputs'])}"
    homes = [each.section for each in settings() if each.name == name]
    if homes:
        return f"{name} belongs into a section: put [{homes[0]}] on the line above it"
    return f"{_brief(name)}: unknown key outside of any section{_did_you_mean(name, SECTIONS)}"


def _did_you_mean(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name[:60].lower(), known, n=1, cutoff=0.6)
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
            raise ConfigError(f"write a list, such as {toml(default or ('en', 'de'), rule)}")
        texts = tuple(dict.fromkeys(_text(each, rule) for each in value))
        if rule.form == "search":
            _few_words(texts)
        return texts
    return _text(value, rule)


def _few_words(texts: Collection[str]) -> None:
    from aggregator.text.wanted import query  # few settings search for anything

    named = sum(found.length for found in map(query, texts) if found)
    if named > MOST_WORDS:
        raise ConfigError(
            f"{named:,} words are too many to look for; {MOST_WORDS} in all will do. Coins, tags, feeds and languages "
            "have keys of their own"
        )


def _number(value: object, *, whole: bool, rule: Rule) -> int | float:
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ConfigError(f"write a {'whole ' if whole else ''}number without quotes{bounds(rule)}")
    # Written so that "nan", which compares false with everything, is refused as well.
    least, most = rule.least, rule.most
    if not ((least is None or value >= least) and (most is None or value <= most)):
        raise ConfigError(f"write a number{bounds(rule)}")
    return value if whole else float(value)


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
    return FORMS[rule.form](value)


def _directory_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and " " not in value
    except ValueError:
        sound = None
    if not sound or parts.query or parts.fragment:
        raise ConfigError('write an address such as "https://news.example.org/crypto/"')
    return value if value.endswith("/") else value + "/"


def _name(value: str) -> str:
    if not value.strip():
        raise ConfigError("an empty text would match everything; write part of a name, or leave it out")
    return value.strip()


def _ticker(value: str) -> str:
    from aggregator.text.coins import KNOWN

    ticker = value.strip().lstrip("$#").upper()
    if ticker not in KNOWN:
        close = difflib.get_close_matches(ticker, KNOWN, n=1, cutoff=0.6)
        instead = f"; did you mean {json.dumps(close[0])}?" if close else ', such as "BTC"'
        raise ConfigError(f"{_shown(value)} is no coin that is recognised; write its ticker{instead}")
    return ticker


def _language(value: str) -> str:
    found = LANGUAGE.fullmatch(value.strip())
    if not found:
        raise ConfigError('write a language\'s code, such as "en" or "ja"')
    return found[1].lower()


def _search(value: str) -> str:
    if not re.search(r"(?:^|\s)[^\s\w-]*\w", value):
        raise ConfigError('write at least one word that must occur, such as "halving"')
    return value


def _address(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and value.isascii() and " " not in value
        _ = parts.port
    except ValueError:
        sound = None
    if not sound or parts.fragment or re.search(r'[<>"]', value):
        raise ConfigError('write an address such as "https://hub.example.org/"')
    if "@" in parts.netloc:
        raise ConfigError("write it without a name or password: the feeds tell it to everyone")
    return value


FORMS: Mapping[str, Callable[[str], str]] = {
    "any": lambda value: value,
    "name": _name,
    "ticker": _ticker,
    "language": _language,
    "search": _search,
    "address": _address,
}


def _in_order(poll: PollConfig) -> None:
    """The three intervals must not contradict each other."""
    low, middle, high = poll.min_interval_minutes, poll.default_interval_minutes, poll.max_interval_minutes
    if not low <= middle <= high:
        raise ConfigError(
            f"[poll] the intervals must rise: min_interval_minutes ({low}) ≤ "
            f"default_interval_minutes ({middle}) ≤ max_interval_minutes ({high})"
        )


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_LIKE_A_KEY = re.compile(r"[a-z0-9_]{24,}|sk_.*|.*[a-z].*\d.*[a-z].*\d.*", re.DOTALL)
_NEAR = re.compile(r"[^.:]+|.*\.(?:local|lan|internal|home\.arpa)")
"""Names in one's own network: without a dot, or with the endings that such networks use."""


def _keeps_the_secret(machine: MachineConfig) -> None:
    """A key stands neither in the file nor open on the public wire. No message here shows a value."""
    parts = urlsplit(machine.url)
    if "@" in parts.netloc:
        raise ConfigError(
            "[machine] url: write it without a name or password; put the key into an environment variable "
            "and name that in api_key_env"
        )
    if not machine.api_key_env:
        return
    if not _VARIABLE.fullmatch(machine.api_key_env) or _LIKE_A_KEY.fullmatch(machine.api_key_env):
        raise ConfigError(
            "[machine] api_key_env: write the name of an environment variable, such as OPENAI_API_KEY; "
            "the key itself must not stand in this file"
        )
    host = parts.hostname or ""
    if parts.scheme == "http" and not (_NEAR.fullmatch(host) or is_private_literal(host)):
        raise ConfigError(
            "[machine] url: a key would cross the public network unencrypted; write https:// instead"
        )


def _shown(value: object) -> str:
    """Show a wrong value back, in one short line."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = str(value)
    return _brief(text)


def _brief(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
