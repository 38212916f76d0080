from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

# Loaded from its file: `make docs` runs it as a module, and tests are no package.
_spec = importlib.util.spec_from_file_location("docs_render", Path(__file__).parent / "render.py")
docs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(docs)


def page(what: str, text: str = "") -> str:
    return f"# Title\n\n<!-- [[[ {what} ]]] -->\n{text}<!-- [[[ end ]]] -->\n\nEnd.\n"


def test_a_commands_help_is_put_between_its_marks():
    rendered = docs.render(page("aggregator list --help", "stale\n"))
    assert rendered.startswith(
        "# Title\n\n<!-- [[[ aggregator list --help ]]] -->\n```console\n$ aggregator list --help\n"
    )
    assert "--since TIME" in rendered
    assert "stale" not in rendered
    assert rendered.endswith("```\n<!-- [[[ end ]]] -->\n\nEnd.\n")


@pytest.mark.parametrize(
    "what", ["aggregator -h", "aggregator feeds add -h", "commands", "config", "aggregator.toml"]
)
def test_rendering_again_changes_nothing(what):
    once = docs.render(page(what))
    assert once != page(what)
    assert docs.render(once) == once


def test_the_demos_last_words_name_the_same_place_every_time():
    rendered = docs.part("demo")
    assert re.search(r"\n\d+ items in \d+ feeds became \d+ stories; \d+ reposts collapsed\.\n", rendered)
    assert "/tmp/aggregator-demo/public/atom.xml" in rendered
    assert len(rendered.splitlines()) < 15


def test_a_part_nobody_can_make_is_an_error():
    with pytest.raises(ValueError, match="fortune"):
        docs.render(page("fortune"))


def test_every_command_and_the_settings_must_be_shown():
    assert docs.undocumented(page("commands") + page("config")) == []
    missing = docs.undocumented(page("aggregator list --help"))
    assert "aggregator feeds add" in missing
    assert "aggregator list" not in missing
    assert missing[-1] == "config"


def test_the_readme_names_every_command_and_every_key():
    readme = (docs.ROOT / "README.md").read_text("utf-8")
    for name in docs.commands():
        assert f"| [`{name.removeprefix('aggregator ')}`](" in readme
    for each in docs.config.settings():
        assert f"| `{each.name}` | `{each.default}` | " in readme


def test_no_line_of_any_help_is_wider_than_the_page():
    for command in docs.commands():
        assert max(map(len, docs.help_of(command).splitlines())) <= 90


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('"author" = ', '"autor" = ', "`list`, `search`, `show` has no words for author"),
        ('"updated" = ', '"renewed" = "Never."\n"updated" = ', "prints no renewed"),
    ],
)
def test_a_field_without_words_is_an_error_and_words_without_a_field_too(
    before, after, complaint, tmp_path, demo_home
):
    words = edited(docs.json_reference.WORDS, tmp_path, before, after)
    with pytest.raises(ValueError, match=complaint):
        docs.json_reference.reference(demo_home, words)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("[matches]", "[maches]", "differ in maches, matches"),
        ('columns.guid = "the feed\'s name for it"\n', "", "items.guid has no words"),
        ("columns.guid", "columns.gid", "items has no gid"),
    ],
)
def test_a_table_or_column_without_words_is_an_error(before, after, complaint, tmp_path):
    words = edited(docs.schema_reference.WORDS, tmp_path, before, after)
    with pytest.raises(ValueError, match=complaint):
        docs.schema_reference.reference(words)


def edited(words: Path, place: Path, before: str, after: str) -> Path:
    text = words.read_text("utf-8")
    assert before in text
    copy = place / words.name
    copy.write_text(text.replace(before, after, 1), "utf-8")
    return copy
