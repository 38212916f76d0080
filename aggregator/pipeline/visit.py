"""What is at an address now? For a person who adds a feed or wonders about one; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.home import Home
from aggregator.models import Failed, FailureReason, Feed, Fetched, NotModified, Outcome, ParsedFeed
from aggregator.pipeline.intake import Unusable, parsed_or_unusable
from aggregator.pipeline.poll_stage import bounds_of, limits_of
from aggregator.poll import discover as discovery
from aggregator.poll import rhythm, schedule
from aggregator.poll.discover import Candidate
from aggregator.web.headers import fresh_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What an address offers to subscribe to."""

    feeds: tuple[Candidate, ...] = ()
    """The address itself, or what its page names; empty when there is none."""
    failed: Failed | None = None
    """Why nothing could be said: the address did not answer."""
    is_feed: bool = False
    """The address is a feed itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """All that one poll of a feed shows."""

    feed: Feed
    failed: Failed | None = None
    fetched: Fetched | None = None
    parsed: ParsedFeed | None = None
    answers_304: bool | None = None
    """Asked again with its validators the server says "not modified"; None: it gave none."""
    newest: datetime | None = None
    pace: timedelta | None = None
    fresh: timedelta | None = None
    next_poll_at: datetime | None = None
    """When a run would come again."""


def as_feed(url: str) -> Feed:
    """An address as something to ask."""
    return Feed(id=0, url=url, first_url=url, title=url)


def discover(config: Config, url: str) -> Discovery:
    """Find the feeds an address offers: itself, those its page names, or what stands in common places."""
    outcome = _ask([as_feed(url)], config)[url]
    if not isinstance(outcome, Fetched):
        return Discovery(failed=outcome if isinstance(outcome, Failed) else None)
    parsed, failed = _understood(outcome, as_feed(url))
    if parsed is not None:
        return Discovery(feeds=(Candidate(url=url, title=parsed.title or ""),), is_feed=True)
    if failed is None or failed.reason is not FailureReason.NOT_A_FEED:
        return Discovery(failed=failed)
    page = outcome.body.decode("utf-8", "replace")
    named = discovery.candidates(page, outcome.url)
    return Discovery(feeds=_alive(named or discovery.common_places(outcome.url), config))


def _alive(places: Sequence[Candidate], config: Config) -> tuple[Candidate, ...]:
    """Keep those that are feeds, each document once, with the title it gives itself."""
    outcomes = _ask([as_feed(each.url) for each in places], config)
    found: dict[object, Candidate] = {}
    for each in places:
        outcome = outcomes[each.url]
        if not isinstance(outcome, Fetched):
            continue
        parsed, _ = _understood(outcome, as_feed(each.url))
        if parsed is not None:
            found.setdefault(outcome.url, replace(each, url=outcome.url, title=parsed.title or each.title))
    return tuple(found.values())


def visit(home: Home, config: Config, now: datetime, feeds: Sequence[Feed]) -> Iterator[Visit]:
    """Poll feeds now and say what they answered, twice where they give validators."""
    outcomes = {feed.url: outcome for feed, outcome in _answers(home, config, feeds)}
    again = [
        _with_validators(feed, outcome)
        for feed in feeds
        if isinstance(outcome := outcomes[feed.url], Fetched) and (outcome.etag or outcome.last_modified)
    ]
    second = {feed.url: outcome for feed, outcome in _answers(home, config, again)}
    for feed in feeds:
        outcome = outcomes[feed.url]
        if isinstance(outcome, Failed):
            yield Visit(feed=feed, failed=outcome)
        elif isinstance(outcome, Fetched):
            yield _seen(feed, outcome, second.get(feed.url), now, schedule_bounds=bounds_of(config))


def _seen(
    feed: Feed, fetched: Fetched, second: Outcome | None, now: datetime, *, schedule_bounds: schedule.Bounds
) -> Visit:
    parsed, failed = _understood(fetched, feed)
    if parsed is None:
        return Visit(feed=feed, failed=failed, fetched=fetched)
    pace = rhythm.rhythm(parsed.entries, now)
    known = replace(feed, rhythm=pace)
    dates = [each.published for each in parsed.entries if each.published and each.published <= now]
    return Visit(
        feed=feed,
        fetched=fetched,
        parsed=parsed,
        answers_304=None if second is None else isinstance(second, NotModified),
        newest=max(dates, default=None),
        pace=pace,
        fresh=fresh_for(fetched.headers),
        next_poll_at=schedule.next_poll(known, fetched, now, schedule_bounds, parsed),
    )


def _with_validators(feed: Feed, fetched: Fetched) -> Feed:
    return replace(feed, etag=fetched.etag, last_modified=fetched.last_modified, validators_url=fetched.url)


def _answers(home: Home, config: Config, feeds: Sequence[Feed]) -> Iterator[tuple[Feed, Outcome]]:
    remote = [feed for feed in feeds if feed.url.startswith(("http://", "https://"))]
    if remote:
        from aggregator.poll import fetch

        yield from fetch.fetch(remote, limits=limits_of(config))
    for feed in feeds:
        if feed not in remote:
            from aggregator.poll import files

            yield feed, files.read(feed, home.path, config.poll.max_bytes)


def _ask(feeds: Sequence[Feed], config: Config) -> dict[str, Outcome]:
    from aggregator.poll import fetch

    return {feed.url: outcome for feed, outcome in fetch.fetch(feeds, limits=limits_of(config))}


def _understood(fetched: Fetched, feed: Feed) -> tuple[ParsedFeed | None, Failed | None]:
    try:
        return parsed_or_unusable(fetched, feed), None
    except Unusable as error:
        return None, error.failed
