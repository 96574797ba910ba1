"""The OpenAPI document: what FastAPI makes of the routes, and what holds for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copilot.service import idempotency

if TYPE_CHECKING:
    from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """Have an application describe what stands around its routes too."""
    made = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            written = made()
            written.setdefault("components", {})["securitySchemes"] = {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of the page People, or of POST /api/v1/tokens.",
                }
            }
            written["security"] = [{"token": []}]
            idempotency.describe(written)
            _leave_streams_open(written)
            app.openapi_schema = written
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _leave_streams_open(document: dict[str, Any]) -> None:
    """Say nothing of the form of a stream's events: a schema is for one value, and there are many."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                response.get("content", {}).get("text/event-stream", {}).pop("schema", None)
