"""What each entry says of itself: its author, its tags, its language, where it comes from."""

from __future__ import annotations

import json

import pytest

from aggregator.models import Entry, Fetched
from aggregator.poll.parse import parse

URL = "https://lane.example/feed.xml"
NAMESPACES = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
)


def only(body: str) -> Entry:
    (entry,) = parse(Fetched(body=body.encode(), url=URL), feed_url=URL).entries
    return entry


def rss(said: str, *, feed: str = "", root: str = "") -> str:
    item = f"<item><title>One</title><link>https://lane.example/1</link>{said}</item>"
    return f"<rss version='2.0' {NAMESPACES} {root}><channel><title>Lane</title>{feed}{item}</channel></rss>"


def rdf(said: str) -> str:
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        f"{NAMESPACES}><channel rdf:about='https://lane.example/'><title>Lane</title></channel>"
        f"<item rdf:about='https://lane.example/1'><title>One</title>{said}</item></rdf:RDF>"
    )


def atom(said: str, *, feed: str = "", root: str = "", attributes: str = "") -> str:
    entry = (
        f"<entry {attributes}><id>1</id><title>One</title><link href='https://lane.example/1'/>{said}</entry>"
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {root}><title>Lane</title>{feed}{entry}</feed>"


def json_feed(feed: dict[str, object] | None = None, **said: object) -> str:
    item = {"id": "1", "title": "One", "url": "https://lane.example/1", **said}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item], **(feed or {})})


def person(name: str) -> str:
    return f"<author><name>{name}</name><uri>https://lane.example/{name}</uri></author>"


AUTHORS = {
    "RSS, an address with a name": (rss("<author>ada@lane.example (Ada Vale)</author>"), "Ada Vale"),
    "RSS, a name with an address": (rss("<author>Ada Vale &lt;ada@lane.example&gt;</author>"), "Ada Vale"),
    "RSS, a name with a newspaper": (
        rss("<author>ada@lane.finance Ada Vale (Lane)</author>"),
        "Ada Vale (Lane)",
    ),
    "RSS, two addresses": (rss("<author>ada@lane.example, bo@lane.example</author>"), None),
    "RSS, a handle": (rss("<author>Ada @adavale</author>"), "Ada @adavale"),
    "RSS, a name": (rss("<author>Ada Vale</author>"), "Ada Vale"),
    "RSS, an address alone": (rss("<author>ada@lane.example</author>"), None),
    "RSS, Dublin Core": (rss("<dc:creator>Ada</dc:creator><dc:creator>Bo</dc:creator>"), "Ada, Bo"),
    "RSS 1.0": (rdf("<dc:creator>Ada</dc:creator>"), "Ada"),
    "a podcast": (rss("<itunes:author>Ada</itunes:author>"), "Ada"),
    "RSS, who answers for the feed": (
        rss("", feed="<managingEditor>e@lane.example (Ed)</managingEditor>"),
        None,
    ),
    "Atom": (atom(person("Ada") + person("Bo"), feed=person("Lane")), "Ada, Bo"),
    "Atom, the source's": (
        atom(f"<source>{person('Ida')}<title>S</title></source>", feed=person("Lane")),
        "Ida",
    ),
    "Atom, the feed's": (atom("", feed=person("Lane")), "Lane"),
    "Atom, a contributor": (atom("<contributor><name>Cy</name></contributor>"), None),
    "JSON": (json_feed({"authors": [{"name": "Lane"}]}, authors=[{"name": "Ada"}, {"url": "x"}, 7]), "Ada"),
    "JSON 1.0": (json_feed(author={"name": "Ada"}), "Ada"),
    "JSON, the feed's": (json_feed({"authors": [{"name": "Lane"}]}), "Lane"),
}


@pytest.mark.parametrize(("body", "author"), AUTHORS.values(), ids=AUTHORS)
def test_the_author_of_an_entry_is_read_in_every_format(body: str, author: str | None) -> None:
    assert only(body).author == author


TAGS = {
    "RSS": (
        rss("<category domain='https://d.example/'>Mining</category><category>Law</category>"),
        "Mining Law",
    ),
    "RSS, empty and twice": (rss("<category/><category> </category><category>Law</category>" * 2), "Law"),
    "RSS, markup": (rss("<category>&lt;b&gt;Law&lt;/b&gt;</category>"), "Law"),
    "RSS 1.0": (rdf("<dc:subject>Mining</dc:subject><dc:subject>Law</dc:subject>"), "Mining Law"),
    "a podcast": (rss("<itunes:keywords>Mining, Law</itunes:keywords>"), "Mining Law"),
    "media": (
        rss("<media:keywords>Mining, Law</media:keywords><media:category>M</media:category>"),
        "Mining Law M",
    ),
    "Atom": (atom("<category term='mining' label='Mining'/><category label='Law'/>"), "mining Law"),
    "Atom, no word": (atom("<category scheme='https://lane.example/'/>"), ""),
    "JSON": (json_feed(tags=["Mining", 7, None, "Law"]), "Mining Law"),
    "JSON, no list": (json_feed(tags="Mining"), ""),
}


@pytest.mark.parametrize(("body", "tags"), TAGS.values(), ids=TAGS)
def test_the_tags_of_an_entry_are_read_in_every_format(body: str, tags: str) -> None:
    assert only(body).tags == tuple(tags.split())


LANGUAGES = {
    "RSS, Dublin Core": (rss("<dc:language>pt-BR</dc:language>", feed="<language>en</language>"), "pt-BR"),
    "RSS, its text": (rss("<description xml:lang='ja'>x</description>"), "ja"),
    "RSS, the document": (rss("", root="xml:lang='de'"), "de"),
    "RSS, none": (rss(""), None),
    "RSS, no language": (rss("<dc:language>English (probably)</dc:language>"), None),
    "Atom, the entry": (atom("<summary>x</summary>", root="xml:lang='en'", attributes="xml:lang='fr'"), "fr"),
    "Atom, its content": (atom("<content xml:lang='zh-Hant'>x</content>", root="xml:lang='en'"), "zh-Hant"),
    "Atom, the document": (atom("", root="xml:lang='en'"), "en"),
    "JSON": (json_feed({"language": "en"}, language="es"), "es"),
    "JSON, a number": (json_feed(language=7), None),
}


@pytest.mark.parametrize(("body", "language"), LANGUAGES.values(), ids=LANGUAGES)
def test_the_language_of_an_entry_is_read_in_every_format(body: str, language: str | None) -> None:
    assert only(body).language == language


FIRST = "https://first.example/1"
SOURCES = {
    "RSS, the feed it stood in": (
        rss("<source url='https://first.example/feed'>First</source>"),
        "https://first.example/feed",
    ),
    "RSS, a name alone": (rss("<source>First</source>"), None),
    "RSS, a script": (rss("<source url='javascript:alert(1)'>First</source>"), None),
    "Dublin Core": (rss(f"<dc:source>{FIRST}</dc:source>"), FIRST),
    "Dublin Core, a name": (rss("<dc:source>First News</dc:source>"), None),
    "Atom, via": (atom(f"<link rel='via' href='{FIRST}'/>"), FIRST),
    "Atom, canonical before via": (
        atom(f"<link rel='via' href='https://via.example/'/><link rel='canonical' href='{FIRST}'/>"),
        FIRST,
    ),
    "Atom, itself": (atom("<link rel='canonical' href='https://lane.example/1'/>"), None),
    "Atom, the feed it stood in": (
        atom("<source><id>urn:s</id><title>First</title><link href='https://first.example/'/></source>"),
        "https://first.example/",
    ),
    "JSON": (json_feed(external_url=FIRST), FIRST),
    "JSON, a file": (json_feed(external_url="file:///etc/passwd"), None),
}


@pytest.mark.parametrize(("body", "source"), SOURCES.values(), ids=SOURCES)
def test_where_an_entry_comes_from_is_read_in_every_format(body: str, source: str | None) -> None:
    entry = only(body)
    assert (entry.title, entry.url, entry.source_url) == ("One", "https://lane.example/1", source)
