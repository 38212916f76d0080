"""What several parts of the tests need: a web server of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from feedserver import FeedServer


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    """A real HTTP server on loopback that ends with the test."""
    with FeedServer() as server:
        yield server
