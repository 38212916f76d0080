"""Which fields does every ``--json`` have? Taken from what the commands print, with words for each beside it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.cli.app import cli

WORDS = Path(__file__).resolve().parent / "json_fields.toml"
NOW = "2026-11-22T12:00:00Z"
TYPES = {str: "text", bool: "true or false", int: "number", float: "number", type(None): "null"}
UNSEEN = re.compile(r"\((?P<type>[^)]+)\) (?P<words>.+)")
EXAMPLE_CHARACTERS = 44
"""Fits beside the words; longer ones are cut."""
LABELS = (
    {"a": "6c65a24ae54d51109b07", "b": "85d4fcf45e18750d8231", "label": "different"},
    {"a": "26832be7a3521240f49c", "b": "274e9d4d53438d71ad7e", "label": "repost"},
)


@dataclass(slots=True)
class Seen:
    """What was printed under one name."""

    types: set[str] = field(default_factory=set)
    example: object = None


def reference(demo: Path, words: Path = WORDS) -> str:
    """Make the page; ``ValueError`` names what has no words, and words for what is not there."""
    commands = tomllib.loads(words.read_text("utf-8"))["command"]
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        shutil.copytree(demo, home)
        parts = [_section(each, home) for each in commands]
    return "\n".join(parts)


def _section(command: Mapping[str, Any], home: Path) -> str:
    shown = command.get("examples", True)
    lines = [f"## {command['name']}", "", command["about"], ""]
    lines += [
        f"| field | type |{' example |' if shown else ''} says |",
        f"|---|---|{'---|' if shown else ''}---|",
    ]
    words: Mapping[str, str] = command["fields"]
    for key, found in _by_key(command, _seen(command, home)).items():
        if not found and not UNSEEN.fullmatch(words[key]):
            raise ValueError(f"json_fields.toml: {command['name']} prints no {key}")
        lines.append(_row(key, found, words[key], shown))
    return "\n".join(lines) + "\n"


def _seen(command: Mapping[str, Any], home: Path) -> dict[str, Seen]:
    """Every name in what the commands print, of the lines that are meant."""
    seen: dict[str, Seen] = {}
    for line in command["run"]:
        for value in _printed(line, home):
            for each in value if isinstance(value, list) else [value]:
                if each.get("aggregator") == command.get("kind"):
                    _walk(each, "", seen)
    return seen


def _by_key(command: Mapping[str, Any], seen: Mapping[str, Seen]) -> dict[str, list[Seen]]:
    """What was seen under each key that has words, in the order it was printed in; keys that were not seen last."""
    words: Mapping[str, str] = command["fields"]
    missing = [name for name in seen if _key(name, words) is None and not _is_object(name, seen)]
    if missing:
        raise ValueError(f"json_fields.toml: {command['name']} has no words for {', '.join(missing)}")
    found: dict[str, list[Seen]] = {}
    for name, each in seen.items():
        key = _key(name, words)
        if key is not None:
            found.setdefault(key, []).append(each)
    return found | {key: [] for key in words if key not in found}


def _is_object(name: str, seen: Mapping[str, Seen]) -> bool:
    """Whether what is null here is an object elsewhere, whose fields have words."""
    return seen[name].types == {"null"} and any(each.startswith(f"{name}.") for each in seen)


def _row(key: str, found: list[Seen], words: str, shown: bool) -> str:
    unseen = UNSEEN.fullmatch(words)
    types = set().union(*(each.types for each in found)) if found else set()
    kind = unseen["type"] if unseen else " or ".join(sorted(types, key=lambda each: (each == "null", each)))
    example = next((each.example for each in found if each.example not in (None, "", [])), None)
    cell = f" {_shown(example)} |" if shown else ""
    return f"| `{key}` | {kind} |{cell} {unseen['words'] if unseen else words} |"


def _shown(example: object) -> str:
    if example is None:
        return ""
    text = json.dumps(example, ensure_ascii=False)
    text = text if len(text) <= EXAMPLE_CHARACTERS else text[: EXAMPLE_CHARACTERS - 1] + "…"
    return f"`{text}`".replace("|", "\\|")


def _key(name: str, words: Mapping[str, str]) -> str | None:
    """The key in the table that stands for a name, itself before one with asterisks."""
    if name in words:
        return name
    for key in words:
        if UNSEEN.fullmatch(words[key]) and name.startswith((f"{key}[]", f"{key}.")):
            return key  # told in one sentence, whatever is in it
        if "*" in key and re.fullmatch(re.escape(key).replace(r"\*", r"[^.\[\]]+"), name):
            return key
    return None


def _walk(value: object, path: str, seen: dict[str, Seen]) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            _walk(each, f"{path}.{name}" if path else name, seen)
        return
    found = seen.setdefault(path, Seen())
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        found.types.add("list of objects")
        for each in value:
            _walk(each, f"{path}[]", seen)
        return
    if isinstance(value, list):
        kinds = {TYPES[type(each)] for each in value}
        found.types |= {f"list of {kind}s" for kind in kinds}
    else:
        found.types.add(TYPES[type(value)])
    if found.example in (None, "", []):
        found.example = value


def _printed(line: str, home: Path) -> Iterator[Any]:
    """What a command prints, as JSON or as lines of JSON; words in capitals are files made for it."""
    labels = home / "labels.jsonl"
    labels.write_text("".join(json.dumps(each) + "\n" for each in LABELS), "utf-8")
    backup = home.parent / "backup.db"
    places = {"LABELS": labels, "DUMP": home / "dump.jsonl", "FILE": backup, "HOME": home.parent / "again"}
    if line.startswith("backup"):
        backup.unlink(missing_ok=True)
    if line == "rulings --json":
        _text("split 26832be", home, places)
    text = _text(line, home, places)
    if line == "dump":
        places["DUMP"].write_text(text, "utf-8")
    try:
        yield json.loads(text)
    except ValueError:
        yield from (json.loads(each) for each in text.splitlines())


def _text(line: str, home: Path, places: Mapping[str, Path]) -> str:
    printed = io.StringIO()
    arguments = [str(places.get(word, word)) for word in shlex.split(line)]
    with contextlib.redirect_stdout(printed):
        cli.main(["-C", str(home), "--now", NOW, "-q", *arguments], standalone_mode=False)
    return printed.getvalue()
