"""Sources of every format opened at a quote: what is shown, what is marked, and to whom."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.documents import SourcePath
from copilot.domain.views import MailBody, PageBody, PieceKind, Spot, TableBody, check_of
from copilot.errors import BadInput, NotThere
from copilot.viewing.opening import LONGEST_PART
from tests.viewing.opened import quoted_text, runs_of, shown_text, words

SOURCES = (
    "policies/access.md",
    "evidence/backup.log",
    "evidence/inventory.xlsx",
    "evidence/long.txt",
    "evidence/mail.eml",
    "evidence/minutes.docx",
    "evidence/page.html",
    "evidence/report.pdf",
    "evidence/review.csv",
    "evidence/settings.json",
)


@pytest.fixture(scope="module")
def texts(small, reader):
    """Return the stored text of each source."""
    return {path: small.truth.text_of(SourcePath(path), principal=reader) for path in SOURCES}


def quotable(path, text):
    """Return the parts of a text in which all is shown as it stands: no names of fields or sheets."""
    if path.endswith(".eml"):
        names = re.finditer(r"^(?:From|To|Subject): (.*)$", text, re.MULTILINE)
        return [one.span(1) for one in names] + [(text.index("Hello"), len(text))]
    if path.endswith(".xlsx"):
        return [one.span() for one in re.finditer(r"Serial.*?yes\n\n|Name.*", text, re.DOTALL)]
    if path.endswith(".pdf"):
        return [(0, text.index("Retention")), (text.index("Retention"), len(text))]
    return [(0, len(text))]


@pytest.mark.parametrize("path", SOURCES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_marked_is_the_quote(viewing, texts, reader, path, data):
    """Wherever a quote begins and ends, it is marked, whole, and nothing else is."""
    text = texts[path]
    first, last = data.draw(st.sampled_from(quotable(path, text)))
    start = data.draw(st.integers(first, last - 1))
    end = data.draw(st.integers(start + 1, min(last, start + 900)))
    opened = viewing.open(Spot(path=SourcePath(path), start=start, end=end), principal=reader)
    assert opened.quote == text[start:end]
    assert words(quoted_text(opened)) == words(text[start:end])


@pytest.mark.parametrize("path", SOURCES)
def test_a_source_can_be_paged_through(viewing, texts, reader, path):
    """From the beginning to the end, every word is shown somewhere."""
    seen: set[str] = set()
    spot = Spot(path=SourcePath(path))
    while spot is not None:
        opened = viewing.open(spot, principal=reader)
        seen.update(re.findall(r"\w+", f"{shown_text(opened)} {named(opened.body)}"))
        spot = following(spot, opened.body)
    assert set(re.findall(r"\w+", texts[path])) <= seen


def named(body):
    """Return what is shown beside the text: names of columns, sheets and fields."""
    match body:
        case TableBody():
            return " ".join((body.sheet, *body.header))
        case MailBody():
            return " ".join(name for name, _ in body.fields)
        case _:
            return ""


def following(spot, body):
    """Return where the part after this one is opened."""
    if isinstance(body, PageBody):
        return replace(spot, page=body.number + 1) if body.number < body.count else None
    later = body.later if isinstance(body, TableBody) else body.window.later
    return None if later is None else replace(spot, at=later)


def test_markdown_is_shown_by_its_structure(open_at):
    """Headings, items and rows are what they are; their signs are told apart from the words."""
    opened, marked = open_at("policies/access.md", "Findings are mended within ten days.")
    kinds = [one.kind for one in opened.body.window.pieces]
    assert {PieceKind.HEADING, PieceKind.ITEM, PieceKind.ROW, PieceKind.TEXT} <= set(kinds)
    assert marked == opened.quote
    assert opened.heading == ("Access policy", "Reviews")
    assert any(run.faint and run.text == "## " for run in runs_of(opened))


def test_what_no_passage_is_made_of_is_shown_faintly(open_at):
    """A comment, front matter; a heading without text under it is a heading all the same."""
    opened, _ = open_at("policies/access.md", "Laptops come back on the same day.")
    pieces = opened.body.window.pieces
    comment = next(one for one in pieces if one.runs and "<!--" in one.runs[0].text)
    assert all(run.faint for run in comment.runs)
    assert (pieces[-1].kind, pieces[-1].level) == (PieceKind.HEADING, 2)
    ends = [one.end for one in pieces if one.kind is PieceKind.TEXT]
    assert ends == sorted(ends)


def test_a_quote_deep_in_a_long_text_is_shown_with_what_is_around_it(open_at, viewing, reader):
    """Step by step one comes to the beginning, and to the end."""
    opened, _ = open_at("evidence/long.txt", "Paragraph 77:")
    assert {"Paragraph 75:", "Paragraph 79:"} <= set(
        re.findall(r"Paragraph \d+:", shown_text(opened))
    )
    assert "Paragraph 10:" not in shown_text(opened)
    window, steps = opened.body.window, 0
    while window.earlier is not None:
        spot = Spot(path=opened.path, at=window.earlier)
        before, window = window, viewing.open(spot, principal=reader).body.window
        assert window.start < before.start <= window.end + 3
        steps += 1
    assert window.start == 0
    assert steps > 2


def test_a_word_document_keeps_its_headings_and_its_table(open_at):
    """What stands between passages is headings; rows have cells."""
    opened, marked = open_at("evidence/minutes.docx", "Money for a second engineer was granted.")
    pieces = opened.body.window.pieces
    headings = [one.runs[0].text for one in pieces if one.kind is PieceKind.HEADING]
    assert headings == ["Board minutes", "Decisions"]
    assert [len(one.cells) for one in pieces if one.kind is PieceKind.ROW] == [2, 2]
    assert marked == opened.quote


def test_a_row_of_a_csv_file_is_shown_as_cells_under_its_header(open_at):
    """With its number and its neighbours; quotes and doubled quotes are taken away."""
    opened, _ = open_at("evidence/review.csv", 'keep,"asked, and')
    body = opened.body
    assert body.header == ("account", "decision", "note")
    assert [row.number for row in body.rows] == [2, 3, 5]
    first = body.rows[0]
    said = ["".join(run.text for run in cell.runs) for cell in first.cells]
    assert said == ["ann", "keep", 'asked, and said "yes"']
    assert [cell.touched for cell in first.cells] == [False, True, True]
    assert not body.rows[1].touched


def test_a_row_of_a_workbook_is_shown_with_its_sheet_and_number(open_at):
    """Far down in the sheet, the header is still known."""
    opened, marked = open_at("evidence/inventory.xlsx", "Person 30 | yes")
    body = opened.body
    assert (body.sheet, body.header) == ("Laptops", ("Serial", "Holder", "Encrypted"))
    touched = [row.number for row in body.rows if row.touched]
    assert touched == [32]
    assert marked == "Person 30yes"
    assert opened.place.startswith("sheet Laptops, row")


def test_the_fields_of_a_mail_stand_apart_from_its_words(open_at):
    """A quote may be in either."""
    opened, marked = open_at("evidence/mail.eml", "opened by two people")
    assert [name for name, _ in opened.body.fields] == ["From", "To", "Subject"]
    assert marked == "opened by two people"
    opened, marked = open_at("evidence/mail.eml", "Phishing on")
    assert marked == "Phishing on"
    assert "two people" in shown_text(opened)


def test_a_page_of_a_pdf_is_shown_with_the_place_of_the_quote(open_at):
    """The rectangles are within the page, below each other, and as many as there are lines."""
    quote = "The tester found that sessions end after fifteen minutes without any input"
    opened, marked = open_at("evidence/report.pdf", quote.split(" without", maxsplit=1)[0], page=1)
    picture = opened.body.picture
    assert (opened.body.number, opened.body.count) == (1, 2)
    assert picture.rectangles
    for one in picture.rectangles:
        assert 0 < one.left < one.left + one.width < 1
        assert 0 < one.top < one.top + one.height < 1
    assert words(marked) == words(opened.quote)
    assert not opened.notes


def test_the_page_of_the_quote_is_opened_whatever_page_was_named(open_at):
    """The offsets count, since they are what was checked."""
    opened, _ = open_at("evidence/report.pdf", "35 days", page=1)
    assert opened.body.number == 2
    assert len(opened.body.picture.rectangles) == 1


def test_a_source_without_a_quote_is_opened_at_its_beginning(viewing, reader):
    """Nothing is marked then."""
    opened = viewing.open(Spot(path=SourcePath("policies/access.md")), principal=reader)
    assert opened.quote == quoted_text(opened) == ""
    assert "Everyone has" in shown_text(opened)


@pytest.mark.parametrize(
    "path", ["policies/secret.md", "policies/nowhere.md", "../copilot.toml", ""]
)
def test_what_may_not_be_read_is_as_absent_as_what_is_not_there(viewing, reader, path):
    """The words are the same, whatever is asked of it."""
    said = set()
    for ask in (
        lambda: viewing.open(Spot(path=SourcePath(path)), principal=reader),
        lambda: viewing.text(SourcePath(path), principal=reader),
        lambda: viewing.picture(SourcePath(path), 1, scale=1, principal=reader),
        lambda: viewing.original(SourcePath(path), principal=reader),
    ):
        with pytest.raises(NotThere) as refused:
            ask()
        said.add(str(refused.value))
    assert said == {f"there is no source {path}"}


def test_whoever_holds_the_audience_reads_it(viewing, hr):
    """It is the audience that decides."""
    opened = viewing.open(Spot(path=SourcePath("policies/secret.md")), principal=hr)
    assert "about pay" in shown_text(opened)


@pytest.mark.parametrize("span", [(5, 5), (9, 3), (None, 3), (3, None)])
def test_a_quote_has_a_beginning_and_an_end(viewing, reader, span):
    """Anything else is refused."""
    with pytest.raises(BadInput):
        viewing.open(
            Spot(path=SourcePath("policies/access.md"), start=span[0], end=span[1]),
            principal=reader,
        )


def test_a_reader_is_told_if_other_words_stand_there_now(open_at, viewing, reader):
    """The check of the words that were cited decides; a place beyond the end is told, too."""
    opened, _ = open_at(
        "policies/access.md", "Nobody shares it.", check=check_of("Nobody shares it.")
    )
    assert not opened.notes
    opened, _ = open_at(
        "policies/access.md", "Nobody shares it.", check=check_of("Everybody does.")
    )
    assert "has changed since it was cited" in opened.notes[0]
    spot = Spot(path=SourcePath("policies/access.md"), start=90_000, end=90_010)
    opened = viewing.open(spot, principal=reader)
    assert "has changed since it was cited" in opened.notes[0]


def test_the_stored_text_comes_in_parts(viewing, small, reader):
    """Each part says where the next begins."""
    path = SourcePath("evidence/backup.log")
    whole = small.truth.text_of(path, principal=reader)
    text, following, length = viewing.text(path, start=10, principal=reader)
    assert (text, following, length) == (whole[10:], None, len(whole))
    assert len(whole) < LONGEST_PART


def test_the_file_is_given_as_it_was_ingested(viewing, small_folder, reader):
    """Byte by byte."""
    given = viewing.original(SourcePath("evidence/report.pdf"), principal=reader)
    assert given == (small_folder / "evidence" / "report.pdf").read_bytes()
