"""How does a shell come to finish what a person begins to type?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from aggregator.cli.app import Command, cli
from aggregator.cli.invocation import NAME
from aggregator.cli.offers import VARIABLE
from aggregator.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(SHELLS), required=False)
def completion(shell: str | None) -> None:
    """Print what makes your shell complete this program's words.

    Without SHELL for the one you use. Completed are commands, options, and from the store of your home ids of
    stories (zsh and fish show their titles beside them), feeds, coins and languages.

    Examples:
      eval "$(aggregator completion bash)"    # in ~/.bashrc
      eval "$(aggregator completion zsh)"     # in ~/.zshrc, after compinit
      aggregator completion fish > ~/.config/fish/completions/aggregator.fish
    """
    from click.shell_completion import get_completion_class

    name = shell or Path(os.environ.get("SHELL", "")).name
    made = get_completion_class(name) if name in SHELLS else None
    if made is None:
        raise UsageError(f"which shell is yours? Say one of {', '.join(SHELLS)}: aggregator completion bash")
    sys.stdout.write(made(cli, {}, NAME, VARIABLE).source() + "\n")
