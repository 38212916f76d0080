"""Do README and docs/ say what the program says? Renders the parts of them that are made from the code.

    python -m tests.docs.render            write them anew
    python -m tests.docs.render --check    exit with 1 when they are stale or a command is missing

A generated part stands between two comments, and its first line says what of::

    <!-- [[[ aggregator list --help ]]] -->
    <!-- [[[ end ]]] -->

What can stand there: any ``aggregator … --help``; ``commands``, the help of every command under a heading each,
without the options that all take; ``commands in short``, a line for each; ``config``, every key of aggregator.toml
as tables; ``config in short``, a line for each; ``aggregator.toml``, the starter file; ``demo``, what ``make demo``
prints below the stories; ``json``, every field of every ``--json``; ``schema``, every table of the store;
``licences``, a table of the libraries that come along; ``file`` and a path, that file.
"""

from __future__ import annotations

import atexit
import contextlib
import difflib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import click

from aggregator import config
from aggregator.cli.app import cli
from tests.docs import json_reference, schema_reference
from tests.supply import licences

ROOT = Path(__file__).resolve().parents[2]
PART = re.compile(
    r"(<!-- \[\[\[ (?P<what>.+?) \]\]\] -->\n)(?P<text>.*?)(<!-- \[\[\[ end \]\]\] -->)", re.DOTALL
)
LANGUAGES = {
    ".service": "ini",
    ".timer": "ini",
    ".yaml": "yaml",
    ".conf": "nginx",
    "Caddyfile": "caddyfile",
    "crontab": "crontab",
}
"""How a file is coloured, by its ending, or by its name where it has none."""
COMMANDS = "docs/reference/commands.md"
SETTINGS = "docs/reference/config.md"
COLUMNS = "90"
"""Fits a code block on the pages that show README."""


def render(text: str) -> str:
    """Write every generated part of a document anew; ``ValueError`` for one that nobody knows how to make."""
    return PART.sub(lambda found: found[1] + part(found["what"]) + found[4], text)


def part(what: str) -> str:
    """Make one generated part."""
    if what in MADE:
        return MADE[what]()
    if what.startswith("file "):
        path = ROOT / what.removeprefix("file ")
        return fenced(path.read_text("utf-8"), LANGUAGES.get(path.suffix or path.name, "text"))
    if what.startswith("aggregator ") and what.endswith(("-h", "--help")):
        return fenced(help_of(what.removesuffix("--help").removesuffix("-h").strip()))
    raise ValueError(f"nobody knows how to render {what!r}")


def every_command() -> str:
    return "\n".join(f"## `{name}`\n\n{fenced(own_help_of(name), 'text')}" for name in commands())


def commands_in_short() -> str:
    """A line for each command, with the way to its help."""
    lines = ["| command | what it does |", "|---|---|"]
    lines += [
        f"| [`{name.removeprefix('aggregator ')}`]({COMMANDS}#{anchor(name)}) | {about(name)} |"
        for name in commands()
    ]
    return "\n".join(lines) + "\n"


def about(name: str) -> str:
    """The first sentence of a command's help."""
    command: click.Command = cli
    for word in name.split()[1:]:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return command.get_short_help_str(limit=200)


def anchor(heading: str) -> str:
    """What GitHub makes of a heading, to lead to it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def config_in_short() -> str:
    """A line for each key: its default, and the first sentence about it."""
    lines = ["| key | default | what it does |", "|---|---|---|"]
    section = ""
    for each in config.settings():
        if each.section != section:
            section = each.section
            about_it = (config.SECTIONS[section].__doc__ or "").strip()
            lines.append(f"| [**`[{section}]`**]({SETTINGS}#{anchor(section)}) | | {about_it} |")
        sentence = re.split(r"(?<=[.:;]) (?!\[)", each.rule.help, maxsplit=1)[0].rstrip(".:;")
        lines.append(f"| `{each.name}` | `{each.default}` | {sentence}. |")
    lines.append(f"| [**`[outputs.NAME]`**]({SETTINGS}#outputsname) | | {config.OutputConfig.__doc__} |")
    return "\n".join(lines) + "\n"


def fenced(text: str, language: str = "console") -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


@cache
def the_demo() -> tuple[Path, str]:
    """A home that the demo made, and what it said in the end."""
    place = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, place)
    program = str(Path(sys.executable).with_name("aggregator"))
    ended = subprocess.run(
        # Without a path to search, it names itself as it was called, as it does to a newcomer.
        [program, "demo", str(place / "demo")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": ""},
    )
    _, words = ended.stdout.split("\n\n", 1)
    return place / "demo", words.replace(shlex.quote(program), ".venv/bin/aggregator")


def demo() -> str:
    """What the demo says in the end, as if it had run in a place that is called the same everywhere."""
    place, words = the_demo()
    return "$ make demo\n…\n" + words.replace(str(place), "/tmp/aggregator-demo")


def help_of(command: str) -> str:
    """What ``aggregator … --help`` prints."""
    _, *arguments = shlex.split(command)
    printed = io.StringIO()
    with environment({"COLUMNS": COLUMNS, "LINES": "50"}), contextlib.redirect_stdout(printed):
        cli.main([*arguments, "--help"], prog_name="aggregator", standalone_mode=False)
    return f"$ {command} --help\n{printed.getvalue()}"


def own_help_of(command: str) -> str:
    """The help of a command without the options that all of them take: said once is enough on one page."""
    _, text = help_of(command).split("\n", 1)
    return text.partition("\nEverywhere:\n")[0]


@contextlib.contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def commands() -> Iterator[str]:
    """Every command there is, groups before what is in them."""
    yield from _below("aggregator", cli)


def _below(path: str, group: click.Group) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"{path} {name}"
        if isinstance(command, click.Group):
            yield from _below(f"{path} {name}", command)


MADE: Mapping[str, Callable[[], str]] = {
    "commands": every_command,
    "commands in short": commands_in_short,
    "config": config.reference,
    "config in short": config_in_short,
    "aggregator.toml": lambda: fenced(config.starter(), "toml"),
    "demo": lambda: fenced(demo()),
    "licences": licences.table,
    "json": lambda: json_reference.reference(the_demo()[0]),
    "schema": schema_reference.reference,
}
"""The parts that are called by one name each."""


def undocumented(text: str) -> list[str]:
    """The commands whose help no part shows, and the settings."""
    shown = {found["what"].replace(" --help", "").replace(" -h", "") for found in PART.finditer(text)}
    missing = [] if "commands" in shown else [name for name in commands() if name not in shown]
    return missing if "config" in shown else [*missing, "config"]


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def main(arguments: list[str]) -> int:
    stale = False
    for path in documents():
        before = path.read_text("utf-8")
        after = render(before)
        if after == before:
            continue
        if "--check" in arguments:
            stale = True
            names = (f"{path.name} as it is", f"{path.name} as the program has it")
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
            sys.stderr.write("\n".join([*lines, f"{path.name} is stale; run: make docs", ""]))
        else:
            path.write_text(after, "utf-8")
            sys.stderr.write(f"wrote {path.name}\n")
    missing = undocumented("".join(path.read_text("utf-8") for path in documents()))
    for name in missing:
        sys.stderr.write(f"no generated part shows: {name}\n")
    return 1 if "--check" in arguments and (stale or missing) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
