"""What is new, what was that story, and who else told it?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator.cli import forms, offers, paint, queries, render_list, render_story, times
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import to_json
from aggregator.errors import UsageError
from aggregator.models import Story

if TYPE_CHECKING:
    from aggregator.store.connection import Store
    from aggregator.store.reading import StoryQuery

F = TypeVar("F", bound=Callable[..., Any])

MOST_SHOWN = 1_000_000_000
"""Beyond any store, and within what SQLite counts with."""

SHOWN_BY_DEFAULT = 20
"""About three screens: what is new since the last look, not an archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of ``list`` and ``search``."""

    since: str | None
    until: str | None
    limit: int | None
    feed: str | None
    tag: str | None
    coin: str | None
    language: str | None
    reposts: bool
    as_json: bool
    as_jsonl: bool
    as_csv: bool
    urls: bool
    form: str | None
    search: str | None = None

    def __post_init__(self) -> None:
        """Refuse two forms at once: whoever reads the output counts on one."""
        if len(self.forms) > 1:
            raise UsageError(f"{' and '.join(self.forms)} are forms of one output; choose one")
        if self.form is not None:
            forms.template(self.form)  # refused before the store is read

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms for scripts that were asked for."""
        asked = {
            "--json": self.as_json,
            "--jsonl": self.as_jsonl,
            "--csv": self.as_csv,
            "--urls": self.urls,
            "--format": self.form is not None,
        }
        return tuple(name for name, wanted in asked.items() if wanted)

    def narrowed(self, fields: Mapping[str, Any]) -> Wanted:
        """Add the fields of a query; ``UsageError`` where an option says something of its own."""
        for name in fields:
            if getattr(self, name) is not None:
                word = next(each for each, option in queries.FIELDS.items() if option == name)
                raise UsageError(f"{word}: stands in the query and --{word} beside it; say it once")
        return replace(self, **fields)

    def query(self, now: datetime, limit: int | None) -> StoryQuery:
        """Ask the store for it; ``UsageError`` for a time that cannot be understood."""
        from aggregator.store.reading import StoryQuery

        since = times.moment(self.since, now) if self.since else None
        until = times.moment(self.until, now) if self.until else None
        if since and until and since >= until:
            raise UsageError(f"--since {self.since} is not before --until {self.until}: nothing lies between")
        return StoryQuery(
            since=since,
            until=until,
            limit=None if limit is None else min(limit, MOST_SHOWN),
            feed=_spelt(self.feed),
            tag=_spelt(self.tag),
            coin=_spelt(self.coin),
            language=_spelt(self.language),
            search=_spelt(self.search),
        )


def _spelt(argument: str | None) -> str | None:
    """Bytes of a command line that are no text stand for a character that nobody's text contains."""
    return None if argument is None else argument.encode("utf-8", "replace").decode()


def story_options(function: F) -> F:
    """Give a command the options that choose stories and their form."""
    options = (
        click.option(
            "--since", metavar="TIME", help="Only stories from then on: 6h, 2d, yesterday, 2026-11-01."
        ),
        click.option("--until", metavar="TIME", help="Only stories from before then."),
        click.option(
            "-n",
            "--limit",
            type=click.IntRange(min=0),
            metavar="N",
            help=f"At most so many stories. [default: {SHOWN_BY_DEFAULT}, or all there are with --since]",
        ),
        click.option(
            "--feed",
            metavar="TEXT",
            help="Only stories a feed carries whose title or address has TEXT.",
            shell_complete=offers.feeds,
        ),
        click.option("--tag", metavar="TAG", help="Only stories their publisher tagged so."),
        click.option(
            "--coin",
            metavar="TICKER",
            help="Only stories about it, such as BTC.",
            shell_complete=offers.coins,
        ),
        click.option(
            "--lang",
            "language",
            metavar="CODE",
            help="Only stories in this language, such as en.",
            shell_complete=offers.languages,
        ),
        click.option("--reposts", is_flag=True, help="Show every copy below its story."),
        click.option("--json", "as_json", is_flag=True, help="Print an array of stories."),
        click.option("--jsonl", "as_jsonl", is_flag=True, help="Print one story a line, as JSON."),
        click.option(
            "--csv", "as_csv", is_flag=True, help="Print a table for spreadsheets, with a line of names."
        ),
        click.option("--urls", is_flag=True, help="Print links alone, one a line."),
        click.option(
            "--format",
            "form",
            metavar="TEMPLATE",
            help=rf"Print a line of your own making a story; fields: {', '.join(forms.FIELDS)}.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command("list", cls=Command)
@click.option(
    "--search",
    metavar="WORDS",
    help='Only stories with all of them; "a phrase", -word, word*, coin:BTC as in search.',
)
@story_options
@current
def list_(invocation: Invocation, /, **options: Any) -> None:
    r"""List recent stories, newest first.

    On a terminal to be read, otherwise one line per story: id, time, feed, number of reposts, title and
    link, divided by tabs.

    Examples:
      aggregator list --since 6h
      aggregator list --coin ETH --lang en --reposts
      aggregator list --since yesterday --urls | head -5
      aggregator list --coin BTC --format '{published}\t{title}\t{url}'
    """
    from aggregator.store import reading

    wanted = Wanted(**options)
    if wanted.search is not None:
        words, fields = queries.understood(wanted.search)
        wanted = replace(wanted, search=None if fields and not words else words).narrowed(fields)
    _print_stories(invocation, wanted, reading.list_stories, days=True)


class SearchCommand(Command):
    """Takes ``-word`` for a word that must not occur, although it begins like an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such words where click no longer looks for options."""
        if "--" in args:
            return super().parse_args(ctx, args)
        unwanted = [each for each in args if queries.UNWANTED.fullmatch(each)]
        if unwanted:
            args = [*(each for each in args if each not in unwanted), "--", *unwanted]
        return super().parse_args(ctx, args)


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1, required=True)
@story_options
@current
def search(invocation: Invocation, /, query: tuple[str, ...], **options: Any) -> None:
    """Search titles and texts; the best match comes first.

    All words must occur; "a phrase" in quotes must stand like that, a word with - in front must not
    occur, a word with * behind it may go on. feed:, coin:, tag:, lang:, since: and until: narrow it down like
    the options of these names.

    Examples:
      aggregator search stablecoin reserves
      aggregator search etf coin:BTC feed:decrypt since:2w
      aggregator search "interest rates" -fed --since 2w
      aggregator search 'tokeni*' --json
    """
    from aggregator.store import reading

    text, fields = queries.understood(queries.joined(query))
    wanted = Wanted(**options).narrowed(fields)
    if fields and not text:
        _print_stories(invocation, wanted, reading.list_stories, days=True)
        return

    def find(store: Store, asked: StoryQuery) -> list[Story]:
        return reading.search_stories(store, text, asked)

    _print_stories(invocation, wanted, find, days=False)


def _print_stories(
    invocation: Invocation,
    wanted: Wanted,
    find: Callable[[Store, StoryQuery], list[Story]],
    *,
    days: bool,
) -> None:
    from aggregator.store import reading

    limit = SHOWN_BY_DEFAULT if wanted.limit is None and not wanted.since else wanted.limit
    # One more than is shown tells whether there is more, without counting.
    query = wanted.query(invocation.now, None if limit is None else limit + 1)
    with reading.open_reading(invocation.home.database) as store:
        stories = find(store, query)
        status = None if stories else reading.status(store)
    shown = stories if limit is None else stories[:limit]
    _print_lines(_lines(shown, wanted, invocation, days=days))
    if status is not None:
        invocation.say(_nothing(wanted, query.since, status, invocation.now))
    elif limit is not None and len(stories) > limit and paint.on_terminal() and not wanted.forms:
        painted = paint.paint_for(sys.stderr)
        invocation.say("\n" + painted.faint(f"there are more: --limit {max(limit * 2, SHOWN_BY_DEFAULT)}"))


def _lines(stories: Sequence[Story], wanted: Wanted, invocation: Invocation, *, days: bool) -> Iterable[str]:
    if wanted.as_json:
        return forms.array(stories)
    if wanted.as_jsonl:
        return forms.json_lines(stories)
    if wanted.as_csv:
        return forms.table(stories)
    if wanted.urls:
        return render_list.addresses(stories, reposts=wanted.reposts)
    if wanted.form is not None:
        return forms.filled(stories, forms.template(wanted.form))
    if not paint.on_terminal():
        return render_list.plain(stories, reposts=wanted.reposts)
    return render_list.terminal(
        stories,
        now=invocation.now,
        columns=paint.columns(),
        paint=paint.paint_for(sys.stdout),
        reposts=wanted.reposts,
        urls=invocation.verbosity > 0,
        days=days,
    )


def _nothing(wanted: Wanted, since: datetime | None, status: Any, now: datetime) -> str:
    """Say why there is nothing to see, and what to do about it."""
    if not status.items:
        return "no stories yet; fetch your feeds: aggregator run"
    filters = [
        f"--{name} {value}"
        for name, value in (
            ("feed", wanted.feed), ("tag", wanted.tag), ("coin", wanted.coin),
            ("lang", wanted.language), ("search", wanted.search), ("until", wanted.until),
        )
        if value
    ]  # fmt: skip
    what = "no stories" if not since else f"no stories since {since.astimezone():%-d %b %H:%M}"
    parts = [f"{what} with {' '.join(filters)}" if filters else what]
    if status.last_run_at:
        parts.append(f"last run {times.distance(status.last_run_at, now)}")
    if status.failing:
        parts.append(f"{status.failing} of {status.feeds} feeds failing: aggregator feeds list --failing")
    return "; ".join(parts)


@click.command(cls=Command)
@click.argument("story", shell_complete=offers.stories)
@click.option("--json", "as_json", is_flag=True, help="Print an array with the one story.")
@current
def show(invocation: Invocation, story: str, *, as_json: bool) -> None:
    """Show one story with all its copies.

    Abstract, every copy with its feed and time, related stories.

    STORY is an id as `list` prints it, the beginning of one, or a link.

    Examples:
      aggregator show 2c323fd
      aggregator show https://coinbeat.example/news/kestrel-hot-wallets-83m/ --json
    """
    from aggregator.store import lookup, reading

    with reading.open_reading(invocation.home.database) as store:
        found = lookup.find_story(store, story)
    if as_json:
        _print_lines([to_json([render_list.as_json(found)], indent=1)])
        return
    _print_lines(
        render_story.lines(
            found, now=invocation.now, columns=paint.columns(), paint=paint.paint_for(sys.stdout)
        )
    )


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
