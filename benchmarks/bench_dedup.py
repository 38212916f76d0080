"""How many items a second can dedup fingerprint and judge on one core, and how large is what it keeps?

Articles of 600 words, one in ten a wrapped copy; each item is judged against as
many earlier ones as the store would offer. The store itself, and cleaning the text, are measured elsewhere.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from time import process_time

from aggregator.dedup import fingerprint, judge, packing
from aggregator.models import CleanText, Feed, Item

ITEMS = 1000
WORDS = 600
RARE = 60_000
"""Invented words; one word in seven is one of them, as names are in news."""
COMMON = (
    "the of and to in a is that for on as with by at from it was be this are an which has its have or after will "
    "bitcoin crypto market price exchange token network bank report million company fund trading investors week "
    "year growth record data says new first according could while more than over since also last month daily"
).split()
CANDIDATES = 14
"""Earlier items judged per item: on real feeds 7 in English, 6 among excerpts, 14 among Chinese flashes."""
TARGET = 500
"""Items a second and core that fingerprinting and judging together must reach."""


def articles(count: int) -> list[tuple[Item, CleanText, Feed]]:
    """Articles of common words with names between them, titles of ten words, and copies of some."""
    draw = random.Random(20261122)
    names = ["".join(draw.choices("aeioulnrstdm", k=draw.randint(4, 9))) for _ in range(RARE)]

    def told(length: int) -> list[str]:
        return [draw.choice(names) if draw.random() < 1 / 7 else draw.choice(COMMON) for _ in range(length)]

    start, made = datetime(2026, 11, 22, tzinfo=UTC), []
    for number in range(1, count + 1):
        feed = Feed(id=number % 40, url=f"https://f{number % 40}.example/feed", first_url="", title="")
        if number % 10 == 0 and made:
            _, text, _ = draw.choice(made)
        else:
            title = " ".join(told(10)).capitalize()
            body = told(WORDS)
            paragraphs = tuple(" ".join(body[at : at + 60]) + f" ${number}." for at in range(0, WORDS, 60))
            text = CleanText(title=title, paragraphs=paragraphs, language="en")
        at = start + timedelta(minutes=number)
        item = Item(
            id=number,
            uid=f"{number:020x}",
            feed_id=feed.id,
            guid=str(number),
            url=f"https://f{feed.id}.example/{number}",
            title=text.title,
            first_seen=at,
            at=at,
        )
        made.append((item, text, feed))
    return made


def main() -> None:
    """Print the figures."""
    made = articles(ITEMS)
    fingerprint.fingerprint(*made[0])  # numpy is imported on first use, once per run
    start = process_time()
    prints = [fingerprint.fingerprint(*each) for each in made]
    keys = [(each.exact_keys, each.text_keys) for each in prints]
    stored = [packing.encode(each) for each in prints]
    printed = process_time() - start
    start = process_time()
    matches = 0
    for number in range(ITEMS):
        new = prints[number]
        for data in stored[max(0, number - CANDIDATES) : number]:
            matches += judge.judge(packing.decode(data), new).match is not None
    judged = process_time() - start
    total = 1000 * (printed + judged) / ITEMS
    print(f"fingerprint, keys, encode   {1000 * printed / ITEMS:6.2f} ms an item")
    print(
        f"decode, judge {CANDIDATES} candidates  {1000 * judged / ITEMS:6.2f} ms an item, {matches} matches"
    )
    print(f"together                    {1000 / total:6.0f} items a second and core (target {TARGET})")
    print(f"fingerprint                 {sum(map(len, stored)) / ITEMS:6.0f} bytes an item")
    print(f"keys                        {sum(len(a) + len(b) for a, b in keys) / ITEMS:6.1f} an item")


if __name__ == "__main__":
    main()
