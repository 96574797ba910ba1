"""Findings that people add, as files of the workspace's folder `findings/`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.adapters.sql.events import append, writing_alone
from copilot.errors import FileInTheWay, WorkspaceNotWritable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.engine import Engine

    from copilot.domain.event_log import Happening

_RIGHTS: Final = 0o644


def add_file(
    engine: Engine,
    path: Path,
    text: str,
    *,
    happening: Happening,
    at: datetime,
    check: Callable[[], None],
) -> None:
    """Write a file that is not there yet, and log it: both or neither.

    Args:
        engine: The database with the event log.
        path: Where; its folder is made if need be.
        text: What it says.
        happening: The entry of the log.
        at: The time, in UTC.
        check: Raises if the file may not be added; nobody else adds one meanwhile.

    Raises:
        FileInTheWay: Something stands there.
        WorkspaceNotWritable: The folder or the database cannot be written.
    """
    with writing_alone(engine) as connection:
        check()
        append(connection, happening, at=at)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, text.encode())
        except FileExistsError as exc:
            raise FileInTheWay(
                f"{path.parent.name}/{path.name} exists", hint="Give the finding another id."
            ) from exc
        except OSError as exc:
            raise WorkspaceNotWritable(
                f"{path.parent} cannot be written: {exc.strerror}", hint="Nothing was added."
            ) from exc


def _put(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_RIGHTS)
        # A link is refused where something stands, in one step.
        path.hardlink_to(name)
    finally:
        Path(name).unlink(missing_ok=True)
