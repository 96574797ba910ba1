"""The guidance pages answer what they say they answer."""

from __future__ import annotations

import re

from tests.content.prose import longest_sentence, reading_grade, words

_COMMON = frozenset(
    "a an and are as at be by can do does each for from have how i if in is it its long many much my need of "
    "on one or our should so than that the their there they this to us we what when where which who "
    "why will with you your".split()
)


def first_paragraph(page, section):
    """Return the paragraph that stands directly under a heading of a page."""
    after = page.body.partition(f"## {section}\n")[2].strip()
    return re.split(r"\n\s*\n", after)[0]


def stems(text):
    """Return the first five letters of each word that carries meaning."""
    return {word[:5] for word in words(text) if word not in _COMMON}


def test_there_are_enough_pages_and_words(catalog):
    """At least 16 pages and 12,000 words."""
    assert len(catalog.guidance) >= 16
    assert sum(len(words(page.body)) for page in catalog.guidance) >= 12_000


def test_each_question_is_answered_where_it_points(catalog):
    """The first paragraph of the section speaks of what the question asks."""
    for page in catalog.guidance:
        for one in page.questions:
            answer = f"{one.section} {first_paragraph(page, one.section)}"
            asked = stems(one.question)
            assert len(asked & stems(answer)) >= 0.34 * len(asked), (page.path, one.question)
            assert 12 <= len(words(first_paragraph(page, one.section))) <= 130, one.question


def test_no_question_stands_on_two_pages(catalog):
    """A question has one page that answers it."""
    questions = [one.question.lower() for page in catalog.guidance for one in page.questions]

    assert len(questions) == len(set(questions))


def test_pages_open_with_their_title(catalog):
    """The heading of a page and the title in its front matter are the same."""
    for page in catalog.guidance:
        assert page.body.lstrip().startswith(f"# {page.title}\n"), page.path


def test_links_between_pages_resolve(catalog, knowledge):
    """Every relative link leads to a file that exists."""
    for page in catalog.guidance:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.body):
            assert (knowledge / page.path).parent.joinpath(target).is_file(), (page.path, target)


def test_sentences_are_short_enough_to_read(catalog):
    """No sentence is longer than 40 words, and pages read like a newspaper."""
    for page in catalog.guidance:
        assert longest_sentence(page.body) <= 40, page.path
        assert reading_grade(page.body) <= 13, page.path
