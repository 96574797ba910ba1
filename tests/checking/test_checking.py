"""`copilot draft check` on the sample company, whose faults are known."""

from __future__ import annotations

import json
from datetime import date

import pytest

from copilot.bootstrap.checking import check_policy
from copilot.checking.checking import kind_of
from copilot.checking.plain import check_json
from copilot.domain.remarks import RemarkKind
from copilot.errors import UnknownPolicyKind, UnreadableFile

IN_TIME = date(2025, 12, 15)
"""Every policy of the sample company is in force."""


@pytest.fixture(scope="module")
def checked(sample):
    """Return a function that checks a policy of the sample company once, on one day."""
    known = {}

    def checking(name, **options):
        key = (name, *sorted(options.items()))
        if key not in known:
            path = sample.workspace.root / "policies" / name
            asker = sample.principal(None)
            known[key] = check_policy(sample, path, principal=asker, on=IN_TIME, **options)
        return known[key]

    return checking


@pytest.fixture
def check_text(sample, tmp_path):
    """Return a function that checks a text as a policy from outside the workspace."""

    def checking(text, name="policy.md", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        asker = sample.principal(None)
        return check_policy(sample, path, principal=asker, **{"on": IN_TIME, **options})

    return checking


def test_the_planted_contradiction_is_found_and_cited(checked):
    """Access of leavers ends within a day by one policy, and within three by another."""
    (found,) = checked("access-control.md").policy.of(RemarkKind.CONFLICT)

    assert found.subject == "removal of a leaver's access"
    assert [one.source for one in found.citations] == [
        "policies/access-control.md",
        "policies/people-security.md",
    ]
    assert "24 hours" in found.citations[0].quote
    assert "three business days" in found.citations[1].quote


def test_it_is_the_only_contradiction(checked):
    """Other policies, among them a PDF with tables, contradict nothing."""
    for name in ("backup-policy.pdf", "information-security.md"):
        assert checked(name).policy.of(RemarkKind.CONFLICT) == ()


def test_every_passage_stands_where_it_is_cited(checked, sample):
    """Each quote of each remark is in the stored text, at its offsets."""
    asker = sample.principal(None)
    for name in ("access-control.md", "backup-policy.pdf", "information-security.md"):
        remarks = checked(name).policy.remarks
        assert all(one.citations for one in remarks)
        for cited in (cited for one in remarks for cited in one.citations):
            text = sample.truth.text_of(cited.source, principal=asker)
            assert cited.verified
            assert text[cited.start : cited.end] == cited.quote


def test_a_review_that_left_no_record_is_named(checked):
    """Access is reviewed every quarter, and the third quarter has no record."""
    (found,) = checked("access-control.md").policy.of(RemarkKind.COMMITMENT_WITHOUT_EVIDENCE)

    assert "none for Q3 2025" in found.text
    assert found.citations[0].quote.startswith("Every calendar quarter")


def test_a_record_from_outside_the_period_is_no_evidence(checked):
    """The only penetration test is of the year before."""
    found = checked("information-security.md").policy.of(RemarkKind.COMMITMENT_WITHOUT_EVIDENCE)

    (one,) = [one for one in found if "Penetration test" in one.text]
    assert "2024" in one.text
    assert {cited.source for cited in one.citations} == {
        "policies/information-security.md",
        "evidence/penetration-test-report-2024-06.pdf",
    }


def test_a_promise_with_a_record_is_not_named(checked):
    """Training, configuration checks and board meetings have records in the period."""
    found = checked("information-security.md").policy.of(RemarkKind.COMMITMENT_WITHOUT_EVIDENCE)

    quotes = " ".join(one.citations[0].quote for one in found)
    for promise in ("completes security training", "Configuration checks", "fob list"):
        assert promise not in quotes


def test_a_point_that_nothing_speaks_to_is_named(checked):
    """Networks divided from each other are no subject of the access control policy."""
    policy = checked("access-control.md").policy

    named = {one.subject for one in policy.of(RemarkKind.POINT_NOT_ADDRESSED)}
    assert "CC6.1-5" in named
    assert not named & {"CC6.1-8", "CC6.2-1", "CC6.2-2", "CC6.2-3", "CC6.3-1"}
    assert policy.addressed == policy.points - len(named)


def test_points_out_of_scope_are_not_asked_for(checked):
    """The sample company's report is not about privacy, so personal information is no gap."""
    remarks = checked("access-control.md").policy.of(RemarkKind.POINT_NOT_ADDRESSED)

    assert "CC6.1-13" not in {one.subject for one in remarks}


def test_the_proposal_adds_and_takes_nothing_away(checked, sample):
    """A diff adds what is missing and questions what is contradicted; the file stays as it was."""
    path = sample.workspace.root / "policies" / "access-control.md"
    before = path.read_bytes()

    diff = checked("access-control.md").diff

    added = [line for line in diff.splitlines() if line.startswith("+") and line[:3] != "+++"]
    gone = [line for line in diff.splitlines() if line.startswith("-") and line[:3] != "---"]
    assert any("[open question → Head of IT: Removal of a leaver" in line for line in added)
    assert "+## Networks and the outer edge" in added
    assert all(any(words[1:40] in line for line in added) for words in gone)
    assert path.read_bytes() == before


def test_what_lacks_its_approval_is_asked_for_it(check_text):
    """A policy without a block is told so, and the proposal asks for each part of it."""
    found = check_text("# Backup policy\n\nBackups are made every day and kept for 35 days.\n")

    (missing,) = found.policy.of(RemarkKind.MISSING_APPROVAL)
    assert missing.subject == "owner, approver, version, date of approval"
    assert missing.citations[0].quote == "# Backup policy"
    assert "+| Approved by | [open question →" in found.diff


def test_a_person_whom_the_profile_does_not_name_is_named(check_text):
    """The profile says who is Head of IT; a policy that names somebody else is out of date."""
    found = check_text(
        "# Backup policy\n\nOwner: Nora Quist, Head of IT. Approved by Rafael Okonkwo, Chief Technology Officer.\n"
    )

    (named,) = found.policy.of(RemarkKind.NAME)
    assert "Nora Quist" in named.text
    assert "Jonas Mendes" in named.text


def test_a_new_version_is_not_compared_with_the_old_one(check_text):
    """A policy of the same title in the workspace is taken for the version before."""
    found = check_text("# Access control policy\n\nPasswords have at least 20 characters.\n")

    conflicts = found.policy.of(RemarkKind.CONFLICT)
    assert {cited.source for one in conflicts for cited in one.citations[1:]} == {
        "policies/acceptable-use.md"
    }
    assert any("policies/access-control.md" in note for note in found.policy.notes)


def test_a_policy_that_contradicts_itself_is_told_so(check_text):
    """Two figures for one thing in one file are a conflict as well."""
    text = (
        "# Logging and monitoring policy\n\n## Keeping\n\nSecurity logs are kept for 400 days.\n\n"
        "## Cost\n\nTo save money, security logs are deleted after 90 days.\n"
    )

    found = check_text(text).policy.of(RemarkKind.CONFLICT)

    assert any("elsewhere it says" in one.text for one in found)


def test_a_reader_sees_no_conflict_with_what_they_may_not_read(sample, tmp_path):
    """Rules of a policy for engineers are not told to others."""
    path = tmp_path / "change.md"
    path.write_text(
        "# Change management policy\n\nA pull request needs three approvals.\n", "utf-8"
    )

    def seen(named):
        found = check_policy(sample, path, principal=sample.principal(named), on=IN_TIME)
        return {one.source for each in found.policy.remarks for one in each.citations}

    assert "policies/secure-development.md" in seen("audience:engineering")
    assert "policies/secure-development.md" not in seen("audience:everyone")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        pytest.param("Access control policy", "access-control", id="its title"),
        pytest.param("Access Control & Credentials Policy", "access-control", id="and more"),
        pytest.param("Harbourlight backup policy", "backup", id="with the company"),
        pytest.param("Cooking policy", None, id="no kind"),
    ],
)
def test_a_title_tells_the_kind(catalog, title, kind):
    """The kind need not be named where the title has its words."""
    assert kind_of(title, [(one.id, one.title) for one in catalog.policy_kinds]) == kind


def test_an_unknown_kind_is_answered_with_the_nearest(check_text):
    """A kind that is misspelt names the one that was meant."""
    with pytest.raises(UnknownPolicyKind) as caught:
        check_text("# Access\n\nText.\n", kind="acces-control")

    assert "access-control" in caught.value.hint


def test_a_title_of_no_kind_asks_for_one(check_text):
    """Where nothing tells the kind, it has to be named."""
    with pytest.raises(UnknownPolicyKind) as caught:
        check_text("# On cooking\n\nSoup is served at noon.\n", "soup.md")

    assert "--kind" in caught.value.hint


def test_a_document_that_is_none_is_refused(check_text):
    """A DOCX that is no DOCX names the file and what to do."""
    with pytest.raises(UnreadableFile) as caught:
        check_text("# No document at all", "policy.docx", kind="backup")

    assert "policy.docx" in str(caught.value)
    assert caught.value.hint


def test_json_says_everything(checked):
    """What is printed for programs has the remarks with their passages, and the diff."""
    found = checked("access-control.md")

    told = json.loads(json.dumps(check_json(found.policy, found.diff)))

    assert told["kind"] == "access-control"
    assert len(told["remarks"]) == len(found.policy.remarks)
    assert told["remarks"][0]["citations"][0]["verified"] is True
    assert told["diff"] == found.diff
