"""What several parts of the tests need: a web server of their own."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from feedserver import FeedServer
from hypothesis import settings
from model_server import ModelServer

settings.register_profile("aggregator", deadline=None)
"""A law is about values, not about time: the first example of a run also pays for imports."""
settings.load_profile("aggregator")


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
