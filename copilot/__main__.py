"""`python -m copilot`, and the entry point of the command `copilot`."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import Final

COLLECTING: Final = (50_000, 20, 20)
"""When Python looks for garbage: after 50,000 objects more than before, 700 as it comes. Nearly all that
loading makes stays: looking takes a tenth of the processor time of `copilot ask` (best of five: 1.79 s, 1.49)."""


def run() -> None:
    """Run the command line; an interrupt while its parts are still loading is no fault either."""
    gc.set_threshold(*COLLECTING)
    # A process that ends looks through everything once more, several times (2.26 s in all, 1.70 without).
    atexit.register(gc.freeze)
    try:
        from copilot.cli import main  # noqa: PLC0415  so that the interrupt can be caught

        main.run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
