"""What can a person ask for, and what do they see?

Commands parse, call and print; what happens is the pipeline's business. Everything heavy is imported by the
command that needs it, when it runs, so that ``--help`` and the reading commands start fast.
"""

from aggregator.cli.app import main

__all__ = ["main"]
