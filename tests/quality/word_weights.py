"""Which words of the news are common? Writes the table that `aggregator.text.rarity` reads.

    python -m tests.quality.word_weights

Counts, per language, the items whose title or first `LEAD_TOKENS` tokens hold a stem. A word gets the weight of the
language in which it is commonest, so that no language has to be known when it is looked up. Every second item is
counted, which is plenty for the common words; the others are not in the table.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.dedup import headlines
from aggregator.dedup.fingerprint import LEAD_TOKENS
from aggregator.models import Item
from aggregator.text import clean, rarity, words
from tests.quality import labels

TARGET = Path(rarity.__file__).parent / rarity.TABLE
FILES = {"en_fulltext": 2, "zh_flash": 2, "en_ja_excerpts": 2, "en_rss_summaries": 1, "en_uk_translations": 2}
"""Files, and of how many items one is counted."""
WHOLE = frozenset(("ja",))
"""Languages with too few items to leave any out."""
SHARE = {"en": 1 / 1000}
OTHER_SHARE = 1 / 500
"""Smallest share of a language's items that makes a word common. Character pairs of unspaced scripts are so many
that a finer table of them would be three times as large."""
MIN_ITEMS = 3
BODY = 6000
"""Characters of a body that are cleaned: its lead is all that counts."""
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def counts() -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Items by stem, and items, by language."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    items: Counter[str] = Counter()
    for name, every in FILES.items():
        at: Counter[str] = Counter()
        for row in labels.stream(name):
            language = row["lang"]
            if name == "en_uk_translations" and language == "en":
                continue
            at[language] += 1
            if at[language] % every and language not in WHOLE:
                continue
            items[language] += 1
            found[language].update(_stems(row))
    return dict(found), items


def _stems(row: dict[str, Any]) -> Iterator[str]:
    item = Item(
        id=1,
        uid="0" * 20,
        feed_id=1,
        guid=row["id"],
        url=None,
        title=row["title"],
        summary_html=row.get("summary_html") or "",
        content_html=(row.get("content_html") or "")[:BODY],
        language=row["lang"],
        first_seen=WHEN,
        at=WHEN,
    )
    text = clean.clean(item, feed_title="")
    title = words.tokens(headlines.core(text.title))
    lead = words.tokens(headlines.core(text.body[: LEAD_TOKENS * 12]))[:LEAD_TOKENS]
    yield from {*words.stems(title), *words.stems(lead)}


def weights(found: dict[str, Counter[str]], items: Counter[str]) -> dict[int, float]:
    """The weight of every common word by hash."""
    result: dict[int, float] = {}
    for language, counted in sorted(found.items()):
        total = items[language]
        least = max(MIN_ITEMS, total * SHARE.get(language, OTHER_SHARE))
        for word, held in counted.items():
            if held >= least:
                key = words.token_hash(word)
                weight = min(rarity.RARE, math.log(total / held))
                result[key] = min(result.get(key, rarity.RARE), weight)
    return result


def main() -> None:
    """Write the table and say what is in it."""
    found, items = counts()
    made = weights(found, items)
    TARGET.write_bytes(rarity.encode(made))
    print(f"{sum(items.values())} items ({dict(items)}): {len(made)} words, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
