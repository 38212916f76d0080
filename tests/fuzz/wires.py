"""Targets that read what arrives over the network beside documents: headers, requests, answers of a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aggregator.models import CleanText
from aggregator.poll import charset, fields
from aggregator.poll.responses import is_challenge
from aggregator.serve import conditions, paths, requests
from aggregator.serve.hosts import Hosts
from aggregator.summarise.machine import answer
from aggregator.summarise.machine.material import Material, pool
from aggregator.summarise.machine.verdict import Accepted, judge
from aggregator.web import headers
from tests.fuzz.target import Target, storable

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def headed(data: bytes) -> object:
    """Lines of a response: what they say of times, types and encodings."""
    found = headers.parse_lines(data.split(b"\n"))
    assert len(found) <= headers.MAX_HEADERS
    assert all(
        name == name.strip().lower() and len(value) <= headers.MAX_VALUE for name, value in found.items()
    )
    for span in (headers.retry_after(found, NOW), headers.retry_after(found), headers.fresh_for(found)):
        assert span is None or timedelta(0) <= span <= headers.MAX_DELTA
    is_challenge(found, data)
    for value in found.values():
        assert (date := headers.http_date(value)) is None or date.utcoffset() == timedelta(0)
        assert (date := fields.date(value)) is None or fields.EARLIEST <= date.year <= fields.LATEST
        conditions.takes_gzip(value)
        conditions.seconds(value)
    text, _ = charset.decode(data, found.get("content-type"))
    conditions.known_tag(found, ('"a"', '"b"'), 0)
    return found, text


def asked(data: bytes) -> object:
    """Requests on one connection, as they arrive."""
    found = requests.read(data)
    if found is None:
        return None
    request, end = found
    assert 0 < end <= len(data)
    if isinstance(request, requests.Refusal):
        return request.status
    # Nothing that comes later may change what was understood: else a proxy in front would see another request.
    assert requests.read(data[:end]) == (request, end), "what follows a request changes it"
    assert requests.read(data[: end - 1]) is None or isinstance(
        requests.read(data[: end - 1])[0], requests.Refusal
    )
    assert "\r" not in request.target
    assert "\n" not in request.target
    Hosts().meant(request.host)
    conditions.known_tag(request.fields, ('"a"',), 0)
    conditions.takes_gzip(request.fields.get("accept-encoding"))
    place = paths.named(request.path)
    if isinstance(place, paths.Named):
        assert all(
            part and part[0] != "." and "/" not in part and "\\" not in part and "\0" not in part
            for part in place.parts
        )
        assert (
            paths.named(place.address + ("/" if place.directory and place.parts else "")) == place
            or not place.parts
        )
    return request


def answered(data: bytes) -> object:
    """The body of a model's answer; where that has an abstract, it is judged."""
    try:
        found = answer.read(data)
    except answer.NotAnAnswerError as wrong:
        return str(wrong)
    assert len(found.said) <= answer.MOST_KEPT
    judged = judge(found.said, MATERIAL, title=COPY.title, budget=300)
    if isinstance(judged, Accepted):
        assert storable(judged.text)
        assert judged.text.isprintable()
    return judged


COPY = CleanText(
    title="Marsh Hollow raises $1.2 billion for a bank",
    paragraphs=(
        "Marsh Hollow, a lender from Calgary, raised $1.2 billion on Monday to open a bank in Alberta that holds bitcoin.",
        "The round was led by Pine & Ridge, which bought 7% of the shares for 3,500 ETH and €40 million in cash.",
    ),
    language="en",
)
_POOLED = pool([COPY], max_tokens=2_000)
assert _POOLED is not None
MATERIAL: Material = _POOLED

HEADS = (
    b"HTTP/1.1 200 OK\r\nCache-Control: max-age=3600, s-maxage=10\r\nAge: 5\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n"
    b'Expires: Sun, 01 Mar 2026 13:00:00 GMT\r\nContent-Type: text/xml; charset=utf-8\r\nETag: W/"x"\r\n',
    b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nServer: cloudflare\r\n\r\nHTTP/2 200\r\nRetry-After: Sun, 01 Mar 2026 14:00:00 GMT\r\n",
    b'Last-Modified: Sunday, 01-Mar-26 12:00:00 GMT\nX: 1772359200\nY: 2026-03-01T12:00:00+01:00\nIf-None-Match: "a", *',
)
REQUESTS = (
    b'GET /atom.xml HTTP/1.1\r\nHost: localhost:8000\r\nAccept-Encoding: gzip;q=0.5, *;q=0\r\nIf-None-Match: "a"\r\n\r\n',
    b"HEAD http://127.0.0.1/a%20b/?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-Modified-Since: Sun, 01 Mar 2026 12:00:00 GMT\r\n\r\n",
    b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n", b"\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
)  # fmt: skip
SAID = "The lender from Calgary raised $1.2 billion to open a bank that holds bitcoin."


def _answers() -> Sequence[bytes]:
    def completion(content: object, **more: object) -> bytes:
        told = {
            "choices": [{"message": {"content": content}, "finish_reason": "stop"}],
            "usage": {"total_tokens": 9},
        }
        return json.dumps(told | more).encode()

    said = json.dumps({"abstract": SAID})
    return [
        completion(said),
        completion(f"<think>x</think>```json\n{said}\n```"),
        completion(None),
        b'{"error":{"message":"x"}}',
    ]


HEADER_WORDS = (
    b'HTTP/1.1 200 OK|\r\n|\n|: |:|,|;|=|"|Cache-Control: |max-age=|s-maxage=|no-cache|no-store|Age: |Date: |Expires: |'
    b"Retry-After: |Content-Type: |charset=|Last-Modified: |If-None-Match: |If-Modified-Since: |Accept-Encoding: |gzip|q=0.|*|W/|"
    b"Sun, 01 Mar 2026 12:00:00 GMT|99999999999999999999|-1|0|+0000|-9999|+2400|Dec|29 Feb 2026|\x00|\xe9|\xb2|\xff|2026-03-01|"
    b"T12:00:00|.5|Z|1772359200|1772359200000|00:00:60|AM|((((|\\|0001|9999"
).split(b"|")
REQUEST_WORDS = (
    *b"GET |HEAD |POST |/|//|/../|%2e|%2f|%5c|%00|%c0%ae| HTTP/1.1|HTTP/1.0|HTTP/2.0|\r\n|\r|\n|\r\n\r\n|Host: |Host : |a.example|[::1]|:8000|"
    b"Transfer-Encoding: chunked|Content-Length: |Connection: close|Upgrade: |http://|https://|@|?|#|*|\t| |\x00|\x7f|\xff|"
    b"Range: bytes=0-|Expect: 100-continue|\x16\x03\x01".split(b"|"),
    *HEADER_WORDS,
)  # fmt: skip
ANSWER_WORDS = (
    b'{|}|[|]|"|:|,|\\"|\\n|\\u202e|\\u0000|\\ud800|choices|message|content|finish_reason|length|usage|total_tokens|abstract|'
    b"<think>|</think>|<thinking>|```json|```|Marsh Hollow |$1.2 billion |Calgary |bitcoin |Pine & Ridge |7% |3,500 ETH |"
    b"\xe2\x80\x9c|\xe2\x80\x9d|not |never |. |, |The lender |twelve hundred million |million |and a half |hundred |1.2.3.4|"
    b"NaN|1e999|null|true|\xed\xa0\x80|\xe4\xb8\x80|http://|*|#|- "
).split(b"|")

TARGETS = (
    Target(name="headers", run=headed, seeds=lambda: HEADS, words=HEADER_WORDS, most=16 * 1024),
    Target(name="requests", run=asked, seeds=lambda: REQUESTS, words=REQUEST_WORDS, most=32 * 1024),
    Target(name="answers", run=answered, seeds=_answers, words=ANSWER_WORDS, most=32 * 1024),
)
