"""How good are the abstracts, how clean, and how fast?

    python benchmarks/bench_summarise.py rouge  [DATA]   ROUGE against human standfirsts, each algorithm beside lead-3
    python benchmarks/bench_summarise.py splits [DATA]   F1 of the sentence splitter
    python benchmarks/bench_summarise.py speed  [DATA]   CPU per item: cleaning, abstract
    python benchmarks/bench_summarise.py read N [DATA]   N random abstracts, to be read
    python benchmarks/bench_summarise.py                 the first three

DATA is the directory with ``items/`` and ``summaries/`` (default: ``$AGGREGATOR_DATA``, else ``../shared/data``).
ROUGE here is plain recall and F1 over words as ``text.words.tokens`` gives them, no stemming; J is the mean over
the sets of (F1 of ROUGE-1, -2, -L and recall of ROUGE-1, -2, -L). Faults are counted by
``python -m tests.quality.abstract_faults``.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

from aggregator.models import CleanText, Item
from aggregator.summarise.recipe import ALGORITHMS, summarise
from aggregator.text.clean import clean
from aggregator.text.html import blocks
from aggregator.text.sentences import join, split
from aggregator.text.words import tokens

BUDGET = 300
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SETS = ("crypto_dek", "feeds_dek", "web_dek_multi", "cnndm", "frank_xsum", "multinews200")
ITEMS = ("en_fulltext", "zh_flash", "en_ja_excerpts", "en_rss_summaries", "en_uk_translations")


def main(arguments: Sequence[str]) -> None:
    """Run one of the measurements."""
    what, *rest = arguments or ("all",)
    count = int(rest.pop(0)) if what == "read" else 0
    data = Path(rest[0] if rest else os.environ.get("AGGREGATOR_DATA", "../shared/data"))
    if not data.is_dir():
        print(f"no real items at {data}: nothing measured")
        return
    if what == "rouge":
        rouge(data)
    elif what == "splits":
        splits(data)
    elif what == "speed":
        speed(data)
    elif what == "read":
        read(data, count)
    elif what == "all":
        speed(data)
        splits(data)
        rouge(data)
    else:
        sys.exit(__doc__)


# --- Input ---------------------------------------------------------------------------------------


def rows(path: Path) -> list[dict[str, str]]:
    """Read JSON Lines, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def item(row: dict[str, str]) -> Item:
    """Make an item of a row, as import does."""
    return Item(
        id=1,
        uid="0" * 20,
        feed_id=1,
        guid=row["id"],
        url=row.get("url") or None,
        title=row.get("title", ""),
        summary_html=row.get("summary_html", ""),
        content_html=row.get("content_html", "") or row.get("html", "") or row.get("text", ""),
        language=row.get("lang"),
        first_seen=NOW,
        at=NOW,
    )


def sample(data: Path, each: int, seed: int = 1) -> list[dict[str, str]]:
    """Give the same random items of every file each time."""
    found: list[dict[str, str]] = []
    for name in ITEMS:
        whole = rows(data / "items" / f"{name}.jsonl.gz")
        found += random.Random(seed).sample(whole, min(each, len(whole)))
    return found


# --- ROUGE ---------------------------------------------------------------------------------------


def overlap(reference: Sequence[str], made: Sequence[str], size: int) -> tuple[float, float]:
    """Recall and F1 of n-grams."""
    wanted, have = (
        Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
        for words in (reference, made)
    )
    return _scores(sum((wanted & have).values()), sum(wanted.values()), sum(have.values()))


def longest(reference: Sequence[str], made: Sequence[str]) -> tuple[float, float]:
    """Recall and F1 of the longest common subsequence."""
    row = [0] * (len(made) + 1)
    for word in reference:
        before = 0
        for at, other in enumerate(made, start=1):
            before, row[at] = row[at], before + 1 if word == other else max(row[at], row[at - 1])
    return _scores(row[-1], len(reference), len(made))


def _scores(common: int, wanted: int, have: int) -> tuple[float, float]:
    recall = common / wanted if wanted else 0.0
    precision = common / have if have else 0.0
    return recall, (2 * recall * precision / (recall + precision) if common else 0.0)


def judged(reference: str, made: str) -> tuple[float, ...]:
    """R-1, R-2, R-L recall, then F1."""
    wanted, have = tokens(reference), tokens(made)
    parts = (overlap(wanted, have, 1), overlap(wanted, have, 2), longest(wanted, have))
    return tuple(recall for recall, _ in parts) + tuple(score for _, score in parts)


Maker = Callable[[CleanText, str, str], str]


def recipe(algorithm: str) -> Maker:
    """Our abstracts with one algorithm."""

    def made(text: CleanText, title: str, _raw: str) -> str:
        abstract = summarise([text], title=title, budget=BUDGET, algorithm=algorithm)
        return abstract.text if abstract else ""

    return made


def lead3(_text: CleanText, _title: str, raw: str) -> str:
    """The first three sentences, uncleaned, as far as they fit whole; one that does not fit is cut."""
    made = ""
    for sentence in split(raw.replace("\n", " "))[:3]:
        if len(made) + 1 + len(sentence) > BUDGET:
            break
        made = f"{made} {sentence}".strip()
    return made or raw[:BUDGET]


def lead_cut(_text: CleanText, _title: str, raw: str) -> str:
    """The first 300 characters of the first three sentences, cut anywhere."""
    return " ".join(split(raw.replace("\n", " "))[:3])[:BUDGET]


STEMMERS = {"en": "english", "de": "german", "es": "spanish", "fr": "french", "pl": "polish"}


def plain_sumy(algorithm: str) -> Maker:
    """What sumy picks from the uncleaned text by its own parser, words, stemmer and stop words, while it fits.

    Only the sentences are ours, because its own need data that has to be fetched.
    """
    import nltk
    from sumy.nlp.stemmers import Stemmer
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.reduction import ReductionSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer
    from sumy.utils import get_stop_words

    kinds = {"reduction": ReductionSummarizer, "lexrank": LexRankSummarizer, "textrank": TextRankSummarizer}
    word = re.compile(r"^[^\W\d_](?:[^\W\d_]|['-])*$")

    class Tokenizer:
        def to_sentences(self, paragraph: str) -> tuple[str, ...]:
            return tuple(split(paragraph))

        def to_words(self, sentence: str) -> tuple[str, ...]:
            return tuple(each for each in nltk.NLTKWordTokenizer().tokenize(sentence) if word.match(each))

    def made(text: CleanText, _title: str, raw: str) -> str:
        language = STEMMERS.get(text.language, "english")
        summarizer = kinds[algorithm](Stemmer(language)) if language != "polish" else kinds[algorithm]()
        with suppress(LookupError):
            summarizer.stop_words = get_stop_words(language)
        ranked: list[tuple[float, int, str]] = []
        document = PlaintextParser.from_string(raw, Tokenizer()).document
        summarizer(
            document,
            lambda infos: ranked.extend((-i.rating, i.order, str(i.sentence)) for i in infos) or infos,
        )
        chosen: list[tuple[int, str]] = []
        for _, order, sentence in sorted(ranked):
            if sum(len(each) + 1 for _, each in chosen) + len(sentence) <= BUDGET:
                chosen.append((order, sentence))
        return join([sentence for _, sentence in sorted(chosen)])

    return made


def ranked_alone(algorithm: str) -> Maker:
    """What our words and sumy's algorithm pick from the uncleaned text, while it fits the budget."""
    from aggregator.summarise.ranking import rank

    def made(_text: CleanText, _title: str, raw: str) -> str:
        sentences = split(raw.replace("\n", " "))[:60]
        ratings = rank(sentences, algorithm) if sentences else []
        chosen: list[int] = []
        for at in sorted(range(len(sentences)), key=lambda number: (-ratings[number], number)):
            if sum(len(sentences[each]) + 1 for each in [*chosen, at]) <= BUDGET + 1:
                chosen.append(at)
        return join([sentences[at] for at in sorted(chosen)])

    return made


def rouge(data: Path) -> None:
    """Print J per set for our recipe with each algorithm, for plain sumy, and for lead-3."""
    makers: dict[str, Maker] = {"lead-3": lead3, "lead-3, cut": lead_cut}
    makers |= {f"sumy {name}": plain_sumy(name) for name in ("reduction", "lexrank", "textrank")}
    makers |= {f"our words, {name}": ranked_alone(name) for name in ("reduction", "lexrank", "textrank")}
    makers |= {f"ours {name}": recipe(name) for name in ALGORITHMS if name != "kl"}
    sets = {name: rows(data / "summaries" / f"{name}_dev.jsonl.gz") for name in SETS}
    texts = {name: [clean(item(row)) for row in whole] for name, whole in sets.items()}
    print(f"{'':18}" + "".join(f"{name[:12]:>13}" for name in SETS) + f"{'mean J':>9}{'R-1 rec':>9}")
    for label, maker in makers.items():
        means, recalls = [], []
        for name, whole in sets.items():
            scores = [
                judged(row["reference"], maker(text, row.get("title", ""), row.get("text", "")))
                for row, text in zip(whole, texts[name], strict=True)
            ]
            means.append(100 * sum(map(sum, scores)) / 6 / len(scores))
            recalls.append(100 * sum(each[0] for each in scores) / len(scores))
        average, recall = sum(means) / len(means), sum(recalls) / len(recalls)
        print(f"{label:18}" + "".join(f"{each:13.1f}" for each in means) + f"{average:9.2f}{recall:9.1f}")
    stories(data)


def stories(data: Path) -> None:
    """Print J for stories told by several outlets: the first outlet alone, and all pooled, under its title."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for row in rows(data / "summaries" / "crypto_stories_dev.jsonl.gz"):
        docs: Any = row["docs"]
        texts = [
            clean(item({"id": "x", "title": doc["title"], "text": doc["text"], "lang": row["lang"]}))
            for doc in docs
        ]
        made = {"first outlet, lead-3": lead3(texts[0], "", docs[0]["text"])}
        for label, some in (("first outlet, ours", texts[:1]), ("pooled", texts)):
            abstract = summarise(some, title=texts[0].title, budget=BUDGET)
            made[label] = abstract.text if abstract else ""
        for label, text in made.items():
            found.setdefault(label, []).append(judged(row["reference"], text))
    for label, scores in found.items():
        recall = 100 * sum(each[0] for each in scores) / len(scores)
        print(
            f"stories, {label:22} J {100 * sum(map(sum, scores)) / 6 / len(scores):.1f}, R-1 recall {recall:.1f}"
        )


# --- Sentences -----------------------------------------------------------------------------------


def splits(data: Path) -> None:
    """Print F1 of the ends of sentences inside labelled passages."""
    found = missed = wrong = 0
    with (data / "summaries" / "sentence_splits_dev.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            wanted = _ends(row["sentences"])
            have = _ends(split(row["joiner"].join(row["sentences"]), row["lang"]))
            found, missed, wrong = (
                found + len(wanted & have),
                missed + len(wanted - have),
                wrong + len(have - wanted),
            )
    score = 2 * found / (2 * found + missed + wrong)
    print(f"sentences: {found} ends found, {missed} missed, {wrong} wrong, F1 {score:.3f}")


def _ends(sentences: Sequence[str]) -> set[int]:
    """How many letters stand before each end but the last."""
    lengths = [len("".join(sentence.split())) for sentence in sentences]
    return set(list(accumulate(lengths))[:-1])


# --- Speed, reading ------------------------------------------------------------------------------


def speed(data: Path) -> None:
    """Print CPU milliseconds per item."""
    chosen = sample(data, 400)
    # The first ranking imports sumy; that is paid once a run, and measured by importing it alone.
    summarise([CleanText(paragraphs=("The first sentence is here.", "The second one is there."))], title="")
    cleaning, making = [], []
    for row in chosen:
        start = time.process_time()
        text = clean(item(row), feed_title=row["source"])
        middle = time.process_time()
        summarise([text], title=text.title)
        cleaning.append(1e3 * (middle - start))
        making.append(1e3 * (time.process_time() - middle))
    for label, times in (("clean", sorted(cleaning)), ("abstract", sorted(making))):
        mean, late = sum(times) / len(times), times[int(0.99 * len(times))]
        print(f"{label:9} mean {mean:.2f} ms, p99 {late:.1f} ms, max {times[-1]:.1f} ms")


def read(data: Path, count: int) -> None:
    """Print random abstracts beside lead-3 and what plain LexRank picks."""
    lexrank = plain_sumy("lexrank")
    for row in random.sample(sample(data, count), count):
        text = clean(item(row), feed_title=row["source"])
        raw = " ".join(blocks(row["content_html"] or row["summary_html"]))
        abstract = summarise([text], title=text.title)
        print(f"\n{row['source']}: {text.title}\n  ours     {abstract.text if abstract else None}")
        print(f"  lead-3   {lead3(text, '', raw)}\n  LexRank  {lexrank(text, '', raw)}")


if __name__ == "__main__":
    main(sys.argv[1:])
