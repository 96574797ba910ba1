"""Write a file such that others find the old one or the whole new one, and nothing between."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a file to write that takes the place of `path` if the block ends well.

    Args:
        path: Its folder must exist.
        private: Leave the file to its owner alone; otherwise it has the rights of any new file.

    Raises:
        OSError: It cannot be made, written or put into its place.
    """
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    os.close(handle)
    new = Path(name)
    try:
        yield new
        with new.open("rb") as file:
            os.fsync(file.fileno())
        if not private:
            new.chmod(0o666 & ~_mask())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
