"""Keep what the product stores to its owner."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

FOLDER: Final = 0o700
FILE: Final = 0o600


def keep_private(*paths: Path) -> None:
    """Take files, and folders with all that is in them, from everybody but their owner.

    What is not there is passed over. What is another user's, or on a disk that cannot be written,
    stays as it is.
    """
    for path in paths:
        _narrow(path)
        for place, _, names in os.walk(path):
            _narrow(Path(place))
            for name in names:
                _narrow(Path(place, name))


def make_private(file: Path) -> None:
    """Make a file, if it is not there, that only its owner can read from the first moment."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE))


def _narrow(path: Path) -> None:
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        allowed = FOLDER if stat.S_ISDIR(mode) else FILE
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & ~allowed:
            path.chmod(stat.S_IMODE(mode) & allowed)
