"""From which figure on is a likeness a copy? Every number of the judge, each with its evidence.

Measured on 275 hand-labelled pairs of real feeds and on streams of them; ``python -m tests.quality.measure``
prints what they give.
"""

from __future__ import annotations

from dataclasses import dataclass

SOON_HOURS = 1.5
"""A desk's second version of its own short item comes within so long; its next item of the kind, later."""
EVENT_HOURS = 36
"""Reports of one event come within so long; a headline of few words may return for another."""
LONG_TITLE = 8
"""Content words from which a title does not return within the window."""
EDITION_HOURS = 24
"""A live page of one day is done after so long; the next one under its address is another."""
BARE_TOKENS = 5
"""A body of fewer tokens is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How far apart two copies may be, and how much alike; shares are 0 to 1, each with its evidence."""

    window_days: float = 5.0
    """Identity (page, attribution, exact text) holds for ever; likeness of text only so long. The slowest
    labelled repost came after 31 hours, the slowest wire copy in a month of 55 feeds after two days."""
    rewrite_minutes: float = 30.0
    """Of 18 labelled English rewrites 16 came within 26 minutes of their source; of 60 independent reports, 3."""
    containment: float = 0.6
    """Share of the shorter body found in the longer, titles alike: labelled cross-feed reposts that share text at
    all, .66 and more; different articles under one title, .14 and less."""
    containment_same_title: float = 0.45
    """The same for equal titles: in streams of excerpts cut to 200 characters, right ones go down to .48."""
    few_words: int = 25
    """Tokens below which a teaser may share most of its wording with another outlet's report by chance."""
    containment_few_words: float = 0.85
    """The same for such teasers: a one-line report of a record was contained to .69 in another outlet's."""
    resemblance: float = 0.75
    """Bodies so alike that the title does not matter, across publishers: templates reach .58."""
    resemblance_same_publisher: float = 0.9
    """Within a publisher daily templates reach .79, corrected reprints start at .90."""
    long_text: int = 150
    """Tokens from which an equal text is an article and not one desk's set phrase (longest seen: 105)."""
    short_text: int = 60
    """Tokens up to which a body is a teaser: a standfirst need not occur in the article at all."""
    title_words: int = 5
    """Content words from which an equal title identifies an article (4 equal: "Why is crypto down today")."""
    title_resemblance: float = 0.5
    lead_containment: float = 0.6
    """11 of 14 labelled full-text rewrites: .62 to .97; independent reports inside the time limit: .50 and less."""
    lead_resemblance: float = 0.35
    lead_words: int = 10
