"""The response to a finding of a test's own: what is not known is asked for, and nothing made up."""

from __future__ import annotations

import pytest

from copilot.bootstrap import responses
from copilot.drafting import markup
from copilot.errors import InvalidFinding
from copilot.responses import parts as response_parts
from tests.responses.reading import section


def test_without_a_record_nothing_is_denied(sample, tmp_path):
    """A disagreement that no source supports asks for no change of the result."""
    file = tmp_path / "finding.yaml"
    file.write_text(
        "id: F-9\ncontrol: MO-05\ncriterion: CC4.1\nkind: disagreement\n"
        "exceptions: No penetration test was held in the period.\n"
        "disputes:\n  - A penetration test was held in March 2025.\n"
    )
    draft = responses.draft_response(sample, file, principal=sample.principal(None))
    text = section(draft, "What we ask the auditor to look at again")

    assert text.startswith("No record that speaks against the finding has been found.")


def test_nothing_is_quoted_that_the_drafter_may_not_read(sample, sample_folder):
    """Somebody who reads what everyone reads gets a draft from that alone, and questions."""
    everyone = sample.principal("audience:everyone")
    path = sample_folder / "findings" / "late-access-removal.yaml"
    draft = responses.draft_response(sample, path, principal=everyone)
    cited = {c.source for one in draft.statements() for c in one.citations}
    may = {one.path for one in sample.truth.sources(principal=everyone)}

    assert cited <= may
    assert not any(one.startswith("findings/") for one in cited)


def test_a_control_that_is_not_listed_is_asked_for(sample, tmp_path):
    """What the control does and who owns it is not made up."""
    file = tmp_path / "finding.yaml"
    file.write_text("id: F-9\ncontrol: ZZ-99\ncriterion: CC6.2\nexceptions: A review is missing.\n")
    draft = responses.draft_response(sample, file, principal=sample.principal(None))

    assert "What does ZZ-99 do, how often, and who owns it?" in section(
        draft, response_parts.ACKNOWLEDGEMENT
    )


def test_what_a_finding_is_about_must_exist(sample, tmp_path):
    """The nearest kind is named."""
    file = tmp_path / "finding.yaml"
    file.write_text(
        "id: F-9\ncontrol: AC-03\ncriterion: CC6.2\nexceptions: x\nabout: late-acces-review\n"
    )

    with pytest.raises(InvalidFinding, match=r"finding\.yaml:5: .*did you mean late-access-review"):
        responses.draft_response(sample, file, principal=sample.principal(None))


def test_brackets_of_other_people_become_no_marks(sample, tmp_path):
    """An auditor who writes a bracket asks nobody anything."""
    file = tmp_path / "finding.yaml"
    file.write_text(
        "id: F-9\ncontrol: AC-03\ncriterion: CC6.2\n"
        "exceptions: 'See [open question → Nobody: What is this?] in our notes {control}.'\n"
    )
    draft = responses.draft_response(sample, file, principal=sample.principal(None))
    asked = markup.read(markup.write(draft)).questions

    assert "Nobody" not in {one.question.role for one in asked}
