"""Which stories does a command line ask for, and in which form?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator.cli import forms, offers, queries, times
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.store.narrowing import StoryQuery

F = TypeVar("F", bound=Callable[..., Any])

MOST_SHOWN = 1_000_000_000
"""Beyond any store, and within what SQLite counts with."""

TIMES = ("relative", "absolute")
"""``--times``: how long ago, or when; without it both, where they help."""

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
    open_number: int | None = None
    times: str | None = None
    no_pager: bool = False
    search: str | None = None

    def __post_init__(self) -> None:
        """Refuse two forms at once: whoever reads the output counts on one."""
        if len(self.forms) > 1:
            raise UsageError(f"{' and '.join(self.forms)} are forms of one output; choose one")
        if self.form is not None:
            forms.template(self.form)  # refused before the store is read

    @property
    def most(self) -> int | None:
        """How many stories are shown at most; None: all there are."""
        if self.limit is not None:
            return self.limit
        return None if self.since else max(self.open_number or 0, SHOWN_BY_DEFAULT)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms for scripts that were asked for."""
        asked = {
            "--json": self.as_json,
            "--jsonl": self.as_jsonl,
            "--csv": self.as_csv,
            "--urls": self.urls,
            "--format": self.form is not None,
            "--open": self.open_number is not None,
        }
        return tuple(name for name, wanted in asked.items() if wanted)

    def narrowed(self, fields: Mapping[str, Any]) -> Wanted:
        """Add the fields of a query; ``UsageError`` where an option says something of its own."""
        for name in fields:
            if getattr(self, name) is not None:
                word = next(each for each, option in queries.FIELDS.items() if option == name)
                raise UsageError(f"{word}: stands in the query and --{word} beside it; say it once")
        return replace(self, **fields)

    def narrowed_by(self) -> str:
        """The conditions, as options say them; times apart."""
        import shlex

        said = (
            ("feed", self.feed), ("tag", self.tag), ("coin", self.coin), ("lang", self.language),
            ("search", self.search),
        )  # fmt: skip
        return " ".join(f"--{name} {shlex.quote(value)}" for name, value in said if value)

    def query(self, now: datetime, limit: int | None) -> StoryQuery:
        """Ask the store for it; ``UsageError`` for a time that cannot be understood."""
        from aggregator.store.narrowing import StoryQuery

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
        click.option(
            "--open",
            "open_number",
            type=click.IntRange(min=1),
            metavar="N",
            help="Open the Nth story's link in the browser, or print it where there is none.",
        ),
        click.option(
            "--times",
            type=click.Choice(TIMES),
            help="On a terminal: how long ago, or the clock, alone. [default: the clock, and how fresh]",
        ),
        click.option("--no-pager", is_flag=True, help="Print on and on, however little the screen holds."),
    )
    for option in reversed(options):
        function = option(function)
    return function
