"""What answers under every path?"""

from __future__ import annotations

from typing import Any


class Everything(dict[str, Any]):
    """One behaviour for every path."""

    def __init__(self, behaviour: Any) -> None:
        super().__init__()
        self.behaviour = behaviour

    def get(self, _path: str, _default: object = None) -> Any:
        return self.behaviour
