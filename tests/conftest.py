"""What several parts of the tests need: a web server of their own, and a home in which the demo has run."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from feedserver import FeedServer
from hypothesis import settings
from laws import EVERYDAY, THOROUGH
from model_server import ModelServer

from aggregator.cli import app

# A law is about values, not about time: the first example of a run also pays for imports.
settings.register_profile("everyday", deadline=None, max_examples=EVERYDAY)
settings.register_profile("thorough", deadline=None, max_examples=THOROUGH)  # `make check`
settings.load_profile("everyday")


@pytest.fixture(autouse=True)
def _hearing() -> None:
    """The program ends deaf to signals, and started from a script in the background it is born so: no test is."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    """A real HTTP server on loopback that ends with the test."""
    with FeedServer() as server:
        yield server


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A real chat-completions server on loopback that ends with the test."""
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the demo has run; only to be read. It is made once and copied for each of xdist's workers."""
    own = tmp_path_factory.getbasetemp()
    made = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo-as-made"
    heard = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with pytest.raises(SystemExit) as ended:
                app.main(["-q", "demo", str(made), "--json"])
            assert ended.value.code == os.EX_OK
            for each, handler in heard.items():
                signal.signal(each, handler)
    return Path(shutil.copytree(made, own / "demo"))
