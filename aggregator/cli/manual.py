"""What does the help of a command say besides its options: how it can end, and where to read on?"""

from __future__ import annotations

from collections.abc import Mapping

BUSY = ("75", "another run is at work")
FAILED = ("1", "the store, a file or the settings are at fault; the message says which")
NO_SUCH = ("2", "no item or story is meant, or several are")
USAGE = ("2", "wrong usage; what was meant is suggested")

EXIT_CODES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("0", "done; also when there was nothing to do or to show"),
        FAILED,
        USAGE,
        BUSY,
        ("130, 143", "interrupted (Ctrl-C), terminated (SIGTERM); what was recorded stays"),
    ),
    "run": (
        ("0", "done, whatever single feeds said: `aggregator feeds list --failing`"),
        ("1", "nothing worked, the settings are wrong, or with --strict a feed failed"),
        BUSY,
    ),
    "poll": (
        ("0", "done, whatever single feeds said"),
        ("1", "nothing worked, the settings are wrong, or with --strict a feed failed"),
        BUSY,
    ),
    "dedup": (("0", "done"), FAILED, BUSY),
    "dedup eval": (("0", "scored, however well"), ("1", "no pair could be scored")),
    "summarise": (("0", "done"), ("1", "with --try: the model did not answer"), BUSY),
    "export": (("0", "done; nothing to write is fine, too"), ("1", "a file could not be written"), BUSY),
    "show": (("0", "shown"), NO_SUCH),
    "serve": (
        ("0", "stopped with Ctrl-C or SIGTERM"),
        ("1", "it cannot listen there"),
    ),
    "explain": (("0", "explained"), NO_SUCH),
    "join": (("0", "done"), NO_SUCH, BUSY),
    "split": (("0", "done"), NO_SUCH, BUSY),
    "rulings withdraw": (("0", "done"), NO_SUCH, BUSY),
    "feeds check": (("0", "at least one address is a feed"), ("1", "none is")),
    "import": (("0", "done; bad lines are named"), ("1", "no line could be read"), BUSY),
    "doctor": (("0", "no problem; warnings and notes at most"), ("1", "a problem")),
    "restore": (
        ("0", "restored"),
        ("1", "the backup cannot be trusted"),
        ("2", "a home is there already"),
        BUSY,
    ),
    "prune": (("0", "done"), FAILED, BUSY),
    "vacuum": (("0", "done"), FAILED, BUSY),
}
"""Command → its exit codes, where they say more than done and not done."""

SEE_ALSO: Mapping[str, tuple[str, ...]] = {
    "init": ("run", "feeds add", "demo"),
    "run": ("doctor", "feeds list", "list"),
    "poll": ("run", "feeds check", "feeds list"),
    "dedup": ("explain", "rulings", "dedup eval"),
    "dedup eval": ("rulings", "dedup"),
    "summarise": ("run", "show"),
    "export": ("run", "serve"),
    "list": ("search", "show", "explain"),
    "search": ("list", "show"),
    "show": ("list", "explain"),
    "serve": ("export", "run"),
    "stats": ("feeds list", "list"),
    "explain": ("split", "join", "show"),
    "join": ("explain", "rulings", "split"),
    "split": ("explain", "rulings", "join"),
    "rulings": ("join", "split", "dedup eval"),
    "rulings withdraw": ("rulings", "explain"),
    "feeds": ("stats", "doctor"),
    "feeds check": ("feeds add", "feeds list"),
    "feeds list": ("feeds check", "stats", "doctor"),
    "feeds add": ("feeds check", "feeds remove", "feeds import"),
    "feeds remove": ("feeds add", "feeds list"),
    "feeds import": ("feeds export", "import"),
    "feeds export": ("feeds import", "dump"),
    "import": ("dump", "feeds import", "restore"),
    "dump": ("import", "backup", "feeds export"),
    "completion": ("list", "show"),
    "demo": ("init", "list"),
    "doctor": ("feeds list", "run", "backup"),
    "backup": ("restore", "dump"),
    "restore": ("backup", "run"),
    "prune": ("vacuum", "backup"),
    "vacuum": ("prune", "doctor"),
}
"""Command → those that people want next."""
