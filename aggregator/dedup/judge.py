"""Are these two items one article, one outlet's retelling of the other, or two reports of one event?

Precision comes first: a missed repost is read twice, a false merge hides news. The rules stand in `rules`,
their numbers in `thresholds`; where all are silent, `events` is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from aggregator.dedup import events
from aggregator.dedup.features import Features, compare
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.dedup.rules import RULES, Refusal
from aggregator.dedup.thresholds import Settings
from aggregator.models import Match, Relation

__all__ = ["VERSION", "Judgement", "Settings", "evidence", "judge"]

VERSION = 4
"""Raise it when a rule or a threshold changes: matches are then judged anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on a pair, with all that explains it — for a non-match too."""

    match: Match | None
    features: Features
    rule: str = ""
    """The rule that found, or ""."""
    refused: str = ""
    """The guard that refused, in words, or ""."""
    settings: Settings = field(default_factory=Settings)
    event: events.Verdict | None = None
    """What the model of events says of a pair that no rule settles; None where it was not asked."""


def judge(older: Fingerprint, newer: Fingerprint, settings: Settings | None = None) -> Judgement:
    """Judge a pair; ``older`` is the one that arrived first. Symmetric but for the ids in the match."""
    settings = settings or Settings()
    features = compare(older, newer)
    for rule in RULES:
        finding = rule(features, settings)
        if isinstance(finding, Refusal):
            return Judgement(match=None, features=features, refused=finding.guard, settings=settings)
        if finding is not None:
            match = Match(
                older=older.item,
                newer=newer.item,
                relation=finding.relation,
                rule=finding.rule,
                score=round(min(1.0, finding.score), 3),
                evidence=evidence(features),
            )
            return Judgement(match=match, features=features, rule=finding.rule, settings=settings)
    return _related(older, newer, features, settings)


def _related(older: Fingerprint, newer: Fingerprint, features: Features, settings: Settings) -> Judgement:
    """Two reports of one event: the last question, asked where every rule is silent."""
    verdict = events.weigh(older, newer, features)
    if verdict is None or not verdict.related:
        return Judgement(match=None, features=features, settings=settings, event=verdict)
    match = Match(
        older=older.item,
        newer=newer.item,
        relation=Relation.RELATED,
        rule=events.RULE,
        score=round(verdict.probability, 3),
        evidence={**verdict.evidence, "hours": round(features.hours, 3)},
    )
    return Judgement(match=match, features=features, rule=events.RULE, settings=settings, event=verdict)


def evidence(features: Features) -> dict[str, object]:
    """The features as JSON values; what is false or zero is left out."""
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in ((name, getattr(features, name)) for name in _FEATURES)
        if value
    }


_FEATURES = tuple(each.name for each in fields(Features))
