from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import console
import pytest

PAGE = """\
<!-- before: mkdir kept -->
Text.

```console
$ ls
kept
…
$ printf 'one\\ntwo\\nthree\\n'
one
…
$ false    # exit code 1
```

```sh
$ rm -rf /
```

```console
$ date
```
"""


def missing(command: str) -> str | None:
    """A program of the system that a command needs and that is not here."""
    words = command.replace("|", " | ").split()
    heads = [word for before, word in zip(["|", *words], words, strict=False) if before == "|"]
    return next(
        (each for each in heads if each in {"jq", "newsboat", "sqlite3"} and not shutil.which(each)), None
    )


def pages():
    """The tutorial in `make test`; the others take half a minute."""
    for path in console.pages():
        marks = () if path.stem == "tutorial" else pytest.mark.slow
        yield pytest.param(path, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", list(pages()))
def test_what_a_page_shows_is_what_happens(path, tmp_path, demo_home):
    page = console.read(path.read_text("utf-8"))
    steps = [step for step in page.steps if missing(step.command) is None]
    for step, outcome in zip(steps, console.run(steps, tmp_path, demo_home), strict=True):
        said = "\n".join(outcome.lines)
        assert outcome.exit_code == step.exit_code, f"$ {step.command}\n{said}"
        if step.compared:
            assert console.agrees(step.says, outcome.lines), (
                f"$ {step.command}\n{said}\n\nis not what {path.name} says; read the difference after "
                f"python -m tests.docs.console {shlex.quote(str(path))}"
            )


def test_blocks_are_read_as_commands_and_what_they_print():
    steps = console.read(PAGE).steps
    assert [step.command for step in steps] == [
        "mkdir kept",
        "ls",
        "printf 'one\\ntwo\\nthree\\n'",
        "false    # exit code 1",
        "date",
    ]
    assert [step.compared for step in steps] == [False, True, True, True, False]
    assert [step.exit_code for step in steps] == [0, 0, 0, 1, 0]


def test_a_page_is_one_session(tmp_path, demo_home):
    page = console.read(PAGE)
    outcomes = console.run(page.steps, tmp_path, demo_home)
    assert [each.exit_code for each in outcomes] == [0, 0, 0, 1, 0]
    assert outcomes[2].lines == ("one", "two", "three")
    # The demo's home is there as well, in front of what the page made.
    assert not console.agrees(page.steps[1].says, outcomes[1].lines)


@pytest.mark.parametrize(
    ("says", "lines", "agrees"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a", "b", "c"], False),
        (["a", "…"], ["a", "b", "c"], True),
        (["a", "…"], ["a"], True),
        (["a", "…", "c"], ["a", "b", "d"], False),
        (["… MB are free"], ["7,123 MB are free"], True),
        (["… MB are free"], ["7,123 GB are free"], False),
        (["cut off…"], ["cut off…"], True),
        (["a.c"], ["abc"], False),
        ([], ["", "surprise"], False),
        (["a"], ["", "a", ""], True),
    ],
)
def test_three_dots_stand_for_what_is_left_out_and_for_nothing_else(says, lines, agrees):
    assert console.agrees(says, lines) is agrees


def test_a_page_is_rewritten_with_what_is_printed_and_as_short_as_before():
    page = console.read("```console\n$ first\nold\n…\nold\n$ second\nsame …\n```\nend\n")
    outcomes = [
        console.Outcome(lines=("a", "b", "c", "d"), exit_code=0),
        console.Outcome(lines=("same thing",), exit_code=0),
    ]
    assert console.rewritten(page, outcomes) == "```console\n$ first\na\n…\nd\n$ second\nsame …\n```\nend\n"


def test_a_page_that_is_true_stays_as_it_is(tmp_path, demo_home):
    page = console.read("```console\n$ echo hello\nhello\n```\n")
    assert console.rewritten(page, console.run(page.steps, tmp_path, demo_home)) == page.text


def test_a_session_knows_the_demos_time_and_is_at_home(tmp_path: Path, demo_home: Path):
    steps = [console.Step(command="cd && pwd"), console.Step(command="aggregator -C demo")]
    home, state = console.run(steps, tmp_path, demo_home)
    assert home.lines == (console.HOME,)
    assert "last run just now" in "\n".join(state.lines)
