"""What does ``aggregator``, or ``python -m aggregator``, do? The command line, from its first moment on.

While the program is being loaded nothing has been done that could be told of: Ctrl-C ends it there and then, like any
program, instead of showing where in an import it came.
"""

import signal
import sys


def main() -> None:
    """Be the command line: the console script."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from aggregator.cli import main as command_line

    sys.exit(command_line())


if __name__ == "__main__":
    main()
