from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "DESIGN.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"""\]\((?P<link>[^)\s]+)\)|(?:src|srcset|href)="(?P<attribute>[^"]+)\"""")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def local_links(page: Path) -> Iterator[str]:
    for found in LINK.finditer(FENCED.sub("", page.read_text("utf-8"))):
        target = found["link"] or found["attribute"]
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.strip().lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_local_link_leads_somewhere(page):
    for target in local_links(page):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{target} does not exist"
        if anchor:
            assert anchor in anchors(path), f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES[2:], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_can_be_reached_from_the_readme(page):
    assert str(page.relative_to(ROOT)) in set(local_links(ROOT / "README.md"))
