"""Which sites are press wires, where a press release is published before anybody copies it?

A release appears at its wire and, within minutes, word by word at the outlets that subscribe to it. Whichever of
them a clock puts first, the wire is where it comes from.
"""

from __future__ import annotations

BRANDS = frozenset(
    # general
    "globenewswire prnewswire prnasia businesswire accesswire accessnewswire newsfilecorp newsfile newswire prweb "
    "einpresswire einnews prlog openpr issuewire 24-7pressrelease marketersmedia media-outreach acnnewswire "
    "jcnnewswire prtimes kyodonewsprwire presseportal pressetext eqs-news actusnewswire pressat "
    # crypto
    "chainwire blockchainwire btcwire zexprwire cryptowire".split()
)
"""Names as in their domains, whatever stands behind: ``globenewswire.com``, ``prtimes.jp``. Only sites that publish
nothing but releases: an outlet with a section for them is where one reads them, not where they come from."""
