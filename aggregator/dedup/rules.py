"""Which rules tell a copy and a retelling from look-alikes?

An ordered list, each rule a sentence in words: identity first, then text, then title, then the loose ones. A
rule finds, refuses (a guard speaks: the pair is alike by design, not by origin) or is silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aggregator.dedup import translation
from aggregator.dedup.features import Features
from aggregator.dedup.thresholds import Settings
from aggregator.dedup.weights import kind, weigh
from aggregator.models import Relation


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found."""

    relation: Relation
    rule: str
    score: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a likeness does not count; ends the judgement."""

    guard: str


Rule = Callable[[Features, Settings], Finding | Refusal | None]


# --- Identity ------------------------------------------------------------------------------------


def _same_url(f: Features, s: Settings) -> Finding | Refusal | None:
    """One address, one article: a new title there is a revision, and no likeness is asked for.

    But for three cases, all within one feed, whose revisions keep their guid and so are no pair: a desk that
    links many flashes to the one page or channel of the thing they watch, whether they have nothing in common or
    are made alike and state other values; and a rolling page that says something else the next day.
    """
    if not f.same_page:
        return None
    alike = (
        f.title_resemblance >= 0.25 or f.body_containment >= 0.3 or f.lead_resemblance >= s.lead_resemblance
    )
    if f.same_feed and not alike:
        return Refusal("one feed, one link and nothing else in common: a page that many items link to")
    contradict = f.title_numbers_conflict or f.lead_numbers_conflict > f.lead_numbers_shared
    bare = f.body_longer == 0 and f.hours > s.soon_hours
    rewritten = bare or (f.body_shorter > 0 and f.body_resemblance < s.containment)
    other = rewritten or f.title_numbers_conflict or f.lead_numbers_conflict > 0
    if f.same_feed and f.hours > s.edition_hours and other:
        return Refusal("one page that is written anew: its next edition")
    if f.same_feed and contradict and rewritten:
        return Refusal("one feed, one link, other values: the next report on what the page is about")
    return Finding(Relation.REPOST, "same-url", 1.0)


def _attributed(f: Features, s: Settings) -> Finding | None:
    """A text that names the other's page as its source is its copy, if it says anything of the same."""
    if not f.attributed:
        return None
    alike = max(f.body_containment, f.title_containment, f.lead_containment)
    if f.digest:
        return Finding(Relation.RELATED, "attributed", 0.6)
    if not f.same_language:
        agree = not f.lead_numbers_conflict or f.lead_numbers_shared > f.lead_numbers_conflict
        return Finding(Relation.REPOST if agree else Relation.RELATED, "attributed", 0.9)
    if f.body_containment >= s.containment_same_title or f.title_resemblance >= s.title_resemblance:
        return Finding(Relation.REPOST, "attributed", 0.95)
    if alike >= s.lead_resemblance or f.body_shorter <= s.short_text / 2:
        return Finding(Relation.REWRITE, "attributed", 0.85)
    return Finding(Relation.RELATED, "attributed", 0.6)


def _same_text(f: Features, s: Settings) -> Finding | Refusal | None:
    """One cleaned text, word by word."""
    if not f.same_text:
        return None
    brief = f.same_publisher and f.body_shorter < s.few_words and (f.unspaced or f.series)
    if brief and f.hours > s.repeat_hours:
        return Refusal("a short text that one publisher repeats: the next report of an unchanged value")
    if f.body_shorter < s.long_text and not f.same_title:
        if f.title_numbers_conflict and (f.same_publisher or f.body_shorter < s.short_text / 3):
            return Refusal("a short text under titles that state different values")
        if f.same_publisher and (f.title_resemblance < 0.6 or f.hours > 6):
            return Refusal("a short text that one publisher puts under different titles")
        if f.body_shorter < s.short_text / 3 and f.title_resemblance < s.title_resemblance:
            return Refusal("a text too short to outweigh different titles")
    return Finding(Relation.REPOST, "same-text", 1.0)


def _window(f: Features, s: Settings) -> Refusal | None:
    """Past the window, likeness of text is a template's more often than a copy's."""
    return Refusal("too far apart in time") if f.hours > s.window_days * 24 else None


# --- Text ----------------------------------------------------------------------------------------


def _mould(f: Features, s: Settings) -> Refusal | None:
    """One form filled in twice: each title has a word that its own text repeats and the other never says.

    Both texts are about as long. No labelled repost in a spaced script has such a word, whatever was retitled; pairs
    of characters overlap words, so an unspaced text must differ in two.
    """
    if not f.same_language or f.body_containment >= s.verbatim or f.body_containment < s.mould_containment:
        return None
    even = f.body_shorter >= 0.8 * f.body_longer
    if f.unspaced:
        alike = f.body_containment >= s.mould_containment_unspaced and f.body_shorter >= 20
        filled = f.title_swapped >= 2 and even and alike and f.title_resemblance >= s.title_resemblance
        if f.same_publisher and even and f.lead_numbers_conflict and f.body_shorter >= s.bare_text:
            return Refusal("one form, filled in with other values")
    else:
        filled = f.title_swapped >= 1 and even and f.title_resemblance >= s.mould_title
    return Refusal("one form, filled in with other names") if filled else None


def _near_text_same_publisher(f: Features, s: Settings) -> Finding | Refusal | None:
    """A publisher's own second copy: all but the same text; its templates are the danger."""
    if f.unspaced or not f.same_publisher or not f.same_language or not f.body_shorter:
        return None
    corrected = (
        f.body_containment >= s.verbatim and f.body_shorter >= s.short_text and f.hours <= s.repeat_hours
    )
    if f.title_numbers_conflict and not corrected:
        return Refusal("one publisher, titles with different values")
    if f.lead_numbers_conflict and f.hours > s.soon_hours and f.body_shorter < s.short_text:
        return Refusal("one publisher, short texts with different values")
    close = f.title_resemblance >= s.title_resemblance or f.body_resemblance >= 0.97
    if (
        f.body_resemblance >= s.resemblance_same_publisher
        and f.body_shorter >= 100
        and close
        and f.hours <= 24
    ):
        return Finding(Relation.REPOST, "near-text", f.body_resemblance)
    if f.same_title and f.body_resemblance >= s.containment and f.hours <= 24 and not f.series:
        return Finding(Relation.REPOST, "near-text", f.body_resemblance)
    if f.same_title and f.body_containment >= 0.8 and f.opening >= 0.8 and f.hours <= 24 and not f.series:
        return Finding(Relation.REPOST, "excerpt", f.body_containment)
    if f.hours > s.soon_hours or f.title_only > 1 or f.lead_numbers_conflict:
        return None
    if f.body_shorter >= 15 and f.title_resemblance >= 0.6 and f.body_resemblance >= s.containment:
        return Finding(Relation.REPOST, "near-text", f.body_resemblance)
    if f.body_shorter >= 15 and f.title_containment >= 0.9 and f.body_containment >= 0.8:
        return Finding(Relation.REPOST, "excerpt", f.body_containment)
    return None


def _near_text(f: Features, s: Settings) -> Finding | Refusal | None:
    """Another publisher's copy under the same or a similar title; a company's name alone is no text."""
    if f.unspaced or f.same_publisher or not f.same_language or f.body_shorter < s.bare_text:
        return None
    titled = f.title_resemblance >= s.title_resemblance or (
        f.title_containment >= 0.75 and f.title_shared >= 4
    )
    enough = s.containment_same_title if f.same_title else s.containment
    if f.body_shorter < s.few_words and not f.same_title:
        enough = s.containment_few_words
    if not titled or f.body_containment < enough:
        return None
    corrected = (
        f.body_containment >= s.verbatim and f.body_shorter >= s.short_text and f.hours <= s.repeat_hours
    )
    if f.title_numbers_conflict and not corrected:
        return Refusal("alike in wording, different in the values the titles state")
    if f.digest and f.body_resemblance < s.containment:
        return Finding(Relation.RELATED, "contains", f.body_containment)
    whole = f.body_shorter >= 0.6 * f.body_longer
    return Finding(Relation.REPOST, "near-text" if whole else "excerpt", f.body_containment)


def _retitled(f: Features, s: Settings) -> Finding | None:
    """Another publisher's copy under a title of its own: only the text speaks, so it must speak louder."""
    if f.unspaced or f.same_publisher or not f.same_language or (f.title_numbers_conflict and not f.digest):
        return None
    enough = s.resemblance if f.hours <= s.event_hours else s.resemblance_same_publisher
    if f.body_resemblance >= enough and f.body_shorter >= 40 and not f.digest:
        return Finding(Relation.REPOST, "near-text", f.body_resemblance)
    verbatim = f.opening >= 0.95 and f.body_containment >= s.verbatim and not f.digest
    if verbatim and f.body_shorter >= 15 and f.hours <= 6 and f.lead_containment >= s.lead_containment:
        return Finding(Relation.REPOST, "excerpt", f.body_containment)
    opens = f.opening >= 0.7 and f.body_containment >= 0.85 and f.lead_containment >= 0.7
    cut = f.opening >= 0.45 and f.body_containment >= 0.7 and f.lead_containment >= 0.7 and f.hours <= 6
    if f.digest:
        whole = f.body_containment >= s.containment_few_words and f.body_shorter >= s.few_words
        return Finding(Relation.RELATED, "contains", f.body_containment) if whole else None
    if (opens and f.body_shorter >= 25 and f.hours <= 48) or (cut and f.body_shorter >= 40):
        return Finding(Relation.REPOST, "excerpt", f.body_containment)
    if opens and f.body_shorter >= 12 and f.hours <= 2 * s.rewrite_minutes / 60:
        return Finding(Relation.REWRITE, "rewrite", f.lead_containment)
    return None


# --- Title and address ---------------------------------------------------------------------------


def _same_title(f: Features, s: Settings) -> Finding | Refusal | None:
    """One title word for word, and a body that does not contradict."""
    if f.unspaced or not f.same_title or not f.same_language:
        return None
    unique = f.title_shared >= s.unique_title and f.hours <= s.repeat_hours and not f.same_publisher
    if f.series and not unique:
        return Refusal("a title that returns with other content")
    if f.title_shared < s.title_words:
        return None
    if f.same_publisher:
        bare = f.body_longer == 0 and f.hours <= 6
        return Finding(Relation.REPOST, "same-title", 0.85) if bare else None
    if f.hours > s.event_hours and f.title_shared < s.long_title:
        return None
    if f.body_shorter < s.short_text:
        return Finding(Relation.REPOST, "same-title", 0.9)
    return Finding(Relation.RELATED, "same-title", 0.7)


def _bare_title(f: Features, s: Settings) -> Finding | None:
    """Nearly one title within minutes, where one of the two is nothing but a title; the values must agree."""
    if (
        f.unspaced
        or f.body_shorter >= s.bare_text
        or not f.same_language
        or f.series
        or f.title_numbers_conflict
    ):
        return None
    if f.hours > s.echo_hours or f.title_shared < s.long_title:
        return None
    if f.same_publisher:
        told = f.title_only <= 1 and f.lead_containment >= 0.9
        return Finding(Relation.REPOST, "near-title", f.lead_containment) if told else None
    if f.title_resemblance >= 0.85:
        return Finding(Relation.REWRITE, "near-title", f.title_resemblance)
    return None


def _sister_slug(f: Features, s: Settings) -> Finding | None:
    """A translation that kept the address's words: the same publisher's editions do so as a rule."""
    if not f.same_slug or f.series or f.hours > 72:
        return None
    if f.same_language:
        alike = f.title_resemblance >= s.title_resemblance or f.body_containment >= s.containment_same_title
        if not alike or f.title_numbers_conflict:
            return None
        same = f.body_shorter < s.short_text or f.body_containment >= s.containment_same_title
        return Finding(Relation.REPOST if same else Relation.RELATED, "same-slug", 0.8)
    if f.same_publisher:
        return Finding(Relation.REPOST, "translation", 0.95)
    agree = f.lead_numbers_shared > 0 and not f.lead_numbers_conflict
    return Finding(Relation.REPOST if agree else Relation.RELATED, "translation", 0.8)


# --- All together --------------------------------------------------------------------------------


def _contradicted(f: Features, s: Settings) -> Refusal | None:
    """Flashes in an unspaced script are made from moulds, so what differs in them is what they report.

    Of 217 labelled copies four are refused here, of 150 look-alikes 112; a text that holds the whole of the other may
    head it with another of its values.
    """
    if not f.unspaced or not f.same_language or f.body_containment >= s.whole:
        return None
    if f.title_numbers_conflict and f.lead_numbers_conflict and f.title_containment >= s.title_resemblance:
        return Refusal("alike in wording, different in the values the titles state")
    if f.same_title and f.series and f.body_shorter >= 20 and f.body_containment < s.lead_resemblance:
        return Refusal("a title that returns with other content")
    late = f.hours > s.repeat_hours or f.lead_numbers_conflict > 0 or f.same_publisher
    if f.title_names_conflict >= (1 if late else 2):
        return Refusal("alike in wording, different in the names the titles state")
    return None


def _unspaced_copy(f: Features, s: Settings) -> Finding | None:
    """What needs no weighing: a text that stands in the other from its beginning, or one long title within hours."""
    if not f.unspaced or not f.same_language or f.same_publisher or f.digest:
        return None
    opens = (
        f.opening >= 0.7 and f.body_containment >= s.containment_few_words and f.lead_numbers_conflict <= 1
    )
    if opens and f.body_shorter >= 40 and f.hours <= s.event_hours:
        return Finding(Relation.REPOST, "excerpt", f.body_containment)
    unique = (
        f.same_title and f.title_shared >= s.unique_title and not f.series and not f.lead_numbers_conflict
    )
    return Finding(Relation.REPOST, "same-title", 0.9) if unique and f.hours <= s.repeat_hours else None


def _weighed(f: Features, s: Settings) -> Finding | None:
    """No single likeness decides, but all of them weighed against all differences do.

    The only rule of text for scripts written without spaces, where a flash is too short for any other.
    """
    if not f.same_language or (not f.unspaced and (f.title_numbers_conflict or f.digest)):
        return None
    if (
        f.same_title
        and f.title_shared < s.title_words
        and f.body_shorter >= s.bare_text
        and f.body_containment < 0.3
    ):
        return None
    if max(f.title_containment, f.lead_containment, f.body_containment) < s.weighed_least_any:
        return None
    if f.digest and f.body_resemblance < s.containment:
        held = f.body_containment >= s.containment and f.body_shorter >= 20
        return Finding(Relation.RELATED, "contains", f.body_containment) if held else None
    least = s.weighed_least_bare if f.body_shorter < s.bare_text and not f.same_publisher else s.weighed_least
    if f.unspaced and max(f.lead_containment, f.body_containment) < least:
        return None
    weighed = weigh(f)
    if weighed.chance < getattr(s, f"chance_{kind(f)}"):
        return None
    return Finding(Relation.REPOST, _named(f, s), weighed.chance)


def _named(f: Features, s: Settings) -> str:
    """What such a copy looks like."""
    if f.same_title:
        return "same-title"
    if f.body_shorter >= s.bare_text and f.body_containment >= s.containment_same_title:
        return "near-text" if f.body_shorter >= 0.6 * f.body_longer else "excerpt"
    return "near-title"


def _translation(f: Features, s: Settings) -> Finding | None:  # noqa: ARG001 - a rule
    """Another language's text with the same names and values at the same places, paragraph by paragraph."""
    if f.same_language:
        return None
    if translation.is_repost(f.translation, f.anchors_shared, f.hours, series=f.series):
        return Finding(Relation.REPOST, "anchors", translation.score(f.translation))
    if translation.is_related(f.translation_said, f.anchors_shared, f.hours):
        return Finding(Relation.RELATED, "same-event", translation.score(f.translation_said))
    return None


# --- Retellings ----------------------------------------------------------------------------------


def _rewrite(f: Features, s: Settings) -> Finding | Refusal | None:
    """Another outlet's paraphrase within minutes: the lead's words, in other order, with one's own around."""
    if f.same_publisher or not f.same_language or f.hours > s.rewrite_minutes / 60 or f.digest or f.series:
        return None
    if f.lead_containment < s.lead_containment or f.lead_resemblance < s.lead_resemblance:
        return None
    if f.lead_shared < s.lead_words or f.japanese:
        return None
    if f.body_containment <= s.rewrite_phrases or f.title_covered_least < s.rewrite_title:
        return None
    if f.title_numbers_conflict or (f.lead_numbers_conflict and not f.lead_numbers_shared):
        return Refusal("a retelling with different values")
    if f.title_names_conflict >= s.rewrite_other and f.lead_numbers_conflict >= s.rewrite_other:
        return Refusal("one form, filled in with other names and values")
    return Finding(Relation.REWRITE, "rewrite", f.lead_containment)


RULES: tuple[Rule, ...] = (
    _same_url,
    _attributed,
    _same_text,
    _window,
    _mould,
    _near_text_same_publisher,
    _near_text,
    _retitled,
    _same_title,
    _bare_title,
    _unspaced_copy,
    _contradicted,
    _weighed,
    _sister_slug,
    _translation,
    _rewrite,
)
