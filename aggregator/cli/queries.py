"""What does a person mean who types words, phrases and ``coin:BTC`` in one line?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aggregator.errors import UsageError

FIELDS: Mapping[str, str] = {
    "feed": "feed",
    "tag": "tag",
    "coin": "coin",
    "lang": "language",
    "since": "since",
    "until": "until",
}
"""Name in a query → the option of ``list`` and ``search`` it stands for."""

UNWANTED = re.compile(r"-(?![vqh]+$|n\d+$|C\W)[^\W\d_].+", re.DOTALL)
"""``-word``, told from short options that stand together (``-vv``) or with their value (``-n5``, ``-C/dir``)."""

PHRASE = re.compile(r"-?[^\s\"*-][^\"*]*\s(?:[^\s\"*-][^\s\"*]*+\s?|\s)")
"""Several words without a sign of the query language among them."""

_NAMES = "|".join(FIELDS)
_TOKEN = re.compile(
    rf"""(?P<minus>-?)(?P<name>{_NAMES}):(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*)) | -?"[^"]*"? | \S+""",
    re.IGNORECASE | re.VERBOSE,
)
_VALUE = re.compile(rf'(?P<name>{_NAMES}):(?P<value>[^\s":]*\s[^":]*)', re.IGNORECASE)
_FIELD = re.compile(rf"(?<!\S)-?(?:{_NAMES}):", re.IGNORECASE)

_STRAY = re.compile(r"-?\*")
_OPERATORS = {
    "OR": 'all words must occur; search twice, or write "or" for the word itself',
    "NOT": 'write -word for one that must not occur, or "not" for the word itself',
    "-": "write -word, without a blank, for one that must not occur",
}

_EXAMPLES = {
    "feed": "decrypt",
    "tag": "markets",
    "coin": "BTC",
    "lang": "en",
    "since": "2w",
    "until": "yesterday",
}


def joined(arguments: Sequence[str]) -> str:
    """Put a query together again after the shell has taken its quotes away.

    An argument with blanks in it was quoted, so it is a phrase, or the value of a field, unless it is a whole query
    itself.
    """
    return " ".join(_requoted(each) for each in arguments)


def _requoted(argument: str) -> str:
    field = _VALUE.fullmatch(argument)
    if field:
        return f'{field["name"]}:"{field["value"].strip()}"'
    if (
        PHRASE.fullmatch(argument)
        and not _FIELD.search(argument)
        and not _OPERATORS.keys() & argument.split()
    ):
        return f'{"-" * argument.startswith("-")}"{argument.removeprefix("-")}"'
    return argument


def understood(text: str) -> tuple[str, dict[str, str]]:
    """Tell the words from the fields: ``etf coin:BTC since:2w`` → (``etf``, {"coin": "BTC", "since": "2w"}).

    Only the names of :data:`FIELDS` are fields; an address or a time of day stays words. Raises ``UsageError`` that
    names the place for a field without a value, with ``-`` in front, or twice; for a quotation without its end; for
    OR and NOT, which other programs know; for ``*`` that stands behind no beginning.
    """
    words: list[str] = []
    fields: dict[str, str] = {}
    for token in _TOKEN.finditer(text):
        at = f"at character {token.start() + 1}: "
        if token[0].count('"') == 1:
            raise UsageError(f'{at}a quotation begins and does not end; write "a phrase", or leave the " out')
        if token["name"] is None:
            words.append(_word(token[0], at))
            continue
        name = token["name"].lower()
        value = token["plain"] if token["quoted"] is None else token["quoted"].strip()
        if token["minus"]:
            raise UsageError(f"{at}-{name}: cannot leave stories out; -word can")
        if not value:
            raise UsageError(f"{at}{name}: needs a value right behind it, such as {name}:{_EXAMPLES[name]}")
        if FIELDS[name] in fields:
            raise UsageError(f"{at}{name}: stands twice in the query; once is enough")
        fields[FIELDS[name]] = value
    return " ".join(words), fields


def _word(token: str, at: str) -> str:
    if token in _OPERATORS:
        raise UsageError(f"{at}{token} is no sign here; {_OPERATORS[token]}")
    if _STRAY.match(token):
        raise UsageError(f"{at}* stands behind the beginning of a word, such as wal*")
    return token
