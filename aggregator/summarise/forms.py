"""What do sentences look like that must not stand in an abstract, and those that point back?

Patterns and words alone; :mod:`aggregator.summarise.sound` says what follows from them.
"""

from __future__ import annotations

import re

CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ENDS = re.compile(r"[.!。！]['\"”’»」』）)\]]*$|[^\W\d_][”\"」』]$")
QUESTION = re.compile(r"[?？]['\"”’»」』）)\]]*$|[?？]\s")
BEGINS = re.compile(r"[\"'“‘«„「『(\[$€£¥#₿]*(?:[^\W\d_]|\d)")
LOWER_BEGINNING = re.compile(r"[a-z]{1,3}[A-Z0-9]")
LINK = re.compile(r"https?:|\(@\w|www\.|</?\w|&\w{2,8};|\S@\S+\.\w|[{}\\|]|(?:^|\s)[#@]\w.*\s[#@]\w")
LABEL = re.compile(
    r"^(?:[^\s.,:：]{2,20}\s?){1,2}(?::\s|：)"
    r"|^(?:[A-Z][\w’'&/-]*\s|(?:of|the|and|for|in|to|on|a)\s){1,4}[A-Z][\w’'&/-]*:\s[A-Z]"
)
"""One or two words and a colon, or up to five in Title Case: "Source: …", "Balance Sheet Strength: …"."""
HEADLINE_WORDS = frozenset(
    "is are was why how what faces gains takes take hits holds sees eyes could should amid drives surges drops"
    " falls rises remains means signals shows breaks targets leads launches plans moves reaches struggles grows climbs"
    " explained signal hit face gain rise drop fall drive see surge expected likely ahead still".split()
)
"""Words that are capitalised in headings and in no name."""

TITLE_CASE = 5
"""Words in Title Case with which a heading begins; names are shorter, or hold none of the words above, none twice."""

NUMBERED = re.compile(r"[:：]\s?\d{1,2}[.、]$")
"""A list that begins where the sentence was cut: "… to two addresses: 1."."""

FILLER = re.compile(
    r"\bread (?:the|our) (?:full|original|whole|entire)\b|^(?:table of contents|contents)\b"
    r"|\bin this (?:article|guide|post|piece)\b|\bwelcome (?:back )?to\b|\bkeep reading\b|\bread on\b"
    r"|\bin your inbox\b|\bsubscribe to\b|\bsign up now\b|\bnewsletter is (?:written|part)\b|\bunknown block type\b"
    r"|\bpart of .{0,60}\b(?:newsletter|subscription)\b|\bfeatures exclusive insight\b"
    r"|\b(?:let[’']s|let us) (?:take a (?:closer )?look|dive|explore|break|delve|examine|see|unpack)\b"
    r"|\bever-(?:evolving|changing|shifting|expanding)\b"
    r"|\bworld is (?:\w+ )?buzzing\b|^(?:get ready|buckle up|imagine)\b"
    r"|^an excerpt from\b"
    r"|\b(?:here[’']s|here is|here are) (?:what|why|how|everything|the latest|a (?:closer )?look)\b"
    r"|\bthis (?:article|guide|post|piece) (?:explores|explains|looks|examines|covers|will|breaks|dives|discusses"
    r"|delves|is part)\b",
    re.IGNORECASE,
)
"""Talks about the article or to its reader instead of about the matter."""
FILLER_CUES = (
    "read ",
    "contents",
    "this article",
    "this guide",
    "this post",
    "this piece",
    "welcome",
    "reading",
    "inbox",
    "subscri",
    "sign up",
    "newsletter",
    "block type",
    "exclusive insight",
    "let’s",
    "let's",
    "let us",
    "here is",
    "here are",
    "here’s",
    "here's",
    "ever-",
    "buzzing",
    "get ready",
    "buckle up",
    "imagine",
    "excerpt",
)
"""One of these stands in every sentence that the pattern finds; asking for them first takes a tenth of its time."""

REFERS_BACK = re.compile(
    r"\b(?:similar|same) (?:support|concerns?|sentiments?|views?|remarks?|comments?|optimism|opinions?|points?)\b"
    r"|\b(?:echoed|agreed|concurred|disagreed)\b|^(?:I|I[’']\w+|my|our|we|we[’']\w+)\b"
    r"|^(?:while|although|though|despite|as|with|after|if|when|since|because|for|in) [^,.]{3,90},"
    r" (?:these|this|those|he|she)\b"
    r"|^(?:asked|speaking|commenting|responding) (?:about|on|to) (?:this|that|it|the)\b",
    re.IGNORECASE,
)
"""Says that something is like what was said before, or lacks its speaker."""

GLUED_HEADING = re.compile(
    r"^(?:[\"“‘']?[A-Z$][\w$%'’.,&/”\"-]*\s+(?:(?:a|an|the|of|to|in|on|at|by|for|from|with|as|and|or|vs|is)\s+){0,2}){4,}"
    r"(?:The|In|After|According|As|On|At|A|An|With|Following|While|When|During|It|This|He|She|By|For|If|First|Since"
    r"|However|Meanwhile|Despite|Although|Speaking),?\s[A-Za-z]"
)
"""A heading without an end mark, and the sentence that feeds glue to it."""
GLUED = re.compile(r"[a-zа-яё][.!?][A-ZА-Я][a-zа-яё]|[a-z]{3}[A-Z][a-z]+ |[a-zа-яё”\")]:[A-Z][a-z]")
CAMEL = re.compile(r"\b(?:[A-Z]?[a-z]+[A-Z]\w*|Mc\w+|Mac\w+)\b")

POINTS_BACK = re.compile(
    r"(?!it(?:[’']s| is| was) (?:essential|important|nearly|almost|time|official|possible|likely|hard|easy|clear|worth"
    r"|impossible|safe|too early|no secret)\b|this (?:year|month|week|quarter|summer|autumn|winter|spring)\b)"
    r"[\"“'‘(]*(?:(?:he|she|it|they|this|these|those|that|his|her|its|their|him|them|both|such|here|there)\b"
    r"|(?:but|and|or|so|yet|however|moreover|furthermore|additionally|meanwhile|also|still|nevertheless"
    r"|nonetheless|therefore|thus|hence|instead|besides|similarly|likewise|consequently|otherwise|then"
    r"|afterwards|elsewhere|in addition|as a result|for (?:example|instance)|on the other hand"
    r"|in (?:contrast|turn|other words|fact)|that said|at the same time|in the meantime|speaking of|to put"
    r"|despite (?:this|that|these)|according to (?:him|her|them)|second(?:ly)?|third(?:ly)?|finally|lastly|overall"
    r"|in conclusion|not only|even so|what(?:’|')s more|of course|neither|none|another|others?)\b"
    r"|(?:este|esta|esto|estos|estas|él|ella|ellos|sin embargo|además|pero|por (?:otro|su) (?:lado|parte)"
    r"|asimismo|también|ele|ela|eles|isso|isto|esse|essa|no entanto|além disso|mas|porém"
    r"|er|sie|es|dies|diese|dieser|dieses|jedoch|außerdem|zudem|aber|auch|dennoch|dazwischen"
    r"|il|elle|ils|elles|cela|ce|cette|cependant|toutefois|de plus|mais|par ailleurs|également"
    r"|egli|ella|essi|questo|questa|tuttavia|inoltre|ma|però|anche"
    r"|он|она|они|оно|это|этот|эта|эти|однако|кроме того|но|также|при этом|вместе с тем|впрочем|поэтому"
    r"|він|вона|вони|це|цей|ця|ці|однак|крім того|але|також|проте|водночас"
    r"|bu|o|onlar|ancak|ayrıca|fakat|ama|bununla birlikte|öte yandan)\b"
    r"|此外|另外|同时|同時|然而|但是|不过|不過|因此|其中|该|該|他|她|它|这|這|此举|此舉|对此|對此|据悉|此前"
    r"|また|しかし|さらに|一方|これ|それ|この|その|同社|同氏|なお|ただし|그러나|또한|하지만|이에|이는|그는|한편)",
    re.IGNORECASE,
)
"""Pronouns and connectives: fine after the sentence they point at, not alone."""

NEVER_FIRST = re.compile(
    r"[\"“'‘(]*(?:he|she|it|they|his|her|its|their|but|and|or|so|however|also|moreover|additionally|furthermore|therefore"
    r"|meanwhile|nevertheless|он|она|они|однако|но|він|вона|вони|однак|але|er|sie|aber|él|ella|pero|ele|ela|mas|il|elle"
    r"|mais|ma|ancak|ama)\b|(?:此外|但|然而|他|她|它|しかし|また|그는|하지만)",
    re.IGNORECASE,
)
"""Those that a headline above does not explain, as it may explain "This deal …"."""

SAYS_AGAIN = re.compile(
    r"(?:(?:according to |despite )?the (?:former|latter|same|move|firm|company|report|decision|news|announcement"
    r"|project|analyst|team|platform|exchange|group|agency|authors?|simplest|discount|offer|idea|proposal|funds)"
    r"|(?:first|most|some|many|two|three|all) of (?:them|these|those))\b",
    re.IGNORECASE,
)
"""A thing that was named before; in the first sentence of a text it cannot have been."""

BARE_NAME = re.compile(
    r"([A-Z][\w’'-]+) (?:(?:also|further|then|later) )?(?:shared|posted|tweeted|replied"
    r"|responded|said|says|added|adds|noted|notes|explained|told|wrote|argued"
    r"|argues|stressed|warned|believes|claimed|emphasi[sz]ed|concluded|continued|pointed|stated|highlighted|suggested)\b"
)
"""A surname alone: who that is was said before."""

BULLET = re.compile(r"^[-–—•·●▪■◆►➤✓✔*]\s+(?=[\"“„«(]?[^\W_a-zа-яёіїє])")

ABBREVIATED = re.compile(
    r"\b(?:Corp|Inc|Ltd|Co|Mr|Mrs|Ms|Dr|St|No|vs|U\.S|U\.K|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.$"
)
"""A full stop that ends a word: at the end of an excerpt it need not end the sentence."""

WHOLLY_QUOTED = re.compile(r"[“\"«„「][^”\"»“«„「]*[”\"»“」]\.?$")
"""Somebody said it, but the sentence does not say who."""
