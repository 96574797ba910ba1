"""Files that a browser saves: exports in the forms that people work with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Response

_MEDIA: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "oscal": "application/json",
    "html": "text/html",
}


def attachment(content: bytes, name: str, form: str) -> Response:
    """Return a file that a browser saves and never shows.

    Args:
        content: What it holds.
        name: What it is called, without an ending; plain letters and dashes.
        form: `csv`, `xlsx`, `json`, `oscal` or `html`.
    """
    ending = "oscal.json" if form == "oscal" else form
    return Response(
        content,
        media_type=_MEDIA[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


def described(*forms: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of a route that answers with a file in one of these forms."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    # What is JSON would not be text to whoever reads the schema.
    content = {_MEDIA[form]: {} if "json" in _MEDIA[form] else binary for form in forms}
    return {200: {"description": "The file.", "content": content}}
