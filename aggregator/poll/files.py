"""What does a feed say that is a file in the home directory?

Only the person's own subscription list names files; no feed can redirect or point to one. Whatever the name and
its links resolve to must still lie inside the home directory.
"""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome


def read(feed: Feed, home: Path, max_bytes: int) -> Outcome:
    """Read a feed whose URL is a relative path or a ``file:`` URL.

    The modification time stands for Last-Modified: a file that has not changed since is :class:`NotModified`.
    """
    try:
        root = home.resolve(strict=True)
        path = (root / _name(feed.url)).resolve(strict=True)
        if not path.is_relative_to(root):
            return _failed("lies outside the home directory")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _failed("is not a file")
        modified = format_datetime(datetime.fromtimestamp(int(status.st_mtime), UTC), usegmt=True)
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        if feed.etag == etag:
            return NotModified(etag=etag, last_modified=modified)
        if status.st_size > max_bytes:
            return _failed(f"is larger than {max_bytes} bytes", FailureReason.TOO_LARGE)
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except FileNotFoundError:
        return _failed("does not exist")
    except (OSError, ValueError, RuntimeError) as error:
        return _failed(f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(body) > max_bytes:
        return _failed(f"is larger than {max_bytes} bytes", FailureReason.TOO_LARGE)
    return Fetched(body=body, url=feed.url, etag=etag, last_modified=modified)


def _name(url: str) -> str:
    """Give the path a URL names: ``file:`` URLs are escaped, bare paths are taken as they are.

    ``file:feeds/a.xml`` is relative to the home; ``file:///home/me/feeds/a.xml`` absolute. A host in it
    would be another machine and is treated as part of a path that does not exist.
    """
    if not url.lower().startswith("file:"):
        return url
    parts = urlsplit(url)
    host = "" if parts.netloc in {"", "localhost"} else f"/{parts.netloc}"
    return unquote(host + parts.path)


def _failed(words: str, reason: FailureReason = FailureReason.FILE) -> Failed:
    return Failed(reason=reason, message=f"the file {words}")
