"""The examples of docs/extend.md and docs/metadata.md do what the pages say."""

from __future__ import annotations

from typing import Any

import yaml

from copilot.adapters.readers import registry
from copilot.domain.documents import BlockKind
from copilot.generation.prompts import Prompts
from copilot.ingestion.chunking import cut
from copilot.ingestion.folders import Root, walk
from copilot.ingestion.metadata import resolve
from copilot.ingestion.statements import read_statements
from copilot.ports import Reader
from tests.docs.pages import ROOT, blocks

CALENDAR = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260211
SUMMARY:Security Committee
DESCRIPTION:Risk register reviewed\\, two risks
  closed
END:VEVENT
BEGIN:VEVENT
DTSTART:20260610T090000Z
SUMMARY:Security Committee
END:VEVENT
END:VCALENDAR
"""


def calendar_reader() -> Reader:
    """Return the reader that docs/extend.md shows."""
    [source] = blocks(ROOT / "docs" / "extend.md", "python")
    namespace: dict[str, Any] = {}
    exec(compile(source, "docs/extend.md", "exec"), namespace)  # noqa: S102  our own page
    made: Reader = namespace["CalendarReader"]()
    return made


def test_the_example_of_a_reader_reads(tmp_path, monkeypatch):
    """Registered under its ending, it returns a block for each event."""
    monkeypatch.setitem(registry.READERS, ".ics", calendar_reader())
    file = tmp_path / "meetings.ics"
    file.write_text(CALENDAR)

    document = registry.read(file, "evidence/meetings.ics")

    assert [block.kind for block in document.blocks] == [BlockKind.ROW, BlockKind.ROW]
    first = document.blocks[0]
    assert document.text[first.start : first.end].splitlines() == [
        "Dtstart: 20260211",
        "Summary: Security Committee",
        "Description: Risk register reviewed\\, two risks closed",
    ]


def test_what_the_example_reads_can_be_quoted(tmp_path, monkeypatch):
    """Its passages stand in the text at their offsets and say which event they are."""
    monkeypatch.setitem(registry.READERS, ".ics", calendar_reader())
    file = tmp_path / "meetings.ics"
    file.write_text(CALENDAR)
    document = registry.read(file, "evidence/meetings.ics")

    [passage] = cut(document, title="Meetings")

    assert passage.text == document.text[passage.start : passage.end]
    assert passage.place == "events 1 to 2"


def test_the_example_of_a_prompt_can_be_used(tmp_path):
    """A workspace that has it in its folder is rewritten for by it, and by its own version."""
    [example] = blocks(ROOT / "docs" / "extend.md", "markdown")
    (tmp_path / "standalone.md").write_text(example)

    prompt = Prompts(ROOT / "prompts", tmp_path).load("standalone")

    assert prompt.version == "1-harbourlight"
    assert "the last one" in prompt.render({"earlier": "", "question": "the last one"}).user


def test_the_examples_of_metadata_can_be_used(tmp_path):
    """The manifest of the page speaks for its files, and the sidecar for its own."""
    page = ROOT / "docs" / "metadata.md"
    sidecar, manifest, _ = blocks(page, "yaml")
    evidence = tmp_path / "evidence"
    (evidence / "tickets").mkdir(parents=True)
    (evidence / "manifest.yaml").write_text(manifest)
    (evidence / "penetration-test.pdf.meta.yaml").write_text(sidecar)
    for name in ("penetration-test.pdf", "access-review-2026-q1.csv", "tickets/may.json"):
        (evidence / name).touch()
    walked = walk([Root(label="evidence", path=evidence)])
    statements = read_statements(walked)

    found = {
        str(one.path): resolve(one, said=statements.about(one), own={}, title="")
        for one in walked.found
    }

    assert found["evidence/penetration-test.pdf"].title == "Penetration test report 2026"
    assert str(found["evidence/access-review-2026-q1.csv"].period) == "2026-01-01..2026-03-31"
    assert found["evidence/tickets/may.json"].owner == "Head of IT"


def test_the_manifest_of_the_readme_can_be_used(tmp_path):
    """A stranger who copies it gets what it says."""
    [manifest] = blocks(ROOT / "README.md", "yaml")
    [row] = yaml.safe_load(manifest)["files"]
    (tmp_path / "manifest.yaml").write_text(manifest)
    (tmp_path / row["file"]).touch()
    walked = walk([Root(label="evidence", path=tmp_path)])

    [one] = walked.found
    said = read_statements(walked).about(one)

    assert resolve(one, said=said, own={}, title="").title == row["title"]
