"""What is left of an item when everything is gone that is not the article."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.models import CleanText, Item
from aggregator.text import boilerplate
from aggregator.text.clean import clean

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TITLE = "Harborline fund takes in a record $1.4 billion"
LEAD = "Harborline's spot fund took in $1.4 billion on Friday, the largest inflow since it began trading last year."
MORE = (
    "Two pension plans said that they had bought shares for the first time, after a year of asking questions."
)
ARTICLE = f"<p>{LEAD}</p><p>{MORE}</p>"
WHOLE = (LEAD, MORE)
URL = "https://ledgerpost.example/2026/11/20/harborline"


def cleaned(
    body: str, *, summary: str = "", title: str = TITLE, feed: str = "CoinRelay", **more: object
) -> CleanText:
    item = Item(
        **{
            "id": 1,
            "uid": "0" * 20,
            "feed_id": 1,
            "guid": "g",
            "url": "https://coinrelay.example/harborline/",
            "title": title,
            "content_html": body,
            "summary_html": summary,
            "first_seen": NOW,
            "at": NOW,
            **more,
        }
    )
    return clean(item, feed_title=feed)


WRAPPED = {
    "a house rule on advice": ARTICLE
    + "<p>Ledger Post does not recommend the buying or selling of any digital assets, nor is Ledger Post an "
    "investment advisor.</p>",
    "footer": ARTICLE
    + f'<p>The post <a href="{URL}">{TITLE}</a> appeared first on <a href="https://x.example">S</a>.</p>',
    "footer, other order": ARTICLE + f"<p>The post {TITLE} first appeared on CoinRelay .</p>",
    "footer with its writer": ARTICLE
    + f"<p>This post {TITLE} first appeared on Relay and is written by A. Desk</p>",
    "footer glued to the text": f"{LEAD}\n{MORE} The post {TITLE} appeared first on CoinRelay.",
    "footer cut off": f"{LEAD}\n{MORE} The post {TITLE[:22]}",
    "prefix": f"<p>The post {TITLE} appeared on Ledger Post.</p>" + ARTICLE,
    "prefix glued to the text": f"<p>The post {TITLE} appeared first on CoinRelay Fintech News {LEAD}</p><p>{MORE}</p>",
    "Spanish footer": ARTICLE + f"<p>La entrada {TITLE} se publicó primero en Ledger Post.</p>",
    "Portuguese footer": ARTICLE + f"<p>O post {TITLE} apareceu primeiro em Ledger Post.</p>",
    "German footer": ARTICLE + f"<p>Der Beitrag {TITLE} erschien zuerst auf Kettenblatt.</p>",
    "French footer": ARTICLE + f"<p>L’article {TITLE} est apparu en premier sur Ledger Post.</p>",
    "Italian footer": ARTICLE + f"<p>L’articolo {TITLE} proviene da Ledger Post.</p>",
    "Russian footer": ARTICLE + f"<p>Сообщение {TITLE} появились сначала на Ledger Post.</p>",
    "Turkish footer": ARTICLE + f"<p>{TITLE} yazısı ilk önce Ledger Post üzerinde ortaya çıktı.</p>",
    "Chinese footer": ARTICLE + f"<p>文章 {TITLE} 最先出现在币报。</p>",
    "written by, at": ARTICLE + "<p>This article was written by Ana Roth at www.altitude.example.</p>",
    "continue reading, with the headline": ARTICLE + f'<p>Continue Reading: <a href="{URL}">{TITLE}</a></p>',
    "continue reading, glued": f"{LEAD}\n{MORE} Continue Reading: {TITLE}",
    "source line": ARTICLE + f"<p>Source: {URL}</p>",
    "Chinese source line": ARTICLE + f'<p>来源：<a href="{URL}">{URL}</a></p>',
    "Japanese source line": ARTICLE + "<p>出典：Ledger Post</p>",
    "authored by, via": "<p><em>Authored by Theo Marchetti via Block Tribune,</em></p>" + ARTICLE,
    "byline": "<p>By Ana Roth</p>" + ARTICLE,
    "author line": "<p>Author: Ana Roth</p>" + ARTICLE,
    "Chinese byline": "<p>作者：罗安娜，币报</p>" + ARTICLE,
    "reading time": "<p>3 min read</p>" + ARTICLE,
    "date line": "<p>2025/06/17 10:00</p>" + ARTICLE,
    "long date line": "<p>Published: Friday, November 20, 2026 at 18:05 UTC</p>" + ARTICLE,
    "date and reading time in front of the text": f"2026/11/21 16:03 3 min read {LEAD}\n{MORE}",
    "dateline of a press release": f"<p>ZURICH, Nov. 20, 2026 – {LEAD}</p><p>{MORE}</p>",
    "dateline of a wire": f"<p>ZURICH, Switzerland, Nov. 20, 2026 (GLOBE NEWSWIRE) -- {LEAD}</p><p>{MORE}</p>",
    "dateline with a colon": f"<p>ORLANDO, Florida, Aug 20 : {LEAD}</p><p>{MORE}</p>",
    "calls to buy": f"<p>Catch the newest coins! Be the first to buy, be the first to win! {LEAD}</p><p>{MORE}</p>",
    "label": "<h3>Key Takeaways</h3>" + ARTICLE,
    "label in the line": f"<p>Key takeaways: {LEAD}</p><p>{MORE}</p>",
    "headline again": f"<h1>{TITLE}</h1>" + ARTICLE,
    "headline and paper in front of the text": f"CoinRelay {TITLE} {LEAD}\n{MORE}",
    "a disclaimer with a short not": ARTICLE + "<p>Remember, this isn’t financial advice.</p>",
    "research first": ARTICLE + "<p>Readers should do their due diligence before they buy anything.</p>",
    "afford to lose": ARTICLE + "<p>Only invest what you can afford to lose!</p>",
    "affiliate marketing": ARTICLE
    + "<p>Please note that Ledger Post participates in affiliate marketing.</p>",
    "paid for": ARTICLE + "<p>This content was provided by a sponsor.</p>",
    "Japanese affiliate note": ARTICLE
    + "<p>※当サイトは、リンクから口座を開設されると広告収入を得ることがあります。</p>",
    "Chinese warning": ARTICLE + "<p>链报提醒用户，代币价格波动很大，请先了解其中的风险。</p>",
    "was it useful": ARTICLE + "<p>Did you find this article helpful?</p>",
    "share it then": ARTICLE + "<p>If you found this analysis insightful, consider sharing it.</p>",
    "developing": ARTICLE + "<p>This is a developing story, and more will be added as it becomes known.</p>",
    "a list of links": ARTICLE
    + "<p>For more about Harborline: Website: https://harborline.example Chat: https://t.harborline.example/a</p>",
    "links below": ARTICLE + "<p>To learn how Harborline works, visit the links below.</p>",
    "an advertisement's script": ARTICLE + "<p>(adsbygoogle = window.adsbygoogle || []).push({});</p>",
    "a style sheet": ARTICLE
    + "<p>#box-2026{all:revert;width:100%;background:#f8f9fb;border-left:3px solid</p>",
    "a generated picture": ARTICLE + "<p>Generated Image: Pixelbarn</p>",
    "share buttons": "<ul><li>Share</li><li>Tweet</li><li>Copy link</li></ul>" + ARTICLE,
    "follow us": ARTICLE + "<p>Follow us on Telegram and X for more.</p>",
    "newsletter": ARTICLE + "<p>Subscribe to our newsletter for a daily dose.</p>",
    "newsletter in a paragraph": f"<p>{LEAD}</p><p>{MORE} Join our Telegram channel to hear it first.</p>",
    "learn more": ARTICLE + "<p>To learn more about Harborline, explore our article on funds.</p>",
    "picture credit": ARTICLE + "<p>Featured image from Pixelbarn, chart from TradingView</p>",
    "price widget": "<div>Market Opportunity</div><div>Bitcoin Price (BTC)</div><div>$64,100.00</div><div>+0.8%</div>"
    "<div>USD</div><div>Bitcoin (BTC) Live Price Chart</div>" + ARTICLE,
    "ticker line": "<div>BTC $63,940.12 +0.31% · ETH $2,309.55 -0.58%</div>" + ARTICLE,
    "price widget behind": ARTICLE
    + "<p>Market Opportunity Bitcoin Price(BTC) $64,100 +0.8% USD Live Price Chart</p>",
    "disclaimer": ARTICLE + "<p>*This is not investment advice.</p>",
    "long disclaimer": ARTICLE
    + "<p>Disclaimer: This article is for informational purposes only. Think twice.</p>",
    "disclosure on top": "<p>Disclosure: This article does not represent investment advice.</p>" + ARTICLE,
    "Chinese disclaimer": ARTICLE + "<p>以上内容不构成投资建议。</p>",
    "note on machines": ARTICLE
    + "<p>Parts of this article were written with the help of AI tools and then checked.</p>",
    "related reading": f"<p>{LEAD}</p><p><strong>Related Reading: <a href='/o'>Ether slips again</a></strong></p>"
    f"<p>{MORE}</p>",
    "related, glued": f"{LEAD}Related: Ether slips again as traders wait\n{MORE}",
    "you may also like": ARTICLE + "<h3>You May Also Like</h3><h4>Ether slips</h4>"
    "<p>Ether slipped on Sunday, when few traded.</p>",
    "related list in the middle": f"<p>{LEAD}</p><p>Read also:</p><ul><li>Ether slips</li><li>Solana waits</li></ul>"
    f"<p>{MORE}</p>",
    "about section": ARTICLE
    + "<h2>About Harborline Asset Management</h2><p>Harborline manages money for teachers.</p>",
    "about section, glued": f"{LEAD}\n{MORE} About Harborline Harborline manages money for teachers."
    " It was founded in 2011.",
    "press contact": ARTICLE + "<p>Media contact: Annika Roth, press@harborline.example</p>",
    "twice the same paragraph": f"<p>{LEAD}</p><p>{MORE}</p><p>{MORE}</p>",
    "teaser in front": f"<p>{LEAD[:70]}…</p>" + ARTICLE,
    "teaser, byline and text in one": f"{LEAD[:70]}…Author: Ana Roth{LEAD}\n{MORE}",
    "teaser cut with nothing, byline, text": f"{LEAD[:64]} inAuthor:Ana {LEAD}\n{MORE}",
}


@pytest.mark.parametrize("body", WRAPPED.values(), ids=WRAPPED.keys())
def test_wrapping_comes_off_and_the_article_stays(body):
    assert cleaned(body).paragraphs == WHOLE


KEPT = {
    "a disclaimer that is the news": "The court ruled that a tweet is not a disclaimer, and fined the bank.",
    "an article about an article": "The report first appeared on Thursday and moved markets within minutes.",
    "a source that speaks": "A source said: the vote will be close, and nobody has counted twice.",
    "about, in a sentence": "About Harborline little is known, except that its clients are teachers.",
    "by, in a sentence": "By Friday the fund had taken in more money than in the whole month before.",
    "a date that begins a sentence": "November 20, 2026 will be remembered as the day the teachers came.",
    "a price in a sentence": "BTC traded near $64,100 late on Friday, up 0.8% on the day, the desk said.",
    "following somebody": "Regulators will follow the money to three banks, two people said on Friday.",
    "an advice that is the news": "The regulator said that banks do not know what their clients can afford to lose.",
    "a find": "Auditors who found this useful sent the report on to two other offices.",
    "an address in a sentence": "The court put the ruling on https://court.example on Friday, a clerk said.",
    "a warning that is the news": "监管机构警告称，该平台存在流动性风险，并要求其停止提现。",
    "a related party": "The fund and a related company share an address, according to the filing.",
}


@pytest.mark.parametrize("sentence", KEPT.values(), ids=KEPT.keys())
def test_prose_that_uses_the_same_words_stays(sentence):
    assert cleaned(f"<p>{LEAD}</p><p>{sentence}</p><p>{MORE}</p>").paragraphs == (LEAD, sentence, MORE)


def test_the_fuller_body_is_read():
    assert cleaned(ARTICLE, summary="<p>Short.</p>").paragraphs == WHOLE
    assert cleaned("", summary=ARTICLE).paragraphs == WHOLE


CUT = {
    "bracketed": (f"<p>{LEAD} Two pension plans […]</p>", True),
    "bracketed entity": (f"<p>{LEAD} Two pension plans [&#8230;]</p>", True),
    "ellipsis": (f"<p>{LEAD} Two pension plans…</p>", True),
    "three dots": (f"<p>{LEAD} Two pension plans ...</p>", True),
    "with nothing": (f"<p>{LEAD} Two pension plans said that</p>", True),
    "continue reading": (f"<p>{LEAD}</p><p><a href='{URL}'>Continue reading</a></p>", True),
    "whole": (ARTICLE, False),
    "a standfirst without an end mark is whole": ("<p>Teachers bring the patient kind of money</p>", False),
}


@pytest.mark.parametrize(("body", "truncated"), CUT.values(), ids=CUT.keys())
def test_a_text_that_stops_short_is_known_and_its_mark_goes(body, truncated):
    text = cleaned(body)
    assert text.truncated is truncated
    assert not text.body.endswith(("…", "...", "]"))


ATTRIBUTED = {
    "footer": (WRAPPED["footer"], (URL,)),
    "continue reading": (WRAPPED["continue reading, with the headline"], (URL,)),
    "bare source line": (WRAPPED["source line"], (URL,)),
    "Chinese source line": (WRAPPED["Chinese source line"], (URL,)),
    "a relative link": (
        ARTICLE + "<p>Source: <a href='/2026/x'>here</a></p>",
        ("https://coinrelay.example/2026/x",),
    ),
    "links in the text are no attribution": (
        f"<p>{LEAD} <a href='{URL}'>More numbers</a> are public.</p>",
        (),
    ),
    "a front page names no article": (ARTICLE + "<p>Source: https://ledgerpost.example/</p>", ()),
    "other stories are no attribution": (WRAPPED["related reading"], ()),
    "a script is no address": (ARTICLE + "<p>Source: <a href='javascript:alert(1)'>S</a></p>", ()),
}


@pytest.mark.parametrize(("body", "expected"), ATTRIBUTED.values(), ids=ATTRIBUTED.keys())
def test_the_text_s_own_word_on_its_source_is_kept(body, expected):
    assert cleaned(body).attributions == expected


TITLES = {
    f"{TITLE} - CoinRelay": TITLE,
    f"{TITLE} | CoinRelay": TITLE,
    f"{TITLE} – coinrelay.example": TITLE,
    "Bitcoin falls – and rises again": "Bitcoin falls – and rises again",
    "Northgate Bank - a profile": "Northgate Bank - a profile",
    "<b>Fees</b> fall &amp;amp; rise": "Fees fall & rise",
}


@pytest.mark.parametrize(("title", "expected"), TITLES.items())
def test_a_title_loses_the_site_s_name_and_nothing_else(title, expected):
    assert cleaned(ARTICLE, title=title).title == expected


def test_chinese_flashes_lose_the_desk_s_name():
    text = cleaned(
        "<p>链速消息，11 月 21 日，据报道，平台已暂停提现。行情波动较大，请做好风险控制。</p>",
        feed="链速快讯",
    )
    assert text.paragraphs == ("据报道，平台已暂停提现。",)
    assert text.language == "zh"


def test_an_item_of_boilerplate_alone_has_no_text():
    assert cleaned("<p>Share</p><p>3 min read</p>").paragraphs == ()
    assert cleaned("").paragraphs == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hyperline ( HYP ) fell 4% , then rose ( again ) .", "Hyperline (HYP) fell 4%, then rose (again)."),
        ("It rose .25 points (net) . The rest fell , too .", "It rose .25 points (net). The rest fell, too."),
        ("Le cours monte : pourquoi ?", "Le cours monte : pourquoi ?"),
    ],
)
def test_the_gaps_that_lost_links_leave_are_closed(written, read):
    assert cleaned(f"<p>{written}</p>", title="Another title").paragraphs == (read,)


def test_cleaning_twice_changes_nothing():
    for body in WRAPPED.values():
        once = cleaned(body).paragraphs
        assert cleaned("".join(f"<p>{each}</p>" for each in once)).paragraphs == once


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_input_is_cleaned_without_an_error(body, title):
    text = cleaned(body, title=title)
    assert all(paragraph and "\n" not in paragraph for paragraph in text.paragraphs)


FRAGMENTS = (
    " ", "a ", "A ", "Aa ", ". ", "…", "...", "1 ", "$1 ", "BTC $1 +1% ", "+1% ", "- ", "| ", ": ", "share|", "By A B ",
    "The post a ", "(", "，", "一", "About A ", "“", "1 min read ", "2026-01-01 ", "read more ", "Source: ", "not ",
    "live price chart ", "market opportunity ", "advice ", "appeared first on ", "You may also like ", "/", "[…]",
)  # fmt: skip


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_repeated_fragment_makes_a_pattern_run_wild(fragment):
    start = process_time()
    for length in (250, 3_000, 20_000):
        cleaned(fragment * (length // len(fragment)), title=fragment * 20)
    # No measurement: what backtracks takes minutes, what does not takes a twentieth of a second.
    assert process_time() - start < 4, "a pattern backtracks: use possessive quantifiers or bound it"


def test_every_rule_is_reached_by_its_cues():
    for rule in boilerplate.RULES:
        assert all(cue == cue.lower() for cue in rule.cues), f"{rule.name}: cues are compared with lower case"
