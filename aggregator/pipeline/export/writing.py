"""Which files of an output must change on the disk?"""

from __future__ import annotations

from aggregator.errors import ExportError
from aggregator.export.files import write as write_file
from aggregator.home import Home
from aggregator.pipeline.export.outputs import Output


class Writer:
    """Writes the files of an output that differ from what lies there.

    Raises ``ExportError`` where its directory cannot be made.
    """

    def __init__(self, home: Home, output: Output) -> None:
        self._home = home
        self._directory = output.directory(home)
        self.written: list[str] = []
        """What was written so far, relative to the home."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(f"{self._directory}: {error.strerror}; nothing was exported") from error

    def write(self, name: str, data: bytes) -> None:
        """Make a file, named relative to the output's directory, hold these bytes.

        Raises ``ExportError``; what lay there stays as it was.
        """
        path = self._directory / name
        if write_file(path, data):
            self.written.append(str(path.relative_to(self._home.path)))
