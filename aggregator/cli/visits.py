"""Looking at an address on the web for a person: is it a feed, which feeds does its page name, how is it?"""

from __future__ import annotations

import os
import sys

import click

from aggregator import opml
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import address, safe, to_json
from aggregator.errors import UsageError
from aggregator.models import FailureReason, Feed, Subscription
from aggregator.text import urls

NOT_THERE = frozenset({401, 404, 410})
"""Answers after which subscribing makes no sense; a server that is down or refuses may think again."""


def found_at(invocation: Invocation, url: str) -> str:
    """The feed to subscribe to for an address: itself, or what its page names.

    Raises ``UsageError`` where there is none, and where there are several and nobody to choose. An address that
    does not answer now is taken at its word, with a warning.
    """
    from aggregator.pipeline import visit

    discovery = visit.discover(invocation.config(), url)
    if discovery.failed is not None:
        if discovery.failed.status in NOT_THERE or discovery.failed.reason in {
            FailureReason.NOT_A_FEED,
            FailureReason.MALFORMED,
        }:
            raise UsageError(
                safe(f"{address(url)}: {discovery.failed.message}; to add it all the same, give --no-check")
            )
        invocation.warn(safe(f"{address(url)}: {discovery.failed.message}; added unseen"))
        return url
    if discovery.is_feed:
        return url
    if not discovery.feeds:
        raise UsageError(
            safe(
                f"{address(url)}: a web page that names no feed, nor is one in the usual places; ask its publisher"
            )
        )
    meant = [each for each in discovery.feeds if not each.of_comments] or list(discovery.feeds)
    if len(meant) > 1:
        return _chosen(url, [(each.url, each.title) for each in discovery.feeds])
    invocation.say(safe(f"{address(url)} is a web page; its feed is {address(meant[0].url)}"))
    return meant[0].url


def _chosen(url: str, offered: list[tuple[str, str]]) -> str:
    """Let the person choose; where nobody is there to ask, say what there is to choose from."""
    listed = [safe(f"  {number}  {each}  {title}") for number, (each, title) in enumerate(offered, 1)]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        choice = "\n".join(listed)
        raise UsageError(
            f"{address(url)} names {len(offered)} feeds; add one of them by its address:\n{choice}"
        )
    for line in listed:
        click.echo(line, err=True)
    number = click.prompt("Which one?", type=click.IntRange(1, len(offered)), default=1, err=True)
    return offered[number - 1][0]


def same_publisher(url: str, subscriptions: tuple[Subscription, ...]) -> list[str]:
    """Subscriptions whose feeds come from the same publisher's domain."""
    site = urls.site(url)
    return [each.url for each in subscriptions if site and urls.site(each.url) == site]


@click.command(cls=Command)
@click.argument("url", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print an array of what was seen.")
@current
def check(invocation: Invocation, *, url: str | None, as_json: bool) -> None:
    """Poll URL now and tell everything it shows.

    Without URL, all your feeds. What it answers, how often it has something new, whether it keeps to its
    validators, what had to be mended, when a run would come again. Nothing is stored. Exits with 1 when no
    address is a feed.

    Examples:
      aggregator feeds check https://example.org/feed.xml
      aggregator feeds check
    """
    from aggregator.cli import render_visit
    from aggregator.pipeline import visit

    home = invocation.home
    wrong = opml.fault(url) if url is not None else None
    if wrong:
        raise UsageError(wrong)
    feeds: list[Feed] = (
        [visit.as_feed(url)]
        if url is not None
        else [visit.as_feed(each.url) for each in opml.read(home.opml).subscriptions]
    )
    visits = list(visit.visit(home, invocation.config(), invocation.now, feeds))
    if as_json:
        click.echo(to_json([render_visit.as_json(each) for each in visits], indent=1))
    else:
        for each in visits:
            for line in render_visit.lines(each, invocation.now):
                click.echo(line)
    if not any(each.parsed is not None for each in visits):
        click.get_current_context().exit(1 if feeds else os.EX_OK)
