"""What holds for a whole invocation: which home, what time it is, how much is said?"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.errors import ConfigError, UsageError
from aggregator.home import Home

if TYPE_CHECKING:
    from aggregator.config import Config

NAME = "aggregator"


@dataclass(slots=True)
class Invocation:
    """The global options, filled in wherever on the command line they stand."""

    directory: Path | None = None
    time: datetime | None = None
    verbosity: int = 0
    """Above 0 for ``-v``, below for ``-q``."""

    @property
    def home(self) -> Home:
        """The home all commands work on; it may not exist yet."""
        given = self.directory or Path(os.environ.get("AGGREGATOR_HOME") or ".")
        try:
            home = Home(given.expanduser())
        except RuntimeError as unknown:
            raise UsageError(f"{given}: there is no such user; name a directory") from unknown
        with suppress(FileNotFoundError, NotADirectoryError):
            _enter(home.path)
        return home

    @property
    def now(self) -> datetime:
        """The pretended time, else the clock's: read once, so that one invocation has one present."""
        if self.time is None:
            self.time = datetime.now(UTC).replace(microsecond=0)
        return self.time

    def config(self) -> Config:
        """The settings of the home."""
        from aggregator import config

        return config.load(self.home.config)

    def say(self, message: str) -> None:
        """Tell a person what happened: on stderr, and only if one is there or ``-v`` asks for it."""
        if self.verbosity > 0 or (self.verbosity == 0 and sys.stderr.isatty()):
            click.echo(message, err=True)

    def warn(self, message: str) -> None:
        """Tell what a person must know, cron or not; only ``-q`` silences it."""
        if self.verbosity >= 0:
            click.echo(message, err=True)


def _enter(directory: Path) -> None:
    """Without that right nothing in it can be seen, not even that it is not there."""
    try:
        os.stat(os.path.join(directory, "."))  # noqa: PTH116, PTH118 - pathlib takes the dot away
    except PermissionError as refused:
        raise ConfigError(
            f"{directory} may not be entered: mend its permissions, or name another with -C"
        ) from refused


def program() -> str:
    """How to call this program again: by name, or as it was called where no shell finds it by name.

    ``make demo`` runs it from ``.venv``, and people paste what it tells them to run next.
    """
    import shlex
    import shutil

    called = sys.argv[0]
    if Path(called).name != NAME or shutil.which(NAME):
        return NAME
    return shlex.quote(called)


current = click.make_pass_decorator(Invocation)
