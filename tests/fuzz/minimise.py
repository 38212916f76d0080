"""What is the shortest part of an input that still shows the same fault?

    python -m tests.fuzz.minimise TARGET FILE [OUT]

Pieces are taken away, from halves down to single bytes, as long as the fault stays (Zeller and Hildebrandt 2002, ddmin);
then each byte becomes "a" where that changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import Watch


def shortest(data: bytes, shows: Callable[[bytes], bool]) -> bytes:
    """Take away what is not needed for ``shows`` to be true."""
    size = len(data) // 2
    while size:
        at = 0
        while at < len(data):
            less = data[:at] + data[at + size :]
            if shows(less):
                data = less
            else:
                at += size
        size //= 2
    for at in range(len(data)):
        plainer = data[:at] + b"a" + data[at + 1 :]
        if shows(plainer):
            data = plainer
    return data


def main() -> None:
    """Write the shortest input beside the one given, or to OUT, and print it."""
    name, path, *out = sys.argv[1:]
    data = Path(path).read_bytes()

    def faults(given: bytes) -> set[str]:
        seen = Watch(TARGETS[name])
        seen.give(given)
        return set(seen.findings)

    wanted = faults(data)
    if not wanted:
        sys.exit(f"{path} shows no fault")
    data = shortest(data, lambda given: bool(faults(given) & wanted))
    Path(out[0] if out else f"{path}.short").write_bytes(data)
    print(", ".join(sorted(wanted)), data)


if __name__ == "__main__":
    main()
