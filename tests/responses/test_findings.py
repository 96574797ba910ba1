"""Findings are read from YAML, and what is wrong with one is said with its line."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.findings import Decision, FindingForm
from copilot.errors import InvalidFinding
from copilot.responses.findings import (
    LARGEST,
    TEMPLATE,
    describes_finding,
    parse_finding,
    read_finding,
)

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "examples" / "harbourlight" / "findings"
LEAST = "id: F-1\ncontrol: AC-03\ncriterion: CC6.2\nexceptions: One of four reviews is missing.\n"


def problems(text, **more):
    """Return what is said to be wrong with a finding."""
    with pytest.raises(InvalidFinding) as caught:
        parse_finding(text, name="finding.yaml", **more)
    return caught.value.problems


def test_the_sample_findings_are_read():
    """Every file of the sample company describes a finding."""
    found = [read_finding(path) for path in sorted(SAMPLE.glob("*-*.yaml"))]

    assert [one.id for one in found] == ["F-2025-02", "F-2025-01", "F-2025-03"]
    assert {one.form for one in found} == {FindingForm.EXCEPTION}
    assert found[1].raised_on == date(2025, 11, 20)
    assert "\n" not in found[1].exceptions


def test_the_template_is_a_finding():
    """Whoever starts from the template gets no complaint about it."""
    assert parse_finding(TEMPLATE, name="template").control == "AC-03"


def test_every_line_of_the_template_that_is_a_comment_can_be_used():
    """A field that is shown as an example exists and takes the example."""
    lines = []
    for line in TEMPLATE.splitlines():
        bare = line.removeprefix("# ")
        field = bare.partition(":")[0]
        used = field in {"about", "status", "owner", "cause", "effect", "decision", "reason"}
        nested = line.startswith(("#   ", "# remediation:", "# disputes:"))
        lines.append(bare if used or nested else line)
    read = parse_finding("\n".join(lines), name="template")

    assert read.about == "late-access-review"
    assert read.remediation[0].done_on == date(2026, 3, 15)
    assert read.decision is Decision.DECLINED
    assert read.disputes
    assert read.cause.startswith("Why it happened")


def test_a_finding_needs_a_control():
    """A finding without a control cannot be answered."""
    (said,) = problems("id: F-1\ncriterion: CC6.2\nexceptions: One of four is missing.\n")

    assert said == "finding.yaml:1: the field `control` is missing"


def test_a_field_without_a_value_is_missing():
    """`control:` with nothing behind it names no control."""
    (said,) = problems(LEAST.replace("AC-03", ""))

    assert "the field `control` is missing" in said


def test_an_unknown_criterion_names_the_nearest():
    """CC6.12 is none of the 61."""
    (said,) = problems(LEAST.replace("CC6.2", "CC6.12"))

    assert said.startswith("finding.yaml:3: ")
    assert "CC6.1" in said


def test_a_criterion_may_be_typed_loosely():
    """An auditor writes `cc 6.2`."""
    assert parse_finding(LEAST.replace("CC6.2", "cc 6.2"), name="x").criterion == "CC6.2"


@pytest.mark.parametrize(
    ("line", "where", "said"),
    [
        pytest.param("control: [AC-03]", 2, "`control` must be text", id="a list for text"),
        pytest.param("raised_on: soon", 5, "'soon' is no date", id="no date"),
        pytest.param("raised_on: 2025-13-01", 5, "is no date", id="a month that there is not"),
        pytest.param("kind: observatio", 5, "did you mean observation", id="a kind misspelt"),
        pytest.param("decision: maybe", 5, "accepted, declined", id="no decision"),
        pytest.param("remediation: later", 5, "must be a list", id="text for a list"),
        pytest.param("owner: 5", 5, "`owner` must be text", id="a number for text"),
        pytest.param(
            "auditor_wordng: x", 5, "did you mean `auditor_wording`", id="a field misspelt"
        ),
        pytest.param(
            "about: late-access-reviews", 5, "did you mean late-access-review", id="about"
        ),
        pytest.param("remediation:\n  - acton: x", 6, "did you mean `action`", id="in an action"),
        pytest.param("disputes: &a [x]", 5, "anchors", id="a corner of YAML"),
        pytest.param("test: a: b", 5, "not valid YAML", id="a mistake in YAML"),
        pytest.param("id: F-2", 5, "a second time", id="a field twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(line, where, said):
    """File, line and what to do instead."""
    name = line.partition(":")[0]
    lines = LEAST.splitlines()
    at = next((i for i, one in enumerate(lines) if one.startswith(f"{name}:")), None)
    if at is None or name == "id":
        lines.append(line)
    else:
        lines[at] = line
    found = problems("\n".join(lines) + "\n", kinds={"late-access-review"})

    assert any(one.startswith(f"finding.yaml:{where}: ") and said in one for one in found)


def test_an_id_is_one_word():
    """It names the draft in `copilot review`."""
    (said,) = problems(LEAST.replace("F-1", "F 1/2"))

    assert said == "finding.yaml:1: `id`: 'F 1/2' is no id; use letters, digits, dots and dashes"


def test_everything_wrong_is_said_at_once():
    """Nobody has to correct a file one line at a time."""
    assert len(problems("id: 3\ncriterion: 4\nowners: x\n")) >= 4


def test_a_finding_says_what_was_found():
    """Without an exception or the auditor's words there is nothing to answer."""
    (said,) = problems("id: F-1\ncontrol: AC-03\ncriterion: CC6.2\n")

    assert "what was found" in said


def test_a_number_of_items_may_be_a_number():
    """`sample: 25` is what people write."""
    assert parse_finding(f"{LEAST}sample: 25\n", name="x").sample == "25"


def test_a_file_that_is_not_there(tmp_path):
    """The error names the file."""
    with pytest.raises(InvalidFinding, match=r"absent\.yaml: it cannot be read"):
        read_finding(tmp_path / "absent.yaml")


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    """A name in another encoding is found at its line."""
    file = tmp_path / "finding.yaml"
    file.write_bytes(LEAST.encode() + "owner: Jos\u00e9\n".encode("latin-1"))

    with pytest.raises(InvalidFinding, match=r"finding\.yaml:5: byte 0xe9 is not UTF-8"):
        read_finding(file)


def test_a_file_that_is_too_large_is_no_finding(tmp_path):
    """A log that was named by mistake is not parsed."""
    file = tmp_path / "finding.yaml"
    file.write_bytes(b"#" * (LARGEST + 1))

    with pytest.raises(InvalidFinding, match="are no finding"):
        read_finding(file)


def test_deep_nesting_is_refused():
    """A file made to exhaust the parser is a clear error as well."""
    assert problems("[" * 4_000)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        pytest.param(LEAST, True, id="a finding"),
        pytest.param("criterion: CC6.2\n", True, id="one with mistakes"),
        pytest.param("files:\n  - file: a.yaml\n    controls: [A]\n", False, id="a manifest"),
    ],
)
def test_a_file_that_means_to_be_a_finding_is_told_from_others(tmp_path, text, means):
    """A manifest stands beside findings and is none."""
    file = tmp_path / "file.yaml"
    file.write_text(text)

    assert describes_finding(file) is means


@settings(max_examples=30, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("abc:- \n\t#[]{}'\"&*!|>%@0123.é"), max_size=60))
def test_no_text_breaks_the_reading(text):
    """Whatever a file holds, it is a finding or an error of ours."""
    for whole in (text, LEAST + text, f"{LEAST}remediation:\n  - {text}"):
        with contextlib.suppress(InvalidFinding):
            parse_finding(whole, name="f")
