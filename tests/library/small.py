"""A workspace with a few files, made once for a whole run."""

from __future__ import annotations

from tests.workspaces import open_workspace

_MANIFEST = """\
defaults:
  owner: Head of IT
files:
  - file: review-2026-q1.csv
    title: Access review, first quarter 2026
    audience: compliance
    period: 2026-Q1
    frequency: quarterly
  - file: minutes.md
    audience: board
"""

_ACCESS = """\
---
owner: Head of People
criteria: [CC6.1]
---
# Access control

Access is reviewed.
"""


def build_small(folder):
    """Make the workspace in `folder` and ingest it."""
    (folder / "policies").mkdir(parents=True)
    (folder / "evidence").mkdir()
    (folder / "copilot.toml").write_text('period = "2026-01-01..2026-06-30"\n')
    (folder / "policies/access.md").write_text(_ACCESS)
    (folder / "evidence/manifest.yaml").write_text(_MANIFEST)
    (folder / "evidence/review-2026-q1.csv").write_text("user,kept\nann,yes\n")
    (folder / "evidence/old-review.csv").write_text("user,kept\nbob,yes\n")
    (folder / "evidence/old-review.csv.meta.yaml").write_text("period: 2024\n")
    (folder / "evidence/minutes.md").write_text("# Minutes\n\nThe board met.\n")
    (folder / "evidence/undated.txt").write_text("The backup ran.\n")
    (folder / "evidence/broken.pdf").write_text("this is no PDF")
    with open_workspace(folder) as copilot:
        copilot.ingest()
