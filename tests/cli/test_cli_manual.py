from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from aggregator.cli import app, manual


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield path + name, command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


COMMANDS = dict(commands(app.cli))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_examples_and_says_where_to_read_on(name, aggregator):
    printed = aggregator(*name.split(), "--help").out
    assert "  Examples:\n    " in printed
    assert f"\nSee also:\n  {manual.SEE_ALSO[name][0]}" in printed
    assert ("\nExit codes:\n  0" in printed) == (name in manual.EXIT_CODES)


def test_what_one_is_sent_to_exists():
    assert manual.SEE_ALSO.keys() == COMMANDS.keys()
    assert manual.EXIT_CODES.keys() <= {"", *COMMANDS}
    for name, others in manual.SEE_ALSO.items():
        assert set(others) <= COMMANDS.keys() - {name}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "https://a.example/"], "Did you mean feeds add?"),
        (["withdraw"], "Did you mean rulings withdraw?"),
        (["eval"], "Did you mean dedup eval?"),
    ],
)
def test_a_command_without_its_group_is_found_there(aggregator, arguments, says):
    result = aggregator(*arguments)
    assert result.code == 2
    assert says in result.err
