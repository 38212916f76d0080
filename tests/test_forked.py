from __future__ import annotations

import os
import signal
import subprocess
import sys

import forked
import pytest


@pytest.mark.parametrize("arguments", [["list", "--reposts"], ["show", "nothing"]])
def test_a_fork_of_the_program_says_and_is_what_an_interpreter_with_it_says_and_is(demo_home, arguments):
    arguments = ["-C", str(demo_home), *arguments]
    told = subprocess.run(
        [sys.executable, "-m", "aggregator", *arguments], capture_output=True, text=True, check=False
    )
    assert told.stdout + told.stderr
    forks = [forked.run(*arguments) for _ in range(2)]
    assert {(each.returncode, each.stdout, each.stderr) for each in forks} == {
        (told.returncode, told.stdout, told.stderr)
    }


def test_a_fork_is_a_process_of_its_own_that_can_be_stopped(demo_home):
    stdin, kept = os.pipe()
    try:
        process = forked.start("-C", demo_home, "import", "-", stdin=stdin)
        assert process.pid != os.getpid()
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert process.poll() == -signal.SIGKILL
        process.send_signal(signal.SIGTERM)
    finally:
        os.close(stdin)
        os.close(kept)
