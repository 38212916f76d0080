from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that the demo made; whoever changes something in it makes a copy first."""
    place = tmp_path_factory.mktemp("documented") / "demo"
    subprocess.run(
        [sys.executable, "-m", "aggregator", "-q", "demo", str(place)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return place
