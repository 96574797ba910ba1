"""`copilot draft check` as people and programs run it."""

from __future__ import annotations


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


def test_the_policy_itself_is_never_written(copilot, company, tmp_path):
    """`--out` that names the policy is refused."""
    policy = tmp_path / "backup.md"
    policy.write_text("# Backup policy\n\nText.\n", "utf-8")

    done = copilot("draft", "check", policy, "--out", policy, cwd=company)

    assert done.returncode == 2
    assert "never overwrite" in done.stderr
    assert policy.read_text("utf-8") == "# Backup policy\n\nText.\n"
