"""How are the settings told: in the starter file, in the reference, in messages?"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from aggregator.config.table import SECTIONS, Filters, OutputConfig, Rule, own_first


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
        yield from _of(section, kind)


def _of(section: str, kind: type) -> Iterator[Setting]:
    for each in own_first(kind):
        rule: Rule = each.metadata["rule"]
        yield Setting(section=section, name=each.name, default=toml(each.default, rule), rule=rule)


_EXAMPLE = (
    "# Further merged feeds, as many as you like, each in a directory of its own: this one in",
    "# public/bitcoin/. They take title, description, limit, min_hours and formats, and every",
    "# key of [export] from coins on.",
    "#",
    "#   [outputs.bitcoin]",
    '#   title = "Bitcoin"',
    '#   coins = ["BTC"]',
    "#   sponsored = false",
)
"""Set in, so that it is not taken for a key of the section above it."""


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
    return "\n".join([*lines, "", *_EXAMPLE]) + "\n"


def reference() -> str:
    """The same table in Markdown, for the documentation."""
    lines: list[str] = []
    for section, kind in SECTIONS.items():
        lines += _table(section, kind, [each for each in settings() if each.section == section])
    shared = {each.name for each in fields(Filters)}
    own = [each for each in _of("outputs.NAME", OutputConfig) if each.name not in shared]
    lines += _table("outputs.NAME", OutputConfig, own)
    first = next(iter(fields(Filters))).name
    lines += ["", f"And every key of `[export]` from `{first}` on, for this output alone."]
    return "\n".join(lines[1:]) + "\n"


def _table(section: str, kind: type, keys: Iterable[Setting]) -> Iterator[str]:
    yield from ("", f"## `[{section}]`", "", (kind.__doc__ or "").strip(), "")
    yield from ("| key | default | what it does |", "|---|---|---|")
    for each in keys:
        yield f"| `{each.name}` | `{each.default}` | {_described(each)} |"


def _described(setting: Setting) -> str:
    rule = setting.rule
    if rule.least is not None:
        return f"{rule.help} ({bounds(rule).strip()})".replace("(from ", "(")
    if rule.words is not None and not all(word in rule.help for word in rule.words):
        return f"{rule.help} One of: {', '.join(rule.words)}."
    return rule.help


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 96, break_long_words=False, break_on_hyphens=False)


def bounds(rule: Rule) -> str:
    """Say between what a number must lie, with a blank in front; empty where anything goes."""
    if rule.least is None or rule.most is None:
        return ""
    return f" from {rule.least:g} to {rule.most:.12g}"


def toml(value: object, rule: Rule) -> str:
    """Write a value the way a person writes it in the file."""
    if isinstance(value, tuple):
        return f"[{', '.join(toml(each, rule) for each in value)}]"
    if rule.words is not None:
        value = next((word for word, meaning in rule.words.items() if meaning == value), value)
    if isinstance(value, float):
        return f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)
