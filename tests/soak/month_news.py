"""What do 300 outlets publish in a simulated month? Invented stories, their copies, and what only looks like a copy.

The same in every run for a seed. The truth comes along: every publication names the story it tells, so that what
dedup makes of it can be counted. Copies are word for word, wrapped in the outlet's own lines, cut to an excerpt, or
given another title. Look-alikes (a price flash with another price, the same milestone of another company, a forecast
of another desk, yesterday's digest, the next part of a series) are stories of their own.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape

from tests.soak import month_words as words

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)

COPIES = 0.2
"""Share of publications that are copies: a little more than what real crypto feeds show."""
FORMS = {"verbatim": 30, "wrapped": 27, "excerpt": 23, "retitled": 20}
"""In which form, by weight."""
LOOKALIKES = {"flash": 50, "milestone": 15, "forecast": 15, "digest": 10, "part": 10}
"""Of a thousand new stories."""


@dataclass(frozen=True, slots=True)
class Story:
    """One text, told by one outlet first."""

    number: int
    kind: str
    title: str
    other_title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """One entry of one outlet's feed: which story it tells, and how."""

    number: int
    outlet: int
    story: int
    form: str
    kind: str
    at: datetime
    title: str
    html: str

    @property
    def link(self) -> str:
        """Its page, by which a stored item is known again."""
        return f"https://outlet{self.outlet}.example/{self.number}"


def number_of(link: str) -> int:
    """Which publication a link belongs to."""
    return int(link.rsplit("/", 1)[1])


@dataclass(slots=True)
class News:
    """Goes on from day to day; ``rates``: for each outlet, how much it publishes a day."""

    rates: list[int]
    seed: int = 1
    published: int = 0
    stories: int = 0
    waiting: list[tuple[datetime, int, Story, int, set[int]]] = field(default_factory=list)
    """Stories that others will still copy: from when on, how many times, and who has them already."""

    def day(self, day: int) -> Iterator[Publication]:
        """Everything of one day, in order."""
        chance = random.Random(f"{self.seed} {day}")
        slots = sorted(
            (chance.randrange(86_400), outlet) for outlet, rate in enumerate(self.rates) for _ in range(rate)
        )
        for second, outlet in slots:
            yield self._next(chance, outlet, START + day * DAY + timedelta(seconds=second))

    def _next(self, chance: random.Random, outlet: int, at: datetime) -> Publication:
        if chance.random() < COPIES and self.waiting and self.waiting[0][0] <= at:
            _, number, story, left, carriers = heapq.heappop(self.waiting)
            if left > 1 and outlet not in carriers:
                entry = (at + _delay(chance), number, story, left - 1, carriers | {outlet})
                heapq.heappush(self.waiting, entry)
            if outlet not in carriers:
                form = chance.choices(list(FORMS), list(FORMS.values()))[0]
                return self._publish(chance, outlet, story, form, at)
        self.stories += 1
        story = invent(self.stories, outlet, at, self.seed)
        if story.kind == "report" and chance.random() < 0.16:
            left = chance.choices((1, 2, 3, 5, 8), (60, 20, 10, 7, 3))[0]
            heapq.heappush(self.waiting, (at + _delay(chance), story.number, story, left, {outlet}))
        return self._publish(chance, outlet, story, "original", at)

    def _publish(
        self, chance: random.Random, outlet: int, story: Story, form: str, at: datetime
    ) -> Publication:
        self.published += 1
        title = story.other_title if form == "retitled" else story.title
        html = _body(chance, story, form, f"Outlet {outlet}")
        return Publication(self.published, outlet, story.number, form, story.kind, at, title, html)


def _delay(chance: random.Random) -> timedelta:
    """Most copies come within an hour, some half a day later."""
    least, most = chance.choices(((2, 60), (60, 400), (400, 1000)), (7, 2, 1))[0]
    return timedelta(minutes=chance.uniform(least, most))


def _body(chance: random.Random, story: Story, form: str, outlet: str) -> str:
    told = list(story.sentences)
    if form == "excerpt":
        told = told[: chance.randint(2, 3)]
        told[-1] += chance.choice(("", " […]", " [&#8230;]"))
    paragraphs = [" ".join(told[at : at + 3]) for at in range(0, len(told), 3)]
    if form == "wrapped":
        line = f"The post {story.title} appeared first on {outlet}."
        paragraphs = [line, *paragraphs] if chance.random() < 0.2 else [*paragraphs, line]
    return "".join(
        f"<p>{escape(each, quote=False).replace('&amp;#8230;', '&#8230;')}</p>" for each in paragraphs
    )


# --- Stories -------------------------------------------------------------------------------------


def invent(number: int, outlet: int, at: datetime, seed: int) -> Story:
    """Make up a story: most are reports with a cast of their own, some are look-alikes."""
    chance = random.Random(f"{seed} story {number}")
    kinds = [*LOOKALIKES, "report"]
    kind = chance.choices(kinds, [*LOOKALIKES.values(), 1000 - sum(LOOKALIKES.values())])[0]
    make = {"flash": _flash, "milestone": _milestone, "forecast": _forecast, "digest": _digest, "part": _part}
    title, other, sentences = make.get(kind, _report)(chance, number, outlet, at)
    return Story(number, kind, title, other, tuple(sentences))


Told = tuple[str, str, list[str]]


@dataclass(slots=True)
class _Cast:
    chance: random.Random
    companies: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    coins: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        pick = self.chance
        self.companies = [f"{words.name(pick)} {pick.choice(words.COMPANY)}" for _ in range(3)]
        self.people = [f"{words.name(pick)} {words.name(pick)}" for _ in range(2)]
        self.places = [words.name(pick) for _ in range(2)]
        self.coins = pick.sample(words.COINS, 2)

    def sentence(self) -> str:
        """One statement about some of the cast, with at most two figures."""
        pick = self.chance
        who, other = pick.sample(self.companies, 2)
        deed, thing = pick.choice(words.DEEDS), pick.choice(words.THINGS)
        how, why = pick.choice(words.CIRCUMSTANCES), pick.choice(words.REASONS)
        person, role, place = pick.choice(self.people), pick.choice(words.ROLES), pick.choice(self.places)
        amount, count, coin = words.figure(pick), words.figure(pick), pick.choice(self.coins)
        opener = pick.choice(words.OPENERS)
        return pick.choice(
            (
                f"{who} {deed} {thing} in {place} {how}, which moved {amount} of {coin}.",
                f"{opener}, {person}, {role} of {who}, said that {why} and put the cost at {amount}.",
                f"{opener}, {other} {deed} {thing} worth {amount} {how}.",
                f"{person} told reporters in {place} that {count} were at stake because {why}.",
                f"{coin} holders at {who} count on {amount}, while {other} {deed} {thing} {how}.",
                f"{opener}, {count} were {deed} in {place}, and {person} blamed {thing}.",
                f"The {role} of {other}, {person}, {deed} {thing} since {why}.",
                f"{who} and {other} share {amount} of {coin} in {place} {how}.",
            )
        )


def _report(chance: random.Random, _number: int, _outlet: int, _at: datetime) -> Told:
    cast = _Cast(chance)
    who, place, coin = cast.companies[0], cast.places[0], cast.coins[0]
    deed, thing, amount = chance.choice(words.DEEDS), chance.choice(words.THINGS), words.figure(chance)
    title = f"{who} {deed} {thing} in {place} over {amount}"
    other = f"{coin}: what {cast.people[0]} means for {place} and {who}"
    how = chance.choice(words.CIRCUMSTANCES)
    lead = f"{title}, {cast.people[0]} confirmed {how}."
    return title, other, [lead, *(cast.sentence() for _ in range(chance.randint(2, 5)))]


def _flash(chance: random.Random, number: int, _outlet: int, at: datetime) -> Told:
    """A price that no other flash of these weeks names for the coin, in the words of all of them."""
    coin = words.COINS[number % len(words.COINS)]
    price = 20_000 + number * 37 % 60_000
    way = chance.choice(("falls below", "rises above"))
    title = f"{coin} {way} ${price:,}"
    change, volume = f"{chance.randint(1, 9)}.{chance.randint(0, 99):02}", chance.randint(10_000, 99_000)
    return (
        title,
        title,
        [
            f"{coin} {way} ${price:,} at {at:%H:%M} UTC, {change}% away from where it stood a day earlier.",
            f"In the past hour {volume:,} coins changed hands, at prices from ${price - 77:,} to ${price + 81:,}.",
            f"The next round figure is ${price // 1000 * 1000 + 1000:,}, and open orders there are worth "
            f"${chance.randint(11, 990)} million.",
        ],
    )


def _milestone(chance: random.Random, _number: int, _outlet: int, _at: datetime) -> Told:
    who, size = f"{words.name(chance)} {chance.choice(words.COMPANY)}", chance.randint(2, 999)
    title = f"{who} crosses ${size}B in client assets"
    return (
        title,
        title,
        [
            f"{who} holds more than ${size} billion for its clients for the first time, it said.",
            f"A year ago it held {chance.randint(11, 89)}% of that; {words.figure(chance)} came in during the last "
            "quarter.",
            f"{words.name(chance)} {words.name(chance)}, who runs the firm, expects "
            f"${size + chance.randint(3, 40)} billion by next summer.",
        ],
    )


def _forecast(chance: random.Random, number: int, _outlet: int, at: datetime) -> Told:
    """The title of other desks of that day, for one coin; what it says is its own."""
    coin = words.COINS[number % len(words.COINS)]
    title = f"{coin} price prediction for {at:%B} {at.day}"
    cast = _Cast(chance)
    cast.coins = [coin, coin]
    return title, title, [cast.sentence() for _ in range(chance.randint(3, 6))]


def _digest(chance: random.Random, _number: int, outlet: int, at: datetime) -> Told:
    title = f"Outlet {outlet} digest for {at:%B} {at.day}, {at:%H:%M}"
    return title, title, [_Cast(chance).sentence() for _ in range(chance.randint(3, 6))]


def _part(chance: random.Random, number: int, outlet: int, _at: datetime) -> Told:
    title = f"A history of ledgers at outlet {outlet}, part {number}"
    cast = _Cast(chance)
    return title, title, [cast.sentence() for _ in range(chance.randint(3, 6))]
