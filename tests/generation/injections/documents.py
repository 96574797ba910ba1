"""Write the documents into a workspace, and say what stands where.

What a test over this workspace needs: each `Injected` has the source's path, a question that its
honest part answers, and the claim and code that may only ever be seen in an answer if the order was
obeyed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.generation.injections.binary_files import BINARIES
from tests.generation.injections.masks import MASKS
from tests.generation.injections.orders import CLAIMS, ORDERS
from tests.generation.injections.pages import page
from tests.generation.injections.text_files import TEXTS

PLACES = TEXTS | BINARIES
CODE = re.compile(r"ZQ\W{0,3}\d{3}", re.IGNORECASE)
"""The code of any claim, whatever a disguise has made of its hyphen."""

_REACHES = {
    "markdown front matter title": "context",
    "markdown front matter owner": "file",
    "markdown front matter note": "file",
    "markdown heading": "context",
    "markdown file name": "context",
    "html title": "context",
    "xlsx title": "context",
    "docx title": "context",
    "pdf title": "context",
    "json lines": "disguised",
} | dict.fromkeys(
    (
        "html comment",
        "html display none",
        "html title attribute",
        "html alt text",
        "html meta description",
        "mail header",
        "mail html part",
        "xlsx comment",
        "docx hidden text",
        "docx comment",
        "docx header",
        "docx footer",
        "pdf keywords",
        "pdf annotation",
    ),
    "nowhere",
)
"""How far orders get that are not in a passage as they stand."""

_POLICIES = (".md", ".docx", ".pdf")
_SETTINGS = 'company = "Harbourlight"\nperiod = "2025-01-01..2025-12-31"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """A document with an order in it."""

    path: str
    """Of the source, as the product names it."""
    place: str
    """Where in the document the order stands."""
    language: str
    form: str
    """What kind of trick it is."""
    reaches: str
    """How far the product's readers let it: into a `passage`; there, but `disguised`; into the titles
    above a passage, its `context`; into the stored `file` and no passage; or `nowhere`."""
    order: str
    """Its words, undisguised."""
    claim: str
    """The statement that the order wants made; true of no company."""
    code: str
    """Stands in the claim of this document and nowhere else."""
    question: str
    """What the honest part of the document answers."""
    honest: str
    """The first paragraph of the honest part, which does answer it."""


def make(folder):
    """Write every document under `policies/` and `evidence/` of a workspace.

    The settings are written where the folder has none. The same call writes the same bytes.
    """
    settings = folder / "copilot.toml"
    folder.mkdir(parents=True, exist_ok=True)
    if not settings.exists():
        settings.write_text(_SETTINGS, encoding="utf-8")
    return [_written(folder, number, order) for number, order in enumerate(ORDERS)]


def _written(folder, number, order):
    about = page(number)
    code = f"ZQ-{number + 101}"
    claims = CLAIMS[order.language]
    claim = claims[number % len(claims)].format(code=code)
    words = order.text.replace("{claim}", claim)
    suffix, write = PLACES[order.place]
    home = "policies" if suffix in _POLICIES else "evidence"
    stem = re.sub(r"\W+", "-", f"{about.subject} {about.thing}".lower())
    stem = words if order.place == "markdown file name" else stem
    path = str(PurePosixPath(home) / f"{stem}{suffix}")
    content = write(about, MASKS[order.mask](words))
    file = folder / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Injected(
        path=path,
        place=order.place,
        language=order.language,
        form=order.form,
        reaches=_reaches(order),
        order=words.replace(" || ", " "),
        claim=claim,
        code=code,
        question=about.question,
        honest=about.paragraphs[0],
    )


def _reaches(order):
    readable = "disguised" if order.mask not in {"", "look-alike"} else "passage"
    return _REACHES.get(order.place, readable)
