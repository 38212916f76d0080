"""Which other pages does a page link to?"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.export.channel import PAGE
from aggregator.export.page import Sibling
from aggregator.pipeline.export.outputs import Output

MAIN = "Everything"
"""What the main page is called among its siblings."""


def siblings(output: Output, outputs: Sequence[Output]) -> list[Sibling]:
    """The pages of the home, this one among them, under addresses that hold wherever the directory is served.

    Empty where there is only one.
    """
    pages = [each for each in outputs if PAGE in each.files]
    if len(pages) < 2:
        return []
    up = "../" if output.name else ""
    main = next((each.title for each in outputs if not each.name), "")
    return [
        Sibling(
            name=each.title.removeprefix(f"{main} · ") if each.name else MAIN,
            address=f"{up}{each.name}/{PAGE}" if each.name else f"{up}{PAGE}",
            here=each.name == output.name,
        )
        for each in pages
    ]
