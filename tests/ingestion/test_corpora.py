"""Files that real organisations published: each is read, or refused with a reason."""

from __future__ import annotations

import pytest

from copilot.adapters.parsing import BoundedParser, Limits
from copilot.errors import UnreadableFile
from copilot.ingestion.chunking import cut


@pytest.fixture
def parser(without_tools):
    """Return a parser without OCR, which would take minutes here."""
    parser = BoundedParser(Limits(seconds=30))
    yield parser
    parser.close()


def read_all(parser, folder):
    """Return what became of each file: the document, or the refusal."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            found[path.relative_to(folder).as_posix()] = parser.read(path, name=path.name)
        except UnreadableFile as exc:
            found[path.relative_to(folder).as_posix()] = exc
    return found


def refused(found):
    """Return the reasons by file."""
    return {name: str(what) for name, what in found.items() if isinstance(what, UnreadableFile)}


def test_hard_pdfs_are_read_or_refused(shared, parser):
    """None of the PDFs that broke other readers crashes or hangs this one."""
    found = read_all(parser, shared / "corpus" / "hard-pdfs")
    reasons = refused(found)
    assert not [reason for reason in reasons.values() if "crashed" in reason or "failed" in reason]
    locked = {name for name, reason in reasons.items() if "password" in reason}
    assert {"libreoffice-writer-password.pdf", "r6-both-passwords.pdf"} <= locked
    assert not any("empty-password" in name for name in reasons)
    assert len(found) - len(reasons) >= 45


def test_passages_of_real_files_stand_in_their_texts(shared, parser):
    """Offsets hold for every file that can be read."""
    for what in read_all(parser, shared / "corpus").values():
        if not isinstance(what, UnreadableFile):
            for one in cut(what, title=what.title):
                assert what.text[one.start : one.end] == one.text


def test_gibberish_is_told_from_words(shared, parser):
    """The text layer that does not say what the page shows is refused, the other read."""
    found = read_all(parser, shared / "corpus" / "basecamp")
    assert {name: reason.split(":")[0] for name, reason in refused(found).items()} == {
        "Basecamp_Data_Processing_Addendum_v201805.pdf": "its text layer is gibberish"
    }


@pytest.mark.parametrize("folder", ["sourcegraph", "prowler"])
def test_policies_and_findings_are_all_read(shared, parser, folder):
    """Every page and every finding is read; only the licence, which has no ending, is not."""
    found = read_all(parser, shared / "corpus" / folder)
    assert list(refused(found)) == ["LICENSE"]


def test_prose_of_a_real_contract_has_no_tables(shared, parser):
    """Numbered sections and justified lines are not taken for tables."""
    path = shared / "corpus/basecamp/Basecamp_Data_Processing_Addendum_v202010.pdf"
    document = parser.read(path, name=path.name)
    rows = [block for block in document.blocks if block.kind == "row"]
    assert len(rows) < 5
