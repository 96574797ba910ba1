"""Formats whose stored text is the file's own text: structure, offsets, headings, context."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from copilot.domain.documents import BlockKind
from copilot.errors import UnreadableFile
from copilot.ingestion.chunking import cut
from tests.ingestion.helpers import outline

MARKDOWN = """---
title: Access policy
audience: hr
reviewed: 2026-01-31
---

Access\u2028policy
=====

Intro with *stress*.\x0c

## Reviews

- every quarter
  - by the owner
  - by the [manager](http://x)

1. first

| Role | Days |
|------|------|
| Admin | 30 |
| Staff | 90 |

```sh
# not a heading
run
```

Older
-----

<!-- nothing to see -->

Last words.
"""


def test_markdown_keeps_its_structure(read):
    """Headings of both kinds, nested lists, tables and code are told apart."""
    found = outline(read("a.md", MARKDOWN))
    assert ("heading", "Access\u2028policy") in found
    assert ("heading", "## Reviews") in found
    assert ("heading", "Older") in found
    assert [text for kind, text in found if kind == "item"] == [
        "- every quarter",
        "- by the owner",
        "- by the [manager](http://x)",
        "1. first",
    ]
    assert ("row", "| Admin | 30 |") in found
    assert ("text", "```sh\n# not a heading\nrun\n```") in found
    assert not any("nothing to see" in text for _, text in found)


def test_markdown_rows_carry_their_header(read):
    """A row is searched with the header of its table."""
    document = read("a.md", MARKDOWN)
    rows = [block for block in document.blocks if block.kind is BlockKind.ROW]
    assert {row.context for row in rows} == {"Role | Days"}


def test_markdown_passages_know_the_headings_above(read):
    """A passage has the path of headings without their marks."""
    document = read("a.md", MARKDOWN)
    passages = list(cut(document, title=document.title))
    admin = next(one for one in passages if "Admin" in one.text)
    assert admin.heading[-1] == "Reviews"
    assert passages[-1].heading[-1] == "Older"
    assert document.title == "Access policy"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", MARKDOWN),
        ("a.txt", "One.\n\nTwo\nlines.   \n \n\x85Three \u2028 é 🔒.\n"),
        ("a.csv", 'user,note\nana,"two\nlines, quoted"\nbo,\u2028x\n'),
        ("a.json", '{"é": [{"a": 1}, {"a": "\u2028"}], "b": {"c": 2}}'),
        ("a.jsonl", '{"a": "\u2028"}\n\n{"b": 2}\n'),
        ("a.yaml", "- név: á\n  b: 1\n- név: 🔒\n  b: |\n    two\n    lines\n"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("a.") else "",
)
def test_offsets_are_those_of_the_file(read, tmp_path, name, content, line_end):
    """What is stored is the file read with universal newlines, and passages stand in it."""
    document = read(name, content.replace("\n", line_end).encode())
    with (tmp_path / name).open(encoding="utf-8") as file:
        assert document.text == file.read()
    passages = list(cut(document, title="t"))
    assert passages
    assert all(document.text[one.start : one.end] == one.text for one in passages)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_any_delimiter(read, delimiter):
    """Rows, the header as their context and its own, and quoted cells that hold delimiters and line ends."""
    rows = [["user", "role", "note"], ["ana", "admin", f'"a{delimiter}b\nc"'], ["bo", "read", "x"]]
    document = read("a.csv", "\n".join(delimiter.join(row) for row in rows) + "\n")
    assert [block.place for block in document.blocks] == ["row 1", "row 2", "row 3"]
    assert [block.context for block in document.blocks] == ["user | role | note"] * 3
    assert "\nc" in document.text[document.blocks[1].start : document.blocks[1].end]


def test_csv_rows_are_numbered_as_in_a_spreadsheet(read):
    """Empty lines count, and a title above the table is not its header."""
    document = read("a.csv", "Exported by hand\n\nuser,role\nana,admin\n")
    assert [(b.place, b.context) for b in document.blocks] == [
        ("row 1", ""),
        ("row 3", "user | role"),
        ("row 4", "user | role"),
    ]


def test_csv_without_a_header_has_none(read):
    """A row of values is not taken for the names of columns."""
    document = read("a.csv", "ana@example.com,2026-01-01,3\nbo@example.com,2026-01-02,4\n")
    assert {block.context for block in document.blocks} == {""}


def test_csv_with_a_stray_quote_is_read_by_lines(read):
    """A quote that never closes does not swallow the rest of the file."""
    document = read("a.csv", 'user,size\nana,"5\nbo,6\n')
    assert len(document.blocks) == 3
    assert "quote" in document.notes[0]


def test_csv_that_states_its_delimiter(read):
    """The line that Excel writes for itself is obeyed and is no row."""
    document = read("a.csv", "sep=;\na,b;c\n1,2;x\n")
    assert [block.context for block in document.blocks] == ["a,b | c"] * 2


def test_csv_with_one_huge_cell(read):
    """A cell above Python's default limit is read."""
    document = read("a.csv", f"name,log\nana,{'x' * 200_000}\n")
    assert len(document.blocks) == 2


def test_json_list(read):
    """Each item of the outermost list is a record."""
    document = read("a.json", json.dumps([{"id": 1}, {"id": 2}], indent=1))
    assert [block.place for block in document.blocks] == ["record 1", "record 2"]


def test_json_object_with_a_list_of_records(read):
    """A field that holds records yields each, and others are whole."""
    document = read("a.json", json.dumps({"tool": "x", "findings": [{"id": 1}, {"id": 2}]}))
    places = [block.place for block in document.blocks]
    assert places == ["tool", "findings, record 1", "findings, record 2"]


def test_json_lines(read):
    """Each line is a record, and the place names the line."""
    document = read("a.jsonl", '{"a": 1}\n\n{"a": 2}\n')
    assert [block.place for block in document.blocks] == ["line 1", "line 3"]


def test_yaml_aliases_make_no_overlap(read):
    """A record that repeats an earlier one by reference is not read twice."""
    document = read("a.yaml", "- &one\n  a: 1\n- *one\n- b: 2\n")
    ends = [(block.start, block.end) for block in document.blocks]
    assert ends == sorted(ends)
    assert all(a[1] <= b[0] for a, b in pairwise(ends))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", '{"a": 1,}', "line 1 is not JSON"),
        ("a.jsonl", '{"a": 1}\n{"a"\n', "line 2 is not JSON"),
        ("a.yaml", "a: 1\nb: [\n", "is not YAML"),
        ("a.eml", "just words\n", "not an e-mail"),
        ("a.csv", "<!DOCTYPE html><html>log in</html>", "is a web page"),
        ("a.txt", "   \n ", "it is empty"),
        ("a.md", "", "it is empty"),
        ("a.exe", "x", "are not read"),
        ("a.txt", b"%PDF-1.7 x", "is a PDF"),
        ("a.docx", b"{\\rtf1 x}", "is no such file"),
        ("a.txt", b"\x00\x01\x02" * 50, "not text"),
    ],
)
def test_what_cannot_be_read_says_why(read, name, content, reason):
    """A refusal names the fault and what to do."""
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read(name, content)
    assert caught.value.hint


def test_other_encodings_are_read_and_noted(read):
    """A file in the encoding of old Windows is read, with a note."""
    document = read("a.txt", "Prüfung für März".encode("cp1252"))
    assert document.text == "Prüfung für März"
    assert "Windows-1252" in document.notes[0]


def test_utf16_with_a_mark_is_read(read):
    """What some Windows programs write as text is text."""
    assert read("a.txt", "Review done".encode("utf-16")).text == "Review done"


@pytest.mark.parametrize(
    "front",
    [
        "---\naudience: hr\n# Title\n",
        "----\naudience: hr\n----\n",
        "---\naudiance: hr\n---\n",
        "---\nAudiences: hr\n---\n",
        "---\naudience hr\n---\n",
        "---\naudience: hr\naudience: everyone\n---\n",
        "---\naudience: [hr\n---\n",
        "---\naudience: hr\nreviewed: 2026-02-31\n---\n",
        "+++\naudience = hr\n+++\n",
    ],
)
def test_front_matter_with_a_typing_error_is_refused(read, front):
    """A page is not taken to be for everyone because its front matter cannot be read."""
    with pytest.raises(UnreadableFile, match="front matter"):
        read("a.md", f"{front}\nWords.\n")


@pytest.mark.parametrize(
    "front",
    [
        "---\naudience: hr\n---\n",
        "\n\n---\nAudience: hr\n---\n",
        "\ufeff---\r\naudience: hr\r\n---\r\n",
        '+++\naudience = "hr"\n+++\n',
        "---\naudience: hr\n...\n",
    ],
)
def test_front_matter_in_its_usual_forms(read, front):
    """Front matter is found after a mark or empty lines, in YAML and in TOML."""
    assert read("a.md", f"{front}\nWords.\n".encode()).metadata["audience"] == "hr"


def test_rules_around_a_paragraph_are_no_front_matter(read):
    """Two rules are only rules."""
    document = read("a.md", "---\n\nA paragraph.\n\n---\n\nMore.\n")
    assert document.metadata == {}


HTML_TABLE = """# Retention

<table>
  <tr><td><strong>System</strong>
   </td><td><strong>Kept | for</strong></td></tr>
  <tr><td>Logs
   </td><td>400 days</td></tr>

  <tr><td>Backups</td><td>35 days</td></tr>
</table>

After it.

<table><tr><th>Role</th></tr><tr><td>Owner</td></tr></table>
"""


def test_markdown_cuts_tables_in_html_by_rows(read):
    """The first row names the columns of the others, over an empty line as well; each table has its own."""
    found = read("a.md", HTML_TABLE)
    rows = [block for block in found.blocks if block.kind is BlockKind.ROW]

    assert [block.context for block in rows] == ["System | Kept / for"] * 3 + ["Role"] * 2
    assert found.text[rows[1].start : rows[1].end].startswith("<tr><td>Logs")
    assert found.text[rows[1].start : rows[1].end].endswith("</tr>")
    assert ("text", "After it.") in outline(found)
