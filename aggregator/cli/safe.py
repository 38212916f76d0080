"""What of a text written by strangers may reach a terminal or a script?"""

from __future__ import annotations

import json
import re

# A feed's title could clear the screen, retitle the window, or read backwards what it says forwards:
# C0 and C1 controls (ECMA-48), the bidirectional overrides and marks, invisible fillers and tags, and halves
# of surrogate pairs, which no encoding can print.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,512}(?:\x07|\x1b\\|\x9c)"
)
"""Control sequences and strings as a whole (ECMA-48 §5.4 and §5.6), so that no "[31m" stays behind."""

UNSAFE_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str) -> str:
    """One line of visible characters; any white space, tabs and line breaks included, is one blank."""
    return " ".join(INVISIBLE.sub("", SEQUENCE.sub("", text)).split())


def address(url: str) -> str:
    """A feed's address as it may be shown, logged and mailed: without what lets its subscriber in."""
    from aggregator.text.urls import public_address

    return safe(public_address(url))


def to_json(value: object, *, indent: int | None = None) -> str:
    """JSON that keeps the world's scripts readable and escapes what a terminal would obey.

    Escaped, not removed: a script that parses it gets every character back.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return UNSAFE_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def to_xml(text: str) -> str:
    """XML in which what a terminal would obey stands as character references: whoever parses it gets it back."""
    return UNSAFE_JSON.sub(lambda found: f"&#{ord(found[0])};", text)
