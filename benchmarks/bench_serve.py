"""How many requests a second does `aggregator serve` answer on loopback, and what does one cost?

One server process; the load comes from another, over connections that stay open. CPU is the server's alone, user and
system; where the machine has other things to do, requests per second of CPU say what a core of its own would give.
Target: 2,000 conditional requests a second.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = 2_000
DOCUMENT_BYTES = 400_000
AGGREGATOR = [sys.executable, "-c", "from aggregator.cli import main; main()"]


def request(port: int, tag: str) -> bytes:
    """What a feed reader sends, conditional where it knows a tag."""
    known = f"If-None-Match: {tag}\r\n" if tag else ""
    return (
        f"GET /atom.xml HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: reader/1.0 (+https://reader.example/)\r\n"
        f"Accept: application/atom+xml, */*;q=0.8\r\nAccept-Encoding: gzip, deflate\r\n{known}\r\n"
    ).encode()


class Client:
    """One open connection that asks again as soon as it is answered, ``depth`` requests at a time."""

    def __init__(self, port: int, asked: bytes, depth: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.asked, self.depth = asked * depth, depth
        self.open = depth
        self.pending = b""
        self.socket.sendall(self.asked)

    def take(self) -> int:
        """Read what is there; tell how many answers it completed."""
        self.pending += self.socket.recv(1 << 18)
        answered = 0
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            found = re.search(rb"Content-Length: (\d+)", self.pending[:end])
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self.pending) < size:
                break
            self.pending = self.pending[size:]
            answered += 1
        self.open -= answered
        if not self.open:
            self.open = self.depth
            self.socket.sendall(self.asked)
        return answered


def load(port: int, tag: str, connections: int, depth: int, seconds: float) -> None:
    """Ask for ``seconds`` and print how many answers came."""
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        client = Client(port, request(port, tag), depth)
        selector.register(client.socket, selectors.EVENT_READ, client)
    answers, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        answers += sum(key.data.take() for key, _ in selector.select(1))
    print(json.dumps({"answers": answers, "seconds": time.perf_counter() - start}))


def cpu_seconds(process: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(
    server: subprocess.Popen[str], port: int, name: str, load_options: list[str], seconds: float
) -> None:
    """Put one load on the server and print what it made of it."""
    before = cpu_seconds(server.pid)
    command = [
        sys.executable,
        __file__,
        "--load",
        "--port",
        str(port),
        "--seconds",
        str(seconds),
        *load_options,
    ]
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    spent = cpu_seconds(server.pid) - before
    rate = done["answers"] / done["seconds"]
    share = spent / done["seconds"]
    print(
        f"{name:<44}{rate:8.0f} a second{spent / done['answers'] * 1e6:7.0f} µs CPU each"
        f"{share * 100:5.0f} % of a core{rate / share:8.0f} a second of CPU"
    )


def main() -> None:
    """Serve a feed of usual size and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--tag", default="", help=argparse.SUPPRESS)
    parser.add_argument("--connections", type=int, default=16, help=argparse.SUPPRESS)
    parser.add_argument("--depth", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        load(options.port, options.tag, options.connections, options.depth, options.seconds)
        return
    with tempfile.TemporaryDirectory() as home:
        public = Path(home) / "public"
        public.mkdir()
        entry = "<entry><title>Report {}</title><id>tag:outlet.example,2026:{}</id></entry>\n"
        entries = "".join(entry.format(n, n * n) for n in range(DOCUMENT_BYTES // len(entry)))
        (public / "atom.xml").write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">\n{entries}</feed>\n')
        command = [*AGGREGATOR, "-C", home, "serve", "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            port = int(re.search(r":(\d+)/", server.stderr.readline())[1])
            try:
                report(server, port, options.seconds)
            finally:
                server.terminate()


def report(server: subprocess.Popen[str], port: int, seconds: float) -> None:
    """Print the figures of each kind of load beside the target."""
    with socket.create_connection(("127.0.0.1", port)) as once:
        once.sendall(request(port, ""))
        tag = re.search(rb'ETag: ("[^"]+")', once.recv(4096))[1].decode()
    print(f"one process, target {TARGET} conditional requests a second")
    for name, options in (
        ("not modified, 16 connections", ["--tag", tag]),
        ("not modified, 1 connection", ["--tag", tag, "--connections", "1"]),
        ("not modified, 16 connections, 16 at a time", ["--tag", tag, "--depth", "16"]),
        ("whole document of 400 KB, packed", []),
    ):
        measure(server, port, name, options, seconds)


if __name__ == "__main__":
    main()
