"""How does a new home begin?"""

from __future__ import annotations

import os
import shlex

import click

from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current, program
from aggregator.errors import ConfigError


@click.command(cls=Command)
@current
def init(invocation: Invocation) -> None:
    """Write a starter home: a list of feeds, a config.

    The list is of crypto news; the config is commented, with every key at its default.

    Files that are there already are left as they are.

    Examples:
      aggregator -C ~/news init
      aggregator -C ~/news run
    """
    from aggregator import config, home
    from aggregator.export import files

    here = invocation.home
    try:
        here.path.mkdir(parents=True, exist_ok=True)
        for path, text in (
            (here.opml, home.bundled("feeds.opml").read_bytes()),
            (here.config, config.starter().encode()),
        ):
            if os.path.lexists(path):
                invocation.say(f"left {path} as it is")
            else:
                files.write(path, text, then="call this command again")
                invocation.say(f"wrote {path}")
    except OSError as refused:
        raise ConfigError(
            f"{refused.filename or here.path}: cannot be written: {refused.strerror}"
        ) from refused
    call = program() if str(here.path) == "." else f"{program()} -C {shlex.quote(str(here.path))}"
    invocation.say(f"next: {call} run, then {call} list")
