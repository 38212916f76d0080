"""Which items make one story, who founded it, and who speaks for it?

Items are taken in order of arrival. An item joins the story it matches best, where it matches the founder
or an item that is itself a direct copy of the founder; it never joins because of a friend of a friend's
friend. Near-duplication is not transitive: chains of weak likeness made single clusters of 107 unrelated
articles in 24 days of real feeds.

The result is a function of the items, the live matches and the rulings alone, not of the order in which
they were computed; and it is the same whether one component of the graph is given or all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aggregator.dedup import origin
from aggregator.dedup.fingerprint import Fingerprint
from aggregator.dedup.judge import Settings, judge
from aggregator.models import Cluster, Match, Relation, Ruling, Verdict

CLUSTER_VERSION = 3

STRONG_SCORE = 0.85
"""A repost edge of at least this score may carry an item that does not match the founder itself."""
IDENTITY_RULES = frozenset(("same-url", "same-text"))
"""Rules after which two items are one article whatever else is known; they may join two stories."""
CLAIM_RULE = "anchors"
"""By this rule an item is a copy of at most one article of a language: of two that claim it, the likelier stands, and
before both one found by `SURE_RULE`."""
SURE_RULE = "translation"
MAX_MEMBERS = 200
"""A story of more items is a fault of ours or of a feed; further items stand alone, linked as related."""
ODD_MEMBERS = 25
"""A story of more is worth a person's look: in a month of 55 outlets the largest right one has 7 items, and the
largest event 24."""
MAX_RELATED = 20

_CLOSENESS = {Relation.REPOST: 0, Relation.REWRITE: 1, Relation.RELATED: 2}


@dataclass(slots=True, kw_only=True)
class _Story:
    """A story while it grows."""

    members: list[int]
    via: dict[int, Match | None]
    direct: set[int] = field(default_factory=set)
    """The founder and its own copies: those through which others may join."""


def cluster(
    members: Mapping[int, Fingerprint],
    matches: Iterable[Match],
    rulings: Iterable[Ruling] = (),
    *,
    collapse: Relation = Relation.REWRITE,
    priority: Mapping[int, int] | None = None,
    languages: Sequence[str] = (),
    settings: Settings | None = None,
) -> tuple[Cluster, ...]:
    """The stories that the members make, by founder.

    ``members``: item id → fingerprint. ``matches``: live ones; one with an end outside ``members`` only
    makes that end related. ``rulings``: of two on one pair the later holds. ``collapse``: how close items
    must be to be one story. ``priority``: feed id → the person's preference. ``languages``: the person's,
    best first. ``settings``: the judge's, asked once more before two stories become one.
    """
    graph = _Graph(members, matches, rulings, collapse, settings)
    stories = _grown(graph)
    result = []
    for founder in sorted(stories):
        story = stories[founder]
        result.append(
            Cluster(
                founder=founder,
                canonical=_canonical(story.members, members, priority or {}, languages),
                members=tuple(story.members),
                via=story.via,
                related=_related(story.members, graph),
            )
        )
    return tuple(result)


class _Graph:
    """Edges and rulings by item, in a form that does not depend on the order they came in."""

    def __init__(
        self,
        members: Mapping[int, Fingerprint],
        matches: Iterable[Match],
        rulings: Iterable[Ruling],
        collapse: Relation,
        settings: Settings | None,
    ) -> None:
        self.members = members
        self.settings = settings
        self.limit = _CLOSENESS[collapse]
        self.edges: dict[int, dict[int, Match]] = defaultdict(dict)
        for match in matches:
            one, other = match.older, match.newer
            if one != other:
                known = self.edges[one].get(other)
                if known is None or _strength(match) > _strength(known):
                    self.edges[one][other] = self.edges[other][one] = match
        self._relate_rivals()
        self.same: dict[int, set[int]] = defaultdict(set)
        told_apart: set[tuple[int, int]] = set()
        by_uid = {member.uid: item for item, member in members.items()}
        final = {frozenset((ruling.a, ruling.b)): ruling.verdict for ruling in rulings}
        for pair, verdict in final.items():
            ids = sorted(by_uid[uid] for uid in pair if uid in by_uid)
            if len(ids) == 2 and verdict is Verdict.SAME:
                self.same[ids[0]].add(ids[1])
                self.same[ids[1]].add(ids[0])
            elif len(ids) == 2:
                told_apart.add((ids[0], ids[1]))
        self.different = _entailed(self.same, told_apart)

    def _relate_rivals(self) -> None:
        """Only link what claims an item as its translation beside a likelier original that is another article.

        Judged pair by pair, a report of the same event may look like the original; beside it, it does not.
        """
        outdone = [
            match
            for item, edges in self.edges.items()
            for other, match in edges.items()
            if match.rule == CLAIM_RULE and self._outdone(item, other, match)
        ]
        for match in outdone:
            linked = replace(match, relation=Relation.RELATED)
            self.edges[match.older][match.newer] = self.edges[match.newer][match.older] = linked

    def _outdone(self, item: int, other: int, match: Match) -> bool:
        own = self.members.get(other)
        return own is not None and any(
            (rival.rule == SURE_RULE or (rival.rule == CLAIM_RULE and rival.score > match.score))
            and third in self.members
            and self.members[third].language == own.language
            and not self.joins(self.edges[other].get(third))
            for third, rival in self.edges[item].items()
        )

    def joins(self, match: Match | None) -> bool:
        """Whether a match is close enough to collapse."""
        return match is not None and _CLOSENESS[match.relation] <= self.limit

    def apart(self, one: Iterable[int], other: Iterable[int]) -> bool:
        """Whether a person said that any of these differs from any of those."""
        others = set(other)
        return any(not others.isdisjoint(self.different.get(item, ())) for item in one)


def _entailed(same: Mapping[int, set[int]], told_apart: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Which items differ by what a person said: who calls A and B one and B and C two calls A and C two.

    Without that a match could bring C to A first and leave no place beside A for B.
    """
    group: dict[int, frozenset[int]] = {}
    for item in same:
        if item not in group:
            whole = _linked(item, same)
            group.update(dict.fromkeys(whole, whole))
    different: dict[int, set[int]] = defaultdict(set)
    for one, other in told_apart:
        mine, theirs = (group.get(each, frozenset((each,))) for each in (one, other))
        if mine is theirs:  # both said of one pair, by way of others: only their own pair stays apart
            mine, theirs = frozenset((one,)), frozenset((other,))
        for each in mine:
            different[each] |= theirs
        for each in theirs:
            different[each] |= mine
    return different


def _linked(item: int, same: Mapping[int, set[int]]) -> frozenset[int]:
    reached, frontier = {item}, [item]
    while frontier:
        fresh = same.get(frontier.pop(), set()) - reached
        reached |= fresh
        frontier += fresh
    return frozenset(reached)


def _strength(match: Match) -> tuple[int, float, str]:
    """Closest relation first, then the score; the rule's name only breaks ties."""
    return -_CLOSENESS[match.relation], match.score, match.rule


def _strong(match: Match) -> bool:
    return match.relation is Relation.REPOST and match.score >= STRONG_SCORE


# --- Growing -------------------------------------------------------------------------------------


def _grown(graph: _Graph) -> dict[int, _Story]:
    """The stories, by founder; every item in exactly one."""
    stories: dict[int, _Story] = {}
    home: dict[int, int] = {}
    for item in sorted(graph.members):
        founder = _ruled_home(item, graph, stories, home)
        match = None
        if founder is None:
            founder, match = _best_home(item, graph, stories, home)
        if founder is None:
            stories[item] = _Story(members=[item], via={item: None}, direct={item})
            home[item] = item
        else:
            _add(item, founder, match, stories[founder])
            home[item] = founder
        _unite(item, graph, stories, home)
    return stories


def _add(item: int, founder: int, match: Match | None, story: _Story) -> None:
    story.members.append(item)
    story.via[item] = match
    if match is None or (_strong(match) and founder in (match.older, match.newer)):
        story.direct.add(item)


def _ruled_home(
    item: int, graph: _Graph, stories: Mapping[int, _Story], home: Mapping[int, int]
) -> int | None:
    """The story of an earlier item that a person called the same."""
    for friend in sorted(graph.same.get(item, ())):
        if friend in home and not graph.apart((item,), stories[home[friend]].members):
            return home[friend]
    return None


def _best_home(
    item: int, graph: _Graph, stories: Mapping[int, _Story], home: Mapping[int, int]
) -> tuple[int | None, Match | None]:
    """The story that the item matches best, and the match that counts.

    A match with the founder goes before a stronger one with a later member, so that a story stays about
    what its founder is about; of two founders, the closer one, then the older.
    """
    best: tuple[tuple[bool, tuple[int, float, str], int, int], int, Match] | None = None
    for neighbour, match in graph.edges.get(item, {}).items():
        founder = home.get(neighbour)
        if founder is None or not graph.joins(match):
            continue
        story = stories[founder]
        if not _may_carry(neighbour, match, story):
            continue
        if len(story.members) >= MAX_MEMBERS or graph.apart((item,), story.members):
            continue
        identity = match.rule in IDENTITY_RULES
        rank = (identity or neighbour == founder, _strength(match), -founder, -neighbour)
        if best is None or rank > best[0]:
            best = rank, founder, match
    return (best[1], best[2]) if best else (None, None)


def _may_carry(neighbour: int, match: Match, story: _Story) -> bool:
    """Whether an item may join a story through this member.

    Through the founder and its own copies any match will do; through others an identity, unless an identity
    brought that member in: then the item would have it with an earlier one too, and was refused there.
    """
    if neighbour in story.direct:
        return True
    via = story.via.get(neighbour)
    return match.rule in IDENTITY_RULES and (via is None or via.rule not in IDENTITY_RULES)


def _unite(item: int, graph: _Graph, stories: dict[int, _Story], home: dict[int, int]) -> None:
    """Join two stories that the new item proves to be one; the older founder stays.

    Proof is a person's word, or an identity or a copy of both founders that no guard contradicts: one weak
    edge never joins stories.
    """
    bridges: list[tuple[int, Match | None]] = [(other, None) for other in sorted(graph.same.get(item, ()))]
    bridges += [
        (other, match)
        for other, match in sorted(graph.edges.get(item, {}).items())
        if graph.joins(match) and _proves(item, other, match, stories, home)
    ]
    for other, match in bridges:
        if other not in home or home[other] == home[item]:
            continue
        old, young = sorted((home[other], home[item]))
        if graph.apart(stories[old].members, stories[young].members):
            continue
        if match is not None and judge(graph.members[old], graph.members[young], graph.settings).refused:
            continue
        if len(stories[old].members) + len(stories[young].members) > MAX_MEMBERS:
            continue
        gone = stories.pop(young)
        kept = stories[old]
        kept.members = sorted([*kept.members, *gone.members])
        kept.via = {**gone.via, **kept.via, young: match}
        kept.direct |= {other, item} & set(kept.members)
        home.update(dict.fromkeys(gone.members, old))


def _proves(
    item: int, other: int, match: Match, stories: Mapping[int, _Story], home: Mapping[int, int]
) -> bool:
    """Whether this edge, with the one that brought the item in, makes two stories one."""
    if match.rule in IDENTITY_RULES:
        return True
    mine = stories[home[item]].via.get(item)
    if mine is None or other not in home:
        return False
    founded = _strong(mine) and home[item] in (mine.older, mine.newer)
    return (founded or mine.rule in IDENTITY_RULES) and _strong(match) and home[other] == other


# --- Speaking ------------------------------------------------------------------------------------


def _canonical(
    items: Sequence[int],
    members: Mapping[int, Fingerprint],
    priority: Mapping[int, int],
    languages: Sequence[str],
) -> int:
    """Who speaks: a language the person reads, the source that others name, a press wire, priority, the origin.

    Among copies equal in all of these the origin is a matter of clocks: see `dedup.origin`.
    """
    if len(items) == 1:
        return items[0]
    rank = {language: at for at, language in enumerate(languages)}

    def preference(copy: origin.Copy) -> tuple[int, ...]:
        language = rank.get(members[copy.item].language, len(rank))
        return language, not copy.source, not copy.wire, -priority.get(copy.feed, 0)

    story = origin.copies({item: members[item] for item in items})
    return origin.origin(origin.best(story, preference)).item


def _related(items: Sequence[int], graph: _Graph) -> tuple[int, ...]:
    """Items outside that a match links to one of these: the closest `MAX_RELATED`, in order of arrival."""
    found: dict[int, tuple[int, float, str]] = {}
    for item in items:
        for other, match in graph.edges.get(item, {}).items():
            if other not in items:
                found[other] = max(found.get(other, (-9, 0.0, "")), _strength(match))
    closest = sorted(found, key=lambda each: (found[each], -each), reverse=True)
    return tuple(sorted(closest[:MAX_RELATED]))
