"""Claims as a person reads them: rows, lists, records and tags in words, whole sentences, no false remarks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot import bootstrap
from copilot.answering import periods_covered
from copilot.answering.disagreement import Statement, disagreements
from copilot.answering.expecting import fitting
from copilot.answering.questions import read_question
from copilot.answering.quoting import (
    before_its_list,
    best_words,
    denial_above,
    only_names_columns,
    speaks_fittingly,
)
from copilot.answering.support import LABELLED, Supported, labels_of
from copilot.answering.telling import plain, told
from copilot.catalog.loading import load_alike_words, load_common_words
from copilot.domain.access import EVERYONE
from copilot.domain.answers import Abstained
from copilot.domain.criteria import CriterionId, Frequency
from copilot.domain.documents import Metadata, Passage, PassageId, Source, SourceKind, SourcePath
from copilot.domain.periods import label, parse_period
from copilot.retrieval.search import Hit
from copilot.wording import Hearing, Vocabulary


@pytest.fixture(scope="module")
def vocabulary(knowledge):
    """Return the field's words and the language's, as the product reads them."""
    terms = bootstrap.load_catalog(knowledge).terms
    return Vocabulary(terms, load_common_words(knowledge), load_alike_words(knowledge))


def source(path, **about):
    """Return a source of which this is known."""
    said = {"title": "A file", "kind": SourceKind.EVIDENCE, "audience": EVERYONE} | about
    return Source(path=SourcePath(path), metadata=Metadata(**said))


def passage(text, path="policies/a.md", *, context="", page=None):
    """Return a passage that is a whole source."""
    return Passage(
        id=PassageId(path),
        source=source(path),
        start=0,
        end=len(text),
        text=text,
        page=page,
        place="",
        heading=(),
        context=context,
    )


def quoted(text, question, vocabulary):
    """Return the words of a text that are chosen for a question."""
    start, end = best_words(passage(text), Hearing(vocabulary.asked_by(question)), vocabulary)
    return text[start:end]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("- Critical: 1 day\n- High: 3 days", "Critical: 1 day; High: 3 days"),
        ("These are checked:\n- the *owner*\n- the `date`", "These are checked: the owner; the date"),
        ("It is<br>so. Use <account> and <strong>never</strong> less.", "It is so. Use <account> and never less."),
        ("<ul><li>one</li><li>two</li></ul>", "one; two"),
        ("2025-11-10 02:10:00 job=a\n2025-11-10 03:00:00 job=b", "2025-11-10 02:10:00 job=a / 2025-11-10 03:00:00 job=b"),
        (">> Nothing was\n>>\n> found.", "Nothing was found."),
        ("a line\nthat goes on", "a line that goes on"),
    ],
)  # fmt: skip
def test_words_are_said_without_the_marks_of_their_format(written, read):
    """A list is told with semicolons, a log with slashes, tags not at all."""
    assert plain(written) == read


@pytest.mark.parametrize(
    ("path", "quote", "read"),
    [
        ("evidence/a.jsonl", '{"ticket": "CHG-1", "risk": "low", "by": null, "days": 2}', "ticket: CHG-1; risk: low; by: null; days: 2"),
        ("evidence/a.json", '"password": {\n  "minimum_length": 14,\n  "why": "so, that",', "password: minimum_length: 14; why: so, that"),
        ("evidence/a.jsonl", '{"people": [], "by": "x"}', "people: none; by: x"),
        ("evidence/a.yaml", "wording: >-\n  One of eight was not\n  tested.\nraised_on: 2025-11-20", "wording: One of eight was not tested. raised_on: 2025-11-20"),
        ("evidence/a.yaml", "- step: Check done\n  when: before day one\n  note: >-", "step: Check done; when: before day one; note:"),
    ],
)  # fmt: skip
def test_a_record_is_told_without_its_brackets(path, quote, read):
    """JSON and YAML are read aloud as `name: value`."""
    assert told(passage(quote, path), quote) == read


def test_a_row_in_html_is_told_with_its_columns():
    """A table that a Markdown file writes in HTML reads as any other."""
    row = "<tr>\n<td>Managed <strong>instances</strong>\n</td>\n<td>15 days\n</td>\n</tr>"
    one = passage(row, context="Retention\nSystem | Kept for")

    assert told(one, row) == "System: Managed instances; Kept for: 15 days"


def test_a_cell_is_read_without_signs_that_would_stand_twice():
    """The stop of a sentence goes before the next cell's semicolon, and so does that of a list."""
    row = "Owners of all systems review their accounts. | Acme Ltd. | CC6.2;CC6.3"
    one = passage(row, context="Controls\ndescription | vendor | criteria")
    assert told(one, row) == (
        "description: Owners of all systems review their accounts; vendor: Acme Ltd.; "
        "criteria: CC6.2, CC6.3"
    )


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("2025-03-11..2025-03-12", "11 March 2025 to 12 March 2025"),
        ("2024-10-01..2025-05-31", "October 2024 to May 2025"),
        ("2025-H1", "January 2025 to June 2025"),
        ("2024..2025", "January 2024 to December 2025"),
        ("2025-Q3", "Q3 2025"),
    ],
)
def test_a_period_is_named_as_people_write_it(written, named):
    """Months where it is whole months, days where it is not."""
    assert label(parse_period(written)) == named


def test_a_wide_row_is_shortened_cell_by_cell():
    """Nobody reads a row of 40 long cells to its end; each is begun, and none is left out."""
    header = [f"c{number}" for number in range(12)]
    row = ",".join(["word " * 40] * 12)
    said = told(passage(row, "evidence/a.csv", context="T\n" + " | ".join(header)), row)

    assert all(f"{name}: word" in said for name in header)
    assert len(said) < 12 * 100


@pytest.mark.parametrize(
    ("text", "page", "read"),
    [
        ("which is performed upon data.", 2, "… which is performed upon data."),
        ("Any operation or set of operations", 2, "Any operation or set of operations …"),
        ("which is performed upon data.", None, "which is performed upon data."),
        ("Whole as it stands.", 2, "Whole as it stands."),
    ],
)
def test_what_goes_on_over_a_page_is_marked(text, page, read):
    """A sentence of a PDF that another page begins or ends is not shown as a whole one."""
    assert told(passage(text, "policies/a.pdf", page=page), text) == read


def test_an_item_comes_with_what_announces_it(vocabulary):
    """“the disk is encrypted” is no rule without the sentence before the list."""
    text = "Kandji keeps these settings, and nobody may switch them off:\n\n- the screen locks;\n- the disk is encrypted;\n- updates are made."
    found = quoted(text, "Do laptops need disk encryption?", vocabulary)

    assert found.startswith("Kandji keeps these settings")
    assert "the disk is encrypted" in found


def test_the_header_of_a_table_is_no_answer(vocabulary):
    """The names of the columns have the question's words, and the rows its answer."""
    text = "vendor,service,tier\nDatadog,Logs,1\n"
    one = passage(text, "evidence/v.csv", context="Vendors\nvendor | service | tier")
    start, end = best_words(
        one, Hearing(vocabulary.asked_by("Which vendors are in tier 1?")), vocabulary
    )

    assert "Datadog" in text[start:end]


def test_a_line_that_only_points_is_no_answer(vocabulary):
    """A bare link, or the line before a table that stands elsewhere, gives way to what says something."""
    text = (
        "[Key rotation rules](https://example.com/rotation)\n\n"
        "Keys of the service rotate once a year.\n\n"
        "The following table lists how often we rotate keys:"
    )

    assert "rotate once a year" in quoted(text, "How often do we rotate keys?", vocabulary)


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("A prospect wants to know if we encrypt data at rest", "we encrypt data at rest"),
        ("One of our customers is asking whether we use MFA", "we use MFA"),
        ("The auditor asked us how we review access", "how we review access"),
        ("Can we tell customers that backups are in the EU?", "backups are in the EU?"),
        ("A customer asks us to back up our uptime claim", "A customer asks us to back up our uptime claim"),
        ("Can a customer audit us?", "Can a customer audit us?"),
    ],
)  # fmt: skip
def test_who_wants_to_know_is_no_part_of_what_is_asked(question, kept):
    """No source has to speak of prospects for a prospect's question to be answered."""
    assert read_question(question).timeless.split()[-len(kept.split()) :] == kept.split()
    assert len(read_question(question).timeless.split()) == len(kept.split())


def test_gaps_of_a_record_that_was_not_asked_about_are_not_named():
    """Whoever asks about passwords is not told that a penetration test is missing."""
    test = source("evidence/pentest.pdf", title="Penetration test, 2024", criteria=("CC4.1",))
    review = source("evidence/review.csv", title="Access review, 2025-Q1", criteria=("CC6.2",))

    def share(title):
        return 0.8 if title == "Access review" else 0.0

    assert periods_covered.asked_about([test, review], share) == [review]
    assert periods_covered.asked_about([test], share, {CriterionId("CC4.1")}) == [test]


def test_the_gaps_of_a_series_are_one_line():
    """Eight missing months are no eight remarks; the month that was asked about stands alone."""
    scans = [
        source("evidence/s.csv", title="Scan", period=parse_period(f"2025-{month:02}"), frequency=Frequency.MONTHLY)
        for month in (1, 2, 3, 4, 5, 6, 8, 9)
    ]  # fmt: skip
    missing = periods_covered.missing_records(scans, parse_period("2025"))

    assert periods_covered.gap_lines(missing, None) == [
        "No record of “Scan” for July 2025, October 2025, November 2025 and December 2025."
    ]
    assert periods_covered.gap_lines(missing, parse_period("2025-07")) == [
        "No record of “Scan” for July 2025.",
        "No record of “Scan” for October 2025, November 2025 and December 2025.",
    ]


def test_rules_on_different_things_do_not_disagree(vocabulary):
    """Both speak of incidents and of hours; one of classifying them, one of a vendor's notice."""
    statements = [
        Statement("a", "Every security incident is classified within one hour of the first report.", 0),
        Statement("b", "A duty to tell us of security incidents within 24 hours of detection.", 1),
    ]  # fmt: skip

    assert not disagreements(statements, vocabulary, lambda texts: pytest.fail(str(texts)))


def test_labels_of_few_criteria_say_more_than_labels_of_many():
    """Of neighbouring criteria the one is named first that the company's records are labelled with."""
    narrow = passage("x", "evidence/review.csv")
    broad = passage("y", "policies/all.md")
    labelled = [
        replace(narrow, source=source("evidence/review.csv", criteria=("CC6.2",))),
        replace(broad, source=source("policies/all.md", criteria=("CC6.1", "CC6.2", "CC6.3"))),
    ]
    own = [
        Supported(hit=Hit(passage=one, score=1.0, cosine=0.5, words=1.0), likeness=0.5, share=1.0, told=frozenset(), fits=True)
        for one in labelled
    ]  # fmt: skip

    votes = labels_of(own)
    assert votes["CC6.2"] == 1.0
    assert votes["CC6.1"] == votes["CC6.3"] == pytest.approx(0.25)
    assert LABELLED < 0.2


def test_two_rules_of_the_sample_company_are_not_set_against_each_other(ask):
    """How fast an incident is classified is nothing against how fast a vendor tells us of one."""
    answer = ask("How quickly do we tell customers about a breach?")

    assert not any("disagree" in claim.text for claim in answer.claims)


def test_an_answer_from_the_catalog_alone_says_so(ask):
    """Partial without a word of why is no help."""
    answer = ask("What are our complementary user entity controls?")

    assert any("own files" in line for line in answer.missing)


def test_a_question_of_the_catalog_is_never_a_claim(ask):
    """The catalog keeps questions that lead to an answer; no claim ends as one."""
    for question in ("What does SOC 2 say about vendors?", "How is change management done?"):
        answer = ask(question)
        assert not isinstance(answer, Abstained), question
        assert not any(claim.text.rstrip().endswith("?") for claim in answer.claims), question


def test_a_passage_that_is_only_a_header_is_known_as_one():
    """Of a file's own row and its context the separators differ."""
    header = "vendor,tier,last_review"
    context = "Vendors\nvendor | tier | last_review"

    assert only_names_columns(passage(header, "evidence/v.csv", context=context))
    assert not only_names_columns(
        passage(f"{header}\nOkta,1,2025", "evidence/v.csv", context=context)
    )
    assert not only_names_columns(passage("Vendors", context="Vendors"))


def test_a_row_of_html_is_quoted_to_its_end(vocabulary):
    """Empty lines, full stops and lists within its cells do not end it: the answer stands in the last cell."""
    row = (
        "<tr>\n   <td>Zoom recordings\n   </td>\n   <td>Internal. Kept by all.\n\n- meetings\n   </td>\n"
        "   <td>Deleted after 30 days\n   </td>\n  </tr>"
    )
    said = quoted(
        f"{row}\n{row.replace('Zoom', 'Phone')}", "how long are zoom recordings kept", vocabulary
    )
    assert said.startswith("<tr>")
    assert "Deleted after 30 days" in said


def test_a_line_that_announces_a_list_comes_with_it(vocabulary):
    """A quote that ends in a colon says nothing."""
    text = "Some data is restricted. Restricted data is, for example:\n\n- source code\n- private keys\n"
    assert "private keys" in quoted(text, "what data is restricted", vocabulary)


def test_the_next_sentence_comes_along_where_it_has_what_is_asked(vocabulary):
    """Whoever asks how long is told how long."""
    text = (
        "Site administrators get their access to the instance by a workflow that somebody of the platform team has "
        "to approve in the tool that all requests go through. The account lasts 1 hour."
    )
    start, end = best_words(
        passage(text),
        Hearing(vocabulary.asked_by("how long does site administrator access last")),
        vocabulary,
        fitting("how long does site administrator access last"),
    )
    assert text[start:end].endswith("1 hour.")


def test_an_item_of_what_is_forbidden_comes_with_the_line_that_forbids():
    """Alone, it would read as a permission, however far below the line it stands."""
    items = "".join(
        f"- Do things of the kind {at}. They take many words to tell.\n" for at in range(20)
    )
    text = f"You may **not** use the laptop to:\n\n{items}- Gamble on the internet.\n"
    whole = passage(text)
    at = text.index("Gamble")
    line = "You may **not** use the laptop to:"
    assert denial_above(whole, at).quote == line
    assert denial_above(whole, 3) is None
    assert denial_above(passage(text.replace("may **not**", "may")), at - 8) is None

    # The same where the list goes on in another passage, under the same heading.
    parts = [
        replace(whole, start=start, end=end, text=text[start:end])
        for start, end in ((0, at - 2), (at - 2, len(text)))
    ]
    before = before_its_list(parts[1], parts)
    assert before == (parts[0],)
    assert denial_above(parts[1], at, before).quote == line
    assert before_its_list(parts[1], [replace(parts[0], heading=("Another",)), parts[1]]) == ()


def test_an_item_speaks_of_what_its_list_is_announced_with(vocabulary):
    """The days stand in the item, and what they are for in the line above it."""
    question = "how fast must a vulnerability be fixed"
    text = "Time to repair a vulnerability:\n\n- Critical: 3 days\n- High: 10 days\n"
    hearing = Hearing(vocabulary.asked_by(question))
    assert speaks_fittingly(passage(text), hearing, vocabulary, fitting(question))
    other = text.replace(":\n\n-", ".\n\n-")
    assert not speaks_fittingly(passage(other), hearing, vocabulary, fitting(question))
