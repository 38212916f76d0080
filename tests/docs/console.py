"""Does a page of the documentation show what really happens? Runs its commands and compares.

A page is one session in one shell: what a command changes, the next one finds. Only blocks marked ``console`` are
run::

    ```console
    $ cd ~/demo
    $ aggregator list -n 1
    12:00    Bitcoin node count passes 24,000 …
    …
    $ aggregator doctor    # exit code 1
    …
    ```

A line of ``…`` alone stands for any lines, ``…`` within a line for any text, in the output as in the page. In a block
without any output the commands are run for their exit codes, and what they print is nobody's business. Blocks
marked ``sh`` are not run: they need a network, a system, or an hour.

In front of a page may stand what its reader has done before, in a comment that is not shown::

    <!-- before: cp -r ~/demo ~/news -->

The session has a home directory of its own, called ``/home/you`` on the page, with the demo's home in ``~/demo``; it is
noon of 22 November 2026 there, as it is in the demo; its terminal has 90 columns and no colours.

    python -m tests.docs.console [PAGE…]    write into the pages what is printed
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-22T12:00:00Z"
COLUMNS, LINES = 90, 50
HOME = "/home/you"
"""What the session's home directory is called on the page."""
SECONDS = 600
"""For a whole page, on a machine with better things to do; the slowest takes 20 alone."""

FENCE = re.compile(
    r"^<!-- before: (?P<before>.+?) -->$|^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
GENERATED = re.compile(r"<!-- \[\[\[ .+? \]\]\] -->\n.*?<!-- \[\[\[ end \]\]\] -->", re.DOTALL)
"""What ``render`` makes is compared there."""
EXIT_CODE = re.compile(r"#.*\bexit code (\d+)")
HEREDOC = re.compile(r"<<-?\s*'?(\w+)'?")
CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x1b\a]*(?:\x1b\\|\a))")
MARK = "\x1e"
"""Between the outputs of two commands: the ASCII character that separates records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a page, and what the page says it prints."""

    command: str
    says: tuple[str, ...] = ()
    compared: bool = True
    start: int = 0
    """Where its output stands in the page: offsets of its first character and of the first one behind it."""
    end: int = 0

    @property
    def exit_code(self) -> int:
        """What the page promises, in a comment behind the command; 0 where it says nothing."""
        found = EXIT_CODE.search(self.command)
        return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command printed, and how it ended."""

    lines: tuple[str, ...]
    exit_code: int


@dataclass(slots=True)
class Page:
    """The commands of one page, in order."""

    text: str
    steps: list[Step] = field(default_factory=list)


def read(text: str) -> Page:
    """Find the commands of a page, and those that come before it."""
    page = Page(text=text)
    for found in FENCE.finditer(GENERATED.sub(lambda part: " " * len(part[0]), text)):
        if found["before"]:
            page.steps.append(Step(command=found["before"], compared=False))
        elif found["language"] == "console":
            page.steps += _block(found["text"], found.start("text"))
    return page


def _block(text: str, offset: int) -> list[Step]:
    steps: list[Step] = []
    lines = text.splitlines(keepends=True)
    while lines:
        offset += len(lines[0])
        command = [lines.pop(0).rstrip("\n").removeprefix("$ ")]
        document = HEREDOC.search(command[0])
        while lines and (command[-1] != document[1] if document else command[-1].endswith("\\")):
            offset += len(lines[0])
            command.append(lines.pop(0).rstrip("\n"))
        start, says = offset, []
        while lines and not lines[0].startswith("$ "):
            offset += len(lines[0])
            says.append(lines.pop(0).rstrip("\n"))
        steps.append(Step(command="\n".join(command), says=tuple(says), start=start, end=offset))
    if any(step.says for step in steps):
        return steps
    return [Step(command=each.command, compared=False) for each in steps]


def run(steps: Sequence[Step], place: Path, demo: Path) -> list[Outcome]:
    """Run the commands in one shell, in an empty directory; ``demo`` is a home that the demo made."""
    home, tools = place / "you", place / "tools"
    tools.mkdir(parents=True)
    shutil.copytree(demo, home / "demo")
    program = tools / "aggregator"
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m aggregator --now "${{NOW:-{NOW}}}" "$@"\n', "utf-8"
    )
    program.chmod(0o755)
    script = [f"cd {shlex.quote(str(home))}"]
    for step in steps:
        script += [step.command, "printf '\\036%d\\036' $?"]
    (place / "script").write_text("\n".join(script) + "\n", "utf-8")
    written = _under_terminal(
        ["bash", "--noprofile", "--norc", str(place / "script")],
        {
            "HOME": str(home),
            "PATH": f"{tools}:{os.environ['PATH']}",
            "TERM": "dumb",
            "PAGER": "cat",
            "NO_COLOR": "1",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "USER": "you",
        },
    )
    parts = written.split(MARK)
    assert len(parts) == 2 * len(steps) + 1, f"the shell ended early:\n{written}"
    return [
        Outcome(lines=tuple(_lines(said, home)), exit_code=int(code))
        for said, code in zip(parts[0:-1:2], parts[1::2], strict=True)
    ]


def _lines(said: str, home: Path) -> Iterator[str]:
    text = CONTROL.sub("", said.replace("\r\n", "\n").replace(str(home), HOME))
    return (line.rstrip() for line in text.splitlines())


def _under_terminal(command: list[str], environment: dict[str, str]) -> str:
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=child, stderr=child, env=environment, start_new_session=True
    )
    os.close(child)
    written = b""
    deadline = time.monotonic() + SECONDS
    try:
        while chunk := _read(parent, deadline - time.monotonic()):
            written += chunk
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    return written.decode()


def _read(parent: int, seconds: float) -> bytes:
    if not select.select([parent], [], [], max(0, seconds))[0]:
        return b""
    try:
        return os.read(parent, 65536)
    except OSError:  # the other end is closed: Linux says so with EIO
        return b""


def agrees(says: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether what the page says is what was printed, as far as it says it."""
    pattern = "".join(
        "(?:.*\n)*?" if each == "…" else ".*".join(map(re.escape, each.split("…"))) + "\n"
        for each in _trimmed(says)
    )
    # A line that the program itself ends with "…" agrees too: the sign stands for any text, itself included.
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _trimmed(lines))) is not None


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """Without the empty lines around it: a terminal has them where a bar of progress stood."""
    filled = [number for number, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def rewritten(page: Page, outcomes: Sequence[Outcome]) -> str:
    """Say on a page what was printed; where lines were left out, as many stay in front and behind as there were."""
    text = page.text
    for step, outcome in reversed(list(zip(page.steps, outcomes, strict=True))):
        if step.compared and not agrees(step.says, outcome.lines):
            shown = _shortened(step.says, _trimmed(outcome.lines))
            text = text[: step.start] + "".join(f"{line}\n" for line in shown) + text[step.end :]
    return text


def _shortened(says: Sequence[str], printed: Sequence[str]) -> Sequence[str]:
    vague = [each for each in says if "…" in each and each != "…"]
    lines = [next((each for each in vague if agrees([each], [line])), line) for line in printed]
    if says.count("…") != 1:
        return lines
    before, after = says.index("…"), len(says) - says.index("…") - 1
    if before + after >= len(lines):
        return lines
    return [*lines[:before], "…", *lines[len(lines) - after :]]


def pages() -> list[Path]:
    """README and every page below docs/ that has something to run."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in found if read(path.read_text("utf-8")).steps]


def main(arguments: list[str]) -> int:
    """Write what is printed into the pages named, or into all."""
    with tempfile.TemporaryDirectory() as place:
        demo = Path(place) / "demo"
        subprocess.run(
            [sys.executable, "-m", "aggregator", "-q", "demo", str(demo)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for number, path in enumerate([Path(each) for each in arguments] or pages()):
            page = read(path.read_text("utf-8"))
            outcomes = run(page.steps, Path(place) / str(number), demo)
            for step, outcome in zip(page.steps, outcomes, strict=True):
                if step.exit_code != outcome.exit_code:
                    said = "\n".join(outcome.lines)
                    sys.stderr.write(f"{path.name}: {step.command}: exit code {outcome.exit_code}\n{said}\n")
            path.write_text(rewritten(page, outcomes), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
