"""Findings are taken for the kind that they are, in whatever words; and what is known of each kind."""

from __future__ import annotations

import pytest

from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.domain.criteria import parse_criterion
from copilot.drafting.outlines import load_terms
from copilot.errors import InvalidKnowledge
from copilot.responses.findings import parse_finding
from copilot.responses.kinds import load_kinds
from copilot.responses.meanings import Meanings
from copilot.responses.recognising import recognise


def test_there_are_enough_kinds(kinds):
    """The usual findings of an audit each have a kind, with a role that can tell."""
    wanted = {
        "late-access-review", "change-approval-missing", "emergency-change-approval",
        "backup-untested", "late-access-removal", "vendor-not-assessed", "training-not-completed",
        "late-vulnerability-repair", "mfa-missing", "shared-account", "population-incomplete",
        "penetration-test-missing", "risk-assessment-missing", "background-check-missing",
        "alert-untested", "policy-not-reviewed", "incident-not-documented", "encryption-missing",
        "inventory-incomplete", "physical-access-not-revoked", "general",
    }  # fmt: skip

    assert wanted <= kinds.keys()


AUDITORS = {
    "late-access-review": "We noted that the periodic recertification of entitlements to the payroll application did not take place in the spring.",
    "late-access-removal": "Credentials belonging to three individuals who had resigned remained enabled beyond the policy window.",
    "access-without-approval": "No authorised request form could be located for a new joiner who had been provisioned to the ledger.",
    "excess-privileges": "Five developers hold domain admin although their duties do not call for elevated rights.",
    "shared-account": "The operations team logs on to the console with one generic user whose password is known to all.",
    "mfa-missing": "Remote connections by VPN are accepted with a password alone; two-factor is optional.",
    "change-approval-missing": "Sign-off ahead of release was absent for two of the deployments inspected; the merge had no reviewer.",
    "emergency-change-approval": "A hotfix was pushed at night and nobody approved it afterwards.",
    "late-vulnerability-repair": "Patches rated critical were applied after 45 days, contrary to the SLA.",
    "penetration-test-missing": "The most recent pentest predates the period under examination.",
    "backup-untested": "Management has not performed a trial restoration from backup media this year.",
    "recovery-exercise-missing": "The BCP has not been exercised; no tabletop took place.",
    "vendor-not-assessed": "Due diligence on the new payment supplier had not been completed at contract signature.",
    "training-not-completed": "Four staff had outstanding awareness modules after the deadline.",
    "background-check-missing": "Criminal record screening was outstanding when the engineer commenced employment.",
    "risk-assessment-missing": "The enterprise risk register has not been refreshed and no annual evaluation was minuted.",
    "policy-not-reviewed": "The information security policy shows no evidence of annual review by its owner.",
    "incident-not-documented": "A root cause analysis was not prepared for the ransomware event.",
    "alert-untested": "Log review for the firewall had lapsed and SIEM rules were never validated.",
    "encryption-missing": "Database volumes in the staging subscription are unencrypted at rest.",
    "inventory-incomplete": "Eleven servers found on the network scan were absent from the asset inventory.",
    "physical-access-not-revoked": "Badges of two departed contractors still opened the data center door.",
    "population-incomplete": "The listing of changes provided could not be shown to be complete and accurate.",
    "data-kept-too-long": "Records of former customers were retained past the retention period set in the contract.",
    "agreement-not-signed": "Signed confidentiality agreements were missing for three employees.",
    "duties-not-separated": "The same person developed, approved and released the code.",
}
STRANGERS = (
    "Capacity forecasts were missing from the quarterly analysis.",
    "Minutes of the board did not record a discussion of internal control.",
    "Customers were not told of a change to the service commitments.",
    "Job descriptions were not available for two roles.",
    "Performance evaluations had not been held for three employees.",
    "The organisation chart was out of date.",
    "Input validation of the import interface did not reject incomplete files.",
)


@pytest.fixture(scope="module")
def encode():
    """Return what encodes texts, each once."""
    return Meanings(OnnxEncoder(bootstrap.prepare_encoder()).encode).vectors


def kind_of(wording, kinds, encode):
    """Return the kind that an auditor's sentence is taken for."""
    text = f"id: F\ncontrol: X-1\ncriterion: CC1.1\nauditor_wording: >-\n  {wording}\n"
    return recognise(parse_finding(text, name="f"), kinds, encode=encode).id


def test_kinds_are_recognised_in_other_words(kinds, encode):
    """At least nine in ten are recognised, and none of the others is taken for something else."""
    found = {kind: kind_of(wording, kinds, encode) for kind, wording in AUDITORS.items()}
    missed = [(kind, other) for kind, other in found.items() if other != kind]

    assert len(missed) <= len(AUDITORS) // 10, missed
    assert {other for _, other in missed} <= {"general"}


@pytest.mark.parametrize("wording", STRANGERS)
def test_a_finding_of_no_kind_is_general(kinds, encode, wording):
    """The wrong questions are worse than general ones."""
    assert kind_of(wording, kinds, encode) == "general"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(("ask: it\n", "ask: it-desk\n"), "is no role", id="a role"),
        pytest.param(
            ("causes:\n", "causes:\n  - The reviewer was away.\n"), "question mark", id="a cause"
        ),
        pytest.param(("title: ", "titles: "), "there is no field `titles`", id="a field"),
        pytest.param(("assess: >-", "assess: >-\n  {owner}"), "no place {owner}", id="a place"),
    ],
)
def test_a_kind_that_breaks_its_form_names_the_line(knowledge, tmp_path, change, said):
    """Compliance may add kinds, and a cause is never stated for a finding in general."""
    text = (knowledge / "responses" / "late-access-review.yaml").read_text()
    (tmp_path / "late-access-review.yaml").write_text(text.replace(*change, 1))
    roles = load_terms(knowledge / "policies").roles

    with pytest.raises(InvalidKnowledge, match=rf"late-access-review\.yaml:\d+: .*{said}"):
        load_kinds(tmp_path, roles=roles)


def test_kinds_name_criteria_that_exist(kinds):
    """A typing error in the knowledge is found here."""
    assert all(parse_criterion(one) == one for kind in kinds.values() for one in kind.criteria)
