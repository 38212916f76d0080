from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

import forked
import pytest

from aggregator.cli.completion import SHELLS


def completed(words: str, shell: str = "zsh", **environment: str) -> list[str]:
    """What the program answers a shell whose user typed these words and pressed Tab in the last one."""
    typed = words.split(" ")
    asked = {
        "_AGGREGATOR_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1) if shell != "fish" else typed[-1],
    }
    done = forked.run(env={**os.environ, **asked, **environment})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def values(answer: list[str]) -> list[str]:
    """The words of an answer to zsh: three lines each, of which the second is the word."""
    return answer[1::3]


def test_commands_and_options_are_completed():
    assert values(completed("aggregator se")) == ["search", "serve"]
    assert "--coin" in values(completed("aggregator list --co"))


def test_stories_are_offered_with_their_titles_newest_first(demo_home):
    answer = completed(f"aggregator -C {demo_home} show ")
    offered, titles = answer[1::3], answer[2::3]
    assert len(offered) == len(set(offered)) == 50
    assert all(title != "_" for title in titles)
    begun = offered[7][:4]
    again = completed(f"aggregator -C {demo_home} explain {begun}")
    assert offered[7] in values(again)
    assert all(each.startswith(begun) for each in values(again))


def test_feeds_coins_and_languages_come_from_the_store(demo_home):
    at = f"aggregator -C {demo_home} list"
    assert "BTC" in values(completed(f"{at} --coin b"))
    assert set(values(completed(f"{at} --lang e"))) == {"en", "es"}
    titles = values(completed(f"{at} --feed "))
    assert len(titles) == 14
    first = titles[0].split(" ")[0]
    assert set(values(completed(f"{at} --feed {first.lower()}"))) == {
        title for title in titles if title.lower().startswith(first.lower())
    }


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_gets_words_quoted_as_they_must_stand(demo_home, aggregator, tmp_path):
    """A title with blanks and quotes is one word for the command that is typed with it."""
    program = tmp_path / "aggregator"
    program.write_text(
        f"#!/bin/sh\nexec '{sys.executable}' -c 'from aggregator.cli import main; main()' \"$@\"\n"
    )
    program.chmod(0o755)
    script = f"""
        {aggregator("completion", "bash").out}
        COMP_WORDS=(aggregator -C {demo_home} list --feed ''); COMP_CWORD=5
        _aggregator_completion {program}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    offered = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=True)
    words = [shlex.split(line) for line in offered.stdout.splitlines()]
    assert all(len(each) == 1 for each in words)
    assert any(" " in each[0] for each in words)
    assert sorted(each[0] for each in words) == sorted(
        values(completed(f"aggregator -C {demo_home} list --feed "))
    )


@pytest.mark.parametrize("state", ["missing", "empty", "garbage"])
def test_where_nothing_can_be_read_nothing_is_offered_and_nothing_said(tmp_path, state):
    if state != "missing":
        (tmp_path / "aggregator.db").write_text("" if state == "empty" else "garbage" * 500)
    assert "".join(completed(f"aggregator -C {tmp_path} show ")) == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_takes_its_script(aggregator, tmp_path, shell):
    result = aggregator("completion", shell)
    assert result.code == 0
    assert "_AGGREGATOR_COMPLETE" in result.out
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(result.out)
    subprocess.run([shell, "-n", script], check=True)


def test_the_shell_in_use_is_the_default_and_an_unknown_one_is_asked_for(aggregator, monkeypatch):
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert "complete --no-files --command aggregator" in aggregator("completion").out
    monkeypatch.setenv("SHELL", "/bin/dash")
    result = aggregator("completion")
    assert (result.code, result.out) == (2, "")
    assert "bash, zsh, fish" in result.err
