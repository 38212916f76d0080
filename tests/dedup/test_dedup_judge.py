from dataclasses import asdict

import pytest
from dedup_items import BODY, LEAD, TITLE, judged, made
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup import explain, features
from aggregator.dedup.judge import Settings, judge
from aggregator.models import CleanText, Relation

OTHER_TITLE = "Old rehearsal key costs a small bridge nearly all it held"
DAY = 24 * 60


def relation(one, other):
    match = judged(one, other).match
    return match.relation if match else None


def test_a_trimmed_repost_joins_the_story_of_the_full_article():
    assert relation(made(), made(2, feed="relay.example", body=BODY[:2], minutes=9)) is Relation.REPOST


def test_an_excerpt_is_a_repost_and_says_so():
    cut = judged(made(), made(2, feed="relay.example", body=LEAD[:150], minutes=9, truncated=True))
    assert cut.match is not None
    assert (cut.match.relation, cut.match.rule) == (Relation.REPOST, "excerpt")


def test_a_whole_copy_is_found_under_any_title():
    assert relation(made(), made(2, feed="relay.example", title=OTHER_TITLE, minutes=60)) is Relation.REPOST


def test_a_copy_years_later_is_still_the_same_text():
    assert judged(made(), made(2, feed="relay.example", minutes=900 * DAY)).rule == "same-text"


def test_likeness_ends_with_the_window():
    late = made(2, feed="relay.example", body=BODY[:2], minutes=6 * DAY)
    assert judged(made(), late).refused == "too far apart in time"
    assert judge(made(), late, Settings(window_days=7)).match is not None


def test_a_new_title_at_one_address_is_a_revision_that_no_guard_vetoes():
    one = made(title="Bitcoin at $!!3K", body="", url="https://signalpost.example/a")
    other = made(2, title="Bitcoin at $113K", body="", url="https://signalpost.example/a?utm_source=rss")
    assert judged(one, other).rule == "same-url"


def test_flashes_hours_apart_that_link_to_one_watched_page_stay_apart():
    page = "https://tracker.example/whale/1"
    one = made(title="Whale adds to its long position in ether", body="", url=page)
    other = made(2, title="Oil futures jump to a new high at noon", body="", url=page, minutes=9 * 60)
    assert "many items link to" in judged(one, other).refused


def test_a_live_page_that_starts_anew_under_the_next_date_is_another_edition():
    page = "https://signalpost.example/live"
    one = made(title="Live: crypto news today, July 11", body="", url=page)
    later = made(2, title="Live: crypto news today, July 11, a record falls", body="", url=page, minutes=30)
    other = made(3, title="Live: crypto news today, July 14", body="", url=page, minutes=3 * DAY)
    assert judged(one, later).rule == "same-url"
    assert judged(one, other).refused == "one page that is written anew: its next edition"


def test_a_text_that_names_its_source_is_a_copy_of_it():
    source = made(url="https://signalpost.example/a")
    copy = made(
        2,
        feed="relay.example",
        title=OTHER_TITLE,
        body=BODY[0],
        attributions=("https://signalpost.example/a?utm_medium=x",),
        minutes=3 * DAY,
    )
    assert judged(source, copy).rule == "attributed"
    assert relation(source, copy) is Relation.REPOST


def test_a_flash_in_another_language_that_names_its_source_is_a_translation():
    source = made(url="https://signalpost.example/a")
    flash = made(
        2,
        feed="kuaixun.example",
        language="zh",
        title="Norrin 跨链桥被盗约 2700 万美元",
        body="据报道，Norrin 被盗约 2700 万美元，139 笔提款。",
        source_url="https://signalpost.example/a",
    )
    assert relation(source, flash) is Relation.REPOST


def test_a_text_that_names_its_source_but_says_something_else_is_only_related():
    source = made(url="https://signalpost.example/a")
    comment = made(
        2,
        feed="nightdesk.example",
        title="What I learned from a weekend without a telephone",
        body="A column about silence, gardens and the price of bread, with one link at the end to a news story. "
        * 3,
        attributions=("https://signalpost.example/a",),
    )
    assert relation(source, comment) is Relation.RELATED


def test_a_translation_with_the_slug_of_its_sister_edition_is_a_repost():
    one = made(url="https://signalpost.example/norrin-bridge-drained-after-test-key")
    other = made(
        2,
        feed="es.signalpost.example",
        url="https://es.signalpost.example/norrin-bridge-drained-after-test-key",
        title="El puente Norrin pierde 27 millones de dólares",
        body="El puente Norrin perdió unos 27 millones de dólares.",
        language="es",
    )
    assert (judged(one, other).rule, relation(one, other)) == ("translation", Relation.REPOST)


FORM = (
    "{coin} rises above ${price:,} at {at} UTC, {change}% away from where it stood a day earlier. In the past hour "
    "{volume:,} coins changed hands, at prices from ${low:,} to ${high:,}. The next round figure is $33,000, and open "
    "orders there are worth ${orders} million."
)


def filled(number, coin, price, **values):
    body = FORM.format(coin=coin, price=price, low=price - 77, high=price + 81, **values)
    return made(
        number,
        feed=f"desk{number}.example",
        title=f"{coin} rises above ${price:,}",
        body=body,
        minutes=14 * number,
    )


def test_two_desks_that_fill_one_form_with_other_coins_at_nearly_one_price_tell_two_stories():
    one = filled(1, "Aptos", 32_395, at="22:59", change="2.26", volume=13_152, orders=938)
    other = filled(2, "Filecoin", 32_506, at="23:08", change="5.87", volume=86_891, orders=74)
    assert judged(one, other).match is None
    assert judged(one, other).refused == "one form, filled in with other names and values"


def test_a_light_rewrite_minutes_later_is_a_rewrite_and_a_day_later_is_not():
    told = (
        "Roughly $27 million was drained from the Norrin bridge on Thursday night, as a forgotten test key "
        "surfaced in a public code archive, underlining the risks for smaller blockchains."
    )
    soon = made(2, feed="quick.example", title="Forgotten key empties Norrin bridge", body=told, minutes=6)
    late = made(3, feed="quick.example", title="Forgotten key empties Norrin bridge", body=told, minutes=DAY)
    short = made(body=LEAD)
    assert relation(short, soon) is Relation.REWRITE
    assert relation(short, late) in {None, Relation.RELATED}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bitcoin falls below $60,000", "Bitcoin falls below $61,000"),
        ("How queues work, part 3: who goes first", "How queues work, part 4: who goes first"),
        ("Granary buys 1,045 bitcoins for $62 million", "Granary buys 310 bitcoins for $18 million"),
        ("Ether price prediction for July 25", "Ether price prediction for July 26"),
    ],
)
@pytest.mark.parametrize("feed", ["signalpost.example", "other.example"])
def test_look_alikes_that_differ_in_a_value_stay_apart(one, other, feed):
    text = "The market is volatile and moves fast; please mind your risk, and read our terms before you trade here."
    first, second = made(title=one, body=text), made(2, title=other, body=text, feed=feed, minutes=20)
    assert relation(first, second) is None


def test_another_name_in_the_same_headline_is_another_story():
    one = made(title="Vestris crosses $900B in market value", body="", minutes=0)
    other = made(
        2, title="Old Hanover crosses $900B in market value", body="", feed="other.example", minutes=5
    )
    assert relation(one, other) not in {Relation.REPOST, Relation.REWRITE}


def test_a_roundup_that_contains_a_whole_item_is_no_copy_of_it():
    item = made(title="Price feed of Hobday stops for nine minutes", body=LEAD)
    filler = (
        "Elsewhere a bank opened a vault, an island paid its fishermen, and a pool in Ostrava stayed warm."
    )
    roundup = made(
        2,
        feed="weekly.example",
        title="Weekend roundup: bridges and pools",
        body=(filler, LEAD, filler),
        minutes=90,
    )
    assert relation(item, roundup) not in {Relation.REPOST, Relation.REWRITE}


def test_a_title_that_returns_is_no_proof():
    one = made(title="Why is crypto down today? Here is what we know", body="One day it was rates. " * 20)
    other = made(2, title=one_title(), body="Then it was oil and nothing else. " * 20, feed="other.example")
    assert relation(one, other) not in {Relation.REPOST, Relation.REWRITE}


def one_title():
    return "Why is crypto down today? Here is what we know"


def test_long_texts_under_one_title_that_share_nothing_are_reports_of_one_event():
    one = made(
        body="The council met in the evening and argued about a boiler until the lights went out. " * 9
    )
    other = made(2, feed="other.example", body="Depositors gathered in a chat room to choose a speaker. " * 9)
    assert relation(one, other) is Relation.RELATED


def test_a_match_carries_its_evidence_as_json_values():
    match = judged(made(), made(2, feed="relay.example", minutes=5)).match
    assert match is not None
    assert match.evidence["same_text"] is True
    assert all(isinstance(value, (bool, int, float)) for value in match.evidence.values())


SOME = st.lists(
    st.sampled_from([*LEAD.split(), *OTHER_TITLE.split(), "$27", "139", "比特币", ""]), max_size=60
)


@given(SOME, SOME, SOME, SOME, st.floats(0, 9000), st.booleans())
def test_judging_is_symmetric_and_every_share_is_a_share(title, body, title2, body2, minutes, same):
    one = made(title=" ".join(title), body=" ".join(body))
    feed = "signalpost.example" if same else "other.example"
    other = made(2, title=" ".join(title2), body=" ".join(body2), feed=feed, minutes=minutes)
    result = judged(one, other)
    for name, value in asdict(result.features).items():
        if name.endswith(("resemblance", "containment")) or name == "opening":
            assert 0 <= value <= 1
    assert not (result.match and result.refused)


@given(SOME)
def test_a_text_contains_itself(body):
    one = made(body=" ".join(body))
    assert features.overlap(one, one) == ((1.0, 1.0) if one.head else (0.0, 0.0))


def test_containment_of_a_part_in_a_long_text_is_estimated_well():
    sentences = [f"{word} number {count} walked to the market and bought {count + 3} apples." for count, word in
                 enumerate(("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn") * 20)]  # fmt: skip
    whole, part = made(body=" ".join(sentences)), made(2, body=" ".join(sentences[40:100]))
    containment, resemblance = features.overlap(part, whole)
    assert containment > 0.9
    assert 0.35 < resemblance < 0.65


def test_flashes_that_link_one_channel_stay_apart_however_close_in_time():
    link = "https://chat.example/WhaleWatch"
    one = made(
        title="A whale moves 4,000 ether to an exchange",
        body=("The tokens had not moved since May.",),
        url=link,
    )
    other = made(
        2, title="Solana validators vote on a new fee", body=("Turnout was 61 percent.",), url=link, minutes=5
    )
    told = judged(one, other)
    assert told.match is None
    assert "a page that many items link to" in told.refused


def test_two_reports_of_one_watcher_stay_apart_though_they_are_made_alike_and_link_one_page():
    link = "https://chat.example/WhaleWatch"
    said = "The trader known as Old Heron now holds {} ether with borrowed money, a paper loss of ${},000 so far."
    one = made(title="Old Heron adds to ether, 7,171 in all", body=(said.format("7,171", 157),), url=link)
    other = made(
        2,
        title="Old Heron adds to ether, 6,860 in all",
        body=(said.format("6,860", 70),),
        url=link,
        minutes=90,
    )
    assert judged(one, other).match is None


def test_a_corrected_figure_at_the_same_address_is_a_revision_though_its_guid_is_new():
    link = "https://signalpost.example/forecast"
    one = made(title="Analysts see Bitcoin at $!!3,000", url=link)
    other = made(2, title="Analysts see Bitcoin at $113,000", url=link, minutes=20)
    match = judged(one, other).match
    assert match is not None
    assert match.rule == "same-url"


def test_a_roundup_is_linked_to_the_item_it_holds_whole():
    others = (
        "A miner in Alberta will move four thousand machines to a hydro site after its power contract doubled in "
        "price, and expects to be back at full output by the end of January.",
        "The town of Marlow voted to take parking fees in stablecoins, by eleven votes to nine, after a debate of "
        "four hours in which nobody mentioned parking.",
        "And a museum found a wallet in a donated typewriter case; what is on it will pay for the roof.",
    )
    title = "Three stories you may have missed: this week's roundup"
    held = made(2, title=title, body=(*others, *BODY), feed="relay.example", minutes=300)
    match = judged(made(), held).match
    assert match is not None
    assert (match.relation, match.rule) == (Relation.RELATED, "contains")


def test_a_body_of_three_words_proves_nothing():
    one = made(
        title="Marrow Bay Capital could buy 900 mining rigs from Tidewater before stock debut",
        body=("Marrow Bay Capital",),
    )
    other = made(
        2,
        title="Marrow to buy 900 mining rigs from Tidewater before debut, fleet tops 4,300",
        body=("Marrow Bay Capital expects 900 more machines from a partner before it goes public.", *BODY),
        feed="relay.example",
        minutes=200,
    )
    match = judged(one, other).match
    assert match is None or match.relation is Relation.RELATED


def text_of(title, *body):
    return CleanText(title=title, paragraphs=body)


def test_a_match_is_explained_with_rule_numbers_and_the_shared_passage():
    other = made(2, feed="relay.example", body=BODY[:2], minutes=9)
    told = explain.explain(judged(made(), other), text_of(TITLE, *BODY), text_of(TITLE, *BODY[:2]))
    assert "the same article" in told.verdict
    assert told.rule in told.verdict
    (contained,) = (record for record in told.records if record.feature == "body_containment")
    assert (contained.meaning, contained.threshold) == ("containment of the shorter text in the longer", 0.6)
    assert told.passage.startswith("The Norrin bridge")
    assert explain.as_json(told)["relation"] == "repost"


def test_a_non_match_is_explained_too():
    one, other = made(title="Bitcoin falls below $60,000", body=""), made(2, title="Bread is cheap", body="")
    told = explain.explain(judged(one, other), text_of("a"), text_of("b"))
    assert told.verdict == "kept apart: no rule finds enough in common"
    assert told.passage == ""


@pytest.mark.parametrize(
    ("one", "other", "passage"),
    [
        ("A b c d e f", "x B C d, e y", "b c d e"),
        ("云雀交易所将下线通道", "据悉，云雀交易所将下线", "云雀交易所将下线"),
        ("a b c", "a b c", ""),
        ("", "a", ""),
    ],
)
def test_the_shared_passage_is_quoted_as_the_first_text_writes_it(one, other, passage):
    assert explain.shared_passage(one, other) == passage
