"""Do the same change again and again, each time killed a step later; say what was left each time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from copilot.adapters.sql import reviews, truth
from copilot.library import changing
from tests.library.conftest import Shelf
from tests.workspaces import open_workspace

LOADED_ONCE = (reviews, truth)
"""And not in every child."""

STEPS = ("_make_ready", "_finish", "_put_away", "_settle")
"""Besides every single move of a file."""


def main(folder):
    (folder / "evidence").mkdir(parents=True)
    (folder / "copilot.toml").touch()
    (folder / "evidence/old-review.csv").write_text("user,kept\nbob,yes\n")
    (folder / "evidence/old-review.csv.meta.yaml").write_text("period: 2024\n")
    with open_workspace(folder) as copilot:
        Shelf(copilot).log()  # makes the database
    found = {what: _killed_everywhere(folder, what) for what in ("add", "replace", "remove")}
    sys.stdout.write(json.dumps(found))


def _killed_everywhere(folder, what):
    found = []
    for step in range(1, 20):
        copy = folder.with_name(f"{what}-{step}")
        shutil.copytree(folder, copy)
        child = os.fork()
        if not child:
            _end_at(step)
            _change(Shelf(open_workspace(copy)), what)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found.append(_left(copy))
        if not os.WIFSIGNALED(status):
            break
    return found


def _end_at(step):
    count = 0

    def ending(real):
        def called(*arguments, **named):
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return called

    for name in STEPS:
        setattr(changing.Changing, name, ending(getattr(changing.Changing, name)))
    changing._move = ending(changing._move)


def _change(shelf, what):
    if what == "remove":
        shelf.remove("evidence/old-review.csv")
    else:
        name = "new.csv" if what == "add" else "old-review.csv"
        shelf.put(name, b"new", said={"audience": "board"}, replace=what == "replace")


def _left(folder):
    """Return the files and the log's newest entry, after somebody else has changed something."""
    shelf = Shelf(open_workspace(folder))
    with shelf.library._changing.alone():
        pass
    files = {
        one.name: one.read_text(errors="replace")
        for one in sorted((folder / "evidence").iterdir())
        if "review.csv" in one.name or one.name.startswith((".", "new"))
    }
    (*_, newest) = [("", "", ""), *shelf.log()]
    return {"files": files, "logged": newest[1]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
