"""Does a run cost on the last day what it cost on the first? Draws and tabulates what a simulated month wrote down.

    python -m tests.soak.month_curve month.jsonl [--svg docs/month.svg]

Reads the rows that ``tests.soak.month --rows`` appended, of a whole month or of one that was broken off.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
MB = 1_000_000
TITLE = "A home of 300 feeds, 10,000 items a day, cron every ten minutes"
SETTLED = 0.25
"""Days after which a home is no longer new: its merged feed has reached its size by then."""


@dataclass(frozen=True, slots=True)
class Flatness:
    """The first and the last part of all days, like for like."""

    since: tuple[float, float]
    until: tuple[float, float]
    """Days."""
    usual: int
    """New items of a usual run, of which the costs are told."""
    cpu: tuple[float, float]
    """Seconds of such a run, by least squares over the runs of each part: so much for a run, so much for an item.

    Each run is weighed by what a fixed piece of work took just before it: beside other work a second is worth less.
    """
    item: tuple[float, float]
    """Seconds an item adds."""
    peak: tuple[float, float]
    """Median of the peak memory of runs, bytes."""

    @property
    def growth(self) -> float:
        """By which share a usual run costs more in the end."""
        return self.cpu[1] / self.cpu[0] - 1


def flatness(runs: Sequence[Row], part: float = 0.25) -> Flatness:
    """Compare the first and the last share of the runs that nothing befell, once the home has settled."""
    plain = [
        each for each in runs if each["kind"] == "plain" and when(each) >= SETTLED and not each["pruned"]
    ]
    size = max(8, int(len(plain) * part))
    parts = plain[:size], plain[-size:]
    usual = round(statistics.mean(each["new"] for each in plain))
    pace = statistics.median(each.get("pace", 1.0) for each in plain)
    fits = [_fit(each, pace) for each in parts]
    return Flatness(
        (when(parts[0][0]), when(parts[1][0])),
        (when(parts[0][-1]), when(parts[1][-1])),
        usual,
        (fits[0][0] + usual * fits[0][1], fits[1][0] + usual * fits[1][1]),
        (fits[0][1], fits[1][1]),
        (_median(parts[0], "peak"), _median(parts[1], "peak")),
    )


def when(run: Row) -> float:
    """Days since the beginning."""
    return float(run["day"]) + (int(run["number"]) + 1) / 144


def _fit(runs: Sequence[Row], pace: float) -> tuple[float, float]:
    """CPU seconds of a run that finds nothing, and of each item, as at one pace of the machine."""
    asked = np.array([[1.0, each["new"]] for each in runs])
    spent = [each["cpu"] * pace / each.get("pace", pace) for each in runs]
    found = np.linalg.lstsq(asked, np.array(spent), rcond=None)[0]
    return float(found[0]), float(found[1])


def _median(runs: Sequence[Row], of: str) -> float:
    return float(statistics.median(each[of] for each in runs))


# --- Table ---------------------------------------------------------------------------------------


def table(days: Sequence[Row], runs: Sequence[Row]) -> list[str]:
    """What each stretch of time brought, and what it cost."""
    head = (
        f"{'day':>6}{'runs':>6}{'shown':>9}{'stored':>9}{'pruned':>8}{'CPU/run':>9}{'ms/item':>9}{'peak MB':>9}"
        f"{'store MB':>10}{'list s':>8}{'wrong pairs':>13}{'missed':>8}"
    )
    lines = [head]
    lines += [
        f"{each['day']:>6.2f}{each['runs']:>6}{each['shown']:>9,}{each['stored']:>9,}{each['let_go']:>8,}"
        f"{each['cpu_run']:>9.2f}{each['ms_item']:>9.1f}{each['peak'] / MB:>9.0f}{each['store'] / MB:>10.1f}"
        f"{each['list']:>8.2f}{each['wrong_pairs']:>13,}{sum(each['missed_copies'].values()):>8,}"
        for each in days
    ]
    found, last = flatness(runs), days[-1]
    copies = sum(last["copies"].values())
    forms = ", ".join(
        f"{form} {last['missed_copies'].get(form, 0)} of {count}"
        for form, count in sorted(last["copies"].items())
    )
    lines += [
        f"a run with {found.usual} new items: {found.cpu[0]:.2f} s of CPU on days {found.since[0]:.2f} to "
        f"{found.until[0]:.2f}, {found.cpu[1]:.2f} s on days {found.since[1]:.2f} to {found.until[1]:.2f} "
        f"({found.growth:+.0%}); an item {1000 * found.item[0]:.1f} and {1000 * found.item[1]:.1f} ms; "
        f"peak memory {found.peak[0] / MB:.0f} and {found.peak[1] / MB:.0f} MB",
        f"shown {last['shown']:,} = stored {last['stored']:,} + pruned {last['let_go']:,}; published "
        f"{last['published']:,}, of which {last['withheld']:,} only while their feed was failing, "
        f"{last['missed']} missed",
        f"stories: {last['wrong_pairs']} of {last['pairs']:,} pairs wrong {last['wrong'] or ''}; copies that stand "
        f"apart: {sum(last['missed_copies'].values())} of {copies:,} ({forms})",
        f"store: {last['store'] / max(1, last['stored']) * 100_000 / MB:,.0f} MB per 100,000 items it holds",
        f"faults: {last['faults']}",
    ]
    return lines


# --- Picture -------------------------------------------------------------------------------------

WIDTH, PANEL, GAP, LEFT, RIGHT, TOP = 860, 120, 46, 64, 18, 64
STYLE = """
svg { font: 12px system-ui, sans-serif; fill: #24292f }
.paper { fill: #ffffff } .axis { stroke: #d0d7de; fill: none } .soft { fill: #57606a }
.dot { fill: #0969da; opacity: .35 } .odd { fill: #bc4c00; opacity: .8 }
.line { stroke: #0969da; stroke-width: 2; fill: none } .other { stroke: #bc4c00; stroke-width: 2; fill: none }
.bold { font-weight: 600 } .title { font-size: 15px; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  svg { fill: #e6edf3 } .paper { fill: #0d1117 } .axis { stroke: #30363d } .soft { fill: #8d96a0 }
  .dot { fill: #58a6ff } .odd { fill: #f0883e } .line { stroke: #58a6ff } .other { stroke: #f0883e }
}
"""


@dataclass(frozen=True, slots=True)
class _Panel:
    top: float
    most: float
    days: float

    def x(self, day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / self.days

    def y(self, value: float) -> float:
        return self.top + PANEL * (1 - min(value / self.most, 1.0))

    def frame(self, title: str, note: str, unit: Callable[[float], str]) -> list[str]:
        parts = [
            f'<text class="bold" x="{LEFT}" y="{self.top - 9:.0f}">{title} '
            f'<tspan class="soft" font-weight="400">{note}</tspan></text>'
        ]
        for share in (0, 0.5, 1):
            y = self.top + PANEL * (1 - share)
            parts.append(f'<path class="axis" d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}"/>')
            parts.append(
                f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{unit(self.most * share)}</text>'
            )
        return parts

    def dots(self, points: Sequence[tuple[float, float]], kind: str) -> str:
        return "".join(
            f'<circle class="{kind}" cx="{self.x(day):.1f}" cy="{self.y(value):.1f}" r="1.6"/>'
            for day, value in points
        )

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> str:
        path = "L".join(f"{self.x(day):.1f} {self.y(value):.1f}" for day, value in points)
        return f'<path class="{kind}" d="M{path}"/>'


def _nice(value: float) -> float:
    """The next round number."""
    unit = 10 ** np.floor(np.log10(max(value, 1e-9)))
    return float(next(unit * each for each in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if unit * each >= value))


def svg(days: Sequence[Row], runs: Sequence[Row], title: str = TITLE) -> str:
    """Draw CPU and memory of each run, the size of the store, and what it holds, over the days."""
    span = float(days[-1]["day"])
    plain = [(when(each), each) for each in runs if each["kind"] == "plain"]
    odd = [(when(each), each) for each in runs if each["kind"] not in {"plain", "killed"}]
    found = flatness(runs)
    height = TOP + 4 * (PANEL + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        f'<text class="title" x="{LEFT}" y="28">{title}</text>',
    ]

    def panel(number: int, most: float) -> _Panel:
        return _Panel(TOP + number * (PANEL + GAP), _nice(most), span)

    cpu = panel(0, float(np.percentile([each["cpu"] for _, each in plain], 99.5)))
    parts += cpu.frame(
        "CPU of each run",
        f"with {found.usual} new items {found.cpu[0]:.2f} s at first, {found.cpu[1]:.2f} s at last",
        lambda value: f"{value:g} s",
    )
    parts.append(cpu.dots([(day, each["cpu"]) for day, each in plain], "dot"))
    parts.append(cpu.dots([(day, each["cpu"]) for day, each in odd], "odd"))
    parts.append(cpu.line(_medians(plain, "cpu", 1), "line"))
    memory = panel(1, max(each["peak"] for _, each in plain) / MB)
    parts += memory.frame(
        "Peak memory of each run",
        f"median {found.peak[0] / MB:.0f} MB at first, {found.peak[1] / MB:.0f} MB at last",
        lambda value: f"{value:g} MB",
    )
    parts.append(memory.dots([(day, each["peak"] / MB) for day, each in plain], "dot"))
    parts.append(memory.line(_medians(plain, "peak", 1 / MB), "line"))
    store = panel(2, max(each["store"] for each in days) / MB)
    parts += store.frame("Store", "the file on disk", lambda value: f"{value:g} MB")
    parts.append(store.line([(0, 0), *((each["day"], each["store"] / MB) for each in days)], "line"))
    items = panel(3, max(each["shown"] for each in days))
    parts += items.frame(
        "Items", "shown to us; stored (orange), the rest was pruned", lambda value: f"{value:,.0f}"
    )
    parts.append(items.line([(0, 0), *((each["day"], each["shown"]) for each in days)], "line"))
    parts.append(items.line([(0, 0), *((each["day"], each["stored"]) for each in days)], "other"))
    step = next(each for each in (0.25, 0.5, 1, 2, 5) if span / each <= 12)
    for number in range(int(span / step + 1e-6) + 1):
        x = items.x(number * step)
        parts.append(
            f'<text class="soft" x="{x:.0f}" y="{items.top + PANEL + 18:.0f}" text-anchor="middle">'
            f"{number * step:g}</text>"
        )
    parts.append(f'<text class="soft" x="{LEFT}" y="{height - 8}">days</text></svg>')
    return "\n".join(parts) + "\n"


def _medians(points: Sequence[tuple[float, Row]], of: str, scale: float) -> list[tuple[float, float]]:
    """Of each eighth of a day."""
    groups: dict[int, list[float]] = {}
    for day, each in points:
        groups.setdefault(int(day * 8 - 1e-6), []).append(each[of] * scale)
    last = max(day for day, _ in points)
    return [
        (min(number / 8 + 1 / 16, last), statistics.median(values))
        for number, values in sorted(groups.items())
    ]


def read(rows: Path) -> tuple[list[Row], list[Row]]:
    """The rows of stretches, and of single runs."""
    return (
        [json.loads(line) for line in rows.read_text().splitlines()],
        [json.loads(line) for line in rows.with_suffix(".runs.jsonl").read_text().splitlines()],
    )


def main() -> None:
    """Print the table, and draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=Path)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--title", default=TITLE)
    asked = parser.parse_args()
    days, runs = read(asked.rows)
    print(*table(days, runs), sep="\n")
    if asked.svg is not None:
        asked.svg.write_text(svg(days, runs, asked.title))


if __name__ == "__main__":
    main()
