"""Print the table."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.etiquette.crowd import crowd
from tests.etiquette.month import simulate
from tests.etiquette.table import table

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        cases = [*simulate(Path(place)), *crowd()]
    for line in table(cases):
        print(line)
    sys.exit(any(case.faults() for case in cases))
