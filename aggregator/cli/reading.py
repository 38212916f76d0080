"""What is new, what was that story, and who else told it?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli import forms, offers, paint, queries, render_list
from aggregator.cli.app import Command
from aggregator.cli.asked import TIMES, Wanted, story_options
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import to_json
from aggregator.errors import UsageError
from aggregator.models import Story

if TYPE_CHECKING:
    from aggregator.store.connection import Store
    from aggregator.store.narrowing import StoryQuery
    from aggregator.store.reading import Status
    from aggregator.store.search import Words

WATCHED_EVERY = 30
"""Seconds between two looks of ``--watch``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Stories, what was looked for in them, and the state of the store where there are none."""

    stories: Sequence[Story]
    more: bool = False
    """Whether there are more than were asked for."""
    words: Words | None = None
    excerpts: Mapping[str, str] = field(default_factory=dict)
    """Where a story says what was looked for, by its id."""
    status: Status | None = None


@click.command("list", cls=Command)
@click.option(
    "--search",
    metavar="WORDS",
    help='Only stories with all of them; "a phrase", -word, word*, coin:BTC as in search.',
)
@story_options
@click.option(
    "--watch",
    type=click.IntRange(min=1),
    is_flag=False,
    flag_value=WATCHED_EVERY,
    metavar="[SECONDS]",
    help=f"Stay, and show what comes; look every {WATCHED_EVERY} seconds, or so often. Ctrl-C ends.",
)
@current
def list_(invocation: Invocation, /, *, watch: int | None, **options: Any) -> None:
    r"""List recent stories, newest first.

    On a terminal to be read, a page at a time where they are more than it holds ($PAGER); otherwise one line per
    story: id, time, feed, number of reposts, title and link, divided by tabs.

    Examples:
      aggregator list --since 6h
      aggregator list --coin ETH --lang en --reposts
      aggregator list --since yesterday --urls | head -5
      aggregator list --coin BTC --format '{published}\t{title}\t{url}'
      aggregator list --open 3
      aggregator list --coin BTC --watch
    """
    wanted = Wanted(**options)
    if wanted.search is not None:
        words, fields = queries.understood(wanted.search)
        wanted = replace(wanted, search=None if fields and not words else words).narrowed(fields)
    if watch is None:
        _print(invocation, wanted, _find(invocation, wanted, _newest, invocation.now), days=True)
    else:
        _watch(invocation, wanted, watch)


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
    the options of these names. Words in the title count most, and newer stories come before older ones that
    say it alike.

    Examples:
      aggregator search stablecoin reserves
      aggregator search etf coin:BTC feed:decrypt since:2w
      aggregator search "interest rates" -fed --since 2w
      aggregator search 'tokeni*' --json
    """
    text, fields = queries.understood(queries.joined(query))
    wanted = Wanted(**options).narrowed(fields)
    if fields and not text:
        _print(invocation, wanted, _find(invocation, wanted, _newest, invocation.now), days=True)
        return
    wanted = replace(wanted, search=text)
    _print(invocation, wanted, _find(invocation, wanted, _best, invocation.now), days=False)


# --- What is read ----------------------------------------------------------------------------------

Find = Callable[["Store", "StoryQuery"], list[Story]]


def _newest(store: Store, query: StoryQuery) -> list[Story]:
    from aggregator.store import reading

    return reading.list_stories(store, query)


def _best(store: Store, query: StoryQuery) -> list[Story]:
    from aggregator.store import reading

    return reading.search_stories(store, query.search or "", query)


def _find(invocation: Invocation, wanted: Wanted, find: Find, now: datetime) -> Found:
    from aggregator.store import reading

    most = wanted.most
    # One more than is shown tells whether there is more, without counting.
    query = wanted.query(now, None if most is None else most + 1)
    with reading.open_reading(invocation.home.database) as store:
        stories = find(store, query)
        if not stories:
            return Found(stories=[], status=reading.status(store))
        shown = stories if most is None else stories[:most]
        found = Found(stories=shown, more=len(stories) > len(shown))
        return _explained(store, found, query.search) if query.search and _shows_words(wanted) else found


def _explained(store: Store, found: Found, text: str) -> Found:
    """With what was looked for, and where it stands."""
    from aggregator.store import excerpts, search

    words = search.words(text)
    return replace(found, words=words, excerpts=excerpts.excerpts(store, words, found.stories))


def _shows_words(wanted: Wanted) -> bool:
    return wanted.as_json or wanted.as_jsonl or (not wanted.forms and paint.on_terminal())


# --- What is shown ---------------------------------------------------------------------------------


def _print(invocation: Invocation, wanted: Wanted, found: Found, *, days: bool) -> None:
    if wanted.open_number is not None:
        _open(invocation, wanted.open_number, found)
        return
    paged = not wanted.no_pager and not wanted.forms
    _print_lines(_lines(found, wanted, invocation, days=days), paged=paged)
    if found.status is not None:
        from aggregator.cli import nothing

        invocation.say(nothing.line(wanted, found.status, invocation.now))
    elif found.more and paint.on_terminal() and not wanted.forms:
        painted = paint.paint_for(sys.stderr)
        invocation.say("\n" + painted.faint(f"there are more: --limit {max((wanted.most or 0) * 2, 20)}"))


def _print_lines(lines: Iterable[str], *, paged: bool) -> None:
    if paged and paint.on_terminal():
        from aggregator.cli import pager

        pager.print_lines(lines)
        return
    for line in lines:
        sys.stdout.write(line + "\n")


def _open(invocation: Invocation, number: int, found: Found) -> None:
    from aggregator.cli import browser

    if number > len(found.stories):
        raise UsageError(f"--open {number}: only {len(found.stories)} are listed")
    browser.open_story(invocation, found.stories[number - 1])


def _lines(found: Found, wanted: Wanted, invocation: Invocation, *, days: bool) -> Iterable[str]:
    if wanted.as_json:
        return forms.array(found.stories, _extra(found))
    if wanted.as_jsonl:
        return forms.json_lines(found.stories, _extra(found))
    if wanted.as_csv:
        return forms.table(found.stories)
    if wanted.urls:
        return render_list.addresses(found.stories, reposts=wanted.reposts)
    if wanted.form is not None:
        return forms.filled(found.stories, forms.template(wanted.form))
    if not paint.on_terminal():
        return render_list.plain(found.stories, reposts=wanted.reposts)
    return _terminal(found, wanted, invocation, invocation.now, days=days)


def _terminal(
    found: Found, wanted: Wanted, invocation: Invocation, now: datetime, *, days: bool
) -> Iterable[str]:
    return render_list.terminal(
        found.stories,
        now=now,
        columns=paint.columns(),
        paint=paint.paint_for(sys.stdout),
        switches=render_list.Switches(
            reposts=wanted.reposts, urls=invocation.verbosity > 0, days=days, times=wanted.times
        ),
        excerpts=found.excerpts,
        marks=_marks_of(found.words) if found.words else render_list.no_marks,
    )


def _marks_of(words: Words) -> render_list.Marks:
    from aggregator.text import snippets

    return lambda text: snippets.marks(text, words.finders)


def _extra(found: Found) -> forms.Extra | None:
    """What a search adds to each story of ``--json``: a piece of text, and where in it the words stand."""
    if found.words is None:
        return None
    marks = _marks_of(found.words)

    def extra(story: Story) -> Mapping[str, object]:
        text = found.excerpts.get(story.id)
        marked = [{"start": start, "end": end} for start, end in marks(text)] if text else []
        return {"snippet": {"text": text, "marks": marked} if text else None}

    return extra


def _watch(invocation: Invocation, wanted: Wanted, seconds: int) -> None:
    from aggregator.cli import nothing, watch

    if wanted.forms or not paint.on_terminal():
        raise UsageError("--watch draws on a terminal; for a script, ask again: list --since 10m --jsonl")
    pinned = invocation.time

    def draw(found: Found, now: datetime) -> Sequence[str]:
        if found.status is not None:
            return [nothing.line(wanted, found.status, now)]
        return list(_terminal(found, wanted, invocation, now, days=True))

    watch.watch(
        invocation.home.database,
        seconds,
        clock=lambda: pinned or watch.present(),
        read=lambda now: _find(invocation, wanted, _newest, now),
        draw=draw,
        paint=paint.paint_for(sys.stdout),
    )


@click.command(cls=Command)
@click.argument("story", shell_complete=offers.stories)
@click.option("--json", "as_json", is_flag=True, help="Print an array with the one story.")
@click.option("--open", "opened", is_flag=True, help="Open its link in the browser, or print it.")
@click.option("--times", type=click.Choice(TIMES), help="On a terminal: how long ago, or the clock, alone.")
@click.option("--no-pager", is_flag=True, help="Print on and on, however little the screen holds.")
@current
def show(
    invocation: Invocation, story: str, *, as_json: bool, opened: bool, times: str | None, no_pager: bool
) -> None:
    """Show one story with all its copies.

    Abstract, every copy with its feed and time, related stories.

    STORY is an id as `list` prints it, the beginning of one, or a link.

    Examples:
      aggregator show 2c323fd
      aggregator show 2c323fd --open
      aggregator show https://coinbeat.example/news/kestrel-hot-wallets-83m/ --json
    """
    from aggregator.cli import browser, render_story
    from aggregator.store import lookup, reading

    if as_json and opened:
        raise UsageError("--json and --open are forms of one output; choose one")
    with reading.open_reading(invocation.home.database) as store:
        found = lookup.find_story(store, story)
    if opened:
        browser.open_story(invocation, found)
        return
    if as_json:
        _print_lines([to_json([render_list.as_json(found)], indent=1)], paged=False)
        return
    _print_lines(
        render_story.lines(
            found,
            now=invocation.now,
            columns=paint.columns(),
            paint=paint.paint_for(sys.stdout),
            times_as=times,
        ),
        paged=not no_pager,
    )
