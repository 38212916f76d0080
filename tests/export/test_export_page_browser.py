"""The page in a real browser: at every width, in both themes, by keyboard, as those who listen hear it."""

from __future__ import annotations

import re
from urllib.parse import quote

import export_browser as chromium
import export_samples as samples
import pytest
from export_samples import HOSTILE_HTML

from aggregator.export import page
from aggregator.export.sanitise import sanitise

pytestmark = pytest.mark.skipif(
    chromium.PROGRAM is None, reason="no Chromium here (apt-get install chromium)"
)

STORIES = sorted([*samples.STORIES, *samples.many(20)], key=lambda story: story.published, reverse=True)
SIBLINGS = [
    page.Sibling(name="Everything", address="index.html", here=True),
    page.Sibling(name="Bitcoin", address="bitcoin/index.html"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with chromium.chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "index.html"
    path.write_bytes(page.render(samples.CHANNEL, STORIES, samples.OVERVIEW, SIBLINGS))
    return path


@pytest.fixture
def opened(tab, file):
    tab.open(file)
    return tab


def shown(tab) -> int:
    return tab.ask("document.querySelectorAll('.story:not([hidden])').length")


def said(tab) -> str:
    return tab.ask("document.querySelector('output').textContent")


def focused(tab) -> str:
    return tab.ask("document.activeElement.closest('.story')?.id ?? document.activeElement.id")


def settle(tab) -> None:
    """Let what a change of the address sets off happen."""
    tab.ask("new Promise((done) => setTimeout(done, 50))")


# --- Looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 390, 768, 1024, 1280])
def test_the_page_fits_every_screen_asks_for_nothing_and_complains_of_nothing(tab, file, width, dark):
    tab.open(file, width, dark=dark)
    assert tab.ask("document.documentElement.scrollWidth") == width
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert tab.ask("document.documentElement.scrollWidth") == width
    assert tab.requests == [file.as_uri()]
    assert tab.complaints == []
    ground = tab.ask("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 21, 23)" if dark else "rgb(251, 250, 248)")


CONTRASTS = """
(() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => {
    const [r, g, b] = parts(text).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const found = getComputedStyle(each).backgroundColor;
      const alpha = parts(found)[3] ?? 1;
      if (alpha === 1) return found;
      if (alpha > 0) return "rgb(0, 0, 0)";
    }
    return "rgb(255, 255, 255)";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = new Set();
  let looked = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.data.trim();
    if (!words || !element.checkVisibility() || element.closest("script, style, svg, .unseen, .skip")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    looked += 1;
    if ((one + 0.05) / (other + 0.05) < 4.5) poor.add(element.className + ": " + words.slice(0, 40));
  }
  return { looked, poor: [...poor] };
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_as_it_is_drawn_has_contrast_enough(tab, file, dark):
    tab.open(file, dark=dark)
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    tab.ask("document.querySelector('[data-coin=ARB]').click()")
    tab.ask("document.querySelectorAll('.story, .day').forEach((each) => { each.hidden = false })")
    found = tab.ask(CONTRASTS)
    assert found["looked"] > 200
    assert found["poor"] == []


def test_on_paper_the_stories_stand_alone_and_black(opened):
    opened.call("Emulation.setEmulatedMedia", media="print")
    try:
        for gone in (".filters", "aside", ".behind", ".subscribe"):
            assert opened.ask(f"document.querySelector('{gone}').checkVisibility()") is False, gone
        assert opened.ask("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert opened.ask("document.querySelectorAll('.story h3')[0].checkVisibility()") is True
    finally:
        opened.call("Emulation.setEmulatedMedia", media="")


def test_arabic_stands_right_and_chinese_in_its_own_letters(opened):
    arabic = f"document.querySelector('#s-{samples.ARABIC.id} h3')"
    assert opened.ask(f"getComputedStyle({arabic}).direction") == "rtl"
    assert opened.ask(f"getComputedStyle({arabic}.parentElement).direction") == "ltr"
    assert opened.ask(f"getComputedStyle({arabic}).letterSpacing") in {"normal", "0px"}
    chinese = f"document.querySelector('#s-{samples.CHINESE.id} h3')"
    assert "serif" not in opened.ask(f"getComputedStyle({chinese}).fontFamily").replace("sans-serif", "")


def test_who_wants_no_motion_sees_none(tab, file):
    tab.open(file)
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    assert tab.ask("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert tab.ask("document.getAnimations().length") == 0


# --- What those hear who listen --------------------------------------------------------------------


def test_every_control_has_a_name_and_every_landmark_stands_once(opened):
    opened.call("Accessibility.enable")
    nodes = [each for each in opened.call("Accessibility.getFullAXTree")["nodes"] if not each["ignored"]]
    named = [(each["role"]["value"], each.get("name", {}).get("value", "")) for each in nodes]
    controls = {
        "link",
        "button",
        "searchbox",
        "textbox",
        "combobox",
        "checkbox",
        "DisclosureTriangle",
        "image",
    }
    assert [role for role, name in named if role in controls and not name.strip()] == []
    assert {"searchbox", "combobox", "checkbox", "button", "link", "image"} <= {role for role, _ in named}
    roles = [role for role, _ in named]
    for landmark in ("banner", "main", "complementary", "contentinfo", "search"):
        assert roles.count(landmark) == 1, landmark
    assert sorted(name for role, name in named if role == "navigation") == ["Other pages", "Subscribe"]
    assert [name for role, name in named if role == "table" and not name] == []


def test_what_is_touched_is_large_enough(tab, file):
    tab.open(file, 360)
    small = tab.ask(
        """
        [...document.querySelectorAll("button, select, summary, input, .subscribe a, .siblings a")]
          .filter((each) => each.checkVisibility())
          .filter((each) => Math.min(each.getBoundingClientRect().height, each.getBoundingClientRect().width) < 24)
          .map((each) => each.outerHTML)
          .filter((each) => !each.includes("checkbox"))
        """
    )
    assert small == []  # WCAG 2.2, 2.5.8; the check box stands in a label that is high enough


# --- Finding ---------------------------------------------------------------------------------------


def test_words_are_found_by_keyboard_and_escape_brings_everything_back(opened):
    everything = shown(opened)
    opened.press("/", "/")
    for letter in "bridge":
        opened.press(letter, letter)
    assert shown(opened) == 1
    assert said(opened) == f"1 of {everything} stories"
    assert opened.ask("document.querySelectorAll('.day:not([hidden])').length") == 1
    opened.press("Escape")
    assert shown(opened) == everything
    assert said(opened) == ""
    assert opened.complaints == []


def test_a_coin_shows_its_stories_only(opened):
    opened.ask("document.querySelector('[data-coin=ARB]').click()")
    assert shown(opened) == 1
    opened.ask("document.querySelector('[data-coin=USDC]').click()")
    assert shown(opened) == 2
    opened.ask("document.querySelector('[data-coin=ARB]').click()")
    assert shown(opened) == 1


def choose(tab, outlet: str) -> None:
    tab.ask(
        f"""
        (() => {{
          const outlet = document.querySelector("#outlet");
          outlet.value = [...outlet.options].find((each) => each.dataset.name === {outlet!r}).value;
          outlet.dispatchEvent(new Event("change"));
        }})()
        """
    )


def test_an_outlet_shows_what_it_tells_and_what_it_copies(opened):
    choose(opened, "Coin Bazaar")
    copied = [story for story in STORIES if any(copy.feed == samples.COINBAZAAR for copy in story.reposts)]
    assert shown(opened) == len(copied)
    option = opened.ask("document.querySelector('#outlet').selectedOptions[0].textContent")
    assert option == f"Coin Bazaar ({len(copied)})"
    opened.ask("document.querySelector('[data-coin=BTC]').click()")
    assert shown(opened) == len([story for story in copied if "BTC" in story.coins])


def test_words_nobody_used_are_answered_and_one_button_takes_them_back(opened):
    everything = shown(opened)
    opened.ask("document.querySelector('#words').value = 'xyzzy'")
    opened.ask("document.querySelector('#words').dispatchEvent(new Event('input'))")
    assert shown(opened) == 0
    assert said(opened) == "Nothing found"
    assert opened.ask("document.querySelector('#none').checkVisibility()") is True
    opened.ask("document.querySelector('#none button').click()")
    assert shown(opened) == everything
    assert focused(opened) == "words"


def test_what_is_looked_for_stands_in_the_address_and_is_found_again_from_it(opened, file):
    opened.ask("document.querySelector('[data-coin=BTC]').click()")
    choose(opened, "Coin Bazaar")
    opened.press("/", "/")
    for letter in "reset":
        opened.press(letter, letter)
    assert (shown(opened), opened.ask("location.hash")) == (1, "#q=reset&coin=BTC&outlet=Coin+Bazaar")
    opened.reload()
    assert shown(opened) == 1
    assert opened.ask("document.querySelector('[data-coin=BTC]').ariaPressed") == "true"
    opened.press("Escape")
    assert opened.ask("location.href") == file.as_uri()


@pytest.mark.parametrize(
    "hash_", ["q=%ZZ%", "outlet=Nobody&coin=NONE", "=", "q=" + quote("<img src=x onerror=alert(1)>")]
)
def test_an_address_somebody_made_up_does_no_harm(opened, hash_):
    opened.ask(f"location.hash = '{hash_}'")
    settle(opened)
    assert opened.complaints == []
    opened.press("Escape")
    assert shown(opened) == len(STORIES)


def test_a_link_to_a_hidden_story_brings_it_back(opened):
    opened.ask("document.querySelector('[data-coin=ARB]').click()")
    opened.ask(f"location.hash = 's-{samples.HALVING.id}'")
    settle(opened)
    assert opened.ask(f"document.getElementById('s-{samples.HALVING.id}').checkVisibility()") is True
    assert opened.ask("location.hash") == f"#s-{samples.HALVING.id}"


# --- Keys ------------------------------------------------------------------------------------------


def test_copies_unfold_by_keyboard(opened):
    opened.ask("document.querySelector('summary').focus()")
    opened.press("Enter", "\r")
    assert opened.ask("document.querySelector('details').open") is True


def test_j_and_k_go_from_story_to_story_and_o_unfolds_its_copies(opened):
    order = opened.ask("[...document.querySelectorAll('.story')].map((each) => each.id)")
    for expected in (order[0], order[1], order[2]):
        opened.press("j", "j")
        assert focused(opened) == expected
    opened.press("k", "k")
    assert focused(opened) == order[1]
    opened.press("o", "o")
    assert opened.ask(f"document.querySelector('#{order[1]} details').open") is True
    assert opened.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_letters_stay_letters_where_one_types_and_where_keys_are_switched_off(opened):
    everything = shown(opened)
    opened.press("/", "/")
    for letter in "jo/k":
        opened.press(letter, letter)
    assert opened.ask("document.querySelector('#words').value") == "jo/k"
    opened.press("Escape")
    opened.ask("document.querySelector('#keys input').click()")
    opened.ask("document.activeElement.blur()")
    for letter in "j/":
        opened.press(letter, letter)
    assert focused(opened) == ""
    assert shown(opened) == everything
    opened.ask("document.querySelector('#keys input').click()")


def test_the_first_tab_leads_past_the_masthead(opened):
    opened.press("Tab")
    assert opened.ask("document.activeElement.className") == "skip"
    opened.press("Enter", "\r")
    settle(opened)
    assert focused(opened) == "stories"


# --- Times and scripts -----------------------------------------------------------------------------


def days(tab) -> dict[str, list[str]]:
    return dict(
        tab.ask(
            """
            [...document.querySelectorAll(".day")].map((day) => [
              day.querySelector("h2 time").dateTime,
              [...day.querySelectorAll(".time")].map((each) => each.textContent),
            ])
            """
        )
    )


def test_times_and_days_are_those_of_the_readers_clock(tab, file):
    tab.call("Emulation.setTimezoneOverride", timezoneId="Pacific/Auckland")
    try:
        tab.open(file)
        found = days(tab)
    finally:
        tab.call("Emulation.setTimezoneOverride", timezoneId="")
    # 22:15 of the 21st is 11:15 of the 22nd, thirteen hours ahead; 12:00 of the 22nd is past midnight.
    assert list(found) == ["2026-11-23", "2026-11-22", "2026-11-21"]
    assert "01:00" in found["2026-11-23"]
    assert "11:15" in found["2026-11-22"]
    assert tab.ask("document.querySelector('#zone').textContent") == "Pacific/Auckland"
    assert sum(map(len, found.values())) == len(STORIES)


def test_without_a_script_every_story_stands_there_in_utc_and_no_dead_control(tab, file):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(file)
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    assert list(days(tab)) == ["2026-11-22", "2026-11-21", "2026-11-20"]
    assert shown(tab) == len(STORIES)
    for control in (".filters", "#keys", "#none"):
        assert tab.ask(f"document.querySelector('{control}').checkVisibility()") is False, control
    assert tab.ask("document.querySelector('#zone').textContent") == "UTC"


def test_no_script_of_a_feed_runs_and_the_policy_would_stop_it(opened):
    assert opened.complaints == []
    opened.ask(
        "document.querySelector('#stories').insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran=1\">')"
    )
    settle(opened)
    assert opened.ask("window.ran") is None
    assert re.search("Content Security Policy", " ".join(opened.complaints))


def test_sanitised_markup_runs_nothing_in_a_browser_without_any_policy(tab, tmp_path):
    path = tmp_path / "hostile.html"
    body = "\n".join(f"<div>{sanitise(html, 'https://a.example/')}</div>" for html in HOSTILE_HTML)
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{body}", encoding="utf-8")
    tab.open(path)
    assert [complaint for complaint in tab.complaints if "ERR_NAME_NOT_RESOLVED" not in complaint] == []
    assert (
        tab.ask(
            "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/.test(a.name))).length"
        )
        == 0
    )
    assert (
        tab.ask(
            "document.querySelectorAll('script,iframe,object,embed,form,input,svg,math,style,base').length"
        )
        == 0
    )
    assert tab.ask("[...document.links].every((a) => /^https?:$/.test(a.protocol))") is True
