"""Every vector of ``tests/data/xss.jsonl``, in every field a feed controls, through the whole pipeline: nothing runs,
nobody is asked, no terminal is written to, and every document is valid."""

from __future__ import annotations

import io
import json
import re
import shutil
import unicodedata
from html import unescape

import export_browser as chromium
import export_hostile as hostile
import export_samples as samples
import export_timeline as timeline
import export_validity as validity
import feedparser
import pytest
from export_shared import made_once
from feedserver import FeedServer, Page

from aggregator import opml
from aggregator.export.sanitise import ATTRIBUTES, TAGS

pytestmark = (
    pytest.mark.slow
)  # hundreds of vectors in every field, and a browser that opens what comes of them

NOW = "2026-11-22T12:00:00Z"
VECTORS = samples.VECTORS
WORDS = [hostile.name(number) for number in range(len(VECTORS))]
FORMATS = {"atom.xml": validity.atom, "rss.xml": validity.rss, "feed.json": validity.json_feed}
TURNS = range(3)
"""Every vector in one of the formats that feeds are written in, then in the next."""


@pytest.fixture(scope="session", params=TURNS, ids="turn {}".format)
def home(request, tmp_path_factory, worker_id):
    def make(place):
        feeds = [hostile.fields_of(number, vector) for number, vector in enumerate(VECTORS)]
        hostile.write_home(place / "home", feeds, turn=request.param)
        (place / "talk").write_text(timeline.aggregator(place / "home", "-v", "--now", NOW, "run", "--json"))

    return made_once(tmp_path_factory, worker_id, f"hostile-{request.param}", make) / "home"


def test_there_are_hundreds_of_vectors_and_no_two_are_the_same():
    assert len({vector["vector"] for vector in VECTORS}) == len(VECTORS) >= 400
    assert len(set(WORDS)) == len(VECTORS)


def test_every_feed_is_read_and_every_story_stands_in_every_document(home):
    report = json.loads((home.parent / "talk").read_text())
    assert report["failures"] == []
    assert report["stories"]["new"] == len(VECTORS)
    # The list of feeds, which shows no title that holds an address, is counted below.
    for document in (*FORMATS, "index.html"):
        text = (home / "public" / document).read_text(encoding="utf-8")
        assert [word for word in WORDS if word not in text] == [], document


@pytest.mark.parametrize("document", FORMATS)
def test_every_document_is_valid_and_its_markup_is_inert(home, document):
    assert FORMATS[document]((home / "public" / document).read_bytes()) == []


@pytest.mark.parametrize("document", ["atom.xml", "rss.xml"])
def test_feedparser_has_nothing_to_complain_of(home, document):
    parsed = feedparser.parse(io.BytesIO((home / "public" / document).read_bytes()))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert len(parsed.entries) == len(VECTORS)


def test_the_list_of_feeds_is_valid_and_read_back_whole(home):
    data = (home / "public" / "feeds.opml").read_bytes()
    assert validity.opml(data) == []
    found = opml.read(data)
    assert len(found.subscriptions) == len(VECTORS)


COMMANDS = {
    "list": ("list", "--limit", "1000"),
    "copies": ("list", "--limit", "1000", "--reposts"),
    "csv": ("list", "--limit", "1000", "--csv"),
    "json": ("list", "--limit", "1000", "--json"),
    "jsonl": ("list", "--limit", "1000", "--jsonl"),
    "template": (
        "list",
        "--limit",
        "1000",
        "--format",
        "{title}\\t{feed}\\t{author}\\t{tags}\\t{url}\\t{abstract}",
    ),
    "feeds": ("feeds", "list"),
    "stats": ("stats",),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_what_a_terminal_obeys(home, command):
    printed = timeline.aggregator(home, "--now", NOW, *COMMANDS[command])
    assert sum(word in printed for word in WORDS) > 10
    obeyed = {
        f"{character!r} {unicodedata.name(character, '')}"
        for character in printed
        if (unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t")
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    }
    assert obeyed == set()


def test_no_cell_of_a_table_is_a_formula(home):
    printed = timeline.aggregator(home, "--now", NOW, *COMMANDS["csv"])
    assert not re.search(r"(?:^|,)\"?[=+@\t-]", printed, re.MULTILINE)


# --- In a browser --------------------------------------------------------------------------------

browser = pytest.mark.skipif(chromium.PROGRAM is None, reason="no Chromium here (apt-get install chromium)")

WATCH = """
for (const name of ["alert", "confirm", "prompt", "print", "open", "msgbox"])
  window[name] = (...words) => { ran(`${name} ${words}`); return null; };
"""
"""Whatever a vector calls is told to us, in every frame, before any other script runs."""

EVENTS = """
(() => {
  const kinds = ["load", "error", "focus", "mouseover", "mouseenter", "pointerenter", "click", "toggle", "wheel",
    "animationstart", "transitionend", "begin", "start", "input", "change", "beforeinput", "pageshow", "message"];
  for (const element of document.querySelectorAll("*"))
    for (const kind of kinds)
      if (!(kind === "click" && element.closest("a, summary, button"))) element.dispatchEvent(new Event(kind));
})()
"""
"""Everything a hand, a clock or the network might do to an element, at once."""


MOMENT = "new Promise((done) => setTimeout(done, 200))"
"""Longer than a picture that cannot be had takes to fail, and a document in a frame to load."""


@pytest.fixture(scope="module")
def evil():
    """A server in the place of the vectors' own: who knocks there was made to."""
    with FeedServer() as server:
        yield server


@pytest.fixture(scope="module")
def tab(tmp_path_factory, evil):
    hosts = f"MAP {hostile.EVIL} 127.0.0.1:{evil.port}, MAP *.{hostile.EVIL} 127.0.0.1:{evil.port}, "
    hosts += f"MAP trap.example 127.0.0.1:{evil.port}, {chromium.NOWHERE}"
    with chromium.chromium(tmp_path_factory.mktemp("profile"), hosts) as tab:
        tab.call("Runtime.addBinding", name="ran")
        tab.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        yield tab


def settle(tab):
    """Let what was started come to its end."""
    tab.ask(EVENTS)
    tab.ask(MOMENT)


def ran(tab):
    return [complaint for complaint in tab.complaints if complaint.startswith(("ran: ", "dialog: "))]


@browser
def test_the_trap_itself_works(tab, evil, tmp_path):
    path = tmp_path / "trap.html"
    path.write_text(
        "<!doctype html><img src=x: onerror=alert(1)><p onclick=alert(2)>x</p>"
        "<iframe srcdoc='<script>alert(3)</script>'></iframe><img src=http://trap.example/pixel.gif>",
        encoding="utf-8",
    )
    evil.pages["/pixel.gif"] = Page(b"GIF89a", "image/gif")
    tab.open(path)
    settle(tab)
    assert {"ran: alert 1", "ran: alert 2", "ran: alert 3"} <= set(ran(tab))
    assert [request.path for request in evil.requests] == ["/pixel.gif"]


@browser
@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without its policy"])
def test_the_page_runs_nothing_and_asks_nobody(home, tab, evil, tmp_path, policy):
    page = (home / "public" / "index.html").read_text(encoding="utf-8")
    path = tmp_path / "index.html"
    path.write_text(page if policy else re.sub("<meta http-equiv[^>]*>", "", page), encoding="utf-8")
    before = evil.connections
    tab.open(path)
    assert tab.ask("document.querySelectorAll('.story').length") == len(VECTORS)
    settle(tab)
    assert tab.complaints == []
    assert tab.requests == [path.as_uri()]
    assert evil.connections == before
    assert tab.ask("document.title") == "Crypto news, each story once"


@browser
@pytest.mark.parametrize("document", ["atom.xml", "rss.xml", "feed.json", "feeds.opml"])
def test_a_document_opened_in_a_browser_runs_nothing(home, tab, evil, document, tmp_path):
    path = tmp_path / document
    shutil.copy(home / "public" / document, path)
    before = evil.connections
    tab.open(path)
    tab.ask(MOMENT)
    assert ran(tab) == []
    # Chromium's own picture of an XML tree has arrows.
    assert [url for url in tab.requests if not url.startswith("data:")] == [path.as_uri()]
    assert evil.connections == before


@browser
@pytest.mark.parametrize("way", ["parsed", "put in by a script", "in a cell", "in a frame"])
def test_a_reader_that_trusts_the_feed_runs_nothing_and_asks_nobody(home, tab, evil, tmp_path, way):
    entries = json.loads((home / "public" / "feed.json").read_bytes())["items"]
    path = tmp_path / "reader.html"
    path.write_text(
        f"<!doctype html><meta charset=utf-8><body>{_shown(entries, way)}</body>", encoding="utf-8"
    )
    before = evil.connections
    tab.open(path)
    settle(tab)
    assert ran(tab) == []
    assert evil.connections == before
    images = set(re.findall(r'<img[^>]* src="([^"]*)"', "".join(entry["content_html"] for entry in entries)))
    asked = set(tab.requests) - {path.as_uri(), "about:srcdoc"}
    assert asked <= {unescape(image).partition("#")[0] for image in images}
    assert (
        tab.ask(_DOM % (json.dumps(sorted(TAGS)), json.dumps({k: sorted(v) for k, v in ATTRIBUTES.items()})))
        == []
    )


def _shown(entries, way):
    """Each entry as a careless reader shows it: every text taken for HTML, nothing sanitised."""
    bodies = [
        "".join(
            (
                f"<h2>{entry['title']}</h2>",
                f"<p>{entry['authors'][0]['name']}</p>",
                f"<p>{entry.get('summary', '')}</p>",
                *(f"<i>{tag}</i>" for tag in entry.get("tags", ())),
                entry["content_html"],
            )
        )
        for entry in entries
    ]
    match way:
        case "parsed":
            return "".join(f"<div class=entry>{body}</div>" for body in bodies)
        case "in a cell":
            return (
                "<table>" + "".join(f"<tr><td class=entry>{body}</td></tr>" for body in bodies) + "</table>"
            )
        case "in a frame":
            escaped = ("".join(bodies)).replace("&", "&amp;").replace('"', "&quot;")
            return f'<iframe width=900 height=900 srcdoc="{escaped}"></iframe>'
    texts = json.dumps(bodies).replace("<", "\\u003c")
    return (
        f"<script>for (const body of {texts}) {{ const place = document.createElement('div'); "
        "place.className = 'entry'; document.body.append(place); place.innerHTML = body; "
        "place.innerHTML = place.innerHTML; }</script>"
    )


_DOM = """
(() => {
  const tags = new Set(%s), attributes = %s, problems = [];
  for (const root of document.querySelectorAll(".entry"))
    for (const element of root.querySelectorAll("*")) {
      if (element.namespaceURI !== "http://www.w3.org/1999/xhtml" || !tags.has(element.localName))
        problems.push(element.outerHTML.slice(0, 200));
      for (const { name, value } of element.attributes) {
        if (!attributes["*"].includes(name) && !(attributes[element.localName] ?? []).includes(name))
          problems.push(`${name} of ${element.outerHTML.slice(0, 200)}`);
        if (["href", "src"].includes(name) && !/^https?:$/.test(new URL(value).protocol)) problems.push(value);
      }
    }
  return problems;
})()
"""
"""What the browser itself made of the markup: our elements and attributes, and addresses that only lead somewhere."""
