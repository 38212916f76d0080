from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| (?P<asset>[^|]+) \| (?P<attack>[^|]+) \| (?P<defence>[^|]+) \| `(?P<test>tests/\S+?::\w+)` \|$"
)


def rows() -> list[re.Match[str] | str]:
    """The rows of DESIGN.md's table of threats; one that is not in its form comes as text."""
    section = (ROOT / "DESIGN.md").read_text("utf-8").partition("\n## 12. Threats\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    assert lines[0] == "| asset | attack | defence | test |"
    return [ROW.match(line) or line for line in lines[2:]]


def named_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
    }


def test_every_threat_has_an_attack_a_defence_and_a_test_that_exists() -> None:
    found = rows()
    assert len(found) > 40
    for row in found:
        assert isinstance(row, re.Match), row
        path, _, name = row["test"].partition("::")
        assert name in named_in(ROOT / path), row["test"]


def test_every_file_of_tests_about_threats_is_named() -> None:
    named = {row["test"].partition("::")[0] for row in rows() if isinstance(row, re.Match)}
    ours = {str(path.relative_to(ROOT)) for path in Path(__file__).parent.glob("test_*.py")}
    assert ours - named == {str(Path(__file__).relative_to(ROOT))}
