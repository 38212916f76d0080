"""Which commands are there, which options do all of them take, and which exit code does an end have?"""

from __future__ import annotations

import importlib
import inspect
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from aggregator import __version__
from aggregator.cli import times
from aggregator.cli.invocation import Invocation
from aggregator.errors import AggregatorError

EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""

EXIT_TERMINATED = 143
"""128 + SIGTERM."""

EXIT_PIPE = 141
"""128 + SIGPIPE: how a shell reports any program whose reader has gone, as in ``list | head``."""

COMMANDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "The pipeline": {
        "init": ("aggregator.cli.setup:init", "Write a starter home: a list of feeds, a config."),
        "run": ("aggregator.cli.stages:run", "Do it all: poll, dedup, summarise, export."),
        "poll": ("aggregator.cli.stages:poll", "Fetch the feeds that are due and store what is new."),
        "dedup": ("aggregator.cli.dedup:dedup", "Find the copies of each story among the stored items."),
        "summarise": ("aggregator.cli.stages:summarise", "Write an abstract for every story that changed."),
        "export": ("aggregator.cli.stages:export", "Write the merged feed and the page into public/."),
    },
    "Reading": {
        "list": ("aggregator.cli.reading:list_", "List recent stories, newest first."),
        "search": ("aggregator.cli.reading:search", "Search titles and texts; the best match comes first."),
        "show": ("aggregator.cli.reading:show", "Show one story with all its copies."),
        "serve": ("aggregator.cli.serve:serve", "Show public/ to readers and browsers over HTTP."),
        "stats": ("aggregator.cli.stats:stats", "Rank the feeds: which bring news, which only copy."),
    },
    "Your word on a story": {
        "explain": ("aggregator.cli.curate:explain", "Say why two items are one story, or why not."),
        "join": ("aggregator.cli.curate:join", "Make two items one story, whatever the program thinks."),
        "split": (
            "aggregator.cli.curate:split",
            "Make an item a story of its own, whatever the program thinks.",
        ),
        "rulings": (
            "aggregator.cli.rulings:rulings",
            "List what you said with `join` and `split`, newest first.",
        ),
    },
    "Your feeds and your history": {
        "feeds": ("aggregator.cli.feeds:feeds", "See how your feeds are, add and remove them."),
        "import": ("aggregator.cli.history:import_", "Bring history as JSON Lines, also gzipped."),
        "dump": ("aggregator.cli.history:dump", "Print every item as JSON Lines, oldest first."),
        "completion": (
            "aggregator.cli.completion:completion",
            "Print what makes your shell complete this program's words.",
        ),
        "demo": ("aggregator.cli.demo:demo", "Try it all on bundled feeds, without a network."),
    },
    "Keeping it": {
        "doctor": ("aggregator.cli.doctor:doctor", "Tell what is wrong, what it means, and what to do."),
        "backup": ("aggregator.cli.safekeeping:backup", "Put store, feeds and settings into one file."),
        "restore": ("aggregator.cli.safekeeping:restore", "Make this home what a backup says."),
        "prune": ("aggregator.cli.prune:prune", "Let go of old stories, for good."),
        "vacuum": ("aggregator.cli.safekeeping:vacuum", "Give unused room back to the disk."),
    },
}
"""Heading → command → where it is defined, and the first sentence of its help: said here again so that the
list of commands can be shown without importing them (a test compares the two)."""


# --- Options that every command takes ------------------------------------------------------------


def _set_home(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(Invocation).directory = value


def _set_now(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Invocation).time = times.timestamp(value)


def _louder(context: click.Context, _: click.Parameter, value: int) -> None:
    context.ensure_object(Invocation).verbosity += value


def _quieter(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        context.ensure_object(Invocation).verbosity = -1


class ReaderGone(Exception):  # noqa: N818 - nothing went wrong
    """Whoever read our output has seen enough, as in ``aggregator list | head``."""


class OutputLost(Exception):  # noqa: N818 - told to a person
    """What we print finds no room, or meets a broken disk; says why."""


class _Output(io.FileIO):
    """Where the output goes: its errors are told from those of the program's own files."""

    def write(self, data: Any, /) -> int:
        """Write as much as there is room for."""
        try:
            return super().write(data)
        except BrokenPipeError as gone:
            raise ReaderGone from gone  # click would end some with 1
        except OSError as error:
            raise OutputLost(error.strerror) from error


class SharedOption(click.Option):
    """An option that may stand before the command or behind it."""


def shared_options() -> list[click.Parameter]:
    """Make the options every command takes; new ones for each, as click wants them."""
    return [
        SharedOption(
            ["-C", "--home"],
            type=click.Path(path_type=Path, readable=False),  # told in our words, where it is needed
            metavar="DIR",
            expose_value=False,
            callback=_set_home,
            help="The home directory. [default: $AGGREGATOR_HOME, else the current directory]",
        ),
        SharedOption(
            ["--now"],
            metavar="TIMESTAMP",
            expose_value=False,
            callback=_set_now,
            help="Pretend it is this time, such as 2026-11-22T12:00:00Z.",
        ),
        SharedOption(["-v", "--verbose"], count=True, expose_value=False, callback=_louder, help="Say more."),
        SharedOption(
            ["-q", "--quiet"], is_flag=True, expose_value=False, callback=_quieter, help="Say only errors."
        ),
    ]


@contextmanager
def _suggesting(command: click.Command) -> Iterator[None]:
    """Say which option was meant; click's own likeness counts the dashes."""
    try:
        yield
    except click.NoSuchOption as wrong:
        from aggregator.cli.nearest import nearest

        known = [name for each in command.params for name in each.opts if name.startswith("--")]
        close = nearest(wrong.option_name, [*known, "--help"], most=2)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        message = f"There is no option {wrong.option_name!r}.{hint}"
        raise click.NoSuchOption(wrong.option_name, message, ctx=wrong.ctx) from None


class Command(click.Command):
    """A command that takes the shared options too and lists them apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help = _examples_kept(self.help)
        self.params += shared_options()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Suggest the nearest option for one that does not exist."""
        with _suggesting(self):
            return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its own options first."""
        _write_options(self, ctx, formatter)


class Group(click.Group):
    """A group whose commands take the shared options, with suggestions for misspelt names."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help = _examples_kept(self.help)
        self.params += shared_options()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Suggest the nearest option for one that does not exist."""
        with _suggesting(self):
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order they were written down in."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its commands first: they are what one looks for."""
        self.format_commands(ctx, formatter)
        _write_options(self, ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest name for one that does not exist."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            from aggregator.cli.nearest import nearest

            # A word that stands in a group as it is, such as add, is meant rather than one that looks like it.
            own = self.list_commands(ctx)
            found = [] if name.lower() in own else list(self._in_groups(ctx, name.lower()))
            close = found or nearest(name, own)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def _in_groups(self, ctx: click.Context, name: str) -> Iterator[str]:
        for group in self.list_commands(ctx):
            command = self.get_command(ctx, group)
            if isinstance(command, click.Group) and name in command.list_commands(ctx):
                yield f"{group} {name}"


class LazyGroup(Group):
    """The top: imports a command's module when its name is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of the help."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import one command."""
        for section in COMMANDS.values():
            if cmd_name in section:
                module, name = section[cmd_name][0].split(":")
                command: click.Command = getattr(importlib.import_module(module), name)
                return command
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click would end a broken pipe with exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            raise ReaderGone from gone

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the commands under what they are for."""
        for heading, section in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, about) for name, (_, about) in section.items()], col_max=12)


def _examples_kept(text: str | None) -> str | None:
    """Mark the paragraphs with indented lines, so that click does not fill them like prose."""
    if text is None:
        return None
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join("\b\n" + each if "\n  " in "\n" + each else each for each in paragraphs)


def _write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    own: list[tuple[str, str]] = []
    shared: list[tuple[str, str]] = []
    for each in command.get_params(context):
        record = None if isinstance(each, click.Argument) else each.get_help_record(context)
        if record is not None:
            (shared if isinstance(each, SharedOption) or "--help" in each.opts else own).append(record)
    if own:
        with formatter.section("Options"):
            formatter.write_dl(own)
    _write_manual(context, formatter)
    with formatter.section("Everywhere"):
        formatter.write_dl(shared)


def _write_manual(context: click.Context, formatter: click.HelpFormatter) -> None:
    from aggregator.cli import manual

    _, _, name = context.command_path.partition(" ")
    codes, others = manual.EXIT_CODES.get(name), manual.SEE_ALSO.get(name)
    if codes:
        with formatter.section("Exit codes"):
            formatter.write_dl(codes)
    if others:
        with formatter.section("See also"):
            formatter.write_text(", ".join(others))


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", message="aggregator %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Read many feeds as one: each story once, its copies folded into it.

    Works on one directory, like git: feeds.opml is yours, public/ is what you subscribe to.

      aggregator init        write a starter list of feeds
      aggregator run         poll, collapse copies, write abstracts and the merged feed
      aggregator list        see what is new
    """
    invocation = context.ensure_object(Invocation)
    if context.invoked_subcommand is None:
        from aggregator.cli import state

        click.echo("\n".join(state.lines(invocation)))


# --- Ends ----------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command line and exit: the console script."""
    _have_streams()
    _survive_any_text()
    signal.signal(signal.SIGTERM, _terminate)
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    ):  # ``aggregator.__main__``; who ignores it, goes on so
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = ended(lambda: cli.main(arguments, prog_name="aggregator", standalone_mode=False))
    _be_deaf()
    sys.exit(code)


class Terminated(BaseException):
    """SIGTERM: an end as clean as Ctrl-C's, at the next line of Python."""


def _terminate(_signal: int, _frame: object) -> NoReturn:
    raise Terminated


def ended(command: Callable[[], object]) -> int:
    """Run a command and tell what its end means: on stderr for a person, as a number for a script."""
    try:
        code = command()
        sys.stdout.flush()
    except AggregatorError as refused:
        return _tell(str(refused), refused.exit_code)
    except click.ClickException as wrong:
        _show(wrong)
        return wrong.exit_code
    except (Terminated, KeyboardInterrupt, click.Abort) as stop:
        return _stopped(stop)
    except RuntimeError as wrapped:
        # What comes while a class that is being loaded takes its fields in, Python 3.11 puts into one of these.
        if not isinstance(wrapped.__cause__, (Terminated, KeyboardInterrupt)):
            raise
        return _stopped(wrapped.__cause__)
    except (ReaderGone, BrokenPipeError):
        _let_go_of_stdout()
        return EXIT_PIPE
    except OutputLost as lost:
        _let_go_of_stdout()
        return _tell(f"the output cannot be written: {lost}", 1)
    return code if isinstance(code, int) else 0


def _stopped(by: BaseException) -> int:
    _be_deaf()
    if isinstance(by, Terminated):
        return _tell("terminated; what was recorded stays", EXIT_TERMINATED)
    return _tell("interrupted; what was recorded stays", EXIT_INTERRUPTED)


def _be_deaf() -> None:
    """Whoever asks twice has been heard: the second time must not interrupt the last words."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _let_go_of_stdout() -> None:
    """Python must not try to flush the rest at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(message: str, code: int) -> int:
    from aggregator.cli.safe import safe

    click.echo(f"aggregator: {safe(message)}", err=True)
    return code


def _show(wrong: click.ClickException) -> None:
    """As click shows it, but for what a terminal would obey: the wrong word may be a stranger's, pasted or piped in."""
    from aggregator.cli.safe import safe

    said = io.StringIO()
    wrong.show(file=said)
    for line in said.getvalue().splitlines():
        click.echo(" " * (len(line) - len(line.lstrip(" "))) + safe(line), err=True)


def _have_streams() -> None:
    """Where the caller closed one (``>&-``), nothing is lost by saying it to nobody.

    Its number must not go to the next file that is opened: whatever a library prints would land in there.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdin = sys.stdin or os.fdopen(0, "r", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def _survive_any_text() -> None:
    """Print what the locale cannot spell as escapes rather than die of it."""
    own = sys.__stdout__
    if own is not None and sys.stdout is own:  # who has put something else there wants to read it
        raw = _Output(own.fileno(), "wb", closefd=False)
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding=own.encoding, line_buffering=raw.isatty()
        )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
