"""Which feeds are read, how are they, and how does one come or go?"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import click

from aggregator import opml
from aggregator.cli import offers, paint, render_feeds, times, visits
from aggregator.cli.app import Group
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.render_report import counted
from aggregator.cli.safe import address, safe, to_json, to_xml
from aggregator.errors import UsageError
from aggregator.home import Home
from aggregator.models import Subscription


@click.group(cls=Group)
def feeds() -> None:
    """See how your feeds are, add and remove them.

    Your list is feeds.opml in the home directory. These commands edit it in place and leave the rest of it as
    it is; so may you.

    Examples:
      aggregator feeds list --failing
      aggregator feeds add https://example.org/
    """


feeds.add_command(visits.check)


@feeds.command("list")
@click.option("--failing", is_flag=True, help="Only feeds whose last poll failed.")
@click.option("--quiet-since", metavar="TIME", help="Only feeds with nothing new since then, such as 30d.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of feeds.")
@current
def list_(invocation: Invocation, *, failing: bool, quiet_since: str | None, as_json: bool) -> None:
    """List the feeds with their health.

    Last success, what they brought, how often, what is wrong.

    On a terminal a table, otherwise one line per feed, divided by tabs: state, title, url, items, stories,
    last success, last new item, next poll, failures in a row, last error, class of error, rhythm in seconds,
    share of polls answered with 304, bytes saved by them, WebSub hub.

    Examples:
      aggregator feeds list --failing
      aggregator feeds list --quiet-since 30d
    """
    since = times.moment(quiet_since, invocation.now) if quiet_since is not None else None
    from aggregator.store import reading

    rows = []
    if invocation.home.database.exists():
        with reading.open_reading(invocation.home.database) as store:
            rows = reading.list_feeds(store)
    # A store without a list beside it is fine to look at, such as one made from an archive.
    if invocation.home.opml.exists() or not invocation.home.database.exists():
        known = {row.feed.first_url for row in rows}
        listed = opml.read(invocation.home.opml).subscriptions
        rows += [render_feeds.unpolled(each) for each in listed if each.url not in known]
    if failing:
        rows = [row for row in rows if render_feeds.is_failing(row)]
    if since is not None:
        rows = [row for row in rows if render_feeds.is_quiet(row, since)]
    if as_json:
        click.echo(to_json([render_feeds.as_json(row) for row in rows], indent=1))
    elif not paint.on_terminal():
        for line in render_feeds.plain(rows):
            click.echo(line)
    else:
        painted = paint.paint_for(sys.stdout)
        for line in render_feeds.table(rows, now=invocation.now, columns=paint.columns(), paint=painted):
            click.echo(line)
    if not rows:
        narrowed = "no feed is like that" if since is not None else "no feed is failing" if failing else None
        invocation.say(narrowed or "no feeds yet; add one: aggregator feeds add URL")


@feeds.command()
@click.argument("url")
@click.option("--title", help="What to call it; else its own name is used.")
@click.option("--folder", metavar="A/B", help="Folder to put it in, made when missing.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag for it; may be given several times.")
@click.option("--lang", "language", metavar="CODE", help="Its language, such as en, where it does not say.")
@click.option(
    "--priority",
    type=int,
    default=0,
    help="Of two copies of one article the feed with the higher one speaks for the story.",
)
@click.option("--no-check", is_flag=True, help="Take URL as it is, without looking at it now.")
@current
def add(  # noqa: PLR0913 - one for each option
    invocation: Invocation,
    *,
    url: str,
    title: str | None,
    folder: str | None,
    tags: tuple[str, ...],
    language: str | None,
    priority: int,
    no_check: bool,
) -> None:
    """Subscribe to the feed at URL, or to the one its web page names.

    Adds it to feeds.opml and leaves the rest of that file as it is. Of several feeds you choose one; a
    subscription to the same publisher is pointed out.

    Examples:
      aggregator feeds add https://example.org/
      aggregator feeds add https://example.org/feed.xml
      aggregator feeds add https://example.org/rss --folder Research/Security
    """
    home = invocation.home
    if abs(priority) > opml.MOST_PRIORITY:
        raise UsageError(f"--priority: write a number from -{opml.MOST_PRIORITY} to {opml.MOST_PRIORITY}")
    before, listed = _read(home)
    url = url.strip()
    _refuse_unless_readable(url, home)
    if _is_there(invocation, url, listed):
        return
    if "://" in url and not no_check:
        given, url = url, visits.found_at(invocation, url)
        if url != given and _is_there(invocation, url, listed):
            return
    for other in visits.same_publisher(url, listed.subscriptions):
        invocation.warn(f"you also read this publisher at {address(other)}; the copies will be collapsed")
    subscription = Subscription(
        url=url,
        title=title,
        folder=tuple(name.strip() for name in (folder or "").split("/") if name.strip()),
        tags=tags,
        language=language,
        priority=priority,
    )
    _write(home, opml.add(before, subscription, name=str(home.opml)))
    invocation.say(f"added {address(url)}; the next run polls it")


def _is_there(invocation: Invocation, url: str, listed: opml.OpmlFile) -> bool:
    for each in listed.subscriptions:
        if opml.same_feed(each.url, url):
            invocation.say(
                f"{address(each.url)} is in {invocation.home.opml.name} already, on line {each.line}"
            )
            return True
    return False


@feeds.command()
@click.argument("feed", shell_complete=offers.feeds)
@current
def remove(invocation: Invocation, *, feed: str) -> None:
    """Unsubscribe from FEED, its address or its title.

    Takes it out of feeds.opml; its items stay in the store.

    Examples:
      aggregator feeds remove https://example.org/feed.xml
      aggregator feeds remove CoinRelay
    """
    home = invocation.home
    before, listed = _read(home)
    found = _named(feed.strip(), listed.subscriptions)
    _write(home, opml.remove(before, found.url, name=str(home.opml)))
    shown = address(found.url)
    complete = "" if shown == found.url else ", with what lets you in"
    invocation.say(f"removed {safe(found.title or shown)}; undo: aggregator feeds add {shown}{complete}")


@feeds.command("import")
@click.argument("file", type=click.File("rb"))
@current
def import_(invocation: Invocation, *, file: IO[bytes]) -> None:
    """Subscribe to the feeds of a list from another program.

    FILE, or - for standard input, is OPML of any reader, or newsboat's own list (~/.newsboat/urls). Names,
    folders, tags, languages and sites come along; of a feed in several folders the first holds it and the
    others become tags. Feeds you have already are left as they are. What is left out is named by line.

    Examples:
      aggregator feeds import subscriptions.opml
      aggregator feeds import ~/.newsboat/urls
      aggregator -C ~/news feeds export | aggregator feeds import -
    """
    home = invocation.home
    theirs = opml.adopt(file.read(opml.MAX_BYTES + 1), name=file.name)
    before = opml.content(home.opml) if home.opml.exists() else opml.write(())
    known = {opml.identity(each.url) for each in opml.read(before, name=str(home.opml)).subscriptions}
    new = [each for each in theirs.subscriptions if opml.identity(each.url) not in known]
    if new:
        _write(home, opml.add_all(before, new, name=str(home.opml)))
    for problem in theirs.problems:
        invocation.warn(safe(f"{file.name}, line {problem.line}: {problem.message}"))
    invocation.say(
        f"added {counted(len(new), 'feed')}{_brought(new)}; "
        f"{len(theirs.subscriptions) - len(new)} there already"
    )
    if theirs.left:
        names = ", ".join(f"{name} (of {counted(count, 'feed')})" for name, count in theirs.left.items())
        invocation.say(safe(f"left behind, for want of a place here: {names}"))


def _brought(new: Sequence[Subscription]) -> str:
    """What came along with the addresses, in words."""
    named = sum(each.title is not None for each in new)
    tagged = sum(bool(each.tags) for each in new)
    folders = len({each.folder for each in new if each.folder})
    told = [
        f"{named} with a name" if named else "",
        counted(folders, "folder") if folders else "",
        f"{tagged} with tags" if tagged else "",
    ]
    told = [each for each in told if each]
    return f" ({', '.join(told)})" if told else ""


@feeds.command("export")
@current
def export(invocation: Invocation) -> None:
    """Print your list as OPML, for other readers.

    Examples:
      aggregator feeds export > subscriptions.opml
      aggregator feeds export | grep -c xmlUrl
    """
    click.echo(to_xml(opml.write(opml.read(invocation.home.opml).subscriptions).decode()), nl=False)


# --- The file ------------------------------------------------------------------------------------


def _read(home: Home) -> tuple[bytes, opml.OpmlFile]:
    """The person's list, as bytes to edit and as feeds to look at."""
    listed = opml.read(home.opml)
    return opml.content(home.opml), listed


def _write(home: Home, data: bytes) -> None:
    from aggregator.export import files

    files.write(home.opml, data, then="call this command again")


def _refuse_unless_readable(url: str, home: Home) -> None:
    """A typo is best found now, not in a log of failing polls."""
    wrong = opml.fault(url)
    if wrong:
        raise UsageError(wrong)
    if "://" in url:
        return
    if not (home.path / url.removeprefix("file:")).is_file():
        looks_like_host = "." in url.split("/", 1)[0].strip(".")
        hint = f"; did you mean https://{address(url)}?" if looks_like_host else ""
        raise UsageError(
            f"{address(url)} is neither an http(s) address nor a file in {Path(home.path)}{hint}"
        )


def _named(wanted: str, subscriptions: tuple[Subscription, ...]) -> Subscription:
    """The one feed a person means by an address or a title."""
    found = [
        each
        for each in subscriptions
        if opml.same_feed(each.url, wanted) or opml.same_feed(address(each.url), wanted)
    ] or [each for each in subscriptions if (each.title or "").casefold() == wanted.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        urls = ", ".join(address(each.url) for each in found)
        raise UsageError(f"{len(found)} feeds are called {wanted}: {urls}; give the address")
    names = {
        name.casefold(): name
        for each in subscriptions
        for name in (each.title or "", address(each.url))
        if name
    }
    close = difflib.get_close_matches(wanted.casefold(), names, n=1, cutoff=0.6)
    hint = f"; did you mean {names[close[0]]}?" if close else "; `aggregator feeds list` shows them"
    raise UsageError(f"no feed {wanted}{hint}")
