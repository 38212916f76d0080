"""How is ``public/`` shown over HTTP, and what is a person told about it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.app import Command
from aggregator.cli.invocation import Invocation, current, program
from aggregator.cli.safe import safe
from aggregator.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.serve.connections import Served
    from aggregator.serve.site import Site

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
"""As in the default of ``[export] base_url``."""

DOCUMENTS = (
    ("atom.xml", "any feed reader; the first choice"),
    ("rss.xml", "readers that only know RSS 2.0"),
    ("feed.json", "readers and scripts that like JSON Feed"),
    ("index.html", "any browser"),
    ("outputs.opml", "any reader, to subscribe to every merged feed at once"),
    ("feeds.opml", "your feeds, to be imported by other readers"),
)
"""What is told of at the start, and who can take it."""

MOST_OUTPUTS = 20
"""Named outputs that are told of one by one."""


LONGEST = 200
"""Characters of an address or of a name in a line of the access log."""


@click.command(cls=Command)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Where to listen; 0 takes any free port.",
)
@click.option(
    "--host",
    default=DEFAULT_HOST,
    show_default=True,
    help="The address to listen at. Others reach the server at any but the default.",
)
@current
def serve(invocation: Invocation, *, port: int, host: str) -> None:
    """Show public/ to readers and browsers over HTTP.

    It needs no lock: runs go on meanwhile, and what they write is served at once. Ctrl-C or
    SIGTERM ends it, after the answers under way, with exit code 0. With -v it tells every
    request.

    Examples:
      aggregator serve
      aggregator -C ~/news serve --port 8081 -v
    """
    from aggregator.pipeline.export.outputs import hub
    from aggregator.serve.answers import Links
    from aggregator.serve.documents import Documents
    from aggregator.serve.hosts import Hosts
    from aggregator.serve.server import Server, run
    from aggregator.serve.site import Site

    home = invocation.home
    if not host:
        raise UsageError("--host is empty; leave it out, or say 0.0.0.0 for all addresses of this machine")
    if not home.path.is_dir():
        raise ConfigError(f"{home.path} does not exist; `{program()} -C {home.path} init` makes a home there")
    config = invocation.config()

    def site(private: bool) -> Site:  # noqa: FBT001 - the server's question
        names = frozenset({host_of(config.export.base_url)})
        links = Links(hub(config), config.export.base_url)
        return Site(Documents(home.public), Hosts(names, any=not private), links)

    server = Server(
        site,
        told=(lambda served: invocation.say(line(served))) if invocation.verbosity > 0 else None,
        failed=lambda message: invocation.warn(f"aggregator: {safe(message)}"),
    )
    run(server, host, port, lambda places: _welcome(invocation, config, host, places))
    invocation.say("stopped")


def line(served: Served) -> str:
    """Tell one request; whatever a client wrote is one line of visible characters."""
    asked = safe(f"{served.method} {served.target}") or "-"
    return f"{served.client} {served.status} {served.sent} {asked[:LONGEST]} {safe(served.agent)[:LONGEST]}".rstrip()


def host_of(base_url: str) -> str:
    """The host of the public address: a proxy in front asks for it."""
    from urllib.parse import urlsplit

    return (urlsplit(base_url).hostname or "").lower()


# --- What is said at the start -------------------------------------------------------------------


def _welcome(invocation: Invocation, config: Config, host: str, places: Sequence[tuple[str, int]]) -> None:
    from aggregator.web.addresses import is_loopback_literal

    public = invocation.home.public
    address, port = places[0]
    shown = address if host == address else host
    if address in {"0.0.0.0", "::"}:  # noqa: S104 - told of, not chosen
        shown = "127.0.0.1" if address == "0.0.0.0" else "::1"  # noqa: S104 - compared, not listened at
    base = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
    invocation.warn(f"serving {public} at {base} until Ctrl-C")
    if not all(is_loopback_literal(each) for each, _ in places):
        invocation.warn(
            "warning: others can reach it, unencrypted and without a password; leave --host out to keep it to yourself"
        )
    found = list(documents(public))
    if not found:
        invocation.warn(f"nothing is exported yet: run `{program()} run`; then subscribe to {base}atom.xml")
    width = max((len(name) for name, _ in found), default=0) + len(base)
    for name, about in found:
        invocation.warn(f"  {base + name:{width}}  {about}")
    if config.export.base_url != base:
        invocation.warn(f"the feeds name themselves {config.export.base_url}… ([export] base_url)")


def documents(public: Path) -> Iterator[tuple[str, str]]:
    """What can be subscribed to now: address below the root, and who takes it. Named outputs come after the whole."""
    try:
        inside = sorted(each for each in public.iterdir() if not each.name.startswith(".") and each.is_dir())
    except OSError:
        return
    for directory in (public, *inside[:MOST_OUTPUTS]):
        for name, about in DOCUMENTS:
            if (directory / name).is_file():
                below = directory.relative_to(public).as_posix()
                address = "" if name == "index.html" else name
                yield (address if below == "." else f"{below}/{address}"), about
