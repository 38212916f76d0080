from __future__ import annotations

import ast
import sys
from functools import cache
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply import locks

PACKAGE = locks.ROOT / "aggregator"
MODULES = sorted(PACKAGE.rglob("*.py"))
DECLARED = {
    canonicalize_name(Requirement(each).name) for each in locks.pyproject()["project"]["dependencies"]
}
OWNERS = metadata.packages_distributions()


@cache
def imported(source: str) -> frozenset[str]:
    """The packages that a module imports, at its top, inside functions and by name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                found.add(str(node.args[0].value))
    return frozenset(name.partition(".")[0] for name in found)


def undeclared(source: str) -> set[str]:
    """What a module imports that is neither Python's, ours, nor of a library that pyproject.toml names."""
    outside = imported(source) - sys.stdlib_module_names - {"aggregator"}
    return {
        name
        for name in outside
        if not DECLARED & {canonicalize_name(owner) for owner in OWNERS.get(name, ())}
    }


def test_no_module_imports_what_is_not_declared() -> None:
    found = {str(path.relative_to(PACKAGE)): undeclared(path.read_text("utf-8")) for path in MODULES}
    assert {path: names for path, names in found.items() if names} == {}


def test_nothing_is_declared_that_no_module_imports() -> None:
    used = {name for path in MODULES for name in imported(path.read_text("utf-8"))}
    owned = {canonicalize_name(owner) for name in used for owner in OWNERS.get(name, ())}
    assert owned >= DECLARED


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import json\nimport nh3\nfrom aggregator import models", set()),
        ("import lxml.etree", {"lxml"}),
        ("def f():\n    from nltk import data", {"nltk"}),
        ("import importlib\nimportlib.import_module('requests.adapters')", {"requests"}),
        ("from . import x\nfrom ..y import z", set()),
    ],
)
def test_what_another_library_brings_along_is_not_ours_to_import(source: str, found: set[str]) -> None:
    assert undeclared(source) == found
