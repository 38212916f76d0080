"""A desk whose feeds a test writes, and one with a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from machine_room import Newsroom, knowing
from model_server import ModelServer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def newsroom(tmp_path: Path, model_server: ModelServer) -> Newsroom:
    room = Newsroom(tmp_path, model_server)
    model_server.plays(knowing)
    return room
