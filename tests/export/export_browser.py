"""A headless Chromium, driven over its DevTools pipe with the standard library alone.

As a script it photographs a page: ``python tests/export/export_browser.py index.html shot.png 1280 900 [dark]``.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Tab:
    """One page: open, look, ask; remembers what it requested and complained about."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._pending = b""
        self._calls = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._calls:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, path: Path, width: int = 1280, height: int = 900, *, dark: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.requests.clear()
        self.complaints.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self._loaded()

    def reload(self) -> None:
        """The same address once more."""
        self.call("Page.reload")
        self._loaded()

    def _loaded(self) -> None:
        while (event := self._next()).get("method") != "Page.loadEventFired":
            self._note(event)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            codes = {"Enter": 13, "Tab": 9, "Escape": 27, " ": 32}
            more = {"text": text} if text and kind == "keyDown" else {}
            code = codes.get(key, ord(key[0].upper()))
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            received = os.read(self._read, 1 << 20)
            if not received:
                raise RuntimeError("the browser has gone")
            self._pending += received
        message, _, self._pending = self._pending.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        found = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(found["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(found["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(found["exceptionDetails"]["text"])
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(found["args"]))
            case "Runtime.bindingCalled":
                self.complaints.append(f"ran: {found['payload']}")
            case "Page.javascriptDialogOpening":
                self.complaints.append(f"dialog: {found['message']}")
            case _:
                pass


NOWHERE = "MAP * ~NOTFOUND"
"""No name leads anywhere."""


@contextmanager
def chromium(profile: Path, hosts: str = NOWHERE) -> Iterator[Tab]:
    """A browser with one tab; gone at the end. ``hosts``: where names lead (``--host-resolver-rules``)."""
    to_browser, ours_out = os.pipe()
    ours_in, from_browser = os.pipe()

    def pipes() -> None:
        # The protocol wants 3 for reading and 4 for writing; moved away first lest one overwrite the other.
        read, write = os.dup(to_browser), os.dup(from_browser)
        os.dup2(read, 3)
        os.dup2(write, 4)

    process = subprocess.Popen(
        [
            PROGRAM or "chromium",
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--hide-scrollbars",
            f"--host-resolver-rules={hosts}",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
        ],
        preexec_fn=pipes,  # noqa: PLW1509 - no threads here; the numbers 3 and 4 leave no other way
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        yield Tab(ours_out, ours_in)
    finally:
        os.close(ours_out)
        os.close(ours_in)
        process.terminate()
        process.wait()


def photograph(
    page: Path, picture: Path, width: int = 1280, height: int = 900, *, dark: bool = False
) -> None:
    """What a person sees first, with the first folded copies opened."""
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as tab:
        tab.open(page, width, height, dark=dark)
        tab.ask("document.querySelector('details')?.setAttribute('open', '')")
        tab.screenshot(picture, whole=False)


if __name__ == "__main__":
    page, picture, width, height, *more = sys.argv[1:]
    photograph(Path(page), Path(picture), int(width), int(height), dark=more == ["dark"])
