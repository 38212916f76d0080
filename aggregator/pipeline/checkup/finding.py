"""What can a check find?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; nothing is wrong."""
    WARNING = "warning"
    """It works, and somebody should look at it."""
    PROBLEM = "problem"
    """It does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What was looked at, in a word."""
    severity: Severity
    what: str
    """As it was found."""
    meaning: str = ""
    """What follows from it, where that is not plain."""
    advice: str = ""
    """What to do."""


def fine(check: str, what: str) -> Finding:
    """All is well."""
    return Finding(check=check, severity=Severity.FINE, what=what)


def note(check: str, what: str, *, meaning: str = "", advice: str = "") -> Finding:
    """Worth knowing."""
    return Finding(check=check, severity=Severity.NOTE, what=what, meaning=meaning, advice=advice)


def warning(check: str, what: str, *, meaning: str = "", advice: str) -> Finding:
    """Worth a look."""
    return Finding(check=check, severity=Severity.WARNING, what=what, meaning=meaning, advice=advice)


def problem(check: str, what: str, *, meaning: str = "", advice: str) -> Finding:
    """Broken."""
    return Finding(check=check, severity=Severity.PROBLEM, what=what, meaning=meaning, advice=advice)
