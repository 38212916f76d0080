from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from aggregator.cli.app import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "DESIGN.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"^```\w*\n(?P<block>.*?)^```$|`(?P<span>[^`\n]+)`", re.DOTALL | re.MULTILINE)
ENDS = {"|", "||", "&&", ";", "&", ">", ">>", "<", "…"}
WORDS = re.compile(r"-[a-z]+")
"""In a search: a word that must not occur."""


def code(page: Path) -> Iterator[str]:
    """What a page shows as code, line by line, continued lines joined."""
    for found in CODE.finditer(page.read_text("utf-8")):
        text = found["span"] or found["block"] or ""
        yield from text.replace("\\\n", " ").splitlines()


def commands(line: str) -> Iterator[list[str]]:
    """The calls of this program in a line of shell."""
    for start in re.finditer(r"(?<![\w./-])(?:[\w.$~/]*/bin/)?aggregator (?=[-a-z])", line):
        # In the middle of prose, a call ends with its quotation.
        call, _, _ = line[start.start() :].partition("`")
        lexer = shlex.shlex(call, posix=True, punctuation_chars="|&;<>()")
        lexer.whitespace_split = True
        words = []
        try:
            for word in lexer:
                if word in ENDS or set(word) <= set("|&;<>()"):
                    break
                words.append(word.rstrip(","))
        except ValueError:  # a quotation that goes on in the next line
            pass
        yield words[1:]


def fault(words: list[str]) -> str | None:
    """What is wrong with a call: a command or an option that does not exist."""
    command: click.Command = cli
    rest = list(words)
    while rest:
        word = rest.pop(0)
        options = {name: each for each in command.params for name in each.opts}
        if word.startswith("-") and word != "-":
            name, _, value = word.partition("=")
            option = options.get(name)
            if option is None and command.name == "search" and WORDS.fullmatch(word):
                continue
            if option is None and name not in {"--help", "-h"}:
                return f"{command.name} has no {name}"
            takes_value = isinstance(option, click.Option) and not option.is_flag and not option.count
            if takes_value and not value and rest:
                rest.pop(0)
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None and word.islower():
                return f"there is no {command.name} {word}"
            if found is None:
                return None
            command = found
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_option_named_exists(page):
    faults = [
        f"{line.strip()}: {wrong}"
        for line in code(page)
        for words in commands(line)
        if (wrong := fault(words)) is not None
    ]
    assert faults == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_target_module_and_script_named_exists(page):
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", text):
        assert target in targets, f"make {target}"
    for module in re.findall(r"python -m (tests(?:\.\w+)+)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
    for script in re.findall(r"`((?:benchmarks|tests|docs|examples)/[\w./-]+\.\w+)", text):
        assert (ROOT / script).exists(), script


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("aggregator list --since 6h | head", None),
        ("*/10 * * * *  $HOME/.local/bin/aggregator -C $HOME/news run", None),
        ("aggregator search etf -fed --since 2w", None),
        ("aggregator -C ~/news feeds lst", "there is no feeds lst"),
        ("aggregator list --sicne 6h", "list has no --sicne"),
        ("aggregator list --json && aggregator lost", "there is no cli lost"),
        ("aggregator COMMAND --help", None),
    ],
)
def test_a_slip_in_a_command_is_found(line, wrong):
    faults = [found for words in commands(line) if (found := fault(words)) is not None]
    assert faults == ([wrong] if wrong else [])
