"""What is said about files: precedence, and no wider audience because of a mistake."""

from __future__ import annotations

import pytest

from tests.ingestion.helpers import reasons

PAGE = "# Pay\n\nWhat everybody earns.\n"


def test_precedence_from_sidecar_to_path(company):
    """Sidecar before row before front matter before defaults before the path."""
    said = {"sidecar": 5, "row": 4, "front": 3, "default": 2}
    for name in ("p1", "p2", "p3", "p4", "p5"):
        front = "---\nowner: front\n---\n" if name in {"p1", "p2", "p3"} else ""
        company.write(f"policies/sub/{name}.md", front + PAGE)
    company.write("policies/sub/p1.md.meta.yaml", "owner: sidecar\n")
    company.write(
        "policies/sub/manifest.yaml",
        "defaults: {owner: default}\nfiles:\n  - {file: p1.md, owner: row}\n"
        "  - {file: p2.md, owner: row}\n",
    )
    company.write("policies/p5.md", PAGE)
    company.ingest()
    owners = [company.source(f"policies/sub/p{n}.md").metadata.owner for n in (1, 2, 3, 4)]
    assert owners == list(said)[:1] + list(said)[1:]
    assert company.source("policies/p5.md").metadata.owner == ""
    assert company.source("policies/p5.md").metadata.kind == "policy"


def test_manifests_upward_all_count(company):
    """A manifest in a folder below does not undo what the one above says of the audience."""
    company.write("policies/manifest.yaml", "defaults: {audience: hr, owner: Ana}\n")
    company.write("policies/pay/manifest.yaml", "defaults: {owner: Bo}\n")
    company.write("policies/pay/pay.md", PAGE)
    company.ingest()
    metadata = company.source("policies/pay/pay.md").metadata
    assert (metadata.audience, metadata.owner) == ("hr", "Bo")


@pytest.mark.parametrize("path", ["policies/pay/pay.md", "policies/pay"])
def test_ingesting_a_part_knows_the_manifests_above(company, path):
    """A file that is ingested by itself gets the audience that its folder gives it."""
    company.write("policies/manifest.yaml", "files: [{file: pay/*, audience: hr}]\n")
    company.write("policies/pay/pay.md", PAGE)
    company.ingest(path)
    assert company.audience("policies/pay/pay.md") == "hr"


def test_ingesting_a_file_knows_its_sidecar(company):
    """A file that is ingested by itself is read with what stands beside it."""
    company.write("policies/pay.md", PAGE)
    company.write("policies/pay.md.meta.yml", "audience: hr\n")
    company.ingest("policies/pay.md")
    assert company.audience("policies/pay.md") == "hr"


def test_all_fields_are_kept(company):
    """Everything a manifest can say of a file is stored as it was meant."""
    company.write("evidence/a.csv", "user,role\nana,admin\n")
    company.write(
        "evidence/manifest.yaml",
        "files:\n  - file: '*.csv'\n    title: Access review\n    owner: Ana\n"
        "    criteria: CC6.1; cc6.2\n    controls: [AC-01, AC-02]\n    period: 2026-Q1\n"
        "    collected: 2026-04-02\n    frequency: Quarterly\n    audience: Compliance\n",
    )
    company.ingest()
    metadata = company.source("evidence/a.csv").metadata
    assert (metadata.title, metadata.owner, metadata.audience) == (
        "Access review", "Ana", "compliance",
    )  # fmt: skip
    assert metadata.criteria == ("CC6.1", "CC6.2")
    assert metadata.controls == ("AC-01", "AC-02")
    assert str(metadata.period) == "2026-01-01..2026-03-31"
    assert str(metadata.collected) == "2026-04-02"
    assert metadata.frequency == "quarterly"


def test_evidence_without_a_period_has_none(company):
    """What evidence speaks for is never guessed."""
    company.write("evidence/a.csv", "user,role\nana,admin\n")
    company.ingest()
    assert company.source("evidence/a.csv").metadata.period is None


def test_a_moment_in_front_matter_is_a_date(company):
    """A time of day in a date is not in the way."""
    company.write("policies/a.md", "---\ncollected: 2026-01-31 10:00:00\n---\n" + PAGE)
    report = company.ingest()
    assert not report.refused
    assert str(company.source("policies/a.md").metadata.collected) == "2026-01-31"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("audience:", "not a name"),
        ("audience: no", "not a name"),
        ("audience: [hr, compliance]", "not a name"),
        ("audience: h/r", "cannot name an audience"),
        ("audience: '  '", "cannot name an audience"),
        ("audience: 2026", "not a name"),
        ("audiance: hr", "did you mean `audience`"),
        ("audience: hr\naudience: everyone", "stands twice"),
        ("audience: {a: b}", "a word or a list"),
        ("kind: polcy", "no kind of source"),
        ("kind: catalog", "cannot be of the kind catalog"),
        ("criteria: CC6.99", "CC6.99"),
        ("period: 2026-Q5", "not a period"),
        ("period: 2026-12-01..2026-01-01", "before it starts"),
        ("collected: 2026-02-31", "cannot be read"),
        ("frequency: sometimes", "no frequency"),
        ("title: [a, b]", "no text"),
        ("- a list", "must hold"),
        ("audience: [hr", "cannot be read"),
        ("[" * 500, "cannot be read"),
        ("audience: !!python/object:os.system x", "cannot be read"),
    ],
)
@pytest.mark.parametrize("where", ["sidecar", "manifest"])
def test_bad_statements_refuse_the_file_alone(company, where, said, reason):
    """A mistake leaves out the file that it is about, with the reason; the rest goes on."""
    company.write("policies/a/pay.md", PAGE)
    company.write("policies/b/other.md", PAGE)
    if where == "sidecar":
        company.write("policies/a/pay.md.meta.yaml", said + "\n")
    else:
        indented = "\n  ".join(said.split("\n"))
        company.write("policies/a/manifest.yaml", f"defaults:\n  {indented}\n")
    report = company.ingest()
    assert list(reasons(report)) == ["policies/a/pay.md"]
    if where == "sidecar":
        assert reason in reasons(report)["policies/a/pay.md"]
    assert report.refused[0].hint
    assert report.added == ["policies/b/other.md"]


@pytest.mark.parametrize(
    "named",
    ["pya.md", "Pay.md", "pay.markdown", "pays.md"],
)
def test_a_row_that_misses_its_file_does_not_widen_it(company, named):
    """A file that a row may have meant is left out until the name is right."""
    company.write("policies/pay.md", PAGE)
    company.write("policies/holidays.md", PAGE)
    company.write("policies/manifest.yaml", f"files: [{{file: {named}, audience: hr}}]\n")
    report = company.ingest()
    assert company.audience("policies/pay.md") in {None, "hr"}
    assert "is this file meant?" in reasons(report)["policies/pay.md"]
    assert report.added == ["policies/holidays.md"]


@pytest.mark.parametrize("sidecar", ["pay.meta.yaml", "pay.txt.meta.yaml", "pya.md.meta.yaml"])
def test_a_sidecar_that_misses_its_file_does_not_widen_it(company, sidecar):
    """A sidecar under nearly the right name is not passed over."""
    company.write("policies/pay.md", PAGE)
    company.write(f"policies/{sidecar}", "audience: hr\n")
    company.ingest()
    assert company.source("policies/pay.md") is None


def test_two_manifests_in_one_folder(company):
    """Neither of two manifests is preferred."""
    company.write("policies/pay.md", PAGE)
    company.write("policies/manifest.yaml", "defaults: {audience: hr}\n")
    company.write("policies/manifest.yml", "defaults: {audience: everyone}\n")
    assert "two manifests" in reasons(company.ingest())["policies/pay.md"]


def test_a_manifest_that_would_unfold_without_end(company):
    """Nested references in a manifest cost nothing."""
    lines = ["a: &a [x, x]"] + [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip(
        "abcdefgh", "bcdefghi", strict=True)]  # fmt: skip
    company.write("policies/pay.md", PAGE)
    company.write("policies/manifest.yaml", "\n".join([*lines, "defaults: {title: *i}"]) + "\n")
    assert list(reasons(company.ingest())) == ["policies/pay.md"]


def test_names_match_however_accents_are_written(company):
    """A name typed in one form of Unicode means the file in the other."""
    company.write("policies/re\u0301sume\u0301.md", PAGE)
    company.write(
        "policies/manifest.yaml", "files: [{file: ./r\u00e9sum\u00e9.md, audience: hr}]\n"
    )
    company.ingest()
    assert company.audience("policies/re\u0301sume\u0301.md") == "hr"


def test_an_audience_is_not_widened_by_a_mistake_later(company):
    """When a manifest becomes unreadable, what is stored keeps its audience and is stale."""
    company.write("policies/pay.md", PAGE)
    company.write("policies/manifest.yaml", "defaults: {audience: hr}\n")
    company.ingest()
    company.write("policies/manifest.yaml", "defaults: {audience: [hr}\n")
    report = company.ingest()
    assert [refusal.path for refusal in report.stale] == ["policies/pay.md"]
    assert company.audience("policies/pay.md") == "hr"
    assert company.source("policies/pay.md").stale
    company.write("policies/manifest.yaml", "defaults: {audience: hr}\n")
    company.ingest()
    assert not company.source("policies/pay.md").stale


def test_a_row_for_a_file_that_is_not_there_is_noted(company):
    """A misspelt name would go unnoticed: the file is read, and what the row says of it is lost."""
    company.write("evidence/review-q1.md", PAGE)
    company.write(
        "evidence/manifest.yaml",
        "files:\n  - {file: review_q1.md, owner: Ana}\n  - {file: review-q1.md, owner: Bo}\n"
        "  - {file: tickets/*.json, owner: Bo}\n",
    )
    notes = company.ingest().notes
    said = "there is no file `review_q1.md`; is `review-q1.md` meant?"
    assert notes == [("evidence/manifest.yaml", said)]
