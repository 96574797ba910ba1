"""Links between the pages of the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, named

LINKS = [
    pytest.param(page, target, id=f"{named(page)}: {target}")
    for page in PAGES
    for target in dict.fromkeys(re.findall(r"\]\(([^)\s]+)\)", page.read_text()))
    if not target.startswith(("http://", "https://", "mailto:"))
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_a_relative_link_resolves(page, target):
    """The file is there, inside the project, and has the heading that is named."""
    path, _, heading = target.partition("#")
    file = (page.parent / path).resolve() if path else page

    assert file.exists()
    assert file.is_relative_to(ROOT)
    if heading:
        assert heading in slugs(file)


def slugs(page: Path) -> set[str]:
    """Return what a page's headings are called in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_page_of_docs_can_be_reached_from_the_readme():
    """No page is left lying where nobody finds it."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
        waiting += [(page.parent / target).resolve() for target in targets if "://" not in target]

    assert set(PAGES) <= reached
