"""Pictures of pages: drawn in a child process with limits, kept on disk, and never of another file."""

from __future__ import annotations

import json
import shutil
import stat
import struct
import zlib

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from copilot.adapters import pdf_pages
from copilot.adapters.page_cache import FolderPictureCache
from copilot.adapters.parsing import Limits
from copilot.adapters.pdf_pages import PdfPages
from copilot.bootstrap import viewing as bootstrap_viewing
from copilot.domain.documents import SourcePath
from copilot.domain.views import Spot
from copilot.errors import BadInput, NotThere, OverLimits, UnreadableFile
from tests.viewing.opened import quoted_text
from tests.workspaces import open_workspace

HASH = "0" * 64


@pytest.fixture(scope="module")
def pages():
    """Return what draws pages."""
    made = PdfPages()
    yield made
    made.close()


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a PDF of one page by drawing on it."""

    def writing(draw, *, size=A4, rotate=0):
        file = tmp_path / "page.pdf"
        canvas = Canvas(str(file), pagesize=size)
        canvas.setPageRotation(rotate)
        draw(canvas)
        canvas.save()
        return file

    return writing


def pixels(png):
    """Return width, height and the rows of an RGB picture."""
    width, height = struct.unpack(">II", png[16:24])
    at, packed = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    raw = zlib.decompress(packed)
    row = width * 3 + 1
    return width, height, [raw[n * row + 1 : (n + 1) * row] for n in range(height)]


def red_in(png, rectangle):
    """Return the share of what is red within a rectangle, and outside of it."""
    width, height, rows = pixels(png)
    inside = outside = 0
    for y, row in enumerate(rows):
        for x in range(width):
            if row[3 * x] > 150 and row[3 * x + 1] < 100:
                across = rectangle.left <= x / width <= rectangle.left + rectangle.width
                down = rectangle.top <= y / height <= rectangle.top + rectangle.height
                inside += across and down
                outside += not (across and down)
    return inside / max(1, inside + outside)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_rectangle_lies_where_the_words_are_drawn(pages, written, rotate):
    """Also on a page that is turned: the red words are in it, and nothing red is outside."""

    def draw(canvas):
        canvas.drawString(100, 700, "Something else stands here.")
        canvas.setFillColorRGB(1, 0, 0)
        canvas.setFont("Helvetica", 14)
        canvas.drawString(120, 400, "These are the words that are quoted")

    file = written(draw, rotate=rotate)
    seen = pages.look(file, 1, quote="the words that are\nquoted")
    whole = pages.look(file, 1, quote="These are the words that are quoted")
    assert len(seen.rectangles) == len(whole.rectangles) == 1
    assert red_in(pages.draw(file, 1, scale=1), whole.rectangles[0]) > 0.97
    assert red_in(pages.draw(file, 1, scale=1), seen.rectangles[0]) < 0.9


def test_a_page_as_large_as_a_house_is_drawn_small(pages, written):
    """The scale is what is asked for as long as it is reasonable."""
    file = written(lambda canvas: canvas.drawString(72, 72, "tiny"), size=(14_000, 9_000))
    width, height = struct.unpack(">II", pages.draw(file, 1, scale=3)[16:24])
    assert max(width, height) <= 3_400


@pytest.mark.parametrize("page", [0, 2, 10_000])
def test_a_page_that_is_not_there_is_refused(pages, written, page):
    """In words for whoever asked."""
    file = written(lambda canvas: canvas.drawString(72, 72, "one page"))
    with pytest.raises(UnreadableFile, match="no page"):
        pages.draw(file, page, scale=1)


def test_what_is_no_pdf_harms_nobody(pages, written, tmp_path):
    """It is refused, and the next page is drawn as if nothing had been."""
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40)
    with pytest.raises(UnreadableFile):
        pages.look(bad, 1)
    good = written(lambda canvas: canvas.drawString(72, 72, "good"))
    assert pages.look(good, 1).count == 1


def test_a_page_that_needs_too_much_is_given_up(written):
    """The child is ended by its limits; the service is not."""
    few = PdfPages(Limits(seconds=20, megabytes=60))
    file = written(lambda canvas: canvas.drawString(72, 72, "good"))
    with pytest.raises(OverLimits):
        few.draw(file, 1, scale=3)
    few.close()


def test_a_picture_is_drawn_once(viewing, small, reader):
    """The second reader gets the kept one; both are told apart from any other picture."""
    path = SourcePath("evidence/report.pdf")
    first, name = viewing.picture(path, 1, scale=1, principal=reader)
    assert first.startswith(b"\x89PNG")
    kept = list((small.workspace.state / "pages").iterdir())
    kept[0].write_bytes(b"\x89PNG kept")
    assert viewing.picture(path, 1, scale=1, principal=reader) == (b"\x89PNG kept", name)
    private = [stat.S_IMODE(one.stat().st_mode) & 0o077 for one in (kept[0], kept[0].parent)]
    kept[0].unlink()
    assert private == [0, 0]


@pytest.mark.parametrize("scale", [0, 4, -1])
def test_pictures_have_three_sizes(viewing, reader, scale):
    """Any other size is refused."""
    with pytest.raises(BadInput, match="scale"):
        viewing.picture(SourcePath("evidence/report.pdf"), 1, scale=scale, principal=reader)


def test_what_is_no_pdf_has_no_picture(viewing, reader):
    """It is said as of anything that is not there."""
    with pytest.raises(NotThere, match="no picture"):
        viewing.picture(SourcePath("policies/access.md"), 1, scale=1, principal=reader)


def test_of_a_file_that_has_changed_the_stored_text_is_shown(small_folder, tmp_path, reader):
    """The picture might not match, so there is none, and the reader is told."""
    folder = tmp_path / "copy"
    shutil.copytree(small_folder, folder)
    file = folder / "evidence" / "report.pdf"
    Canvas(str(file), pagesize=A4).save()
    path = SourcePath("evidence/report.pdf")
    with open_workspace(folder) as copilot:
        made, close = bootstrap_viewing.viewing(copilot)
        text = copilot.truth.text_of(path, principal=reader)
        start = text.index("35 days")
        opened = made.open(Spot(path=path, start=start, end=start + 7), principal=reader)
        assert opened.body.picture is None
        assert opened.body.number == 2
        assert quoted_text(opened) == "35 days"
        assert "has changed since it was ingested" in opened.notes[0]
        with pytest.raises(NotThere):
            made.picture(path, 1, scale=1, principal=reader)
        with pytest.raises(NotThere):
            made.original(path, principal=reader)
        close()


def test_a_reader_is_told_of_a_version_that_could_not_be_read(small_folder, tmp_path, reader):
    """What is shown is the last good one."""
    folder = tmp_path / "copy"
    shutil.copytree(small_folder, folder)
    file = folder / "evidence" / "report.pdf"
    file.write_bytes(b"%PDF-1.7 broken")
    with open_workspace(folder) as copilot:
        copilot.ingest([file])
        made, close = bootstrap_viewing.viewing(copilot)
        path = SourcePath("evidence/report.pdf")
        opened = made.open(Spot(path=path, page=1), principal=reader)
        assert any("last good version" in note for note in opened.notes)
        assert opened.body.window.pieces
        with pytest.raises(NotThere):
            made.open(Spot(path=path, page=3), principal=reader)
        close()


def test_what_the_child_answers_is_data(written):
    """Numbers and a text: nothing that the parent would have to trust."""
    file = written(lambda canvas: canvas.drawString(72, 72, "The words of the quote."))
    answer = pdf_pages.answering()
    seen = answer(file, json.dumps({"page": 1, "quote": "words of", "near": 0.0}))
    drawn = answer(file, json.dumps({"page": 1, "scale": 1}))
    assert json.loads(json.dumps(seen)) == seen | {"rectangles": [list(seen["rectangles"][0])]}
    assert json.loads(json.dumps(drawn)) == drawn


def test_a_file_that_was_only_touched_is_the_same_file(small_folder, tmp_path, reader):
    """Its content decides, not its date."""
    folder = tmp_path / "copy"
    shutil.copytree(small_folder, folder)
    (folder / "evidence" / "report.pdf").touch()
    with open_workspace(folder) as copilot:
        made, close = bootstrap_viewing.viewing(copilot)
        path = SourcePath("evidence/report.pdf")
        opened = made.open(Spot(path=path, page=2), principal=reader)
        assert opened.body.picture is not None
        assert made.original(path, principal=reader)
        close()


def test_old_pictures_make_room_for_new_ones(tmp_path):
    """What was looked at last stays, and the folder never has more than it may."""
    cache = FolderPictureCache(tmp_path / "pages", megabytes=0.01)
    for number in range(1, 40):
        cache.put(HASH, number, 1, b"x" * 1_000)
        cache.get(HASH, 1, 1)
    size = sum(file.stat().st_size for file in (tmp_path / "pages").iterdir())
    assert size <= 10_000
    assert cache.get(HASH, 1, 1) == b"x" * 1_000
    assert cache.get(HASH, 39, 1) == b"x" * 1_000
    assert cache.get(HASH, 2, 1) is None


def test_a_picture_that_cannot_be_kept_stops_nobody(tmp_path, caplog):
    """It is drawn again next time."""
    (tmp_path / "pages").write_text("in the way")
    cache = FolderPictureCache(tmp_path / "pages")
    cache.put(HASH, 1, 1, b"x")
    assert cache.get(HASH, 1, 1) is None
    assert "cannot be kept" in caplog.text


def test_only_hashes_name_pictures(tmp_path):
    """No path can be made of anything else."""
    with pytest.raises(ValueError, match="no hash"):
        FolderPictureCache(tmp_path).get("../" * 10, 1, 1)
