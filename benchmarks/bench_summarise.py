"""How good are the abstracts, how clean, and how fast?

    python benchmarks/bench_summarise.py rouge  [DATA]   ROUGE against human standfirsts, each algorithm beside lead-3
    python benchmarks/bench_summarise.py faults [DATA]   share of abstracts with a fault, on real items
    python benchmarks/bench_summarise.py speed  [DATA]   CPU per item: cleaning, abstract
    python benchmarks/bench_summarise.py read N [DATA]   N random abstracts, to be read
    python benchmarks/bench_summarise.py                 the first three

DATA is the directory with ``items/`` and ``summaries/`` (default: ``$AGGREGATOR_DATA``, else ``../shared/data``).
ROUGE here is plain recall and F1 over words as ``text.words.tokens`` gives them, no stemming; J is the mean over
the sets of (F1 of ROUGE-1, -2, -L and recall of ROUGE-1, -2, -L).
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
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aggregator.models import Abstract, CleanText, Item
from aggregator.summarise import ALGORITHMS, summarise
from aggregator.text.clean import clean
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
    elif what == "faults":
        faults(data)
    elif what == "speed":
        speed(data)
    elif what == "read":
        read(data, count)
    elif what == "all":
        speed(data)
        faults(data)
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


def plain_sumy(algorithm: str) -> Maker:
    """What sumy picks from the uncleaned text, while it fits the budget."""
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
    makers |= {f"plain {name}": plain_sumy(name) for name in ("reduction", "lexrank", "textrank")}
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
    """Print J for stories told by several outlets: the first outlet alone, and all pooled."""
    first, pooled = [], []
    for row in rows(data / "summaries" / "crypto_stories_dev.jsonl.gz"):
        docs: Iterable[dict[str, str]] = (
            row["docs"] if isinstance(row["docs"], list) else json.loads(row["docs"])
        )
        texts = [
            clean(item({"id": "x", "title": doc["title"], "text": doc["text"], "lang": row["lang"]}))
            for doc in docs
        ]
        for found, some in ((first, texts[:1]), (pooled, texts)):
            abstract = summarise(some, title=row["title"], budget=BUDGET)
            found.append(judged(row["reference"], abstract.text if abstract else ""))
    for label, found in (("first outlet", first), ("pooled", pooled)):
        print(f"stories, {label:14} J {100 * sum(map(sum, found)) / 6 / len(found):.1f}")


# --- Faults --------------------------------------------------------------------------------------

BOILERPLATE = re.compile(
    r"appeared first|first appeared|read more|continue reading|investment advice|financial advice|subscribe|newsletter"
    r"|disclaimer|disclosure:|featured image|min read|click here|you may also|related:|magazine:|sign up|follow us"
    r"|免责声明|投资建议|相关阅读",
    re.IGNORECASE,
)
DANGLING = re.compile(
    r"[“\"]?(?:he|she|it|they|this|these|those|however|but|and|also|moreover|meanwhile)\b", re.IGNORECASE
)
NUMBER = re.compile(r"\d[\d.,]*")


def faults_of(abstract: Abstract, text: CleanText, title: str) -> set[str]:
    """Name what is wrong with an abstract, by checks that share no code with the summariser."""
    made, body = abstract.text, text.body
    sentences = split(made)
    ended = abstract.method == "excerpt" or re.search(r"[.!?。！？][\"'”’»」』）)]*$", made)
    pairs = ("“”", "()", "«»", "「」")
    checks = {
        "over budget": len(made) > BUDGET,
        "no end mark": not ended and join(split(body)).endswith(made),
        "cut": not ended and not join(split(body)).endswith(made),
        "number not in source": any(number not in body for number in NUMBER.findall(made)),
        "sentence twice": len(set(sentences)) < len(sentences),
        "unbalanced": "„" not in made and any(made.count(a) != made.count(b) for a, b in pairs),
        "link or markup": re.search(r"https?://|</?[a-z]+|&[a-z]+;", made),
        "boilerplate": BOILERPLATE.search(made),
        "repeats title": title
        and made.casefold().startswith(title.casefold())
        and len(made) < len(title) + 40,
        "dangling": DANGLING.match(made),
        "question": any(sentence.rstrip('”"').endswith(("?", "？")) for sentence in sentences),
        "glued": re.search(r"[a-z]{2}[.!?][A-Z][a-z]{2}", made),
    }
    return {name for name, wrong in checks.items() if wrong}


def faults(data: Path) -> None:
    """Print the share of abstracts with each fault."""
    counted: Counter[str] = Counter()
    total = missing = flawed = excerpts = with_text = 0
    for row in sample(data, 2000):
        text = clean(item(row), feed_title=row["source"])
        if not text.paragraphs:
            continue
        with_text += 1
        abstract = summarise([text], title=text.title)
        if abstract is None:
            ended = [
                s for p in text.paragraphs for s in split(p) if re.search(r"[.!。！]$", s) and len(s) > 40
            ]
            missing += len(ended) >= 2
            continue
        total += 1
        excerpts += abstract.method == "excerpt"
        wrong = faults_of(abstract, text, text.title)
        counted.update(wrong)
        flawed += bool(wrong - {"no end mark"})
    print(f"{with_text} items with text, {total} abstracts, {excerpts} of them excerpts")
    print(f"no abstract although two sentences: {100 * missing / with_text:.2f} %")
    for name, count in counted.most_common():
        print(f"{name:24} {count:5} {100 * count / total:6.2f} %")
    print(f"{'any fault':24} {flawed:5} {100 * flawed / total:6.2f} %")


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
    """Print random abstracts beside lead-3."""
    for row in random.sample(sample(data, count), count):
        text = clean(item(row), feed_title=row["source"])
        abstract = summarise([text], title=text.title)
        print(f"\n{row['source']}: {text.title}\n  ours   {abstract.text if abstract else None}")
        print(f"  lead-3 {lead3(text, '', (row['content_html'] or row['summary_html']))}")


if __name__ == "__main__":
    main(sys.argv[1:])
