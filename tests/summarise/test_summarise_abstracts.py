"""Abstracts that never embarrass."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import examples

from aggregator.models import CleanText
from aggregator.summarise.recipe import ALGORITHMS, DEFAULT_ALGORITHM, MAX_TEXTS, summarise
from aggregator.text.sentences import split

TITLE = "Tidepool holders vote to switch on fees"
LEAD = "Holders of the TIDE token voted on Saturday to send a tenth of the protocol's income to people who lock tokens."
SECOND = "The proposal passed with 71% of 48 million votes, far above the quorum of 20 million."
THIRD = "At current rates the change would pay out about $26 million a year to some 9,000 wallets."
FAR = "A review by two security contractors must come first and will take six weeks, the delegates said."
BODY = (LEAD, f"{SECOND} Three earlier attempts failed.", THIRD, FAR)


def text(*paragraphs: str, **more: object) -> CleanText:
    return CleanText(**{"paragraphs": paragraphs, "language": "en", **more})


def made(*paragraphs: str, title: str = TITLE, **more: object) -> str | None:
    abstract = summarise([text(*paragraphs)], title=title, **more)
    return abstract.text if abstract else None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_gives_whole_sentences_within_the_budget(algorithm):
    abstract = summarise([text(*BODY)], title=TITLE, algorithm=algorithm)
    assert abstract is not None
    assert abstract.method == algorithm
    assert abstract.text.startswith(LEAD)
    assert len(abstract.text) <= 300
    sentences = split(abstract.text)
    assert len(sentences) == len(abstract.sources) > 1
    assert all(any(sentence in paragraph for paragraph in BODY) for sentence in sentences)


def test_an_unknown_algorithm_is_refused_with_the_list():
    with pytest.raises(ValueError, match="reduction"):
        summarise([text(*BODY)], title=TITLE, algorithm="random")


def test_the_budget_holds_whatever_it_is():
    for budget in (80, 120, 200, 500):
        abstract = made(*BODY, budget=budget)
        assert abstract is None or len(abstract) <= budget


def test_the_headline_is_not_said_again():
    assert made("Tidepool holders vote to switch on the fees.", LEAD) == LEAD
    assert made("Tidepool holders vote to switch on fees.") is None


UNSOUND = {
    "a question": "Is this the end of the two-year fight over protocol fees?",
    "a cut sentence": "Opponents of the plan had argued for months that the",
    "a heading": "What Happens Next For Tidepool Holders",
    "shouting": "TIDEPOOL HOLDERS VOTE TO SWITCH ON THE PROTOCOL FEES AT LAST.",
    "a link": "The whole text of the plan stands at https://tidepool.example/42.",
    "an open quotation": "“The argument was that we should wait, a delegate said on Saturday.",
    "a quotation without its speaker": "“We have stopped believing that we will live that long.”",
    "a bare number row": "71% 48,000,000 20,000,000 26,000,000 9,000 12.",
    "two sentences glued": "Votes were counted by noon.Nobody in the room had expected that outcome at all.",
    "an interjection": "Well, well.",
    "a heading glued to a sentence": "Tidepool Holders Take The Lead Tidepool holders have voted for their own income.",
    "a label": "Balance Sheet Strength: Holders may earn more once the income is shared out.",
    "talk about the article": "In this article we look at what the vote means for holders of the token.",
    "a call to the reader": "Subscribe to the weekly letter and never miss a vote on protocol fees again.",
    "a cut list": "The income goes to two groups of holders, the delegates said on Saturday: 1.",
    "a tweet's credit": "Ada Brook (@adabrook) July 4, 2026 The vote was counted twice, she said then.",
}


@pytest.mark.parametrize("sentence", UNSOUND.values(), ids=UNSOUND.keys())
def test_an_unsound_sentence_is_left_out(sentence):
    assert sentence not in (made(sentence, LEAD, SECOND) or "")


def test_a_sentence_that_points_back_does_not_open():
    abstract = made("They had argued about it for two long years without a result.", LEAD, SECOND)
    assert abstract is not None
    assert abstract.startswith(LEAD)


def test_a_sentence_that_points_back_follows_only_the_one_it_points_at():
    follow = "It settles a question that has divided the community since its launch."
    assert follow in (made(f"{LEAD} {follow}") or "")
    assert follow not in (made(LEAD, "Is it good?", follow, SECOND) or "")


def test_the_same_thing_is_not_said_twice():
    again = "Holders of the TIDE token voted to send a tenth of the protocol's income to people who lock their tokens."
    assert again not in (made(LEAD, again, THIRD) or "")


def test_a_standfirst_without_an_end_mark_is_an_abstract():
    assert made("Delegates settle a two-year fight over who earns the income") is not None


def test_a_cut_teaser_becomes_an_excerpt_that_shows_its_cut():
    teaser = text(
        "Holders of the TIDE token voted on Saturday to send a tenth of the income to", truncated=True
    )
    abstract = summarise([teaser], title=TITLE)
    assert abstract is not None
    assert abstract.method == "excerpt"
    assert abstract.text.endswith("…")


def test_a_sentence_longer_than_the_budget_is_cut_at_a_word():
    abstract = summarise([text(LEAD)], title=TITLE, budget=90)
    assert abstract is not None
    assert abstract.method == "excerpt"
    assert len(abstract.text) <= 90
    assert LEAD.startswith(abstract.text[:-1] + " ")


def test_a_standfirst_gets_the_full_stop_that_it_lacks():
    other = text("Opponents say that paid holders would make TIDE look like a security in several countries.")
    abstract = summarise(
        [text("Delegates settle a two-year fight over who earns the income"), other], title=TITLE
    )
    assert abstract is not None
    assert abstract.text.startswith("Delegates settle a two-year fight over who earns the income. Opponents")


def test_a_word_that_the_publisher_cut_is_left_out_of_an_excerpt():
    teaser = text("Holders of the TIDE token voted on Saturday to send a tenth of the proto", truncated=True)
    abstract = summarise([teaser], title=TITLE)
    assert abstract is not None
    assert abstract.text == "Holders of the TIDE token voted on Saturday to send a tenth of the…"


def test_an_excerpt_that_ends_in_an_abbreviation_is_no_sentence():
    cut = "Pelican Bank of Tallinn agreed on Friday to a merger with Harborline Acquisition Corp."
    abstract = summarise([text(cut)], title=TITLE)
    assert abstract is None or abstract.method == "excerpt"


def test_a_bullet_is_not_part_of_its_sentence():
    assert made(f"• {LEAD}") == LEAD


@pytest.mark.parametrize(
    "sentence",
    [
        "Brook said that the income would reach holders in the first week of March.",
        "Delegates of the lending pool voiced similar concerns about the speed of the vote.",
        "While welcomed by most holders, these decisions leave the bridge without any funds.",
        "The company will publish the results of both reviews in the second week of May.",
    ],
)
def test_a_sentence_that_needs_the_one_before_it_does_not_open(sentence):
    refused = "Is this the end of the two-year fight over protocol fees?"
    assert made(refused, sentence, LEAD, SECOND, budget=120) == LEAD


def test_what_several_outlets_say_comes_before_what_one_says():
    aside = (
        "The office of the foundation in Tallinn was painted green in spring by a local artist named Lund."
    )
    mine = text(LEAD, aside, THIRD)
    others = [text(LEAD, THIRD, title=TITLE), text(LEAD, THIRD, title=TITLE)]
    alone = summarise([mine], title="", budget=220, algorithm="lead")
    pooled = summarise([mine, *others], title="", budget=220)
    assert alone is not None
    assert pooled is not None
    assert aside in alone.text
    assert pooled.text == f"{LEAD} {THIRD}"


def test_of_many_copies_the_first_eight_are_read():
    copies = [text(LEAD)] * MAX_TEXTS
    assert summarise([*copies, text(FAR)], title=TITLE) == summarise(copies, title=TITLE)


def test_nothing_is_better_than_a_text_that_begins_in_the_middle():
    assert made("But observers of the vote say that the delegates had agreed on it long before.") is None


def test_nothing_is_better_than_nonsense():
    assert made() is None
    assert summarise([], title=TITLE) is None
    assert made("Share", "3 min") is None


def test_chinese_sentences_are_joined_without_spaces_and_need_no_last_mark():
    abstract = summarise(
        [text("平台已暂停全部提现，损失由公司承担。首笔异常转账发生于周五晚间。", language="zh")],
        title="热钱包被盗",
    )
    assert abstract is not None
    assert abstract.text == "平台已暂停全部提现，损失由公司承担。首笔异常转账发生于周五晚间。"
    flash = summarise([text("平台已暂停全部提现，损失由公司资金承担", language="zh")], title="热钱包被盗")
    assert flash is not None


def test_numbers_and_tickers_survive():
    assert "$61,234.50" in (
        made("The ERC-20 token TIDE rose to $61,234.50 on three venues, data showed.") or ""
    )


def test_a_story_of_several_outlets_may_take_sentences_from_each():
    other = text("Opponents say that paid holders would make TIDE look like a security in several countries.")
    abstract = summarise([text(LEAD), other], title=TITLE)
    assert abstract is not None
    assert abstract.sources == (0, 1)


def test_a_translation_lends_no_sentence_and_does_not_shift_who_said_what():
    foreign = text(
        "反对者表示，向持币者付费会使 TIDE 在若干国家看起来像证券，并可能引来监管机构的调查。", language="zh"
    )
    other = text("Opponents say that paid holders would make TIDE look like a security in several countries.")
    abstract = summarise([text(LEAD), foreign, other], title=TITLE)
    assert abstract is not None
    assert abstract.text.isascii()
    assert abstract.sources == (0, 2)
    alone = summarise([foreign, text(LEAD)], title="TIDE 持有者投票")
    assert alone is not None
    assert LEAD not in alone.text


def test_the_speaker_s_text_opens_even_when_others_tell_more():
    others = [text(SECOND, THIRD), text(SECOND, FAR)]
    abstract = summarise([text(LEAD), *others], title=TITLE)
    assert abstract is not None
    assert abstract.text.startswith(LEAD)
    assert abstract.sources[0] == 0


PROGRAM = f"""
from aggregator.models import CleanText
from aggregator.summarise.recipe import ALGORITHMS, summarise
for name in ALGORITHMS:
    print(summarise([CleanText(paragraphs={BODY!r}, language="en")], title={TITLE!r}, algorithm=name))
"""


def test_the_hash_seed_does_not_show():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_importing_the_stage_does_not_import_sumy():
    loaded = "any(m.startswith(('sumy', 'nltk')) for m in sys.modules)"
    program = f"import sys, aggregator.summarise.recipe; sys.exit({loaded})"
    subprocess.run([sys.executable, "-c", program], check=True)


SENTENCES = st.lists(
    st.from_regex(r"[A-Z][a-z]{3,8}( [a-z]{2,9}){4,12}[.?!]", fullmatch=True), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=examples(60))  # the first example imports sumy
@given(SENTENCES, st.integers(min_value=80, max_value=400))
def test_every_sentence_of_an_abstract_stands_in_its_source(sentences, budget):
    source = text(" ".join(sentences))
    abstract = summarise([source], title="", budget=budget)
    if abstract is None:
        return
    assert len(abstract.text) <= budget
    if abstract.method == "excerpt":
        assert source.body.startswith(abstract.text.removesuffix("…"))
    else:
        assert abstract.method == DEFAULT_ALGORITHM
        assert all(sentence in source.body for sentence in split(abstract.text))


@settings(deadline=None)
@given(st.lists(st.text(max_size=120), max_size=6), st.text(max_size=40))
def test_any_text_is_summarised_or_not_without_an_error(paragraphs, title):
    lines = tuple(line for each in paragraphs if (line := " ".join(each.split())))
    abstract = summarise([text(*lines)], title=title)
    assert abstract is None or abstract.text
