from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aggregator.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "lists.md").read_text("utf-8")


def test_the_import_of_the_docs_says_what_the_docs_say(tmp_path, capfd, monkeypatch):
    shutil.copy(ROOT / "tests" / "data" / "opml" / "feedly.opml", tmp_path / "subscriptions.opml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        app.main(["-v", "feeds", "import", "subscriptions.opml"])
    assert ended.value.code == 0
    assert f"$ aggregator feeds import subscriptions.opml\n{capfd.readouterr().err}```\n" in PAGE
