"""The process that reads one document and ends: ``python -m aggregator.poll.apart.child CPU_SECONDS MEMORY``.

The document comes on standard input, what it says goes to standard output (``letters``). Its bounds are set before a
byte of it is looked at: from then on the system itself ends what goes beyond them.
"""

from __future__ import annotations

import math
import resource
import sys

from aggregator.models import FailureReason, Fetched, ParsedFeed
from aggregator.poll.apart import letters
from aggregator.poll.parse import parse
from aggregator.poll.unreadable import Unreadable

WRITTEN = 64 * 1024 * 1024
"""Bytes that may be answered: all text that is read of a document is 16 MB at most."""
GRACE = 2
"""Seconds of CPU between our own bound, which has words for it, and the system's, which has none."""


def bound(cpu_seconds: float, memory: int) -> None:
    """Bound this process for good."""
    seconds = math.ceil(cpu_seconds) + GRACE
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main(cpu_seconds: float, memory: int) -> None:
    """Read the document and answer."""
    bound(cpu_seconds, memory)
    try:
        fetched, feed_url = letters.read_question(sys.stdin.buffer)
        letters.write_answer(sys.stdout.buffer, _parsed(fetched, feed_url, cpu_seconds))
    except Unreadable as reason:
        letters.write_refusal(sys.stdout.buffer, reason.reason, str(reason))
    except MemoryError:
        words = f"the document takes more than {memory // 1024 // 1024} MB of memory to be read"
        letters.write_refusal(sys.stdout.buffer, FailureReason.MALFORMED, words)
    except Exception as error:  # noqa: BLE001 - the worker boundary: a feed must never stop the run
        words = f"the parser gave up ({type(error).__name__}: {str(error)[:200]})"
        letters.write_refusal(sys.stdout.buffer, FailureReason.CRASHED, words)


def _parsed(fetched: Fetched, feed_url: str, cpu_seconds: float) -> ParsedFeed:
    parsed = parse(fetched, feed_url=feed_url, cpu_seconds=cpu_seconds)
    # expat has words of its own for it, which would pass for a fault of the document's.
    if (parsed.malformed or "").startswith("out of memory"):
        raise MemoryError
    return parsed


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
