"""Where the folders of a run lie: in memory, if this machine has room there.

Every commit of a database or an index waits until the disk has it, 5 ms and more, and tests make tens of
thousands of them. In memory nothing waits; what is stored, locked, moved and killed is the same.
"""

from __future__ import annotations

import os
from pathlib import Path

_PLACE = Path("/dev/shm")  # noqa: S108  pytest makes a folder of its own in it
_ROOM = 6 * 2**30
"""Bytes that a run may take there, and that must be free besides: a container often has 64 MB."""


def in_memory():
    """Have pytest make the folders of this run in memory, unless somebody chose a place or there is no room."""
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _is_roomy():
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_PLACE)


def _is_roomy():
    try:
        about = os.statvfs(_PLACE)
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    left = [int(one.split()[1]) * 1024 for one in lines if one.startswith("MemAvailable:")]
    runs_programs = not about.f_flag & os.ST_NOEXEC
    free = about.f_bavail * about.f_frsize
    return runs_programs and os.access(_PLACE, os.W_OK) and min(free, *left, _ROOM) == _ROOM
