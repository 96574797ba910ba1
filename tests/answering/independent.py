"""A second opinion on citations: reads the source files with code that shares nothing with ours."""

from __future__ import annotations

import email
import email.policy
import html
import re
import zipfile
from functools import lru_cache

import openpyxl
from pypdf import PdfReader

_NOT_WORDS = re.compile(r"[\W_]+")


@lru_cache(maxsize=256)
def letters_of(path):
    """Return the letters and digits of a file in order, everything else dropped."""
    return bare(_text_of(path))


def bare(text):
    """Return letters and digits in lower case; layout, punctuation and ligatures do not count."""
    return _NOT_WORDS.sub("", text.replace("ﬁ", "fi").replace("ﬂ", "fl")).lower()


def _text_of(path):
    match path.suffix.lower():
        case ".pdf":
            return "\n".join(page.extract_text() for page in PdfReader(path).pages)
        case ".docx":
            with zipfile.ZipFile(path) as archive:
                markup = archive.read("word/document.xml").decode()
            return html.unescape(re.sub(r"<[^>]+>", " ", markup))
        case ".xlsx":
            book = openpyxl.load_workbook(path, data_only=True)
            return "\n".join(
                " ".join(_cell(value) for value in row)
                for sheet in book
                for row in sheet.iter_rows(values_only=True)
            )
        case ".html" | ".htm":
            return html.unescape(re.sub(r"<[^>]+>", " ", path.read_text()))
        case ".eml":
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain", "html"))
            shown = [name for name in ("From", "To", "Cc", "Date", "Subject") if message[name]]
            head = " ".join(f"{name}: {message[name]}" for name in shown)
            return f"{head}\n{body.get_content() if body else ''}"
        case _:
            return path.read_text()


def _cell(value):
    if value is None:
        return ""
    if hasattr(value, "date"):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
