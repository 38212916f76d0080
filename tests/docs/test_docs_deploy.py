from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "examples" / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("aggregator*"))


def program(name: str) -> str:
    """A program of the system, or a reason to leave the test out."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def checked(*command: str | Path) -> str:
    done = subprocess.run([str(each) for each in command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.iterdir()))
def test_the_documentation_quotes_every_example_as_it_is(name):
    quoted = "".join(path.read_text("utf-8") for path in (ROOT / "docs" / "how-to").glob("*.md"))
    assert f"<!-- [[[ file examples/deploy/{name} ]]] -->" in quoted
    assert (DEPLOY / name).read_text("utf-8").rstrip() in quoted


def test_systemd_takes_the_units(tmp_path):
    for name in UNITS:
        # It also looks whether the program is there, which it is not in a checkout.
        text = (DEPLOY / name).read_text("utf-8").replace("/usr/local/bin/aggregator", "/bin/true")
        (tmp_path / name).write_text(text, "utf-8")
    said = checked(program("systemd-analyze"), "verify", *(tmp_path / name for name in UNITS))
    assert said.strip() == ""


def test_a_run_beside_another_is_no_failure_to_systemd():
    assert "SuccessExitStatus=75\n" in (DEPLOY / "aggregator.service").read_text("utf-8")


def test_nginx_takes_its_example(tmp_path):
    block = (DEPLOY / "nginx.conf").read_text("utf-8")
    block = re.sub(r"listen [^;]*;", f"listen unix:{tmp_path}/socket;", block, count=1)
    block = re.sub(r"listen \[::\][^;]*;", "", block).replace("/srv/news", str(tmp_path))
    places = "".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {places}\n{block}\n}}"
    (tmp_path / "nginx.conf").write_text(whole, "utf-8")
    said = checked(program("nginx"), "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert "[warn]" not in "".join(line for line in said.splitlines(True) if '"user"' not in line)


def test_caddy_takes_its_example(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    checked(program("caddy"), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
