"""What a feed says under everything it publishes is known for its own after a few items."""

from collections import deque
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import learned
from aggregator.text.sentences import split

BANNER = "Ledger Post Academy opens its doors on Monday: seats are few, so bring a friend."
BIO = "Ana Roth writes about custody and keeps bees on the roof of the newsroom in Zurich."
NEWS = (
    ("Harbour exchange freezes withdrawals", "The exchange stopped all withdrawals after a key was misused."),
    (
        "Ruritania publishes rules for reserve coins",
        "Issuers must hold short government paper from next spring.",
    ),
    (
        "Lantern network ships its fee market",
        "Plain transfers became a third cheaper within the first hours.",
    ),
    ("Granite Peak moves miners north", "Four thousand machines go to a hydro site before December."),
    (
        "Teachers' pension buys fund shares",
        "The pension plan bought shares worth two hundred million dollars.",
    ),
    ("Court fines a bank over tweets", "A tweet is no prospectus, the judge wrote, and fined the bank."),
    ("Bridge operator repays depositors", "Everyone with deposits in transit was repaid from the treasury."),
)


class Paper:
    """A feed, read item by item."""

    def __init__(self) -> None:
        self.earlier: deque[learned.Wording] = deque(maxlen=learned.REMEMBERED)

    def read(self, title: str, *texts: str) -> list[str]:
        parts = learned.parts(texts)
        wording = learned.wording(title, parts)
        found = learned.repeated(wording, self.earlier) | learned.inserted(wording, parts, self.earlier)
        self.earlier.append(learned.decode(learned.encode(wording)))
        return learned.without(texts, parts, found)


def all_read(items: Iterable[tuple[str, Sequence[str]]]) -> list[list[str]]:
    paper = Paper()
    return [paper.read(title, *texts) for title, texts in items]


PLACES = {
    "before the text": lambda lead: (BANNER, lead),
    "behind the text": lambda lead: (lead, BANNER),
    "in the middle": lambda lead: (lead, BANNER, f"{lead[:-1]}, as two people said."),
    "in front of a paragraph": lambda lead: (f"{BANNER} {lead}",),
    "at the end of a paragraph": lambda lead: (f"{lead} {BANNER}",),
    "inside a paragraph": lambda lead: (f"{lead} {BANNER} {lead[:-1]}, as two people said.",),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_a_banner_is_gone_by_its_fourth_item_wherever_it_stands(place):
    read = all_read((title, place(lead)) for title, lead in NEWS)
    with_banner = [any(BANNER in text for text in texts) for texts in read]
    assert with_banner == [True] * 3 + [False] * 4
    for (_, lead), texts in zip(NEWS, read, strict=True):
        assert any(lead in text for text in texts)


def test_nothing_but_the_banner_goes():
    read = all_read((title, [lead, BANNER]) for title, lead in NEWS)
    assert read[-1] == [NEWS[-1][1]]


def test_a_bio_that_stands_under_every_other_item_is_learned_too():
    read = all_read((title, [lead, BIO] if n % 2 else [lead]) for n, (title, lead) in enumerate(NEWS * 2))
    assert read[-1] == [NEWS[-1][1]]


def test_two_sentences_are_known_one_by_one():
    read = all_read((title, [lead, f"{BANNER} {BIO}"]) for title, lead in NEWS[:6])
    assert read[-1] == [NEWS[5][1]]
    paper = Paper()
    for title, lead in NEWS[:6]:
        paper.read(title, lead, f"{BANNER} {BIO}")
    assert paper.read(NEWS[6][0], NEWS[6][1], BIO) == [NEWS[6][1]]


def test_a_flash_desks_closing_line_is_learned_without_spaces_between_words():
    closing = "更多行情请下载链报应用，第一时间查看。"
    flashes = (
        ("港湾交易所暂停提现", "港湾交易所周日表示，因签名密钥被滥用，暂停全部提现。"),
        ("鲁里坦尼亚公布储备币规则", "监管机构要求发行方自明年春季起持有短期国债。"),
        ("灯笼网络上线费用市场", "上线数小时内，普通转账费用下降三分之一。"),
        ("花岗岩矿业北迁四千台矿机", "公司致股东信称，新址电价约为旧址的一半。"),
        ("教师养老金买入基金份额", "该养老金首次披露持仓，价值约两亿美元。"),
    )
    read = all_read((title, [lead + closing]) for title, lead in flashes)
    assert read[2] == [flashes[2][1] + closing]
    assert read[3:] == [[flashes[3][1]], [flashes[4][1]]]


INSERTED = "Harbour exchange freezes withdrawals"


def test_a_line_that_is_an_earlier_headline_is_an_insert_at_once():
    paper = Paper()
    paper.read(*NEWS[0])
    assert paper.read(NEWS[1][0], NEWS[1][1], INSERTED, f"{BIO}") == [NEWS[1][1], BIO]


def test_a_digest_keeps_its_headlines():
    paper = Paper()
    for title, lead in NEWS[:4]:
        paper.read(title, lead)
    headlines = [title for title, _ in NEWS[:4]]
    assert paper.read("What mattered this week", "Here is the week.", *headlines) == [
        "Here is the week.",
        *headlines,
    ]


SERIES = {
    "the daily part of a series": [f"Morning note, part {part}: what to watch today" for part in range(1, 9)],
    "an article sent again and again": ["Granite Peak moves miners north"] * 8,
    "a correction of a headline": [
        f"Granite Peak moves {word} miners north" for word in "its old its the all".split()
    ],
}


@pytest.mark.parametrize("titles", SERIES.values(), ids=SERIES.keys())
def test_items_that_are_related_by_title_teach_nothing(titles):
    texts = [NEWS[3][1], "The old hall was idle for a third of the summer, the letter says."]
    assert all_read((title, texts) for title in titles) == [texts] * len(titles)


def test_a_series_among_other_news_counts_as_one_item():
    paper = Paper()
    for part in range(1, 9):
        paper.read(f"Morning note, part {part}: what to watch today", BIO)
    assert paper.read(NEWS[0][0], NEWS[0][1], BIO) == [NEWS[0][1], BIO]


def test_short_sentences_stay_in_their_paragraphs_and_go_as_lines_of_their_own():
    read = all_read((title, [f"{lead} Not so.", "Read the paper"]) for title, lead in NEWS)
    assert read[-1] == [f"{NEWS[-1][1]} Not so."]


@pytest.mark.parametrize("line", ["On July 4,", "On Friday,", "Up 3.1% today"])
def test_a_short_line_with_a_value_or_one_that_goes_on_stays(line):
    read = all_read((title, [line, lead]) for title, lead in NEWS)
    assert read[-1] == [line, NEWS[-1][1]]


def test_a_sentence_is_another_one_when_its_value_is():
    read = all_read(
        (title, [lead, f"Bitcoin traded at $6{n}.5 thousand when this was written."])
        for n, (title, lead) in enumerate(NEWS)
    )
    assert len(read[-1]) == 2


def test_a_body_that_is_nothing_but_a_teaser_for_the_site_ends_empty():
    assert all_read((title, [BANNER]) for title, _ in NEWS)[-1] == []


def test_where_a_whole_article_would_go_it_stays():
    article = [f"{lead[:-1]}, wrote the paper on page {number}." for number, (_, lead) in enumerate(NEWS)]
    assert all_read((title, article) for title, _ in NEWS)[-1] == article


def test_without_titles_items_with_half_their_sentences_in_common_are_related():
    same = ["Block explorers were down for an hour.", "Nobody lost a coin, says the operator."]
    assert all_read(("", same) for _ in range(6)) == [same] * 6
    read = all_read(("", [lead, f"Second: {lead}", f"Third: {lead}", BANNER]) for _, lead in NEWS)
    assert BANNER in read[2]
    assert BANNER not in read[3]


words = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=80)
lines = st.lists(words, max_size=150)


@given(title=words, texts=lines)
def test_a_wording_comes_back_from_the_store_as_it_was(title, texts):
    wording = learned.wording(title, learned.parts(texts))
    assert learned.decode(learned.encode(wording)) == wording


sentences = st.sampled_from([BANNER, BIO, *(lead for _, lead in NEWS)])
blocks = st.lists(sentences, min_size=1, max_size=3).map(" ".join)


@given(
    st.lists(
        st.tuples(st.sampled_from([title for title, _ in NEWS]), st.lists(blocks, max_size=4)), max_size=20
    )
)
def test_reading_only_ever_takes_away(items):
    for (_, texts), kept in zip(items, all_read(items), strict=True):
        left = iter(texts)
        for text in kept:  # in order, each out of one block, with nothing in it that was not there
            assert any(all(each in split(block) for each in split(text)) for block in left)


@given(st.permutations(NEWS[:6]), st.permutations(range(6)))
def test_the_order_of_what_came_before_is_of_no_consequence(items, order):
    read = [(title, learned.parts([lead, BANNER])) for title, lead in items]
    earlier = [learned.wording(title, parts) for title, parts in read]
    parts = learned.parts([NEWS[6][1], BANNER])
    mine = learned.wording(NEWS[6][0], parts)
    found = learned.repeated(mine, earlier)
    assert found == learned.repeated(mine, [earlier[at] for at in order])
    assert learned.without([NEWS[6][1], BANNER], parts, found) == [NEWS[6][1]]
