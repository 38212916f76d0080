"""Which language tags may be written into ``xml:lang``, and which of them run from right to left?"""

from __future__ import annotations

import re

# ISO 639-1, all of it: validators check the first part of a tag against the registry.
_CODES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh "
    "zu".split()
)
_RIGHT_TO_LEFT = frozenset("ar dv fa he ps sd ug ur yi".split())
_TAG = re.compile(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}|[A-Za-z]{4}))?(?:[-_].*)?")


def tag(language: str | None) -> str | None:
    """The tag in its usual spelling (``pt-BR``), or None for what is none."""
    found = _TAG.fullmatch((language or "").strip())
    if found is None or found[1].lower() not in _CODES:
        return None
    region = found[2] or ""
    region = region.upper() if len(region) == 2 else region.title()
    return found[1].lower() + (f"-{region}" if region else "")


def direction(language: str | None) -> str | None:
    """``rtl`` for languages written from right to left, else None."""
    return "rtl" if (language or "")[:2] in _RIGHT_TO_LEFT else None
