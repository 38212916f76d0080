"""How is a story opened where a person reads it?"""

from __future__ import annotations

import os
import shutil
import sys
from urllib.parse import urlsplit

import click

from aggregator.cli.invocation import Invocation
from aggregator.cli.safe import safe
from aggregator.errors import UsageError
from aggregator.models import Story

OPENED = ("http", "https")
"""Links are strangers' words: a file, a script or another program's scheme is none to follow at a key press."""

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")


def open_story(invocation: Invocation, story: Story) -> None:
    """Open a story's link in the browser, or print it where there is none.

    Raises ``UsageError`` for a story without a link, or with one that is no web address.
    """
    if not story.url:
        raise UsageError(f"{safe(story.title)}: its feed gave no link")
    url = safe(story.url)
    if url != story.url or urlsplit(url).scheme.lower() not in OPENED:
        raise UsageError(f"{url} is no web address; nothing else is opened")
    if _browser() and click.launch(url) == 0:
        invocation.say(f"opened {url}")
    else:
        click.echo(url)


def _browser() -> bool:
    """Whether a link has somewhere to go: not so over ssh, in cron, in a container."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return shutil.which("xdg-open") is not None and any(os.environ.get(name) for name in SCREENS)
