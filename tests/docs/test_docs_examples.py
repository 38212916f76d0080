from __future__ import annotations

import shutil
from collections.abc import Iterator

import click
import console
import pytest
from test_docs_commands import commands, fault

from aggregator.cli.app import cli

ELSEWHERE = (
    ("https://example.org", "ssh "),
    ("aggregator serve", "aggregator -C ~/news serve"),
    ("*/10", "--try", "feed.xml", "feeds check"),
    ("completion zsh",),
    ("--watch",),
)
"""What needs a network or another machine, does not end, or is for another shell."""

PREPARED = """\
cd ~/demo
mkdir -p ~/backups ~/.newsboat ~/.config/fish/completions
cp -r ~/demo ~/news; cp -r ~/demo old; cp -r ~/demo new
printf '{"a": "26832be7a3521240f49c", "b": "274e9d4d53438d71ad7e", "label": "repost"}\\n' > labels.jsonl
aggregator dump --all | gzip > archive.jsonl.gz
aggregator feeds export > subscriptions.opml
echo https://ridge.example/feed.xml > ~/.newsboat/urls
aggregator backup ~/backups/news.db
"""
"""What the examples suppose to be there."""

UNDONE = {
    "aggregator split 26832be": "aggregator -q split 26832be --undo",
    "aggregator rulings --labels | aggregator dedup eval -": "aggregator -q split 26832be",
    "aggregator backup ~/backups/news.db": "rm ~/backups/news.db",
    "aggregator -C ~/news restore ~/backups/news.db": "rm -r ~/news",
    "aggregator demo ~/demo": "rm -r ~/demo/* && cd ~/demo",
    "aggregator rulings withdraw 26832be": "aggregator -q split 26832be",
    "aggregator rulings withdraw 2c323fd cf2ac61": "aggregator -q join 2c323fd cf2ac61",
}
"""Example → what makes room for it."""


def examples(group: click.Group = cli) -> Iterator[tuple[str, str]]:
    """Every command's own name, and each line below its "Examples:"."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        _, _, below = (command.help or "").partition("Examples:\n")
        yield from ((name, line.strip()) for line in below.split("\n\n")[0].splitlines() if line.strip())
        if isinstance(command, click.Group):
            yield from examples(command)


def test_every_example_of_every_help_can_be_typed():
    found = list(examples())
    assert len(found) > 60
    faults = [
        f"{line}: {wrong}"
        for _, line in found
        for words in commands(line)
        if (wrong := fault(words)) is not None
    ]
    assert faults == []


@pytest.mark.slow
def test_every_example_of_every_help_works(tmp_path, demo_home):
    lines = [
        line
        for _, line in examples()
        if not any(word in line for group in ELSEWHERE for word in group)
        and ("jq" not in line or shutil.which("jq"))
    ]
    # Those that put another home in the place of this one come last.
    lines.sort(key=lambda line: "restore" in line or "prune" in line or " demo" in line)
    steps = [console.Step(command=PREPARED.replace("\n", "; "), compared=False)]
    for line in lines:
        before = UNDONE.get(line)
        steps += [console.Step(command=each, compared=False) for each in (before, line) if each]
    outcomes = console.run(steps, tmp_path, demo_home)
    failed = {
        step.command: outcome.lines
        for step, outcome in zip(steps, outcomes, strict=True)
        if outcome.exit_code != 0
    }
    assert failed == {}
    assert len(lines) > 45
