"""What do all exchanges through libcurl share: whom they trust, and how they wait for it?"""

from __future__ import annotations

import os
import time

import certifi
import pycurl

IDLE_SECONDS = 0.005
"""How long to rest when libcurl has neither a socket to wait for nor a timer (a name being resolved)."""


def certificates() -> str:
    """The file of authorities that certificates are checked against; ``SSL_CERT_FILE`` names another one."""
    return os.environ.get("SSL_CERT_FILE") or certifi.where()


def wait(multi: pycurl.CurlMulti, seconds: float) -> None:
    """Wait until a transfer can go on, at most so long; never spin where there is nothing to wait for."""
    began = time.monotonic()
    if multi.select(seconds) <= 0 and time.monotonic() - began < min(seconds, IDLE_SECONDS):
        time.sleep(min(seconds, IDLE_SECONDS))
