from dataclasses import asdict, fields
from math import exp

import pytest
from dedup_items import judged, made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import common, events, explain
from aggregator.dedup.features import compare
from aggregator.models import CleanText, Relation

HOUR = 60
LANTERN = (
    "Lanternbank, a savings lender in the Dunmore valley, will take ether deposits from town councils from March.",
    "Its treasurer Oona Pilbeam said the vault had paid 3.1% a year to three councils in a pilot.",
)
COUNCILS = (
    "Town councils in the Dunmore valley may soon park spare money in ether: Lanternbank opens a vault for them.",
    "Critics such as the auditor Ruben Athelny would rather see the reserves in plain bonds.",
)
RELATED = {
    "two newsrooms, one announcement": (
        ("Lanternbank opens ether vault for town councils", LANTERN),
        ("Dunmore councils get an ether vault as Lanternbank widens its pilot", COUNCILS),
    ),
    "a follow-up with one new fact": (
        ("Lanternbank opens ether vault for town councils", LANTERN),
        ("Carrow council is first to use Lanternbank's ether vault", COUNCILS),
    ),
    "a title alone, as flash desks write": (
        ("Quillfeather buys 1,204 bitcoin for $131.5 million", ""),
        ("Quillfeather adds $131.5M of bitcoin to its treasury, 1,204 coins", ""),
    ),
    "Chinese desks": (
        ("云雀交易所宣布完成1.2亿美元融资，灯塔资本领投", ""),
        ("云雀交易所获1.2亿美元融资后将在雾港设立总部，灯塔资本派员进入董事会", ""),
    ),
}
APART = {
    "other events of one kind": (
        ("Quillfeather buys 1,204 bitcoin for $131.5 million", ""),
        ("Marrow Bay buys 310 bitcoin for $33.9 million", ""),
    ),
    "another coin": (
        ("XRP slides 4% as traders take profit near its record", ""),
        ("Dogecoin slides 6% as traders take profit near its record", ""),
    ),
    "prices of two days": (
        ("Bitcoin price analysis: bulls defend support at $91,000", ""),
        ("Bitcoin price analysis: bears test support at $88,400", ""),
    ),
    "an advertisement hung upon the news": (
        ("Lanternbank opens ether vault for town councils", LANTERN),
        ("Lanternbank opens ether vault, presale of Glimmercoin nears its end", COUNCILS),
    ),
    "a roundup that tells of it": (
        ("Lanternbank opens ether vault for town councils", LANTERN),
        ("Morning digest: Lanternbank opens ether vault for town councils, and more", COUNCILS),
    ),
    "common words alone": (
        ("Bitcoin price surges as crypto market rallies", ""),
        ("Crypto market surges: bitcoin price hits new high", ""),
    ),
    "Chinese price flashes of two coins": (
        ("比特币跌破71,000美元，24小时跌幅4.3%", ""),
        ("以太坊跌破2,200美元，24小时跌幅6.1%", ""),
    ),
}


def pair(case, minutes=3 * HOUR, language="en", **changes):
    (title, body), (other_title, other_body) = case
    return (
        made(title=title, body=body, language=language),
        made(
            2,
            title=other_title,
            body=other_body,
            minutes=minutes,
            feed="relay.example",
            language=language,
            **changes,
        ),
    )


def language_of(name):
    return "zh" if name.startswith("Chinese") else "en"


@pytest.mark.parametrize("name", RELATED)
def test_reports_of_one_event_are_related(name):
    match = judged(*pair(RELATED[name], language=language_of(name))).match
    assert match is not None
    assert match.relation is Relation.RELATED


@pytest.mark.parametrize("name", APART)
def test_look_alikes_are_not(name):
    assert judged(*pair(APART[name], language=language_of(name))).match is None


def test_two_days_later_it_is_news_of_its_own():
    case = RELATED["two newsrooms, one announcement"]
    assert judged(*pair(case, minutes=48 * HOUR)).match is None


def test_one_publisher_that_words_its_titles_alike_must_share_more():
    one, other = pair(RELATED["a follow-up with one new fact"])
    same = made(
        2, title="Carrow council is first to use Lanternbank's ether vault", body=COUNCILS, minutes=3 * HOUR
    )
    there = events.weigh(one, other, compare(one, other))
    here = events.weigh(one, same, compare(one, same))
    assert there is not None
    assert here is not None
    assert here.probability < there.probability


def test_the_shares_that_are_kept_add_up_to_the_score():
    judgement = judged(*pair(RELATED["two newsrooms, one announcement"]))
    assert judgement.match is not None
    kept = [
        share
        for name, share in judgement.match.evidence.items()
        if name.startswith("event_") and name != "event_threshold"
    ]
    assert judgement.match.score == pytest.approx(1 / (1 + exp(-sum(kept))), abs=0.03)
    assert judgement.match.score >= judgement.match.evidence["event_threshold"]


def test_a_link_is_explained_feature_by_feature_with_what_each_adds():
    judgement = judged(*pair(RELATED["two newsrooms, one announcement"]))
    told = explain.explain(judgement, CleanText(title="a"), CleanText(title="b"))
    records = {record.feature: record for record in told.records}
    assert "two reports of one event" in told.verdict
    assert records["event_told"].weight > 0 > records["event_hours"].weight
    assert records["event"].value >= records["event"].threshold


def test_a_pair_that_falls_short_says_by_how_much():
    one = made(title="Lanternbank opens ether vault for town councils", body=LANTERN)
    other = made(
        2,
        title="Lanternbank to close six branches in Dunmore",
        body="The lender says that most customers no longer come in.",
        minutes=30 * HOUR,
        feed="relay.example",
    )
    judgement = judged(one, other)
    told = explain.explain(judgement, CleanText(title="a"), CleanText(title="b"))
    (event,) = (record for record in told.records if record.feature == "event")
    assert judgement.match is None
    assert event.value < event.threshold


# --- Laws ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "lanternbank opens ether vault councils bitcoin falls $91,000 12% pilbeam dunmore carrow market price rally".split()
)
TITLES = st.lists(WORDS, min_size=1, max_size=10).map(" ".join)
ITEMS = st.tuples(TITLES, TITLES, st.integers(0, 40 * HOUR), st.sampled_from(["a.example", "b.example"]))


@given(ITEMS, ITEMS)
def test_it_does_not_matter_which_report_came_first(one, other):
    first, second = (
        made(number, title=title, body=body, minutes=minutes, feed=feed)
        for number, (title, body, minutes, feed) in enumerate((one, other), 1)
    )
    features = compare(first, second)
    assert common.measure(first, second, features) == common.measure(second, first, features)
    assert events.weigh(first, second, features) == events.weigh(second, first, features)


@given(ITEMS, ITEMS)
def test_what_is_measured_stays_within_its_bounds(one, other):
    first, second = (
        made(number, title=title, body=body, minutes=minutes, feed=feed)
        for number, (title, body, minutes, feed) in enumerate((one, other), 1)
    )
    found = common.measure(first, second, compare(first, second))
    assert all(value >= 0 for value in asdict(found).values())
    assert max(found.lead, found.other_values, found.wording, found.containment, found.resemblance) <= 1
    assert found.told <= common.MAX_TOLD
    assert found.title <= common.MAX_TITLE
    assert found.pairs <= common.MAX_PAIRS
    assert found.digits <= common.MAX_DIGITS


# --- The model -----------------------------------------------------------------------------------

FOR = {"told", "title", "lead", "rarest", "pairs", "digits", "containment"}


@pytest.mark.parametrize("kind", ["spaced", "unspaced"])
def test_what_two_reports_share_speaks_for_a_link_and_what_parts_them_against(kind):
    _, models = events.model()
    weights = models[kind].weights
    assert set(weights) == {field.name for field in fields(common.Common)}
    assert all(weight >= 0 for name, weight in weights.items() if name in FOR)
    assert all(weight <= 0 for name, weight in weights.items() if name not in FOR)


def test_nothing_is_linked_that_is_as_likely_as_not():
    _, models = events.model()
    assert all(0.5 < model.threshold < 1 for model in models.values())
