"""What is asked of us, case by case? Each judge names what was not as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.etiquette.case import DAY, DAYS, HOUR, START, Case, Judge


def fine(_case: Case) -> Iterator[str]:
    """Validators, gaps and headers are all there is to judge."""
    yield from ()


def never_304(case: Case) -> Iterator[str]:
    if any(each.status == 304 for each in case.log):
        yield "a stale validator was taken"


def at_least(wait: timedelta) -> Judge:
    def judge(case: Case) -> Iterator[str]:
        if case.gap() < wait:
            yield f"came again after {case.gap()}, not {wait}"

    return judge


def at_most(requests: int) -> Judge:
    def judge(case: Case) -> Iterator[str]:
        if len(case.log) > requests:
            yield f"{len(case.log)} requests, {requests} are enough"

    return judge


def stays(case: Case) -> Iterator[str]:
    if len(case.asked()) < 90:
        yield "a move that is not for good was remembered"


def moves(case: Case) -> Iterator[str]:
    if len(case.asked()) != 3:
        yield f"the old address was asked {len(case.asked())} times"
    if case.stored["first_url"] != case.url("/feed"):
        yield "the first address was forgotten"


def stops(case: Case) -> Iterator[str]:
    after = [each for each in case.log if each.at >= START + 2 * DAY]
    if len(after) != 1:
        yield f"{len(after)} requests after it was gone"


def leaves_the_host_alone(case: Case) -> Iterator[str]:
    pauses = [each.at for each in case.log if each.status in {429, 503}]
    if len(pauses) < 9:
        yield f"only {len(pauses)} pauses were asked for"
    for began in pauses:
        inside = [each for each in case.log if began < each.at < began + 6 * HOUR]
        if inside:
            yield f"{len(inside)} requests in a pause"


def skips(case: Case) -> Iterator[str]:
    # The first document says it; the first request cannot know.
    for each in case.log[1:]:
        if each.at.hour in range(6) or each.at.weekday() == 6:
            yield f"came at {each.at:%A %H:%M}"


def backs_off(case: Case) -> Iterator[str]:
    down = [each for each in case.log if each.status == 500]
    if len(down) > 12:
        yield f"{len(down)} requests in three days of errors"
    if case.log[-1].status >= 400:
        yield "never recovered"


def loses_nothing(case: Case) -> Iterator[str]:
    if case.items < 480:
        yield f"only {case.items} of its entries were seen"
    late = [each for each in case.log if each.at > START + 12 * DAY]
    if len(late) > 20:
        yield f"{len(late)} requests in 18 days of silence"


def takes_deltas(case: Case) -> Iterator[str]:
    if sum(each.status == 200 for each in case.log) > 1:
        yield "a whole document where a delta was on offer"
    if case.items < 60:
        yield f"only {case.items} entries came through the deltas"


def notes_the_hub(case: Case) -> Iterator[str]:
    if case.stored["hub"] != case.url("/hub"):
        yield f"the hub is {case.stored['hub']}"
    if {each.path for each in case.log} != {"/feed"}:
        yield "a hub was asked that could not answer us"


def settles(case: Case) -> Iterator[str]:
    if case.updates > 30:
        yield f"{case.updates} updates of five entries that never changed"


def announces_nothing_twice(case: Case) -> Iterator[str]:
    if case.items > 5 + DAYS:
        yield f"{case.items} items of {5 + DAYS} entries"
