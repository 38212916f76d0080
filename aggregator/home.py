"""Where does everything belonging to one aggregator live, and who may write there now?

One directory holds it all, like a git work tree: ``feeds.opml`` and ``aggregator.toml`` are the person's,
``aggregator.db`` and ``public/`` are ours.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aggregator.errors import ConfigError, StoreBusy, StoreError

PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has a home's lock."""

    process: int | None
    """Its number, if it got as far as writing it down."""
    since: float
    """Seconds since 1970, by the file system's clock."""


@dataclass(frozen=True, slots=True)
class Home:
    """One home directory (contract: DESIGN §3). It names files and, save the lock, touches none of them."""

    path: Path

    @property
    def opml(self) -> Path:
        """The subscriptions: written by the person, and by ``feeds add`` on their behalf."""
        return self.path / "feeds.opml"

    @property
    def config(self) -> Path:
        """The settings; may be missing, then every default holds."""
        return self.path / "aggregator.toml"

    @property
    def database(self) -> Path:
        """The store; SQLite in WAL mode, so ``-wal`` and ``-shm`` files stand beside it while it is open."""
        return self.path / "aggregator.db"

    @property
    def public(self) -> Path:
        """What is served or subscribed to; nothing private is ever written there."""
        return self.path / "public"

    @property
    def lock_file(self) -> Path:
        """Holds the kernel's lock and, for people, the number of the process that has it."""
        return self.path / "aggregator.lock"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only run on this home while the block lasts.

        The lock is the kernel's (``flock``), tied to the open file: it goes with the process, however that
        ends, so there is never a stale one to clear. The file itself stays: removing it would let a
        third process lock a new file of the same name while the second still waits on the old one.

        Raises ``StoreBusy`` at once when another process has it, ``ConfigError`` when there is no such
        directory and ``StoreError`` when nothing can be written there.
        """
        descriptor = self._open_lock_file()
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise StoreBusy(
                    f"another run{_holder(descriptor)} is at work in {self.path}; "
                    "nothing was changed, try again when it is done"
                ) from busy
            except OSError as refused:
                raise StoreError(
                    f"{self.path} cannot be locked: {refused.strerror}; some network file systems cannot lock, and "
                    "two runs would harm each other: move the home to a local disk"
                ) from refused
            # Only a courtesy to whoever meets the lock: a full disk must not stop the run here.
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def holder(self) -> Holder | None:
        """Who is at work here now, None when nobody is.

        Asked by taking the lock for a moment as one of many readers: a run that starts in that very moment meets it.
        """
        try:
            descriptor = os.open(self.lock_file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            number = os.pread(descriptor, 20, 0).strip()
            process = int(number) if number.isdigit() else None
            return Holder(process=process, since=os.fstat(descriptor).st_mtime)
        finally:
            os.close(descriptor)
        return None

    def _open_lock_file(self) -> int:
        try:
            # Never through a link: what it leads to would be emptied for a number.
            return os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except FileNotFoundError as missing:
            raise ConfigError(
                f"{self.path} does not exist; `aggregator -C {self.path} init` makes a home there"
            ) from missing
        except NotADirectoryError as wrong:
            raise ConfigError(f"{self.path} is not a directory; give one with -C") from wrong
        except OSError as refused:
            raise StoreError(f"{self.path} cannot be written to: {refused.strerror}") from refused


def bundled(name: Literal["feeds.opml", "demo"]) -> Path:
    """Where the files that come with the program are: what ``init`` and ``demo`` copy.

    In a wheel they lie inside the package; in a checkout where people look for them. Raises
    ``ConfigError`` when the installation lacks them.
    """
    in_checkout = {"feeds.opml": "feeds.opml", "demo": "examples/demo"}[name]
    for place in (PACKAGE / "bundled" / name, PACKAGE.parent / in_checkout):
        if place.exists():
            return place
    raise ConfigError(f"this installation lacks its bundled {name}; install the program anew")


def _holder(descriptor: int) -> str:
    """Name the process that wrote itself into the lock file, if it got that far."""
    number = os.pread(descriptor, 20, 0).strip()
    return f" (process {number.decode()})" if number.isdigit() else ""
