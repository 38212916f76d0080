"""Makes the pictures of the README from the program itself: ``make pictures``.

``list.svg`` is what ``aggregator list`` writes to a terminal, run under a real one; ``page.png`` and
``page-dark.png`` are the demo's page in a browser (Debian's chromium; without one the page is left as it is).
"""

from __future__ import annotations

import fcntl
import html
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
COLUMNS, LINES = 100, 46
LISTED = ["list", "--until", "30m", "--limit", "8"]
NOW = "2026-11-22T12:00:00Z"
PAGE_WIDTH, PAGE_HEIGHT = 1240, 1620

# The background of a terminal most people have, colours with enough contrast on it.
THEME = TerminalTheme(
    (30, 32, 38),
    (222, 222, 218),
    [
        (30, 32, 38),
        (240, 113, 103),
        (134, 192, 108),
        (229, 184, 95),
        (110, 164, 242),
        (196, 142, 232),
        (96, 192, 196),
        (222, 222, 218),
    ],
    [
        (138, 142, 152),
        (250, 140, 130),
        (160, 214, 134),
        (244, 206, 122),
        (140, 186, 250),
        (214, 168, 244),
        (126, 212, 214),
        (255, 255, 255),
    ],
)
_TEXT_LENGTH = re.compile(
    r'(?P<head><text[^>]*?)textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>(?P<text>[^<]+)</text>'
)
_FONT_FACE = re.compile(r"\s*@font-face \{\{.*?\}\}", re.DOTALL)


def run_in_terminal(command: list[str]) -> str:
    """Run a command under a pseudo-terminal of a fixed size and return what it wrote, colours included."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "", "PAGER": "cat"}
    environment.pop("NO_COLOR", None)
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=subprocess.DEVNULL, env=environment)
    os.close(child)
    written = b""
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # the other end is closed: Linux says so with EIO
            break
        if not chunk:
            break
        written += chunk
    process.wait()
    os.close(parent)
    return written.decode().replace("\r\n", "\n")


def draw_terminal(command: str, output: str, target: Path) -> None:
    """Write a terminal's output as an SVG that needs nothing from elsewhere."""
    from rich import _export_format

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(
            record=True, width=COLUMNS, force_terminal=True, color_system="truecolor", file=nowhere
        )
        console.print(Text(f"$ {command}", style="bold"))
        console.print(Text.from_ansi(output.rstrip("\n")))
        bare = _FONT_FACE.sub("", _export_format.CONSOLE_SVG_FORMAT)
        drawn = console.export_svg(title="aggregator", theme=THEME, code_format=bare, unique_id="list")
    target.write_text(_TEXT_LENGTH.sub(_in_cells, drawn), encoding="utf-8")


def _in_cells(found: re.Match[str]) -> str:
    """Say how wide a run of text is: rich counts characters, but a Chinese one takes two cells."""
    text = html.unescape(found["text"])
    width = float(found["length"]) / len(text) * cell_len(text)
    return f'{found["head"]}textLength="{width:g}"{found["rest"]}>{found["text"]}</text>'


def photograph(page: Path, target: Path, *, dark: bool) -> bool:
    """Take a picture of a page in headless chromium; False where there is none."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={profile}",
                f"--window-size={PAGE_WIDTH},{PAGE_HEIGHT}",
                *(["--blink-settings=preferredColorScheme=0"] if dark else []),
                f"--screenshot={target}",
                page.as_uri(),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return True


def main() -> None:
    """Run the demo, list it, look at its page."""
    program = [sys.executable, "-m", "aggregator"]
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "home"
        subprocess.run([*program, "-q", "demo", str(home)], check=True, stdout=subprocess.DEVNULL)
        listed = run_in_terminal([*program, "-C", str(home), "--now", NOW, *LISTED])
        draw_terminal(" ".join(["aggregator", *LISTED]), listed, HERE / "list.svg")
        page = home / "public" / "index.html"
        for name, dark in (("page.png", False), ("page-dark.png", True)):
            if not photograph(page, HERE / name, dark=dark):
                print(f"no chromium here: docs/{name} is left as it is", file=sys.stderr)


if __name__ == "__main__":
    main()
