"""Does an output stand as it was last written, so that it need not be read or rendered?"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from aggregator import __version__
from aggregator.export import health
from aggregator.home import Home
from aggregator.models import Feed
from aggregator.pipeline.export.outputs import Output
from aggregator.store import meta, stories
from aggregator.store.connection import Store

PREFIX = "exported/"
"""What is remembered of an output stands under this and its name."""


class State:
    """All that the outputs of one run depend on, summed up per output."""

    def __init__(
        self, store: Store, home: Home, feeds: Iterable[Feed], outputs: Sequence[Output], now: datetime
    ) -> None:
        self._store = store
        self._home = home
        self._now = now
        self._common = [
            __version__,
            meta.get(store, "revision"),
            [_described(feed) for feed in feeds],
            stories.count_after(store, now),
            [(each.name, each.title, each.files) for each in outputs],
        ]

    def stands(self, output: Output) -> bool:
        """Nothing it depends on changed since it was recorded, nor did its files."""
        return meta.get(self._store, _key(output)) == self._sum(output)

    def record(self, output: Output) -> None:
        """Note that its files are as they should be."""
        with self._store.transaction():
            meta.put(self._store, _key(output), self._sum(output))

    def forget_others(self, outputs: Sequence[Output]) -> list[str]:
        """Name, once, each directory that belongs to no output any more: its files are a person's to remove."""
        keys = {_key(output) for output in outputs}
        gone = [key for key in meta.keys(self._store, PREFIX) if key not in keys]
        if gone:
            with self._store.transaction():
                for key in gone:
                    meta.drop(self._store, key)
        names = [key.removeprefix(PREFIX) for key in gone]
        return [
            f"{self._home.public.name}/{name}/ is written no more: [outputs.{name}] is not in "
            f"{self._home.config.name}; remove the directory once nobody reads it"
            for name in names
            if os.path.lexists(self._home.public / name)
        ]

    def _sum(self, output: Output) -> str:
        directory = output.directory(self._home)
        files = [(name, *_as_it_lies(directory / name)) for name in output.files]
        pages = output.pages_lying(self._home) if output.archives else []
        departed = output.departed(self._store, self._now)
        described = [*self._common, repr(output), files, pages, repr(departed)]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def _key(output: Output) -> str:
    return f"{PREFIX}{output.name}"


def _described(feed: Feed) -> tuple[object, ...]:
    return (
        feed.first_url,
        feed.url,
        feed.title,
        feed.site_url,
        feed.language,
        feed.folder,
        feed.tags,
        feed.priority,
        feed.removed,
        health.trouble(feed),
    )


def _as_it_lies(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)
