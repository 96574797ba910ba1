"""A small company whose list of controls names no criteria yet, for tests that decide on them."""

from __future__ import annotations

import csv
import io

ANN, ED, AUD, EMP = "ann", "ed", "aud", "emp"
"""Of compliance, an engineer, the auditor, an employee."""

_PEOPLE = """people:
  - {id: ann, role: compliance, audiences: [compliance]}
  - {id: ed, role: engineer}
  - {id: aud, role: auditor}
  - {id: emp, role: employee}
"""

CONTROLS = {
    "AC-01": "Quarterly access review; System owners review who has access each quarter and remove what "
    "is not needed.; Ann Hill; quarterly",
    "AC-02": "Leavers; Access of leavers is removed on their last day by the service desk.; Ben Roe; per "
    "event",
    "CM-01": "Change approval; Every change to production is reviewed, tested and approved before it is "
    "released.; Ben Roe; per event",
    "BK-01": "Backups; Databases are backed up every night and a restore is tested each half-year.; Ann "
    "Hill; daily",
}
"""Title, description, owner and frequency by id."""


def as_csv(
    controls=CONTROLS, *, header=("id", "title", "description", "owner", "frequency"), **more
):
    """Return a list of controls as CSV; `more` names criteria by id, with `_` for the dash."""
    named = {id_.replace("_", "-"): text for id_, text in more.items()}
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([*header, "criteria"])
    for id_, said in controls.items():
        rows.writerow([id_, *(one.strip() for one in said.split(";")), named.get(id_, "")])
    return out.getvalue().encode()


def small_company(folder):
    """Make the workspace in a new folder, and return the folder."""
    (folder / "controls").mkdir(parents=True)
    (folder / "copilot.toml").write_text('company = "Smallco"\nperiod = "2025"\n')
    (folder / "people.yaml").write_text(_PEOPLE)
    (folder / "controls" / "controls.csv").write_bytes(as_csv())
    return folder
