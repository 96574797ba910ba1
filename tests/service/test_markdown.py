"""The Markdown of drafts as HTML, whoever wrote it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from copilot.service.pages.markdown import render_draft

PIECES = st.sampled_from(
    ["<script>", "<img src=x onerror=y>", "[a](javascript:x)", "[b](//evil)", "![i](http://x/i)", "`",
     "```\n", "[open question → R: w]", "[to confirm → \"R\": <b>]", "[^1]", "[^9]", "\n\n", "| a | b |\n",
     "|---|---|\n", "\n[^1]: “q” — p.md, characters 1–2\n", "\ue000", "0\ue001", "# ", "**", "&lt;", "'\"",
     "[c](http://x \"[open question → R: w]\")", "<a href=\"x\">", "word "]
)  # fmt: skip
ALLOWED = set(
    "p h2 h3 h4 h5 h6 ul ol li a span sup div table thead tbody tr th td code pre strong em s hr br "
    "blockquote".split()
)


class Tags(HTMLParser):
    """Collects the tags and links of some HTML."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_in_a_draft_becomes_html_of_its_own(text):
    """Only our elements, no handlers, and links that lead to the web, to mail or into the product."""
    for tag, attrs in Tags(str(render_draft(text).html)).found:
        assert tag in ALLOWED
        assert not any(name.startswith("on") or name in {"style", "src"} for name in attrs)
        href = attrs.get("href")
        assert href is None or re.match(r"https?://|mailto:|/(?!/)|#", href)


def test_marks_and_citations_stand_out_and_lead_somewhere():
    """A mark to its entry of the checklist, a citation to the words that it cites."""
    text = (
        "---\ntitle: x\n---\n\n# T\n\nA [open question → CEO: Why <b>?] and more.[^1]\n\n## S\n\n"
        "`[open question → CEO: Why <b>?]`\n\n[^1]: “Quoted” — p.md, page 3, characters 5–11\n"
    )
    rendered = render_draft(text)
    tags = Tags(str(rendered.html)).found
    links = [attrs["href"] for tag, attrs in tags if tag == "a"]
    assert links == ["#q-1", "/sources/view?path=p.md&start=5&end=11&page=3#quote"]
    assert ("span", {"class": "open-mark question", "id": "m-1"}) in tags
    assert "<code>[open question → CEO: Why &lt;b&gt;?]</code>" in rendered.html
    assert [one.where for one in rendered.sources] == ["p.md, page 3"]
    assert "title: x" not in rendered.html
    assert not any(tag == "h1" for tag, _ in tags)
    waived = render_draft(text, waived=frozenset({"CEO: Why <b>?"}))
    assert "open-mark waived" in waived.html
