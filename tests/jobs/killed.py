"""A process with a runner whose work never ends, to be killed in the middle of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.jobs.conftest import Desk


def main(folder):
    def work(_arguments, _principal, telling):
        telling.step("working", 3, 10)
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        while True:
            time.sleep(0.05)
            telling.step("working", 4, 10)

    Desk(Path(folder)).runner(work).start()
    time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1])
