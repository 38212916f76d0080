"""The short form of the simulated month, and whether what counts it would see that something is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.soak import month, month_checks, month_curve
from tests.soak.month_feeds import FAULTS, Press
from tests.soak.month_news import FORMS, START

HURRIED = {"killed": 9, "overlapped": 10, "read": 11, "real": 17}


@pytest.mark.slow
def test_a_day_of_cron_with_every_fault_stores_exactly_what_was_shown(tmp_path: Path) -> None:
    plan = month.Plan(
        feeds=20, per_day=300, days=1, keep_days=0, runs_a_day=36, counted=36, every=HURRIED, timeout=2
    )
    done = month.live(tmp_path, plan)
    assert done.faults == []
    assert done.stored == done.shown
    assert (done.published, done.missed) == (300, 0)
    assert done.shown + done.withheld == 300
    assert {*FAULTS, *HURRIED, "full disk", "clock"} - done.happened.keys() == set()
    assert done.judgement.wrong_pairs == 0
    missed = done.judgement.missed
    assert not missed["verbatim"] + missed["wrapped"] + missed["excerpt"], done.judgement
    assert missed["retitled"] * 5 <= done.judgement.copies["retitled"]


def test_the_same_seed_publishes_the_same_and_every_form_of_a_copy() -> None:
    def published(seed: int) -> list[object]:
        press = Press(20, 400, seed=seed)
        return list(press.news.day(0))

    assert published(1) == published(1)
    assert published(1) != published(2)
    assert {each.form for each in published(1)} == {"original", *FORMS}


def test_what_a_feed_forgot_before_it_was_shown_is_missed_unless_the_feed_was_failing() -> None:
    press = Press(20, 4_000)
    press.publish(START + timedelta(hours=20))
    assert press.missed
    assert press.withheld
    published, listed = len(press.truth) - 1, sum(len(each.listed) for each in press.outlets)
    assert len(press.missed) + press.withheld == published - listed


def test_stories_are_held_against_the_truth_pair_by_pair() -> None:
    ledger = month_checks.Ledger()
    truth = [
        (0, "", ""),
        (1, "original", "report"),
        (1, "excerpt", "report"),
        (1, "wrapped", "report"),
        (2, "original", "flash"),
        (3, "original", "report"),
    ]
    ledger.story = {1: "a", 2: "a", 3: "c", 4: "a", 5: "e"}
    found = ledger.judge(truth)
    assert (found.pairs, found.wrong_pairs) == (3, 2)
    assert found.wrong == Counter(flash=1)
    assert found.copies == Counter(excerpt=1, wrapped=1)
    assert found.missed == Counter(wrapped=1)


def _runs(growth: float, pace: Callable[[int], float] = lambda _day: 0.01) -> list[month_curve.Row]:
    return [
        {
            "day": day,
            "number": number,
            "kind": "plain",
            "pruned": 0,
            "new": 20 + (number * 37) % 90,
            "cpu": (0.4 + 0.02 * (20 + (number * 37) % 90)) * (1 + growth * day / 9),
            "peak": 100_000_000,
            "pace": pace(day),
        }
        for day in range(10)
        for number in range(144)
    ]


@pytest.mark.parametrize("growth", [0.0, 0.5])
def test_costs_are_compared_like_for_like(growth: float) -> None:
    assert month_curve.flatness(_runs(growth)).growth == pytest.approx(growth, abs=0.15)


def test_a_machine_that_others_slow_down_is_no_growth() -> None:
    slower = _runs(0.5, lambda day: 0.01 * (1 + 0.5 * day / 9))
    assert month_curve.flatness(slower).growth == pytest.approx(0, abs=0.02)


def test_a_cut_or_a_doubled_story_is_seen_in_the_files(tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text("<opml/>")
    (tmp_path / "index.html").write_text("<html></html>")
    (tmp_path / "feed.json").write_text('{"items": [{"id": "x"}, {"id": "x"}]}')
    (tmp_path / "rss.xml").write_text("<rss><channel><item><guid>x</guid></item></channel></rss>")
    (tmp_path / "atom.xml").write_text(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>x</id></entry></feed>"
    )
    assert month_checks.looked_at(tmp_path) == (1, ["json: 1 ids twice"])
    (tmp_path / "rss.xml").write_text("<rss><channel><item>")
    assert "unreadable" in month_checks.looked_at(tmp_path)[1][0]
