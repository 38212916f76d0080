"""Which files of an output must change on the disk?"""

from __future__ import annotations

from collections.abc import Callable

from aggregator.errors import ExportError
from aggregator.export.files import write as write_file
from aggregator.home import Home
from aggregator.pipeline.export.documents import Documents
from aggregator.pipeline.export.outputs import Output


def write(home: Home, output: Output, documents: Documents, tell: Callable[[], None]) -> list[str]:
    """Write the documents that differ from what lies there; give their names relative to the home.

    ``tell`` is called after each document. Raises ``ExportError``; what lay there stays as it was.
    """
    directory = output.directory(home)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{directory}: {error.strerror}; nothing was exported") from error
    written = []
    for name, render in documents.items():
        path = directory / name
        if write_file(path, render()):
            written.append(str(path.relative_to(home.path)))
        tell()
    return written
