"""`python -m copilot`, and the entry point of the command `copilot`."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line; an interrupt while its parts are still loading is no fault either."""
    try:
        from copilot.cli import main  # noqa: PLC0415  so that the interrupt can be caught

        main.run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
