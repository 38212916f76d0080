"""Serves a directory of feeds on loopback until it is ended, or for ten minutes; prints its address first."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from feedserver import FeedServer

MOST_SECONDS = 600

if __name__ == "__main__":
    with FeedServer() as server:
        server.serve_directory(Path(sys.argv[1]))
        print(server.url("/"), flush=True)
        threading.Event().wait(MOST_SECONDS)
