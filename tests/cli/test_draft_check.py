"""`copilot draft check` as people and programs run it."""

from __future__ import annotations

import pytest


def test_remarks_are_no_failure(copilot, document, company, tmp_path):
    """Remarks are what the command is for: it exits with 0, and the diff stands in its own file."""
    policy = tmp_path / "new.md"
    policy.write_text("# Backup policy\n\nBackups are kept for 14 days.\n", "utf-8")
    out = tmp_path / "changes.diff"

    done = copilot("draft", "check", policy, "--json", "--out", out, cwd=company)

    assert done.returncode == 0
    found = document(done)
    assert {one["kind"] for one in found["remarks"]} >= {"conflict", "missing approval"}
    assert found["kind"] == "backup"
    assert out.read_text("utf-8") == found["diff"]
    assert policy.read_text("utf-8").endswith("14 days.\n")


@pytest.mark.parametrize("named", ["backup.md", "another.md"])
def test_no_policy_is_ever_written_over(copilot, company, tmp_path, named):
    """`--out` takes the name of a diff only, so neither the policy nor another one can be lost."""
    text = "# Backup policy\n\nText.\n"
    for name in ("backup.md", "another.md"):
        (tmp_path / name).write_text(text, "utf-8")

    done = copilot("draft", "check", tmp_path / "backup.md", "--out", tmp_path / named, cwd=company)

    assert done.returncode == 2
    assert "is no name for a diff" in done.stderr
    assert (tmp_path / named).read_text("utf-8") == text
