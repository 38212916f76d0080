"""How does a reader of documents say that there is nothing to read?"""

from __future__ import annotations

from aggregator.errors import ParseError
from aggregator.models import FailureReason


class Unreadable(ParseError):  # noqa: N818 - says what the document is, as Failed says it of a poll
    """A document that is no feed, with the reason that goes into the feed's health."""

    def __init__(self, reason: FailureReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Busy(Unreadable):
    """A document that keeps the parser busy for longer than it was given."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            FailureReason.MALFORMED, f"the document keeps the parser busy for more than {seconds:g} s"
        )
