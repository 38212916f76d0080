"""How is it told which rules are kept?"""

from __future__ import annotations

from collections.abc import Iterator

from tests.etiquette.case import DAY, Case


def table(cases: list[Case]) -> Iterator[str]:
    """One line for each rule."""
    yield f"{'case':22} {'rule':32} {'requests':>8} {'conditional':>11} {'shortest gap':>13} {'stale':>5}  kept"
    for case in cases:
        share = f"{1 - case.missing / case.chances:.0%}" if case.chances else "–"
        gap = str(case.gap()) if len(case.log) > 1 and case.gap() < DAY else "–"
        faults = case.faults()
        yield (
            f"{case.name:22} {case.rule:32} {len(case.log):8} {share:>11} {gap:>13} {case.stale:5}  "
            f"{'; '.join(faults) or 'yes'}"
        )
    yield f"{sum(not case.faults() for case in cases)} of {len(cases)} rules kept"
