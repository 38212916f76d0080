"""What is wrong here, and what is to be done?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from aggregator.cli import paint
from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current
from aggregator.cli.safe import safe, to_json

if TYPE_CHECKING:
    from aggregator.pipeline.checkup import Finding

CHECK_COLUMNS = 12
"""The longest name of a check, "feeds.opml", and a gap."""
MARK_COLUMNS = 9
"""The longest severity, "problem" or "warning", and a gap."""


@click.command(cls=Command)
@click.option("--full", is_flag=True, help="Look at every page, index and reference of the store.")
@click.option("--network", is_flag=True, help="Fetch one feed, to see whether the network is there.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of findings.")
@current
def doctor(invocation: Invocation, *, full: bool, network: bool, as_json: bool) -> None:
    """Tell what is wrong, what it means, and what to do.

    Looks at the home, its settings and feeds, the lock, the disk, the store, the clock, what is still to do, the
    last run, feeds that fail, and the files in public/. Changes nothing. Exits with 1 when there is a problem;
    warnings and notes alone are 0.

    Examples:
      aggregator doctor
      aggregator doctor --full
      aggregator doctor --json | jq -r '.[] | select(.severity != "fine") | .advice'
    """
    from aggregator import pipeline

    findings = list(pipeline.examine(invocation.home, invocation.now, full=full, network=network))
    if as_json:
        click.echo(to_json([_as_json(each) for each in findings], indent=1))
    else:
        painted = paint.paint_for(sys.stdout)
        for each in findings:
            for line in _lines(each, painted):
                click.echo(line)
    if any(each.severity == "problem" for each in findings):
        raise click.exceptions.Exit(1)


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "what": finding.what,
        "meaning": finding.meaning,
        "advice": finding.advice,
    }


def _lines(finding: Finding, painted: paint.Paint) -> Iterator[str]:
    mark = finding.severity.value.ljust(MARK_COLUMNS)
    colours = {"fine": painted.good, "note": painted.time, "warning": painted.coin, "problem": painted.bad}
    check = finding.check.ljust(CHECK_COLUMNS)
    yield f"{colours[finding.severity.value](mark)}{check}{safe(finding.what)}"
    indent = " " * (MARK_COLUMNS + CHECK_COLUMNS)
    if finding.meaning:
        yield f"{indent}{painted.faint(safe(finding.meaning))}"
    if finding.advice:
        yield f"{indent}→ {safe(finding.advice)}"
