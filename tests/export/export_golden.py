"""Golden files: what an output was when somebody last looked at it. ``make golden`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent / "golden"


def golden(name: str, data: bytes) -> None:
    path = DIRECTORY / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    assert path.exists(), f"{path} is missing: make golden"
    assert data.decode().splitlines() == path.read_text(encoding="utf-8").splitlines(), (
        f"differs from {path}; if that is meant, `make golden` and read the diff"
    )
