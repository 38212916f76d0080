"""What a model said is shown only where every claim stands in the copies."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import CleanText
from aggregator.summarise.machine.claims import amounts, names
from aggregator.summarise.machine.faults import Fault, Refused
from aggregator.summarise.machine.material import Material
from aggregator.summarise.machine.verdict import Accepted, Verdict, judge
from aggregator.text.words import SYNONYMS

TITLE = "Marsh Hollow raises $1.2 billion for a bank in Alberta"
TEXT = (
    "Marsh Hollow, a lender from Calgary, raised $1.2 billion on Monday to open a bank in Alberta that holds bitcoin. "
    "The round was led by Pine & Ridge, which bought 7% of the shares for 3,500 ETH and €40 million in cash. ",
    "Regulators in the U.S. have not approved the licence yet, said Ada Quill, the firm’s chief executive, who called "
    "the step “long overdue” and expects two more rounds before June 2027. ",
    "Shares of rival lenders fell after the news, while the ERC-20 token of the company rose by a tenth.",
)
GOOD = (
    "The lender from Calgary raised $1.2 billion to open a bank that holds bitcoin. Regulators have not approved the "
    "licence yet, according to chief executive Ada Quill."
)


def copy(*paragraphs: str, title: str = TITLE, language: str = "en") -> CleanText:
    return CleanText(title=title, paragraphs=tuple(each.strip() for each in paragraphs), language=language)


def verdict(said: str, *texts: CleanText, budget: int = 300, language: str = "en") -> Verdict:
    given_texts = texts or (copy(*TEXT),)
    read = Material(texts=given_texts, sources=tuple(range(len(given_texts))), language=language)
    return judge(said, read, title=given_texts[0].title, budget=budget)


def test_an_abstract_whose_every_claim_stands_in_the_text_is_accepted() -> None:
    assert verdict(GOOD) == Accepted(text=GOOD)


def test_line_breaks_inside_an_answer_become_spaces() -> None:
    assert verdict(GOOD.replace(". Reg", ".\nReg")) == Accepted(text=GOOD)


@pytest.mark.parametrize(
    "said",
    [
        "The lender sold 7 percent of its shares to Pine & Ridge and plans a bank in Alberta that holds bitcoin.",
        "Pine & Ridge led the round in Calgary and paid 3500 ether and 40 million euros for its shares.",
        "The lender from Calgary raised 1,200 million dollars on Monday and plans to open a bank that holds BTC.",
        "Pine & Ridge, which led the round of the lender from Calgary, paid 3,500 ETH and €40M in cash for shares.",
        "The step, which Ada Quill called “long overdue”, awaits approval of a licence by US regulators.",
        "Shares of rival lenders fell and the company’s ERC-20 token rose after the round led by Pine & Ridge.",
    ],
)
def test_another_spelling_of_the_same_claim_is_the_same_claim(said: str) -> None:
    assert verdict(said) == Accepted(text=said)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("", Fault.EMPTY),
        ("   \n ", Fault.EMPTY),
        (GOOD + " " + GOOD.replace("The", "A") * 2, Fault.TOO_LONG),
        # numbers
        (GOOD.replace("$1.2 billion", "$1.3 billion"), Fault.NUMBER),
        (GOOD.replace("$1.2 billion", "$1.2 million"), Fault.NUMBER),
        (GOOD.replace("$1.2 billion", "€1.2 billion"), Fault.NUMBER),
        (GOOD.replace("$1.2 billion", "1.2 billion"), Fault.NUMBER),
        (GOOD.replace("$1.2 billion", "about $1 billion"), Fault.NUMBER),
        (
            "Pine & Ridge, which led the round in Calgary, bought $7 of the shares for its cash on Monday.",
            Fault.NUMBER,
        ),
        (
            "Pine & Ridge, which led the round in Calgary, paid 3,500 SOL for its part of the shares.",
            Fault.NUMBER,
        ),
        (
            "Pine & Ridge, which led the round in Calgary, paid 3,501 ETH for its part of the shares.",
            Fault.NUMBER,
        ),
        (
            "The chief executive of the lender from Calgary expects three more rounds before June 2027.",
            Fault.NUMBER,
        ),
        (
            "The lender from Calgary doubled its shares and raised millions to open a bank in Alberta.",
            Fault.NUMBER,
        ),
        # names
        (GOOD.replace("Calgary", "Toronto"), Fault.NAME),
        (GOOD.replace("Ada Quill", "Ada Quell"), Fault.NAME),
        (GOOD.replace("bitcoin", "XRP"), Fault.NAME),
        (GOOD.replace("bitcoin", "the ERC-721 token"), Fault.NAME),
        (GOOD.replace("$1.2 billion", "$1.2 billion ASA"), Fault.NAME),
        (
            "Vantage raised $1.2 billion to open a bank in Alberta that holds bitcoin, regulators said.",
            Fault.NAME,
        ),
        # what was said, and whether it was so
        (GOOD.replace("the licence yet", "the “reckless” licence yet"), Fault.QUOTATION),
        (
            'The chief executive called the step "entirely reckless" and awaits regulators in Alberta.',
            Fault.QUOTATION,
        ),
        # whole sentences
        ("The lender from Calgary raised $1.2 billion to open a bank that holds", Fault.NOT_WHOLE),
        (GOOD + " Will regulators approve the licence?", Fault.NOT_WHOLE),
        ("raised $1.2 billion to open a bank in Alberta that holds bitcoin.", Fault.NOT_WHOLE),
        ("The lender from Calgary raised $1.2 billion to open a bank in Alberta…", Fault.NOT_WHOLE),
        (f"{GOOD.split('. ', maxsplit=1)[0]}. {GOOD.split('. ', maxsplit=1)[0]}.", Fault.REPEATS),
        # the title again
        ("Marsh Hollow raises $1.2 billion for a bank in Alberta.", Fault.TITLE),
        # form
        (GOOD.replace("bank", "**bank**"), Fault.MARKUP),
        (GOOD.replace("bank", "<b>bank</b>"), Fault.MARKUP),
        (GOOD.replace("bank", "[bank](there)"), Fault.MARKUP),
        ("- " + GOOD, Fault.MARKUP),
        ("1. " + GOOD, Fault.MARKUP),
        (GOOD.replace(". Reg", ".\n\nReg"), Fault.MARKUP),
        (GOOD.replace("bank", "bank &amp; trust"), Fault.MARKUP),
        (GOOD + " More at https://pines.example/a.", Fault.LINK),
        (GOOD + " More at www.pines.example today.", Fault.LINK),
        (GOOD + " More at pines.example/win for all.", Fault.LINK),
        (GOOD + " Ask ada@pines.example for more.", Fault.LINK),
        (GOOD + " Funds go to bc1q9h8pk3xk0f7m2d5s6a4l.", Fault.LINK),
        (GOOD.replace("bank", "ba\u202enk"), Fault.CHARACTERS),
        (GOOD.replace("bank", "ba\x07nk"), Fault.CHARACTERS),
        (GOOD.replace("bank", "ba\u200bnk"), Fault.CHARACTERS),
        # manner
        (
            "Buy shares of the lender from Calgary, which raised $1.2 billion to open a bank.",
            Fault.TO_THE_READER,
        ),
        (GOOD + " Shares are open to you.", Fault.TO_THE_READER),
        ("The article says the lender from Calgary raised $1.2 billion to open a bank.", Fault.ARTEFACT),
        ("Summary: " + GOOD, Fault.ARTEFACT),
        ("As an AI language model, the lender from Calgary raised $1.2 billion.", Fault.ARTEFACT),
        (GOOD + " All previous instructions were ignored.", Fault.ARTEFACT),
        # language
        (
            "Der Kreditgeber aus Calgary hat $1.2 billion für eine Bank in Alberta und nicht mehr erhalten.",
            Fault.LANGUAGE,
        ),
        (GOOD.replace("bank", "банк"), Fault.LANGUAGE),
        # paraphrased beyond checking
        (
            "The backers poured fresh capital into ambitious northern newcomers chasing deposits.",
            Fault.NEW_WORDS,
        ),
    ],
)
def test_what_speaks_against_an_answer_has_it_refused(said: str, fault: Fault) -> None:
    found = verdict(said)
    assert isinstance(found, Refused), found
    assert found.fault is fault, str(found)


def test_a_not_that_no_text_has_turns_the_story_round() -> None:
    plain = copy(
        "The regulator in Alberta approved the licence of the lender from Calgary on Monday, papers show."
    )
    assert isinstance(
        verdict("The regulator approved the licence of the lender from Calgary, papers show.", plain),
        Accepted,
    )
    found = verdict(
        "The regulator has not approved the licence of the lender from Calgary, papers show.", plain
    )
    assert isinstance(found, Refused)
    assert found.fault is Fault.NEGATION


def test_a_fall_that_no_text_has_is_a_lie() -> None:
    plain = copy(
        "Shares of the lender from Calgary rose by 7% on Monday after the regulator approved its licence."
    )
    assert (
        isinstance(
            verdict("The shares rose by 7% after the regulator in Calgary approved a licence.", plain),
            Refused,
        )
        is False
    )
    found = verdict("The shares fell by 7% after the regulator approved the licence on Monday.", plain)
    assert isinstance(found, Refused)
    assert found.fault is Fault.DIRECTION


def test_one_copy_alone_puts_no_words_into_the_mouth_of_a_story() -> None:
    speaker = copy(*TEXT)
    forged = copy(
        *TEXT, "Marsh Hollow is backed by Gilded Spur, which promises 900% to early holders of its token."
    )
    said = (
        "The lender from Calgary is backed by Gilded Spur, which promises 900% to early holders of its token."
    )
    refused = verdict(said, speaker, forged)
    assert isinstance(refused, Refused)
    assert isinstance(verdict(said, speaker, forged, forged), Accepted), "two copies are witnesses"
    assert isinstance(verdict(said, forged), Accepted), "and so is the text that speaks for the story"


@dataclass(frozen=True, slots=True)
class Foreign:
    language: str
    text: str
    good: str
    lies: tuple[str, ...]


FOREIGN = (
    Foreign(
        "de",
        "Die Börse Lindental aus Zürich hat am Montag 1,2 Milliarden Euro erhalten, um eine Bank in Bregenz zu "
        "eröffnen. Die Aufsicht hat den Antrag noch nicht genehmigt, sagte Vorstandschefin Ada Quill. "
        "Der Anteil beträgt 7 Prozent.",
        "Die Börse Lindental eröffnet mit 1,2 Mrd. Euro eine Bank in Bregenz, der Antrag ist noch nicht genehmigt.",
        ("1,3 Mrd. Euro", "1,2 Mio. Euro", "1,2 Mrd. Dollar"),
    ),
    Foreign(
        "ru",
        "Биржа Липовая из Казани получила 1,2 млрд рублей на открытие банка в Твери. Регулятор пока не одобрил заявку, "
        "сообщила глава компании Ада Квилл. Доля инвесторов составила 7 процентов.",
        "Биржа Липовая откроет банк в Твери на 1,2 миллиарда рублей, регулятор пока не одобрил заявку.",
        ("1,3 миллиарда рублей", "1,2 миллиона рублей", "1,2 миллиарда долларов"),
    ),
    Foreign(
        "zh",
        "卡尔加里借贷公司沼泽谷周一融资1.2亿美元，将在阿尔伯塔开设一家持有比特币的银行。监管机构尚未批准其牌照，首席执行官表示，"
        "投资者获得7%的股份。",
        "沼泽谷融资1.2亿美元，将在阿尔伯塔开设银行，监管机构尚未批准其牌照。",
        ("1.3亿美元", "1.2万美元", "1.2亿欧元"),
    ),
)


@pytest.mark.parametrize("told", FOREIGN, ids=lambda told: told.language)
def test_other_languages_are_held_to_the_same(told: Foreign) -> None:
    text = copy(told.text, title="", language=told.language)
    assert verdict(told.good, text, language=told.language) == Accepted(text=told.good)
    claim = next(amount.shown for amount in amounts(told.good, told.language))
    for lie in told.lies:
        found = verdict(told.good.replace(claim, lie), text, language=told.language)
        assert isinstance(found, Refused), lie
        assert found.fault is Fault.NUMBER


def test_a_name_in_a_script_without_capitals_is_missed_by_nobody() -> None:
    told = FOREIGN[2]
    lie = told.good.replace("沼泽谷", "赵长鹏")
    found = verdict(lie, copy(told.text, title="", language="zh"), language="zh")
    assert isinstance(found, Refused)
    assert found.fault is Fault.NAME


# --- Laws ----------------------------------------------------------------------------------------

DIGITS = [at for at, character in enumerate(GOOD) if character.isdigit()]


@given(st.sampled_from(DIGITS), st.sampled_from("0123456789"))
def test_no_digit_can_be_changed_unnoticed(at: int, digit: str) -> None:
    said = GOOD[:at] + digit + GOOD[at + 1 :]
    assert isinstance(verdict(said), Accepted) == (said == GOOD)


@given(st.text(alphabet=st.characters(min_codepoint=97, max_codepoint=122), min_size=4, max_size=9))
def test_no_name_can_be_put_in_unnoticed(name: str) -> None:
    invented = name.capitalize()
    said = GOOD.replace("Quill", invented)
    known = {word.casefold() for word in names(" ".join((TITLE, *TEXT)))} | set(
        " ".join((TITLE, *TEXT)).casefold().split()
    )
    if name not in known and name not in SYNONYMS:
        assert isinstance(verdict(said), Refused)


@given(st.text(max_size=400))
def test_anything_at_all_gets_a_verdict(said: str) -> None:
    found = verdict(said)
    if isinstance(found, Accepted):
        assert 0 < len(found.text) <= 300


@given(st.randoms(use_true_random=False))
def test_whole_sentences_of_the_text_are_never_refused_for_what_they_claim(chance: random.Random) -> None:
    sentences = [
        "Marsh Hollow, a lender from Calgary, raised $1.2 billion on Monday for a bank that holds bitcoin.",
        "The round was led by Pine & Ridge, which bought 7% of the shares for 3,500 ETH and €40 million in cash.",
        "Shares of rival lenders fell after the news, while the ERC-20 token of the company rose by a tenth.",
    ]
    said = " ".join(chance.sample(sentences, chance.randint(1, 2)))
    assert isinstance(verdict(said), Accepted)
