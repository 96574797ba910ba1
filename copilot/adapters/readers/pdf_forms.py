"""What was filled in on a PDF form, which is no part of the page's own text."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from copilot.adapters.readers.pdf_layout import Line

if TYPE_CHECKING:
    from collections.abc import Callable


def fields_of(page: Any, forms: Any) -> list[Line]:
    """Return a line `name: value` for each field of a page that has a value or a tick."""
    import pypdfium2.raw as pdfium

    lines: list[Line] = []
    for at in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, at)
        if not annotation:
            continue
        try:
            if text := _field(annotation, forms.raw):
                lines.append(Line(text, gap=True))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return lines


def _field(annotation: Any, forms: Any) -> str:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation)
    if kind in {
        pdfium.FPDF_FORMFIELD_TEXTFIELD,
        pdfium.FPDF_FORMFIELD_COMBOBOX,
        pdfium.FPDF_FORMFIELD_LISTBOX,
    }:
        value = _string(pdfium.FPDFAnnot_GetFormFieldValue, annotation, forms)
    elif kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        value = "yes" if pdfium.FPDFAnnot_IsChecked(forms, annotation) else ""
    elif kind == pdfium.FPDF_FORMFIELD_RADIOBUTTON:
        ticked = pdfium.FPDFAnnot_IsChecked(forms, annotation)
        value = (
            _string(pdfium.FPDFAnnot_GetFormFieldExportValue, annotation, forms) if ticked else ""
        )
    else:
        return ""
    # People see the alternate name; the other is for programs.
    name = _string(pdfium.FPDFAnnot_GetFormFieldAlternateName, annotation, forms) or _string(
        pdfium.FPDFAnnot_GetFormFieldName, annotation, forms
    )
    return f"{name}: {value}" if name and value else value


def _string(read: Callable[..., int], annotation: Any, forms: Any) -> str:
    """Call one of pdfium's functions that fill a buffer with UTF-16."""
    import pypdfium2.raw as pdfium

    length = read(forms, annotation, None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    read(forms, annotation, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return " ".join(buffer.raw.decode("utf-16-le", "replace").rstrip("\0").split())
