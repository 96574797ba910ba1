"""A page that lists the routes of the API, made from its OpenAPI document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Request

from copilot.service.access import Caller, Needs
from copilot.service.pages.rendering import render
from copilot.service.parts import OptionsOf
from copilot.service.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi.responses import HTMLResponse

router: Final = APIRouter()

_DEEPEST: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value of a path, a query or a header."""

    name: str
    place: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked of the API."""

    method: str
    path: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    body: str
    """An example of what is sent, as text; empty if nothing is."""
    kind: str
    """The media type of what is sent."""
    reply: str
    """An example of what comes back, as text; empty where there is none."""

    @property
    def anchor(self) -> str:
        """Return what a link within the page calls it."""
        letters = [one if one.isalnum() else "-" for one in f"{self.method}{self.path}"]
        return "".join(letters).lower().strip("-")


@router.get("/api/docs")
def api_docs(
    request: Request, options: OptionsOf, caller: Annotated[Caller, Needs(Permission.ASK)]
) -> HTMLResponse:
    """Show the routes of the API with their examples."""
    document: dict[str, Any] = request.app.openapi()
    return render(
        request,
        "api_docs.html",
        caller,
        subjects=subjects(document),
        about=_plain(document["info"].get("description", "")),
        url=options.url,
    )


def subjects(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Return the operations of an OpenAPI document by their subject, in its order."""
    found: dict[str, list[Operation]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            subject = (operation.get("tags") or ["other"])[0]
            found.setdefault(subject, []).append(_operation(document, method, path, operation))
    return found


def _operation(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> Operation:
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    title, _, about = operation.get("description", "").partition("\n\n")
    return Operation(
        method=method.upper(),
        path=path,
        title=_plain(title or operation.get("summary", "")),
        about=_plain(about),
        parameters=tuple(map(_parameter, operation.get("parameters", ()))),
        body=_example(document, content.get(kind, {})),
        kind=kind,
        reply=_reply(document, operation.get("responses", {})),
    )


def _parameter(one: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=one["name"],
        place=one["in"],
        required=bool(one.get("required")),
        about=_plain(one.get("description", "")),
    )


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def _reply(document: Mapping[str, Any], responses: Mapping[str, Any]) -> str:
    for status, response in responses.items():
        if status.startswith("2"):
            content = response.get("content", {})
            return _example(document, content.get("application/json", {}))
    return ""


def _example(document: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    schema = content.get("schema", {})
    if not schema:
        return ""
    made = content.get("example", _made(document, schema, _DEEPEST))
    return json.dumps(made, indent=2, ensure_ascii=False)


def _made(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    """Return the example that a schema gives, or one put together from its parts."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _made(document, document["components"]["schemas"][name], depth - 1)
    if "example" in schema or schema.get("examples"):
        return schema.get("example", (schema.get("examples") or [None])[0])
    if depth <= 0:
        return "…"
    if "properties" in schema:
        parts = schema["properties"].items()
        return {name: _made(document, part, depth - 1) for name, part in parts}
    return _simple(document, schema, depth)


def _simple(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    for name in ("default", "const"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return _made(document, schema[name][0], depth - 1)
    if schema.get("type") == "array":
        return [_made(document, schema.get("items", {}), depth - 1)]
    plain: dict[str, Any] = {"integer": 0, "number": 0, "boolean": False, "object": {}}
    return plain.get(schema.get("type", ""), "…")
