"""When do two links name the same page, and which links are safe to hand on?

Two different questions, two functions: `absolute` makes a link fit to be stored, followed and printed;
`url_key` makes it fit to be compared, and the result is never shown and never fetched.

The comparison form drops only what is known to carry no content. Rejected: dropping every parameter that
is not on a list of good ones, and the lists of general-purpose cleaners: they lose ``id``, ``uid``,
``eid``, ``cid``, and with them tell two different articles to be one.
"""

from __future__ import annotations

import html
import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

MAX_LENGTH = 8192
"""Longer "links" are attacks or inlined documents; servers refuse them (RFC 9110 §4.1 asks for 8000)."""

MAX_HOST = 253
"""Characters of a name in DNS (RFC 1035 §3.1, without the length octets at its ends)."""

MAX_ESCAPING = 5
"""Feeds escape entities twice by accident; a link that is still escaped after this is hiding something."""

# --- Tables --------------------------------------------------------------------------------------

TRACKERS = frozenset(
    "fbclid gclid dclid gbraid wbraid gad_source gclsrc msclkid yclid ysclid twclid ttclid li_fat_id igshid "
    "igsh mc_cid mc_eid _ga _gl _hsenc _hsmi hsctatracking mkt_tok vero_id oly_enc_id oly_anon_id srsltid "
    "wickedid ref_src ref_url cmpid cmp_id ncid guccounter guce_referrer guce_referrer_sig tsrc .tsrc "
    "__twitter_impression at_medium at_campaign wt_mc wt.mc_id xtor ftag s_cid trk trkcampaign spm "
    "share_token sharetoken rss_partner_inbound sref amp_js_v amp_gsa usqp".split()
)
"""Parameters that say where a reader came from; names nobody uses for content (compared in lower case)."""
TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "itm_", "stm_")
SOFT_TRACKERS = frozenset("ref source src from via feed amp output outputtype mode platform share".split())
"""Names used for content too (a git ref, a source document): dropped only with one of these values."""
SOFT_VALUES = frozenset(
    "rss feed rss2 atom feeds rss-feed rssfeed rss_feed amp amphtml 1 true home homepage front newsletter "
    "email twitter x facebook telegram linkedin reddit whatsapp social share mobile app web".split()
)
AMP_ONLY = frozenset(("amp", "output", "outputtype"))
"""Of the soft ones, those that may carry ``1``, ``true`` or nothing at all."""

DEVICE_PREFIXES = ("www.", "www2.", "m.", "mobile.", "amp.")

PUBLIC_SECOND_LEVEL = frozenset("co com net org gov edu ac or ne go gob gouv govt in".split())
"""Second-level names under which countries register (``co.uk``, ``com.br``): enough to tell publishers apart
without shipping the 250 KB public suffix list; the cost of a miss is one publisher seen as two."""
HOSTING = frozenset(
    "substack.com medium.com blogspot.com wordpress.com github.io ghost.io mirror.xyz paragraph.xyz "
    "beehiiv.com tumblr.com hashnode.dev netlify.app vercel.app pages.dev".split()
)
"""Sites where the subdomain is the publisher."""

_ENTITY = re.compile(r"&(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});?|[a-zA-Z][a-zA-Z0-9]{1,30};)")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?|\[[0-9a-f:.]+\]"
)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_AMP_TAIL = re.compile(r"(?:/amp|/amphtml|\.amp|\.amp\.html)$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/(?:amp|[cv])/(?:s/)?([^/]+\.[^/]+/.*)$")
_AMP_HEAD = re.compile(r"^/amp/(?=.)", re.IGNORECASE)
_CONTENT_FRAGMENT = re.compile(r"[!/].|(?=[\w.-]*\d\d)[\w.-]+$")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|shtml|jsp|amp)$", re.IGNORECASE)

SHORTEST_KEY = 8
"""Characters: below, "key=btc" is a topic and no secret, or one that anybody guesses."""

_CAPITAL = re.compile("(?<=[a-z])(?=[A-Z])")
_KEY_NAME = re.compile(
    "(?:^|[^a-z]|api|access|user|feed|rss|private)"
    "(?:key|token|secret|pass(?:word|wd)?|pwd|auth|sig(?:nature)?|jwt|sid|session(?:id)?)$"
)
"""Names of parameters that let somebody in: key, api_key, accessToken, rss-token, password, sig."""


# --- Links to keep -------------------------------------------------------------------------------


def absolute(url: str | None, base: str | None = None) -> str | None:
    r"""The absolute ``http(s)`` URL, in ASCII, that a browser would go to — or None where it must not go.

    Entities are decoded and invisible characters removed *before* the scheme is judged, because browsers
    do so too (``&#106;ava\tscript:`` is a script). Links with credentials are refused: they are either
    secrets or a disguise (``https://known.example@evil.example/``).
    """
    if not url or len(url) > MAX_LENGTH:
        return None
    text = _decoded(url)
    try:
        if base:
            text = _decoded(urljoin(base, text))
        elif text.startswith("//"):
            text = "https:" + text
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc:
        return None
    hostname = _ascii_host(parts.hostname or "")
    if not hostname:
        return None
    netloc = hostname if port is None else f"{hostname}:{port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    fragment = quote(parts.fragment, safe="/?%:@!$&'()*+,;=~-._")
    result = SplitResult(parts.scheme.lower(), netloc, path, query, fragment).geturl()
    return result if len(result) <= MAX_LENGTH else None


def public_address(url: str) -> str:
    """An address as it may be told to everyone: without a name and password, without what looks like a key.

    Whoever has the key to a feed is subscribed by its address; a parameter counts as one by its name, unless its value
    is too short for one. What is hidden in a path cannot be told from a path.
    """
    if "@" not in url and "=" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    pieces = re.split(r"([&;])", parts.query)
    kept = [pieces[0] if not _is_key(pieces[0]) else ""]
    for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        kept += [mark, piece] if not _is_key(piece) else []
    query = "".join(kept).lstrip("&;")
    netloc = parts.netloc.rpartition("@")[2]
    if (netloc, query) == (parts.netloc, parts.query):
        return url
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def _is_key(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return len(value) >= SHORTEST_KEY and bool(_KEY_NAME.search(_CAPITAL.sub("_", unquote(name)).lower()))


def _decoded(url: str) -> str:
    """Entities resolved (named ones only with a semicolon: ``&copy=1`` is a parameter), tricks removed."""
    # Unpaired surrogates cannot be encoded, and would hide an entity as an invisible character does.
    url = _INVISIBLE.sub("", url.encode("utf-8", "ignore").decode("utf-8"))
    for _ in range(MAX_ESCAPING):
        if "&" not in url:
            break
        # Each time: an entity may hide a character, and an invisible character an entity.
        plain = _INVISIBLE.sub("", _ENTITY.sub(lambda match: html.unescape(match.group()), url))
        if plain == url:
            break
        url = plain
    else:
        return ""
    # Browsers read "\" as "/" in http URLs (WHATWG URL §4.4).
    head, mark, tail = url.strip().partition("?")
    return head.replace("\\", "/") + mark + tail


def _ascii_host(hostname: str) -> str:
    """The host in lower-case ASCII, or "" where it is none."""
    hostname = hostname.rstrip(".").lower()
    if (
        len(hostname) > MAX_HOST
    ):  # before the work: IDNA makes a name longer, and takes 30 ms for 5,000 characters
        return ""
    if ":" in hostname:
        try:
            hostname = f"[{IPv6Address(hostname.strip('[]'))}]"
        except ValueError:
            return ""
    elif not hostname.isascii():
        try:
            hostname = hostname.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    return hostname if len(hostname) <= MAX_HOST and _HOST.fullmatch(hostname) else ""


# --- Links to compare ----------------------------------------------------------------------------


def url_key(url: str | None) -> str | None:
    """The form in which two links to one page are equal; None for what is no link to a page.

    Scheme, ``www.`` and mobile hosts, default ports, AMP addresses, tracking parameters, trailing slashes,
    the order of parameters and fragments that name no content make no difference. Idempotent.
    """
    link = absolute(url)
    if link is None:
        return None
    parts = urlsplit(link)
    before, place = None, (_device_free(parts.hostname or ""), _resolved(parts.path))
    while place != before:  # a cache may be in a cache, behind marks
        before = place
        hostname, path = _through_amp_cache(*place)
        place = hostname, _unmarked(path)
    hostname, path = place
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    kept = sorted(
        (
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if _names_content(name, value)
        ),
        key=lambda pair: pair[0],
    )
    query = f"?{urlencode(kept)}" if kept else ""
    fragment = f"#{parts.fragment}" if _CONTENT_FRAGMENT.match(parts.fragment) else ""
    return f"https://{hostname}{port}{path}{query}{fragment}"


def names_article(key: str) -> bool:
    """Whether a url key can name one article: a front page shared by all entries cannot."""
    parts = urlsplit(key)
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def _device_free(hostname: str) -> str:
    """The host without ``www.``, ``m.`` and their like, as long as a site remains."""
    hostname = f"[{hostname}]" if ":" in hostname else hostname
    while True:
        for prefix in DEVICE_PREFIXES:
            rest = hostname.removeprefix(prefix)
            if rest != hostname and "." in rest:
                hostname = rest
                break
        else:
            return hostname


def _through_amp_cache(hostname: str, path: str) -> tuple[str, str]:
    """The publisher's own host and path where the link goes through an AMP cache."""
    while hostname.endswith(".cdn.ampproject.org") or hostname in {"cdn.ampproject.org", "google.com"}:
        match = _AMP_CACHE.match(path)
        if match is None or (hostname == "google.com" and not path.startswith("/amp/")):
            break
        inner, _, rest = match.group(1).partition("/")
        inner = _ascii_host(inner)
        if not inner:
            break
        hostname, path = _device_free(inner.strip("[]")), "/" + rest
    return hostname, path


def _resolved(path: str) -> str:
    """Escapes in one form, dots resolved, no slash twice."""
    path = _ESCAPE.sub(_canonical_escape, path)
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in {"", "."}:
            segments.append(segment)
    is_directory = segments and path.endswith(("/", "/.", "/.."))
    return "/" + "/".join(segments) + ("/" if is_directory else "")


def _unmarked(path: str) -> str:
    """No AMP marks, no index page, no trailing slash."""
    while True:
        shorter = _AMP_TAIL.sub("", _INDEX.sub("", _AMP_HEAD.sub("/", path))).rstrip("/")
        if shorter == path or not shorter:
            return shorter or "/"
        path = shorter


def _canonical_escape(match: re.Match[str]) -> str:
    """RFC 3986 §6.2.2: unreserved characters unescaped, other escapes in capitals."""
    character = chr(int(match.group(1), 16))
    return character if character in _UNRESERVED else match.group().upper()


def _names_content(name: str, value: str) -> bool:
    """Whether a parameter may tell one article from another; in doubt it may."""
    name, value = name.lower(), value.lower()
    if name in TRACKERS or name.startswith(TRACKER_PREFIXES):
        return False
    if name in AMP_ONLY and value in {"", "1", "true", "amp", "amphtml"}:
        return False
    return not (name in SOFT_TRACKERS and value in SOFT_VALUES and value not in {"1", "true"})


# --- Whose link it is ----------------------------------------------------------------------------


def host(url: str | None) -> str:
    """The host name in lower case without port, or ""."""
    if not url:
        return ""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def site(url: str | None) -> str:
    """The publisher's domain: ``es.paper.com`` → ``paper.com``, ``a.paper.co.uk`` → ``paper.co.uk``."""
    name = host(url)
    labels = name.split(".")
    if len(labels) <= 2 or ":" in name or labels[-1].isdigit():
        return name
    two = ".".join(labels[-2:])
    second_level = len(labels[-1]) == 2 and labels[-2] in PUBLIC_SECOND_LEVEL
    if not second_level and two not in HOSTING:
        return two
    return name if len(labels) == 3 and two in HOSTING else ".".join(labels[-3:])


def brand(url: str | None) -> str:
    """The publisher's name in the domain, the same for sister editions (``paper.com``, ``paper.com.br``)."""
    return site(url).split(".", 1)[0]


def slug(url: str | None) -> str:
    """The words a publisher put into the address (``bitcoin-slips-below-60000``), or "" where there are none.

    The last path segment that consists of at least two words; sister editions and re-posts of one article
    often share it while host and title differ.
    """
    if not url:
        return ""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    for segment in reversed(path.split("/")):
        words = _EXTENSION.sub("", unquote(segment)).strip("-_ ").casefold()
        if len(re.findall(r"[^\W\d_]{2,}", words)) >= 2 and re.search(r"[-_]", words):
            return words
    return ""
