"""Hostile and odd files never stop a run: each is refused with a reason, and the rest goes on."""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib

import docx
import numpy as np
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import EncodedStreamObject, NameObject
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from copilot.adapters.parsing import BoundedParser, Limits
from copilot.errors import UnreadableFile
from tests.ingestion.helpers import reasons

GOOD = "# Good\n\nThis page can be read.\n"


@pytest.fixture
def bounded():
    """Return a function that makes parsers with limits of their own."""
    made = []

    def making(**limits):
        made.append(BoundedParser(Limits(**limits)))
        return made[-1]

    yield making
    for parser in made:
        parser.close()


def pdf(path, words="Some words on a page.", **options):
    """Write a PDF of one line."""
    page = canvas.Canvas(str(path), **options)
    page.drawString(72, 700, words)
    page.save()


def scanned(path, words="Quarterly access review"):
    """Write a PDF that is a picture of words."""
    picture = Image.new("L", (1200, 400), 255)
    ImageDraw.Draw(picture).text((60, 120), words, fill=0, font_size=72)
    picture.save(path.with_suffix(".png"))
    page = canvas.Canvas(str(path), pagesize=(600, 200))
    page.drawImage(str(path.with_suffix(".png")), 0, 0, 600, 200)
    page.save()
    path.with_suffix(".png").unlink()


def bomb(path, member):
    """Write a ZIP file with a member of a thousand times its size."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b"<a>" + b" " * 30_000_000 + b"</a>")


def write_all(company):
    """Write a bad file of every sort, with the reason that is expected of each."""
    folder = company.policies
    pdf(folder / "locked.pdf", encrypt=StandardEncryption("secret", canPrint=0))
    pdf(folder / "whole.pdf")
    (folder / "damaged.pdf").write_bytes((folder / "whole.pdf").read_bytes()[:300])
    (folder / "whole.pdf").unlink()
    (folder / "empty.txt").touch()
    scanned(folder / "scanned.pdf")
    (folder / "renamed.pdf").write_text("just words")
    (folder / "renamed.txt").write_bytes(b"PK\x03\x04" + b"x" * 50)
    bomb(folder / "bomb.docx", "word/document.xml")
    bomb(folder / "bomb.xlsx", "xl/workbook.xml")
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(300_000_000)
    (folder / "program.exe").write_bytes(b"MZ")
    (folder / "README").write_text("words")
    os.mkfifo(folder / "pipe.txt")
    (folder / "outside.md").symlink_to("/etc/hostname")
    (folder / "itself.md").symlink_to("itself.md")
    (folder / "loop").symlink_to(folder)
    with open(os.fsencode(folder) + b"/caf\xe9.md", "w") as file:
        file.write(GOOD)
    return {
        "locked.pdf": "needs a password",
        "damaged.pdf": "damaged",
        "empty.txt": "empty",
        "scanned.pdf": "scanned",
        "renamed.pdf": "damaged",
        "renamed.txt": "is a ZIP file",
        "bomb.docx": "would unpack to",
        "bomb.xlsx": "would unpack to",
        "huge.txt": "300 MB, more than the limit",
        "program.exe": "not read",
        "README": "without an ending",
        "pipe.txt": "not a file",
        "outside.md": "outside the folder",
        "itself.md": "cannot be opened",
        "loop": "a link to a folder",
        "caf\\xe9.md": "not UTF-8",
    }


@pytest.mark.usefixtures("without_tools")
def test_every_bad_file_is_refused_and_the_good_one_is_read(company, bounded):
    """One run over a folder of bad files says why of each, and stores the good one."""
    company.parser = bounded(seconds=20, megabytes=2_048, file_megabytes=100)
    expected = write_all(company)
    company.write("policies/z-good.md", GOOD)
    for _ in range(2):
        report = company.ingest()
        found = reasons(report)
        assert set(found) == {f"policies/{name}" for name in expected}
        for name, reason in expected.items():
            assert reason in found[f"policies/{name}"], name
        assert all(refusal.hint for refusal in report.refused)
        assert company.text("policies/z-good.md") == GOOD


def test_an_unreadable_file_is_refused(company):
    """A file that the user may not read is named."""
    if os.geteuid() == 0:
        pytest.skip("root reads every file")
    company.write("policies/a.md", GOOD).chmod(0)
    assert "may not be read" in reasons(company.ingest())["policies/a.md"]


def test_too_large_a_file_is_taken_when_the_limit_is_raised(company, bounded):
    """A refusal that depends on a setting ends with the setting."""
    company.write("policies/a.md", GOOD + "words " * 300_000)
    company.parser = bounded(file_megabytes=1)
    assert "more than the limit" in reasons(company.ingest())["policies/a.md"]
    company.parser = bounded(file_megabytes=3)
    company.encoder = _NoEncoder()
    assert company.ingest().added == ["policies/a.md"]


class _Counting:
    """Reads with another reader, and counts how often."""

    def __init__(self, reader):
        self.reader, self.limits, self.tried = reader, reader.limits, 0

    def read(self, path, *, name):
        """Pass on the call."""
        self.tried += 1
        return self.reader.read(path, name=name)


OVER = [
    pytest.param({"seconds": 0.01}, {"seconds": 60}, "more than 0.01 seconds", id="time"),
    pytest.param({"megabytes": 20}, {"megabytes": 2_048}, "more than 20 MB", id="memory"),
    pytest.param({"file_megabytes": 0}, {"file_megabytes": 1}, "the limit of 0", id="size"),
]


@pytest.mark.parametrize(("low", "high", "reason"), OVER)
def test_a_refusal_for_a_limit_ends_when_the_limit_is_raised(company, bounded, low, high, reason):
    """Under the same limits the file is not tried again; under others it is."""
    company.write("policies/a.md", GOOD)
    for tries in (1, 0):
        company.parser = _Counting(bounded(**low))
        assert reason in reasons(company.ingest())["policies/a.md"]
        assert company.parser.tried == tries
    company.parser = bounded(**high)
    report = company.ingest()
    assert (report.added, report.refused) == (["policies/a.md"], [])
    assert company.truth.refusals() == {}


@pytest.mark.parametrize(("low", "high", "reason"), OVER)
def test_a_stale_source_is_read_again_when_the_limit_is_raised(company, bounded, low, high, reason):
    """A change that went over a limit is taken under another; until then the last version stays."""
    company.write("policies/a.md", GOOD)
    company.ingest()
    company.write("policies/a.md", GOOD + "More words.\n")
    for tries in (1, 0):
        company.parser = _Counting(bounded(**low))
        (refusal,) = company.ingest().stale
        assert reason in refusal.reason
        assert company.parser.tried == tries
    assert company.text("policies/a.md") == GOOD
    company.parser = bounded(**high)
    assert company.ingest().changed == ["policies/a.md"]
    assert not company.source("policies/a.md").stale


def test_every_refused_file_is_tried_again_when_that_is_asked_for(company, bounded):
    """Whatever it was refused for; what was read before is not read again."""
    company.write("policies/good.md", GOOD)
    company.write("policies/empty.md", "")
    company.ingest()
    company.write("policies/a.md", GOOD)
    company.parser = bounded(seconds=0.01)
    company.ingest()
    company.parser = _Counting(bounded(seconds=0.01))
    assert set(reasons(company.ingest(retry=True))) == {"policies/a.md", "policies/empty.md"}
    assert company.parser.tried == 2


def test_what_to_do_about_a_limit_is_said(bounded, tmp_path):
    """The hint names the setting and the way to try again."""
    (tmp_path / "a.md").write_text(GOOD)
    for limits, key in (
        ({"seconds": 0.01}, "parse_seconds"),
        ({"megabytes": 20}, "parse_megabytes"),
        ({"file_megabytes": 0}, "file_megabytes"),
    ):
        with pytest.raises(UnreadableFile) as caught:
            bounded(**limits).read(tmp_path / "a.md", name="a.md")
        assert f"`{key}`" in caught.value.hint


class _NoEncoder:
    """An encoder of the right shape, for a test of a size that is not about vectors."""

    name, dimensions = "none", 4

    def encode(self, texts):
        """Return zeros."""
        return np.zeros((len(texts), 4), np.float32)


def test_a_file_that_takes_too_long(tmp_path, bounded):
    """The child is ended, the reason says so, and the next file is read by a new one."""
    # A table of contents that python has to go through row by row.
    slow = tmp_path / "slow.csv"
    slow.write_text("a,b\n" + "1,2\n" * 3_000_000)
    good = tmp_path / "good.md"
    good.write_text(GOOD)
    parser = bounded(seconds=1.5, megabytes=8_000)
    with pytest.raises(UnreadableFile, match=r"more than 1\.5 seconds"):
        parser.read(slow, name="slow.csv")
    parser = bounded(seconds=30)
    assert parser.read(good, name="good.md").text == GOOD


def test_a_file_that_needs_too_much_memory(tmp_path, bounded):
    """A PDF whose page unfolds to more than the child may hold is refused, and the next is read."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    stream = EncodedStreamObject()
    stream._data = zlib.compress(b"(a) Tj " * 40_000_000, 1)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(stream)
    bad = tmp_path / "bad.pdf"
    writer.write(bad)
    good = tmp_path / "good.pdf"
    pdf(good)
    parser = bounded(seconds=30, megabytes=450)
    assert "Some words" in parser.read(good, name="good.pdf").text
    with pytest.raises(UnreadableFile, match="needed more than 450 MB"):
        parser.read(bad, name="bad.pdf")
    assert "Some words" in parser.read(good, name="good.pdf").text


def test_a_child_that_was_killed_is_replaced(tmp_path, bounded):
    """When the system ends the child between two files, the next is read all the same."""
    good = tmp_path / "good.md"
    good.write_text(GOOD)
    parser = bounded(seconds=30)
    parser.read(good, name="good.md")
    child = parser._children[0]._process
    child.kill()
    child.wait()
    assert parser.read(good, name="good.md").text == GOOD


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b'{"\\ud800": [{"a": 1}]}'),
        ("a.md", b'---\ntitle: "\\ud800"\n---\nWords.\n'),
        ("a.md", b"---\nhistory: {2026-01-01: first}\n---\nWords.\n"),
        ("a.txt", b"x" * 30_000 + b"\x00 more"),
        ("a.html", b"<div>" * 2_000 + b"deep words"),
        ("a.eml", b"From: a@b.c\nSubject: =?utf-8?b?////?=\nContent-Type: text/plain; charset=zzz\n\nWords\n"),
        ("a.eml", b"From: \xff\xfe\nSubject: x\nContent-Type: multipart/mixed\n\nWords\n"),
        ("a.csv", b"a,b\n" + b'"' * 1_001 + b"\n"),
        ("a.json", b"[" * 100_000 + b"]" * 100_000),
        ("a.yaml", b"[" * 5_000 + b"]" * 5_000),
        ("a.yaml", b"a: &a [x]\n" + b"".join(b"b%d: [*a, *a]\n" % n for n in range(50))),
    ],
)  # fmt: skip
def test_odd_content_is_read_or_refused(company, name, content):
    """Whatever a file holds, the run ends well: the file is stored, or refused with a reason."""
    company.write(f"policies/{name}", content)
    report = company.ingest()
    assert len(report.added) + len(report.refused) == 1
    assert all(refusal.reason and refusal.hint for refusal in report.refused)


def test_bad_manifest_files_do_not_stop_a_run(company):
    """A manifest that is a pipe is not waited for."""
    company.write("policies/a/pay.md", GOOD)
    company.write("policies/good.md", GOOD)
    os.mkfifo(company.policies / "a" / "manifest.yaml")
    report = company.ingest()
    assert report.added == ["policies/good.md"]
    assert list(reasons(report)) == ["policies/a/pay.md"]


def test_folders_nested_very_deep(company):
    """A folder within a folder, a hundred times, is refused and costs nothing."""
    deep = company.policies
    for _ in range(100):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.md").write_text(GOOD)
    assert "nested" in next(iter(reasons(company.ingest()).values()))


def test_a_damaged_docx_says_so_without_naming_the_machine(company):
    """The reason is for people, and says nothing of where the file lies."""
    document = docx.Document()
    document.add_paragraph("Words.")
    document.save(company.policies / "a.docx")
    with zipfile.ZipFile(company.policies / "b.docx", "w") as archive:
        archive.writestr("word/document.xml", "<broken")
    report = company.ingest()
    assert report.added == ["policies/a.docx"]
    assert "damaged" in reasons(report)["policies/b.docx"]
    assert str(company.home) not in reasons(report)["policies/b.docx"]


def test_a_scan_is_read_by_ocr_where_it_is_installed(company, bounded):
    """With tesseract, the words of a picture are stored and marked."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    scanned(company.policies / "scan.pdf")
    company.parser = bounded(seconds=60)
    company.ingest()
    assert "access review" in company.text("policies/scan.pdf")
    assert company.source("policies/scan.pdf").notes == ("read by OCR: page 1",)


def test_a_scan_is_taken_once_tesseract_is_there(company, bounded, monkeypatch, tmp_path):
    """A refusal for want of a program ends when the program is installed."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    scanned(company.policies / "scan.pdf")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path / "nowhere"))
        company.parser = bounded(seconds=60)
        assert "scanned" in reasons(company.ingest())["policies/scan.pdf"]
    company.parser = bounded(seconds=60)
    assert company.ingest().added == ["policies/scan.pdf"]
