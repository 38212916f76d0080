"""Which rules are there, and which server puts each to the test?"""

from __future__ import annotations

from tests.etiquette.case import DAY, DAYS, HOUR, Case
from tests.etiquette.judges import (
    announces_nothing_twice,
    at_least,
    at_most,
    backs_off,
    fine,
    leaves_the_host_alone,
    loses_nothing,
    moves,
    never_304,
    notes_the_hub,
    settles,
    skips,
    stays,
    stops,
    takes_deltas,
)
from tests.etiquette.tempers import (
    breaking,
    by_date,
    delta,
    expiring,
    gone,
    hubbed,
    new_on_304,
    pausing,
    redirecting,
    refusing,
    renaming,
    replatformed,
    restless,
    rewriting,
    rushing,
    saying,
    sometimes_not_a_feed,
    steady,
    stops_validating,
    unquoted,
)


def every_rule() -> list[Case]:
    """Each rule with the server that puts it to the test."""
    return [
        Case("weak ETag", "sent back as it came", steady(8 * HOUR, weak=True), fine),
        Case("Last-Modified", "sent back as it came", by_date, fine),
        Case("both, unquoted", "both sent, verbatim", unquoted, fine),
        Case("restless ETag", "replaced by every good document", restless, never_304),
        Case("ETag on a 304", "taken from it", new_on_304, fine),
        Case("no ETag any more", "dropped", stops_validating, fine),
        Case("page, nothing, cut", "no validator of a bad body", sometimes_not_a_feed, fine),
        Case("302", "never remembered", redirecting(302), stays),
        Case("303, 307", "never remembered", redirecting(303, 307), stays),
        Case("301, 308", "remembered after three polls", redirecting(301, 308), moves),
        Case("301, 302", "not permanent to its end", redirecting(301, 302), stays),
        Case("301 to a page", "no good feed, back-off", redirecting(301, to_feed=False), at_most(2 * 60)),
        Case("redirect loop", "slowed down", redirecting(*[302] * 9), at_most(7 * 50)),
        Case("410", "never asked again", gone, stops),
        Case("404", "slowed down", refusing(404), at_most(40)),
        Case("403", "slowed down", refusing(403), at_most(40)),
        Case("401", "slowed down", refusing(401), at_most(40)),
        Case(
            "429, seconds", "the host is left alone", pausing(429, date=False), leaves_the_host_alone, feeds=3
        ),
        Case("503, date", "the host is left alone", pausing(503, date=True), leaves_the_host_alone, feeds=3),
        Case("500 for days", "backs off, recovers", breaking, backs_off),
        Case("max-age", "6 h kept", steady(12 * HOUR, Cache_Control="max-age=21600"), at_least(6 * HOUR)),
        Case("Expires, Age", "3 h kept", expiring, at_least(3 * HOUR)),
        Case("no-cache", "no hurry", steady(12 * HOUR, Cache_Control="no-cache"), at_least(2 * HOUR)),
        Case("ttl", "3 h kept", saying(8 * HOUR, "<ttl>180</ttl>"), at_least(3 * HOUR)),
        Case(
            "skipHours, skipDays",
            "not at night, not on Sunday",
            saying(
                8 * HOUR,
                f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(6))}</skipHours>"
                "<skipDays><day>Sunday</day></skipDays>",
            ),
            skips,
        ),
        Case(
            "sy:updatePeriod",
            "4 h kept",
            saying(
                8 * HOUR,
                "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily"
                "</sy:updatePeriod><sy:updateFrequency "
                "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>6</sy:updateFrequency>",
            ),
            at_least(4 * HOUR),
        ),
        Case("monthly feed", "daily at most", steady(30 * DAY), at_most(DAYS + 5)),
        Case("a rush, then silence", "nothing lost, then seldom", rushing, loses_nothing),
        Case("WebSub hub", "noted, header first; not asked", hubbed, notes_the_hub),
        Case("A-IM: feed", "226 taken", delta, takes_deltas),
        Case("counter in the text", "stops being an update", rewriting, settles),
        Case("new platform", "old entries not announced", replatformed, announces_nothing_twice),
        Case("random guids", "entries not announced twice", renaming, announces_nothing_twice),
    ]
