"""Opened sources as plain values, for programs and for the script of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copilot.domain.views import (
    CriterionBody,
    MailBody,
    PageBody,
    TableBody,
    TextBody,
)

if TYPE_CHECKING:
    from copilot.domain.views import Opened, Piece, Runs, TableRow, Window


def opened_json(opened: Opened) -> dict[str, Any]:
    """Return an opened source as JSON values; `body` differs by its `form`."""
    return {
        "source": opened.path,
        "title": opened.title,
        "kind": opened.kind.value,
        "heading": list(opened.heading),
        "place": opened.place,
        "start": opened.start,
        "end": opened.end,
        "quote": opened.quote,
        "notes": list(opened.notes),
        "body": _body(opened),
    }


def _body(opened: Opened) -> dict[str, Any]:
    body = opened.body
    match body:
        case TextBody():
            return {"form": "text", **_window(body.window)}
        case MailBody():
            fields = [{"name": name, "runs": _runs(said)} for name, said in body.fields]
            return {"form": "mail", "fields": fields, **_window(body.window)}
        case TableBody():
            return {
                "form": "table",
                "sheet": body.sheet,
                "header": list(body.header),
                "rows": [_row(one) for one in body.rows],
                "length": body.length,
                "earlier": body.earlier,
                "later": body.later,
            }
        case PageBody():
            return {
                "form": "page",
                "number": body.number,
                "count": body.count,
                "picture": _picture(body),
                **_window(body.window),
            }
        case CriterionBody():
            return {
                "form": "criterion",
                "id": body.id,
                "title": body.title,
                "pieces": [_piece(one) for one in body.pieces],
            }


def _picture(body: PageBody) -> dict[str, Any] | None:
    if body.picture is None:
        return None
    return {
        "width": body.picture.width,
        "height": body.picture.height,
        "rectangles": [
            {"left": one.left, "top": one.top, "width": one.width, "height": one.height}
            for one in body.picture.rectangles
        ],
    }


def _window(window: Window) -> dict[str, Any]:
    return {
        "pieces": [_piece(one) for one in window.pieces],
        "layout": window.layout,
        "from": window.start,
        "to": window.end,
        "length": window.length,
        "earlier": window.earlier,
        "later": window.later,
    }


def _piece(piece: Piece) -> dict[str, Any]:
    return {
        "kind": piece.kind.value,
        "level": piece.level,
        "start": piece.start,
        "end": piece.end,
        "runs": _runs(piece.runs),
        "cells": [_runs(one) for one in piece.cells],
    }


def _row(row: TableRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "start": row.start,
        "end": row.end,
        "quoted": row.touched,
        "cells": [{"runs": _runs(one.runs), "quoted": one.touched} for one in row.cells],
    }


def _runs(runs: Runs) -> list[dict[str, Any]]:
    return [{"text": one.text, "marked": one.marked, "faint": one.faint} for one in runs]
