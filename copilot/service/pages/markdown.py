"""The Markdown of drafts as HTML: open marks and citations stand out, and nothing in it is HTML.

People and their documents write what is in a draft. HTML in it is shown as text, links lead to the web, to
an address for mail, or into the product, and pictures are not fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.front_matter import front_matter_plugin

from copilot.domain.documents import SourcePath
from copilot.domain.views import Spot
from copilot.drafting import markup
from copilot.drafting.checklist import checklist
from copilot.drafting.passed_on import WITHHELD
from copilot.service.pages.sources import source_href

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore

    from copilot.domain.marked import Footnote
    from copilot.drafting.checklist import Entry

_OPEN: Final = "\ue000"
_CLOSE: Final = "\ue001"
_HELD: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_RESERVED: Final = str.maketrans({_OPEN: "\ufffd", _CLOSE: "\ufffd"})
_LINK: Final = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A footnote, as the list at the end of a draft shows it."""

    label: str
    href: str
    """Where the words stand; empty for a footnote that cites nothing."""
    quote: str
    where: str
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A draft's text for a page."""

    html: Markup
    """Without front matter, title and footnotes."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A stretch that is taken out of the Markdown, and comes back as an element."""

    start: int
    end: int
    html: Markup


def render_draft(
    text: str, *, waived: frozenset[str] = frozenset(), anchored: bool = True
) -> Rendered:
    """Return the HTML of a draft's text.

    Args:
        text: Markdown with marks and footnotes, whoever wrote it.
        waived: What the marks say that need not be closed.
        anchored: Let marks lead to their entries of the checklist, and be led to from there.
    """
    text = text.translate(_RESERVED)
    read = markup.read(text)
    known = {one.label: one for one in read.footnotes}
    held = [
        *_marks(checklist(text), waived, anchored=anchored),
        *(
            _Held(place.start, place.end, _reference(one))
            for one in read.footnotes
            for place in one.references
        ),
        *(
            _Held(one.place.start, one.place.end, _stray(one.label))
            for one in read.unknown
            if one.label not in known
        ),
        *(_Held(one.place.start, one.place.end, Markup()) for one in read.footnotes),
    ]
    pieces: list[str] = []
    elements: list[tuple[Markup, str]] = []
    at = 0
    for one in sorted(held, key=lambda each: (each.start, -each.end)):
        if one.start < at:
            continue  # it stands in what was taken out already
        pieces += [text[at : one.start], f"{_OPEN}{len(elements)}{_CLOSE}" if one.html else ""]
        if one.html:
            elements.append((one.html, text[one.start : one.end]))
        at = one.end
    pieces.append(text[at:])
    environment: dict[str, Any] = {"elements": elements}
    html = _parser().render("".join(pieces), environment)
    return Rendered(html=Markup(html), sources=tuple(map(_source, read.footnotes)))  # noqa: S704  made by the renderer below


def _marks(entries: Sequence[Entry], waived: frozenset[str], *, anchored: bool) -> Iterator[_Held]:
    for number, entry in enumerate(entries, start=1):
        for nth, place in enumerate(entry.places):
            link = Markup("<b>{}</b>").format(number)
            anchor = Markup()
            if anchored:
                link = _link_to(entry, number)
                anchor = Markup(' id="m-{}"').format(number) if nth == 0 else anchor
            kind = "waived" if entry.says in waived else entry.kind
            role = Markup(' <span class="role">{}</span>').format(entry.role) if entry.role else ""
            html = Markup('<span class="open-mark {}"{}>{} {}{}</span>').format(
                kind, anchor, link, entry.words, role
            )
            yield _Held(place.start, place.end, html)


def _link_to(entry: Entry, number: int) -> Markup:
    named = {"question": "Open question", "decision": "To confirm", "broken": "Broken mark"}
    return Markup('<a href="#q-{0}" aria-label="{1} {0}">{0}</a>').format(number, named[entry.kind])


def _reference(note: Footnote) -> Markup:
    href = _href(note)
    quote = note.citation.quote if note.citation else note.text
    return Markup(
        '<sup class="noted"><a href="{href}" data-cite="{label}" aria-label="Source {label}" '
        'title="{quote}">{label}</a></sup>'
    ).format(href=href or f"#n-{note.label}", label=note.label, quote=quote)


def _stray(label: str) -> Markup:
    return Markup(
        '<sup class="noted stray" title="There is no footnote {label}">{label}?</sup>'
    ).format(label=label)


def _href(note: Footnote) -> str:
    cited = note.citation
    if cited is None:
        return ""
    return source_href(
        Spot(path=SourcePath(cited.source), start=cited.start, end=cited.end, page=cited.page)
    )


def _source(note: Footnote) -> Source:
    cited = note.citation
    if cited is None:
        return Source(
            label=note.label, href="", quote=note.text, where="", used=bool(note.references)
        )
    page = f", page {cited.page}" if cited.page else ""
    return Source(
        label=note.label,
        href=_href(note),
        quote=cited.quote,
        where=f"{cited.source}{page}",
        used=bool(note.references),
    )


@cache
def _parser() -> MarkdownIt:
    made = (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .disable(["image"])
        .use(front_matter_plugin)
    )
    made.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    made.core.ruler.push("draft", _finish)
    made.add_render_rule("draft_element", _element)
    made.add_render_rule("link_open", _link)
    made.add_render_rule("table_open", _table)
    made.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return made


def _finish(state: StateCore) -> None:
    """Put the elements back, leave the title out, and let no heading stand above those of the page."""
    elements: list[tuple[Markup, str]] = state.env["elements"]
    kept: list[Token] = []
    title = ""  # what ends the title; then nothing else is one
    for token in _struck(state.tokens):
        if token.type == "heading_open" and token.tag == "h1" and _at_top(kept):
            title = "heading_close"
        elif title:
            title = "" if token.type == title else title
        else:
            _place(token, elements)
            kept.append(token)
    state.tokens = kept


def _struck(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield tokens with the claims struck through that were withheld from an answer."""
    inside, first, heading = False, False, False
    for token in tokens:
        yield token
        if heading:
            inside = token.content.endswith(WITHHELD)
        heading = token.type == "heading_open"
        if token.type == "tr_open":
            first = inside
        elif token.type == "td_open" and first:
            first = False
            token.attrSet("class", "withheld")


def _at_top(kept: Sequence[Token]) -> bool:
    return all(one.type == "front_matter" for one in kept)


def _place(token: Token, elements: Sequence[tuple[Markup, str]]) -> None:
    if token.type in {"heading_open", "heading_close"} and token.tag == "h1":
        token.tag = "h2"
    if token.type == "inline":
        token.children = [made for one in token.children or () for made in _expanded(one, elements)]
    else:
        token.content = _restored(token.content, elements)


def _expanded(token: Token, elements: Sequence[tuple[Markup, str]]) -> Iterator[Token]:
    # A title could say something else than what the link leads to; the words say enough.
    token.attrs = {
        name: _restored(str(value), elements)
        for name, value in token.attrs.items()
        if name != "title"
    }
    if token.type != "text":
        token.content = _restored(token.content, elements)
        yield token
        return
    at = 0
    for found in _HELD.finditer(token.content):
        yield _text(token.content[at : found.start()])
        yield Token("draft_element", "", 0, content=elements[int(found[1])][0])
        at = found.end()
    yield _text(token.content[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _restored(content: str, elements: Sequence[tuple[Markup, str]]) -> str:
    """Return a text in which no element can stand, such as code, as it was written."""
    return _HELD.sub(lambda found: elements[int(found[1])][1], content)


def _element(_: RendererHTML, tokens: Sequence[Token], at: int, *__: object) -> str:
    return tokens[at].content


def _link(_: RendererHTML, tokens: Sequence[Token], at: int, *__: object) -> str:
    href = str(tokens[at].attrs.get("href", ""))
    away = "" if href.startswith(("/", "#")) else ' rel="noopener noreferrer nofollow"'
    return f'<a href="{escape(href)}"{away}>'


def _table(*_: object) -> str:
    return '<div class="table" tabindex="0" role="region" aria-label="Table"><table>\n'
