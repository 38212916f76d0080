from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest

from aggregator.cli.serve import documents, line
from aggregator.serve.connections import Served

PROGRAM = [sys.executable, "-m", "aggregator"]
PATIENCE = 20


def end(process, number=signal.SIGTERM):
    """Tell it to stop; give what else it said on stderr."""
    process.send_signal(number)
    said = process.stderr.read()
    assert process.stdout.read() == ""
    assert process.wait(PATIENCE) == 0
    return said


@contextmanager
def started(home, *arguments):
    """A server of its own process, and the address it names."""
    command = [*PROGRAM, "-C", str(home), "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, re.search(r" at (http://[^ ]+/)", process.stderr.readline())[1]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_what_a_run_wrote_until_it_is_told_to_stop(demo_home, number):
    with started(demo_home) as (process, base):
        with urllib.request.urlopen(base + "atom.xml") as answer:
            assert answer.read() == (demo_home / "public" / "atom.xml").read_bytes()
        err = end(process, number)
    for name in ("atom.xml", "rss.xml", "feed.json", "feeds.opml"):
        assert re.search(rf"^  {re.escape(base + name)}  +\S", err, re.MULTILINE)
    assert "[export] base_url" in err
    assert "Traceback" not in err


def test_the_page_is_served_under_the_policy_it_names_itself(demo_home):
    own = re.search(
        r'Content-Security-Policy" content="([^"]+)"', (demo_home / "public" / "index.html").read_text()
    )
    with started(demo_home) as (_, base), urllib.request.urlopen(base) as answer:
        assert answer.headers["Content-Security-Policy"] == f"{own[1]}; frame-ancestors 'none'"


def test_verbose_tells_every_request(demo_home):
    with started(demo_home, "-v") as (process, base):
        with urllib.request.urlopen(base + "feed.json"):
            pass
        (told,) = [said for said in end(process).splitlines() if "GET /feed.json" in said]
    assert told.startswith("127.0.0.1 200 ")


def test_before_the_first_run_it_says_what_to_do(home):
    home.mkdir()
    with started(home) as (process, base):
        err = end(process)
    assert "nothing is exported yet: run `" in err
    assert f"{base}atom.xml" in err


def test_a_port_that_is_taken_is_one_line_and_what_to_do(aggregator, home):
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = aggregator("-C", home, "serve", "--port", str(port))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"aggregator: 127.0.0.1:{port} is taken")
    assert "--port" in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "a" * 70 + ".example", ""])
def test_an_address_of_another_machine_is_refused_in_words(aggregator, home, host):
    home.mkdir()
    result = aggregator("-C", home, "serve", "--port", "0", "--host", host)
    assert result.code in {1, 2}
    assert "Traceback" not in result.err
    assert "--host" in result.err


def test_a_home_that_does_not_exist_is_not_served(aggregator, home):
    result = aggregator("-C", home, "serve", "--port", "0")
    assert result.code == 1
    assert "init" in result.err


def test_whoever_lets_others_in_is_warned(demo_home):
    with started(demo_home, "--host", "0.0.0.0") as (process, base):
        assert base.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(base + "feed.json") as answer:
            assert answer.status == 200
        err = end(process)
    assert "others can reach it, unencrypted and without a password" in err


def test_named_outputs_are_told_of_below_the_whole(tmp_path):
    for name in (
        "index.html",
        "atom.xml",
        "bitcoin/rss.xml",
        "bitcoin/index.html",
        ".hidden/atom.xml",
        "archive/2026.xml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [name for name, _ in documents(tmp_path)] == ["atom.xml", "", "bitcoin/rss.xml", "bitcoin/"]


def test_a_line_of_the_log_cannot_do_anything_to_a_terminal():
    served = Served(
        client="127.0.0.1",
        method="GET",
        target="/\x1b[2J\r\n" + "a" * 500,
        agent="x\x1b]0;y\x07\n",
        status=404,
        sent=3,
    )
    said = line(served)
    assert said.startswith("127.0.0.1 404 3 GET /")
    assert said.isprintable()
    assert len(said) < 500
