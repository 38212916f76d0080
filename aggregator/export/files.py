"""How does a document replace the one before it, so that no reader ever sees half of one?"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from aggregator.errors import ExportError

_MODE = 0o666  # less the person's umask: a web server must be able to read what is served


def write(path: Path, data: bytes, *, then: str = "run `aggregator export`") -> bool:
    """Make ``path`` hold ``data``; False and untouched, down to its time, where it does already.

    Whoever opens the path gets either the old document or the new one, also after a crash: the bytes go into a
    file beside it, reach the disk, then take its name. The file beside it has a fixed name, so that what a
    killed run left behind is used up by the next one (runs hold the home's lock); it is made anew each time and
    never through a link. A symbolic link is followed where it is the person's or the system's: one that another
    user made could lead to any file that only the person may write.

    Raises ExportError when that fails (disk full, read-only, no permission); the old document stays as it was.
    ``then``: what to do once that is mended.
    """
    try:
        _refuse_foreign_links(path)
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        if _holds(target, data):
            beside.unlink(missing_ok=True)
            return False
        try:
            _put(beside, data, _mode_of(target))
            beside.replace(target)
        except BaseException:  # Ctrl-C too: a half-written file must not stay
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        _settle(target.parent)
    except OSError as error:
        why = error.strerror or str(error)
        raise ExportError(
            f"{path}: cannot be written: {why}; what was there is untouched. Mend that, then {then}."
        ) from error
    return True


def _refuse_foreign_links(path: Path) -> None:
    whole = path.absolute()
    for each in (whole, *whole.parents):
        with contextlib.suppress(FileNotFoundError):
            state = each.lstat()
            if stat.S_ISLNK(state.st_mode) and state.st_uid not in {0, os.geteuid()}:
                raise ExportError(
                    f"{each}: a link that another user made; nothing was written through it. "
                    "Remove it, or make it yours (chown -h)."
                )


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _mode_of(path: Path) -> int | None:
    """The permissions a person may have given the document."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def _put(path: Path, data: bytes, mode: int | None) -> None:
    """Write a new file and wait until the disk has it."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _settle(directory: Path) -> None:
    """Make the new name survive a power cut; file systems that cannot do it for directories say so."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
