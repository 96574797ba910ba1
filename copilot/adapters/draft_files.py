"""Drafts written to files: Markdown as it is kept, Word, and PDF by way of Word."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.errors import BadInput
from copilot.replacing import replacing

if TYPE_CHECKING:
    from copilot.domain.exporting import Export

FORMS: Final = (".md", ".docx", ".pdf")


class DraftFiles:
    """Writes drafts for people; each file is there whole or not at all."""

    def write(self, path: Path, export: Export, *, replace: bool = False) -> None:
        """Write a draft in the form that the name of the file asks for.

        Args:
            path: Ends in .md, .docx or .pdf.
            export: What to write.
            replace: Whether a file that is there may be replaced.

        Raises:
            BadInput: The name asks for another form, its folder does not exist, or the file does.
            CannotExport: LibreOffice, which makes PDF, is not installed or fails.
        """
        self.check(path, replace=replace)
        _put(path, content(path.suffix.lower(), export), replace=replace)

    def check(self, path: Path, *, replace: bool = False) -> None:
        """Refuse a path that `write` would refuse, before there is anything to write.

        Raises:
            BadInput: The name asks for another form, its folder does not exist, or the file does.
        """
        if path.suffix.lower() not in FORMS:
            raise BadInput(
                f"{path}: a draft is written as {', '.join(FORMS)}",
                hint="Name a file that ends in one of them.",
            )
        if not path.parent.is_dir():
            raise BadInput(f"the folder {path.parent} does not exist")
        if path.exists() and not replace:
            raise BadInput(
                f"{path} exists", hint="Name another file, or add --force to replace it."
            )


def content(form: str, export: Export) -> bytes:
    """Return a draft in one of the forms.

    Raises:
        CannotExport: LibreOffice, which makes PDF, is not installed or fails.
    """
    if form == ".md":
        return export.text.encode()
    from copilot.adapters.docx_writing import write_docx

    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "draft.docx"
        write_docx(document, export)
        if form == ".docx":
            return document.read_bytes()
        from copilot.adapters.pdf_writing import convert_to_pdf

        return convert_to_pdf(document)


def _put(path: Path, content: bytes, *, replace: bool) -> None:
    if replace:
        with replacing(path) as new:
            new.write_bytes(content)
        return
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as exc:
        raise BadInput(f"{path} exists", hint="Name another file.") from exc
    except BaseException:
        path.unlink(missing_ok=True)
        raise
