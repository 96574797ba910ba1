"""Which reader a file gets, by its name and by what it really holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.adapters.readers.docx import DocxReader
from copilot.adapters.readers.html import HtmlReader
from copilot.adapters.readers.mail import MailReader
from copilot.adapters.readers.pdf import PdfReader
from copilot.adapters.readers.plain import MarkdownReader, TextReader
from copilot.adapters.readers.records import JsonLinesReader, JsonReader, YamlReader
from copilot.adapters.readers.tables import CsvReader, XlsxReader
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from copilot.domain.documents import ParsedDocument
    from copilot.ports import Reader

READERS: Final[Mapping[str, Reader]] = {
    ".csv": CsvReader(),
    ".docx": DocxReader(),
    ".eml": MailReader(),
    ".htm": HtmlReader(),
    ".html": HtmlReader(),
    ".json": JsonReader(),
    ".jsonl": JsonLinesReader(),
    ".log": TextReader(),
    ".markdown": MarkdownReader(),
    ".md": MarkdownReader(),
    ".ndjson": JsonLinesReader(),
    ".pdf": PdfReader(),
    ".text": TextReader(),
    ".tsv": CsvReader(),
    ".txt": TextReader(),
    ".xlsx": XlsxReader(),
    ".yaml": YamlReader(),
    ".yml": YamlReader(),
}
"""Readers by the ending of a file's name, in lower case. A new format is one line here and one
class with `read`; see docs/extend.md."""

_ZIPPED: Final = frozenset({".docx", ".xlsx"})
_SIGNATURES: Final = (
    (b"%PDF-", frozenset({".pdf"}), "a PDF"),
    (b"PK\x03\x04", _ZIPPED, "a ZIP file, such as a Word document or a workbook"),
    (b"\xd0\xcf\x11\xe0", frozenset[str](), "an old or encrypted Office file"),
    (b"\x89PNG", frozenset[str](), "a picture"),
    (b"\xff\xd8\xff", frozenset[str](), "a picture"),
    (b"GIF8", frozenset[str](), "a picture"),
    (b"\x1f\x8b", frozenset[str](), "a compressed archive"),
    (b"SQLite format 3", frozenset[str](), "a database"),
    (b"\x7fELF", frozenset[str](), "a program"),
)
_NO_PAGES: Final = frozenset({".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".yaml", ".pdf"})
_HEAD: Final = 1_024


def read(path: Path, name: str) -> ParsedDocument:
    """Return what a file says, by the reader that its name asks for.

    Raises:
        UnreadableFile: No reader takes it, its content is not what its name says, it is empty, or
            the reader refuses it.
    """
    suffix = path.suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise UnreadableFile(
            f"files named {suffix or 'without an ending'} are not read",
            hint="Readable are " + ", ".join(sorted(READERS)) + ".",
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    _refuse_disguise(head, suffix)
    document = reader.read(path, name=name)
    if not document.text.strip():
        raise UnreadableFile("it is empty", hint="Remove it, or fill it.")
    return document


def _refuse_disguise(head: bytes, suffix: str) -> None:
    if suffix in _NO_PAGES and head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise UnreadableFile(
            f"it is named {suffix} and is a web page",
            hint="Perhaps a login page was saved in place of the file; download it again.",
        )
    if not head:
        raise UnreadableFile("it is empty", hint="Remove it, or fill it.")
    for signature, suffixes, what in _SIGNATURES:
        # A PDF may have some bytes of rubbish before its signature.
        found = signature in head if signature == b"%PDF-" else head.startswith(signature)
        if (
            found
            and suffix not in suffixes
            and not (what == "a PDF" and not head.startswith(signature))
        ):
            hint = "Rename it to what it is, or save it in the format that its name says."
            if what.startswith("an old"):
                hint = "Open it, remove the password if it has one, and save it as .docx or .xlsx."
            raise UnreadableFile(f"it is named {suffix} and is {what}", hint=hint)
        if not found and suffixes == _ZIPPED and suffix in suffixes:
            raise UnreadableFile(
                f"it is named {suffix} and is no such file",
                hint="Save it again from the program that made it.",
            )
