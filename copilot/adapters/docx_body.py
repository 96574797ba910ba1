"""Markdown of a draft as paragraphs, lists and tables of a Word document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Pt
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document
    from docx.section import Section
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph
    from markdown_it.token import Token

    from copilot.adapters.docx_footnotes import Footnotes

_PARSER: Final = (
    MarkdownIt("commonmark", {"html": False})
    .enable("table")
    .use(front_matter_plugin)
    .use(footnote_plugin)
)
# What stands between caret and bracket would be a note without a definition: a draft has none.
_PARSER.disable("footnote_inline")

_NUMBER: Final = re.compile(r"\A\d+(?:\.\d+)*\.?\s+")
_MARK: Final = re.compile(r"\[(open question|to confirm) → [^\[\]]+\]")
_MARK_COLOURS: Final = {
    "open question": WD_COLOR_INDEX.YELLOW,
    "to confirm": WD_COLOR_INDEX.TURQUOISE,
}
_DEEPEST_LIST: Final = 3
_SMALL: Final = Pt(9)
_LINE: Final = 95
"""Small characters that stand beside each other on a page; this and the rest says how tables share it."""
_WIDEST: Final = 60
"""Characters for which a column gets room: a longer cell takes more lines instead."""
_LONGEST_WORD: Final = 20
_EDGES: Final = 3
_GROUND: Final = "E8ECF4"


@dataclass
class _Look:
    """How the words that come next look."""

    bold: int = 0
    italic: int = 0
    code: bool = False


@dataclass
class _List:
    """A list that is open, and the number under which Word counts its items."""

    style: str
    number: int | None = None


@dataclass
class _State:
    footnotes: Footnotes
    notes: dict[str, str]
    lists: list[_List] = field(default_factory=list)
    item_begins: bool = False


def write_body(document: Document, text: str, footnotes: Footnotes) -> None:
    """Append the text of a draft; its first heading of the first level is the title, which is left out.

    Args:
        document: A document with the styles of `docx_footnotes.add_styles`.
        text: Markdown with front matter and footnotes.
        footnotes: Collects the notes that the text refers to.
    """
    tokens = _PARSER.parse(text)
    body, notes = _parted(tokens)
    state = _State(footnotes, notes)
    at = 0
    while at < len(body):
        at = _block(document, body, at, state)


def _parted(tokens: Sequence[Token]) -> tuple[list[Token], dict[str, str]]:
    """Return the tokens of the text, and the texts of the notes by their labels."""
    body: list[Token] = []
    notes: dict[str, str] = {}
    label = ""
    inside = False
    for token in tokens:
        if token.type == "footnote_block_open":
            inside = True
        elif token.type == "footnote_block_close":
            inside = False
        elif not inside:
            if token.type != "front_matter":
                body.append(token)
        elif token.type == "footnote_open":
            label = str(token.meta.get("label", ""))
        elif token.type == "inline":
            notes[label] = f"{notes.get(label, '')} {_plain(token)}".strip()
    return body, notes


def _plain(token: Token) -> str:
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in token.children or ()
    )


def _block(document: Document, tokens: Sequence[Token], at: int, state: _State) -> int:
    """Write the block that begins with a token; return where the next one begins."""
    token = tokens[at]
    match token.type:
        case "heading_open":
            _heading(document, token, tokens[at + 1], state)
            return at + 3
        case "table_open":
            end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
            _table(document, tokens[at:end], state)
            return end + 1
        case "inline":
            paragraph = _paragraph(document, state)
            _inline(paragraph, token, state)
            # What announces a list stands on its page.
            paragraph.paragraph_format.keep_with_next = token.content.endswith(":") or None
        case "fence" | "code_block":
            for line in token.content.rstrip("\n").split("\n"):
                document.add_paragraph(line, style="No Spacing")
        case "hr":
            document.add_paragraph()
        case _:
            # The marks around paragraphs and quotations need nothing: their words come by themselves.
            _follow_lists(document, token, state)
    return at + 1


def _follow_lists(document: Document, token: Token, state: _State) -> None:
    """Keep in mind which list is open, and that an item of it begins."""
    match token.type:
        case "bullet_list_open":
            state.lists.append(_List("List Bullet"))
        case "ordered_list_open":
            state.lists.append(_List("List Number", _numbered_anew(document)))
        case "bullet_list_close" | "ordered_list_close":
            state.lists.pop()
        case "list_item_open":
            state.item_begins = True
        case _:
            pass


def _heading(document: Document, token: Token, inline: Token, state: _State) -> None:
    level = int(token.tag[1:])
    if level == 1:
        return  # the title page has it
    paragraph = document.add_paragraph(style=f"Heading {min(level - 1, 3)}")
    # The style numbers headings; a number in the words would stand there twice.
    _inline(paragraph, inline, state, without=_NUMBER)


def _paragraph(document: Document, state: _State) -> Paragraph:
    if not state.lists:
        return document.add_paragraph()
    depth = min(len(state.lists), _DEEPEST_LIST)
    begins, state.item_begins = state.item_begins, False
    name = state.lists[-1].style if begins else "List Continue"
    paragraph = document.add_paragraph(style=name if depth == 1 else f"{name} {depth}")
    if begins and state.lists[-1].number is not None:
        number = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        number.get_or_add_ilvl().val = 0
        number.get_or_add_numId().val = state.lists[-1].number
    return paragraph


def _numbered_anew(document: Document) -> int:
    """Return the number of a list that counts from 1: of one style, Word makes a single list."""
    style: Any = document.styles["List Number"]
    numbering: Any = document.part.numbering_part.element
    usual = numbering.num_having_numId(style.element.pPr.numPr.numId.val)
    anew = numbering.add_num(usual.abstractNumId.val)
    anew.add_lvlOverride(0).add_startOverride(1)
    return int(anew.numId)


def _table(document: Document, tokens: Sequence[Token], state: _State) -> None:
    rows: list[list[Token]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token)
    width = max(len(row) for row in rows)
    table = document.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    table.autofit = False
    widths = _widths(rows, width, document.sections[-1])
    for column, room in zip(table.columns, widths, strict=True):
        column.width = room
    for number, row in enumerate(rows):
        added = table.add_row()
        _say(added, "w:cantSplit")
        for cell, room in zip(added.cells, widths, strict=True):
            cell.width = room
        for cell, token in zip(added.cells, row, strict=False):
            _cell(cell, token, state, bold=number == 0)
    _say(table.rows[0], "w:tblHeader")
    document.add_paragraph()


def _widths(rows: Sequence[Sequence[Token]], width: int, section: Section) -> list[Emu]:
    """Share out the width of a page: to each column its longest word, the rest by its longest cell."""
    least, wanted = [0] * width, [0] * width
    for row in rows:
        for column, token in enumerate(row):
            words = _plain(token)
            longest = max(map(len, words.split()), default=0)
            least[column] = max(least[column], min(longest, _LONGEST_WORD) + _EDGES)
            wanted[column] = max(wanted[column], min(len(words), _WIDEST))
    spare = max(_LINE - sum(least), 0)
    more = [max(want - need, 0) for want, need in zip(wanted, least, strict=True)]
    shares = [need + spare * one / (sum(more) or 1) for need, one in zip(least, more, strict=True)]
    edges = (section.page_width, section.left_margin, section.right_margin)
    page, left, right = (edge or Emu(0) for edge in edges)
    return [Emu(int((page - left - right) * one / sum(shares))) for one in shares]


def _cell(cell: _Cell, token: Token, state: _State, *, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(2)
    _inline(paragraph, token, state)
    if bold:
        shade(cell)
        # A header is not left behind at the foot of a page.
        paragraph.paragraph_format.keep_with_next = True
    for run in paragraph.runs:
        run.font.size = _SMALL
        run.bold = True if bold else run.bold


def shade(cell: _Cell) -> None:
    """Give a cell of a header its ground."""
    properties = cell._tc.get_or_add_tcPr()
    properties.append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_GROUND}"/>')
    )


def _say(row: Any, what: str) -> None:
    """Say of a row that it is not torn by the end of a page, or that each page repeats it."""
    said: Any = OxmlElement(what)
    said.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(said)


def _inline(
    paragraph: Paragraph, token: Token, state: _State, *, without: re.Pattern[str] | None = None
) -> None:
    look = _Look()
    for text, child in _joined(token.children or ()):
        if child is None:
            shown = without.sub("", text) if without else text
            without = None
            _runs(paragraph, shown, look)
            continue
        match child.type:
            case "strong_open" | "strong_close":
                look.bold += child.nesting
            case "em_open" | "em_close":
                look.italic += child.nesting
            case "code_inline":
                _runs(paragraph, child.content, _Look(look.bold, look.italic, code=True))
            case "footnote_ref":
                label = str(child.meta.get("label", ""))
                state.footnotes.refer(paragraph, state.notes.get(label, ""))
            case _:
                pass  # a link shows its words, and where it leads is nobody's to follow


def _joined(children: Sequence[Token]) -> Iterator[tuple[str, Token | None]]:
    """Yield runs of words as one text, so that a mark is not torn, and all else as it is."""
    words: list[str] = []
    for child in children:
        if child.type in {"text", "text_special"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        else:
            if words:
                yield "".join(words), None
                words = []
            yield "", child
    if words:
        yield "".join(words), None


def _runs(paragraph: Paragraph, text: str, look: _Look) -> None:
    """Add words to a paragraph, with what is open or undecided in a colour."""
    at = 0
    for mark in _MARK.finditer(text):
        _run(paragraph, text[at : mark.start()], look)
        _run(paragraph, mark[0], look).font.highlight_color = _MARK_COLOURS[mark[1]]
        at = mark.end()
    if text[at:]:
        _run(paragraph, text[at:], look)


def _run(paragraph: Paragraph, text: str, look: _Look) -> Any:
    run = paragraph.add_run(text)
    run.bold = True if look.bold else None
    run.italic = True if look.italic else None
    if look.code:
        run.font.name = "Courier New"
    return run
