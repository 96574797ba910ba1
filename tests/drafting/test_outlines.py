"""Outlines of policies: the shipped ones hold, and what is wrong with one is said with its line."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from copilot.cli import main
from copilot.domain.criteria import PolicyKind
from copilot.drafting import outline_checking, outlines
from copilot.errors import InvalidKnowledge, UnknownPolicyKind

ACCESS = """\
kind: access-control
version: 1
criteria: [CC6.2, CC6.5]
owner: it
approver: chief-executive
review: policy-review
purpose: Says who may use which system of {company} and how that is decided.
scope: Every account of every system that the services run on.
duties:
  - {role: it, does: grants access and keeps the record of it}
sections:
  - heading: Asking for access
    answers: [CC6.2-1, CC6.2-2]
    looks_for:
      - Who approves a request for access?
    text:
      - Access is asked for in {tool:ticketing} and granted by the {role:it}.
      - - access of a leaver goes within {decide:leaver-time}
        - access of a mover goes too
records:
  - {record: Requests for access with their approval, frequency: per event}
elsewhere:
  CC6.2-3: backup
  CC6.5-1: backup
"""

BACKUP = """\
kind: backup
version: 2
criteria: [CC6.5]
owner: platform
approver: chief-executive
review: policy-review
purpose: Says how copies of data are made so that none is lost.
scope: All data that customers entrust to the company.
duties:
  - {role: platform, does: makes the copies}
sections:
  - heading: Copies
    answers: [CC6.5-1, CC6.2-3]
    text:
      - Copies are made {decide:backup-frequency} for the sake of customers.
records:
  - {record: The log of copies, frequency: daily}
"""


@pytest.fixture(scope="module")
def shipped(knowledge):
    """Return the folder of the shipped outlines."""
    return knowledge / "policies"


@pytest.fixture(scope="module")
def terms(shipped):
    """Return the shipped terms."""
    return outlines.load_terms(shipped)


@pytest.fixture(scope="module")
def two_kinds(catalog):
    """Return the catalog with two kinds of policy only."""
    kinds = (
        PolicyKind(id="access-control", title="Access control policy"),
        PolicyKind(id="backup", title="Backup policy"),
    )
    return replace(catalog, policy_kinds=kinds)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two outlines that hold."""
    made = tmp_path / "policies"
    made.mkdir()
    (made / "access-control.yaml").write_text(ACCESS, encoding="utf-8")
    (made / "backup.yaml").write_text(BACKUP, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def loaded(shipped, terms, catalog):
    """Return every shipped outline."""
    return outlines.load_outlines(shipped, terms=terms, catalog=catalog)


def test_every_kind_has_an_outline_that_holds(loaded, catalog):
    """Each of the kinds of policy has an outline, and every check of every outline passes."""
    assert list(loaded) == [kind.id for kind in catalog.policy_kinds]
    assert len(loaded) >= 22


def test_every_criterion_of_the_common_criteria_is_claimed(loaded, catalog):
    """The outlines together claim each criterion of every category, so that no draft is missing."""
    claimed = {criterion for outline in loaded.values() for criterion in outline.criteria}
    assert {one.id for one in catalog} - claimed == set()


def test_every_decision_is_spoken_of(loaded, terms):
    """A decision that no outline speaks of is pointed out, and breaks nothing."""
    if unused := outlines.unused_decisions(loaded.values(), terms):
        pytest.xfail(f"no outline speaks of {', '.join(unused)}")


def test_outlines_become_values(folder, terms, two_kinds):
    """What stands in a file stands in the value, with the title of the kind."""
    access = outlines.load_outlines(folder, terms=terms, catalog=two_kinds)["access-control"]
    assert access.title == "Access control policy"
    assert access.criteria == ("CC6.2", "CC6.5")
    assert access.sections[0].text == (
        "Access is asked for in {tool:ticketing} and granted by the {role:it}.",
        ("access of a leaver goes within {decide:leaver-time}", "access of a mover goes too"),
    )
    assert access.elsewhere == {"CC6.2-3": "backup", "CC6.5-1": "backup"}
    assert access.records[0].frequency == "per event"


def swap(old, new):
    """Return a mistake that stands for `old`, once."""
    return lambda text: text.replace(old, new, 1)


MISTAKES = [
    pytest.param(swap("version: 1\n", "version: 1\nverson: 2\n"), 3, "no field `verson`", id="unknown key"),
    pytest.param(swap("owner: it\n", ""), 1, "field `owner` is missing", id="missing key"),
    pytest.param(swap("kind: access-control", "kind: backup"), 1, "the file's name says", id="other kind"),
    pytest.param(swap("version: 1", "version: one"), 2, "`version`", id="version in words"),
    pytest.param(swap("CC6.5]", "CC6.9]"), 3, "'CC6.9' is not a criterion", id="unknown criterion"),
    pytest.param(swap("CC6.5]", "CC6.2]"), 3, "CC6.2 stands here twice", id="criterion twice"),
    pytest.param(swap("owner: it", "owner: its"), 4, "no role 'its'; the nearest is it", id="unknown owner"),
    pytest.param(swap("approver: chief", "approver: chef"), 5, "the nearest is chief-", id="unknown approver"),
    pytest.param(swap("review: policy-", "review: policies-"), 6, "the nearest is policy-", id="unknown review"),
    pytest.param(swap("review: policy-review", "review: leaver-time"), 6, "how often", id="review that is no cadence"),
    pytest.param(swap("{company}", "{compny}"), 7, "no place 'compny'; the nearest is company", id="unknown place"),
    pytest.param(swap("{company}", "{the company}"), 7, "{the company} is no place", id="words in braces"),
    pytest.param(swap("{company}", "{{company}}"), 7, "{ is no place", id="braces twice"),
    pytest.param(swap("role: it,", "role: ti,"), 10, "no role 'ti'", id="unknown role of a duty"),
    pytest.param(swap("does: grants", "does: in {tool:ticket} grants"), 10, "not valid YAML", id="brace in a flow mapping"),
    pytest.param(swap("[CC6.2-1,", "[CC6.2-9,"), 13, "no point of focus 'CC6.2-9'", id="unknown point"),
    pytest.param(swap("CC6.2-2]", "CC6.2-1]"), 13, "CC6.2-1 stands twice", id="point twice"),
    pytest.param(swap(", CC6.2-2]", "]"), 3, "CC6.2 is claimed, and nothing answers CC6.2-2", id="point left out"),
    pytest.param(swap("CC6.2-2]", "CC6.2-2, CC6.5-1]"), 24, "answered here and left to backup", id="both"),
    pytest.param(swap("Asking for access", "Asking {company}"), 12, "nothing is filled in", id="place in a heading"),
    pytest.param(swap("{tool:ticketing}", "{tool:ticketin}"), 17, "no tool 'ticketin'", id="unknown tool"),
    pytest.param(swap("{role:it}.", "{role:boss}."), 17, "no role 'boss'", id="unknown role"),
    pytest.param(swap("{decide:leaver-time}", "{decide:leaver}"), 18, "the nearest is leaver-time", id="unknown decision"),
    pytest.param(swap("access of a mover goes too", "mover: access"), 19, "must be text", id="mapping for text"),
    pytest.param(swap("access of a mover goes too", "42"), 19, "must be text", id="number for text"),
    pytest.param(swap("frequency: per event", "frequency: yearly"), 21, "is yearly, not one of|'yearly'", id="frequency"),
    pytest.param(swap("CC6.2-3: backup", "CC6.2-3: backups"), 23, "no kind 'backups'; the nearest is backup", id="kind"),
    pytest.param(swap("CC6.2-3: backup", "CC6.2-3: access-control"), 23, "left to this outline itself", id="itself"),
    pytest.param(swap("CC6.5-1: backup", "CC6.5-2: backup"), 24, "no point of focus 'CC6.5-2'", id="no such point"),
    pytest.param(swap("CC6.5-1: backup", "CC6.5-1: backup\n  CC6.3-1: backup"), 25, "no criterion that", id="unclaimed"),
    pytest.param(swap("records:\n", "records: &a\n"), 20, "anchors", id="anchor"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "line", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_line(folder, terms, two_kinds, mistake, line, said):
    """Every planted mistake is refused with file, line and what is wrong."""
    (folder / "access-control.yaml").write_text(mistake(ACCESS), encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match=said) as refused:
        outlines.load_outlines(folder, terms=terms, catalog=two_kinds)
    assert f"policies/access-control.yaml:{line}: " in str(refused.value)


def test_all_problems_of_all_files_come_at_once(folder, terms, two_kinds):
    """Two broken files and a file that belongs to no kind are told of in one error."""
    (folder / "access-control.yaml").write_text(ACCESS.replace("owner: it", "owner: x"), "utf-8")
    (folder / "backup.yaml").write_text(BACKUP.replace("[CC6.5-1, ", "["), encoding="utf-8")
    (folder / "bakcup.yaml").write_text("kind: bakcup\n", encoding="utf-8")
    with pytest.raises(InvalidKnowledge) as refused:
        outlines.load_outlines(folder, terms=terms, catalog=two_kinds)
    files = [problem.partition(":")[0] for problem in refused.value.problems]
    assert files == ["policies/access-control.yaml", "policies/backup.yaml", "policies/bakcup.yaml"]


def test_a_point_left_to_an_outline_that_does_not_answer_it(folder, terms, two_kinds):
    """What one outline leaves to another has to stand there."""
    (folder / "backup.yaml").write_text(BACKUP.replace(", CC6.2-3]", "]"), encoding="utf-8")
    with pytest.raises(InvalidKnowledge) as refused:
        outlines.load_outlines(folder, terms=terms, catalog=two_kinds)
    assert refused.value.problems == (
        "policies/access-control.yaml:23: CC6.2-3 is left to backup, which does not answer it",
    )


def test_a_missing_outline_is_a_problem(folder, terms, two_kinds):
    """A kind without an outline is named."""
    (folder / "backup.yaml").unlink()
    with pytest.raises(InvalidKnowledge, match=r"policies/backup\.yaml:1: the file is missing"):
        outlines.load_outlines(folder, terms=terms, catalog=two_kinds)


def test_one_outline_loads_alone(folder, terms, two_kinds):
    """One kind is loaded without reading the others, whatever is wrong with them."""
    (folder / "backup.yaml").write_text("nothing: right\n", encoding="utf-8")
    one = outlines.outline_of(
        "Access Control Policy", folder=folder, terms=terms, catalog=two_kinds
    )
    assert one.kind == "access-control"


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        pytest.param("acess control", "access-control", id="slip"),
        pytest.param("incidents", "incident-response", id="half a name"),
        pytest.param("disaster recovery plan", "business-continuity", id="a word of the title"),
    ],
)
def test_an_unknown_kind_names_the_nearest(catalog, typed, nearest):
    """Whoever types a kind that does not exist is shown the one that they may mean."""
    with pytest.raises(UnknownPolicyKind) as refused:
        outlines.policy_kind(typed, catalog)
    assert nearest in refused.value.hint


def test_a_kind_like_no_other_shows_them_all(catalog):
    """Where no kind is near, the hint lists every kind."""
    with pytest.raises(UnknownPolicyKind) as refused:
        outlines.policy_kind("zzz", catalog)
    assert all(kind.id in refused.value.hint for kind in catalog.policy_kinds)


@settings(deadline=None)
@given(st.data())
def test_a_kind_may_be_typed_loosely(catalog, data):
    """Case, dashes, spaces and the word policy do not matter."""
    kind = data.draw(st.sampled_from(catalog.policy_kinds))
    typed = data.draw(st.sampled_from([kind.id, kind.title]))
    typed = data.draw(st.sampled_from([str.upper, str.title, str.swapcase]))(typed)
    typed = typed.replace("-", data.draw(st.sampled_from(["-", " ", "_"])))
    assert outlines.policy_kind(f" {typed} ", catalog) == kind.id


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("role: it}", "role: its}", "no role 'its'; the nearest is it", id="role"),
        pytest.param("kind: cadence", "kind: rhythm", "not one of", id="kind"),
        pytest.param("tools:", "tolls:", "no field `tolls`", id="part"),
        pytest.param("  ticketing:", "  Ticketing System:", "is no id", id="id"),
    ],
)
def test_mistakes_in_the_terms(shipped, tmp_path, old, new, said):
    """Terms that refer to nothing or break their form are refused with their line."""
    text = (shipped / "terms.yaml").read_text(encoding="utf-8")
    (tmp_path / "terms.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match=rf"terms\.yaml:\d+: .*{said}"):
        outlines.load_terms(tmp_path)


def test_every_place_of_the_shipped_terms_is_accepted(terms):
    """Each id of the terms may stand in braces."""
    for sort, ids in (("role", terms.roles), ("tool", terms.tools), ("decide", terms.decisions)):
        assert not any(outline_checking.wrong_place(f"{{{sort}:{own}}}", terms) for own in ids)


def test_the_check_of_a_knowledge_folder_reads_outlines_too(knowledge, tmp_path):
    """`copilot catalog --folder` names what is wrong with an outline."""
    folder = shutil.copytree(knowledge, tmp_path / "knowledge")
    file = folder / "policies" / "backup.yaml"
    file.write_text(file.read_text("utf-8").replace("owner: ", "owner: no-", 1), encoding="utf-8")
    with pytest.raises(InvalidKnowledge, match=r"policies/backup\.yaml:\d+: there is no role 'no-"):
        CliRunner().invoke(main.app, ["catalog", "--folder", str(folder)], catch_exceptions=False)
