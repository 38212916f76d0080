"""What has the person set, and what holds where they set nothing?

One table (``table``) says name, type, default, bounds and help of every key; reading the file, the commented
starter file and the reference in docs/ are all made from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.config.table import (
    SECTIONS,
    Config,
    DedupConfig,
    ExportConfig,
    Filters,
    MachineConfig,
    OutputConfig,
    PollConfig,
    Rule,
    StoreConfig,
    SummariseConfig,
)
from aggregator.rooms import doors

if TYPE_CHECKING:
    from aggregator.config.reading import load, parse
    from aggregator.config.writing import Setting, reference, settings, starter

__all__ = [
    "SECTIONS",
    "Config",
    "DedupConfig",
    "ExportConfig",
    "Filters",
    "MachineConfig",
    "OutputConfig",
    "PollConfig",
    "Rule",
    "Setting",
    "StoreConfig",
    "SummariseConfig",
    "load",
    "parse",
    "reference",
    "settings",
    "starter",
]

if not TYPE_CHECKING:
    __getattr__ = doors(
        __name__,
        {"reading": ("load", "parse"), "writing": ("Setting", "reference", "settings", "starter")},
    )
