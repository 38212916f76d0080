"""What do all exchanges through libcurl share: whom they trust, and how they wait for it?"""

from __future__ import annotations

import os
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pycurl

IDLE_SECONDS = 0.005
"""How long to rest when libcurl has neither a socket to wait for nor a timer (a name being resolved)."""


def certificates() -> str:
    """The file of authorities that certificates are checked against; ``SSL_CERT_FILE`` names another one."""
    return os.environ.get("SSL_CERT_FILE") or _bundle()


@cache
def _bundle() -> str:
    """Find the file that certifi carries, without importing certifi where it lies beside its code: that brings
    ``shutil``, ``tempfile`` and compression along, a sixth of what a run imports that finds nothing new.
    """
    found = find_spec("certifi")
    if found is not None and found.origin is not None:
        beside = Path(found.origin).with_name("cacert.pem")
        if beside.is_file():
            return str(beside)
    import certifi

    return certifi.where()


def wait(multi: pycurl.CurlMulti, seconds: float) -> None:
    """Wait until a transfer can go on, at most so long; never spin where there is nothing to wait for."""
    began = time.monotonic()
    if multi.select(seconds) <= 0 and time.monotonic() - began < min(seconds, IDLE_SECONDS):
        time.sleep(min(seconds, IDLE_SECONDS))
