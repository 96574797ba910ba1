"""The state machine, whole: every state, step, role, and whether the text is one's own."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.adapters.sql.tables import events, review_versions
from copilot.bootstrap import review
from copilot.domain.access import Role, principal
from copilot.domain.review import ItemId, State
from copilot.domain.tampering import check
from copilot.errors import CopilotError, NotPermitted, WrongStep
from copilot.review.rules import Step
from copilot.review.witness import contradictions
from copilot.review.workflow import Saved
from tests.review.desks import ANN, BOB, CLOSED, OPEN, Desk

STEPS = """
                 draft      in review          changes requested  approved  superseded
save             draft      draft              draft              draft     no
submit           in review  no                 in review          no        no
comment          draft      in review          changes requested  approved  no
request changes  no         changes requested  no                 no        no
waive            draft      in review          changes requested  no        no
approve          no         approved           no                 no        no
"""
ROLES = """
                 employee  engineer  compliance  auditor  admin
save             yes       yes       yes         no       yes
submit           yes       yes       yes         no       yes
comment          yes       yes       yes         no       yes
request changes  no        no        yes         no       yes
waive            no        no        yes         no       yes
approve          no        no        yes         no       yes
"""
NOT_ONE_S_OWN = {"approve"}

LOGGED = {
    "save": "saved a version",
    "submit": "submitted for review",
    "comment": "commented",
    "request changes": "requested changes",
    "waive": "waived a question",
    "approve": "approved a version",
}


def table(text):
    """Return the cells of a table by row and column; columns are two spaces apart."""
    header, *rows = [line for line in text.splitlines() if line.strip()]
    names = [one.strip() for one in header.split("  ") if one.strip()]
    cells = [[one.strip() for one in row.split("  ") if one.strip()] for row in rows]
    return {
        (row[0], name): cell for row in cells for name, cell in zip(names, row[1:], strict=True)
    }


AFTER = table(STEPS)
MAY = table(ROLES)


def take(desk, step, item, who):
    """Take a step as somebody."""
    flow = desk.workflow
    match step:
        case "save":
            newest = desk.store.item(item).latest.number
            flow.save(item, Saved(text=CLOSED + "More.\n", base=newest), principal=who)
        case "submit":
            flow.submit(item, principal=who)
        case "comment":
            flow.comment(item, "Please name the system.", principal=who)
        case "request changes":
            flow.request_changes(item, "It names no owner.", principal=who)
        case "waive":
            flow.waive(item, 1, "It is decided next month.", principal=who)
        case "approve":
            flow.approve(item, principal=who)


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory, blank):
    """Return a review with room for all cases."""
    made = Desk(tmp_path_factory.mktemp("states"), blank=blank)
    yield made
    made.close()


def test_the_tables_name_every_step_state_and_role():
    """A step, state or role that is added has to be added here."""
    assert len(LOGGED) == len(Step)
    assert AFTER.keys() == set(itertools.product(LOGGED, State))
    assert MAY.keys() == set(itertools.product(LOGGED, Role))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("step", LOGGED)
def test_every_step_in_every_state_by_everybody(shared_desk, step, role):
    """Ends in the state that the table has, and is logged; or is refused, and nothing changes."""
    alone = [True, False] if step in NOT_ONE_S_OWN else [False]
    for state, own, one_person in itertools.product(State, [True, False], alone):
        shared_desk.one_person = one_person
        item = ItemId(f"response/{step}-{role}-{state}-{own}-{one_person}".replace(" ", "_"))
        shared_desk.save(OPEN if step == "waive" else CLOSED, item=item, by=ANN)
        put(shared_desk, item, state)
        who = principal("ann" if own else "zoe", role=role, audiences=["compliance"])
        before, seal = shared_desk.state(item), shared_desk.log.seal()
        blocked = own and step in NOT_ONE_S_OWN and not one_person
        allowed = MAY[step, role] == "yes" and not blocked
        if allowed and AFTER[step, state] != "no":
            take(shared_desk, step, item, who)
            assert shared_desk.store.item(item).state == AFTER[step, state]
            version = shared_desk.store.item(item).latest.number
            assert newest_entry(shared_desk) == (seal.entries + 1, who.id, LOGGED[step], version)
        else:
            with pytest.raises(WrongStep if allowed else NotPermitted):
                take(shared_desk, step, item, who)
            assert (shared_desk.state(item), shared_desk.log.seal()) == (before, seal)


def newest_entry(desk):
    """Return the number of the newest entry, and who did what to which version."""
    query = sa.select(events).order_by(events.c.number.desc()).limit(1)
    with desk.engine.connect() as connection:
        row = connection.execute(query).one()
    return row.number, row.who, row.action, row.version


def put(desk, item, state):
    """Put the newest version into a state, by SQL: some no newest version can come to."""
    with desk.engine.begin() as connection:
        same = review_versions.c.item_id == item
        connection.execute(sa.update(review_versions).where(same).values(state=state.value))


@pytest.fixture(scope="module")
def walking(tmp_path_factory, blank):
    """Return a review in which people walk about, each time with another item."""
    made = Desk(tmp_path_factory.mktemp("walks"), blank=blank)
    yield made
    made.close()


PEOPLE = (
    ANN,
    BOB,
    principal("cay", role=Role.COMPLIANCE),
    principal("dan", audiences=["compliance"]),
)


@settings(max_examples=30, deadline=None)
@given(
    walk=st.lists(st.tuples(st.sampled_from(list(LOGGED)), st.sampled_from(PEOPLE)), max_size=14)
)
def test_whatever_people_do_what_was_approved_stays(walking, walk):
    """Texts never change, one version at most is in force, nobody approves their own, all is logged."""
    desk, item = walking, ItemId(f"response/f-{len(walking.store.items())}")
    desk.save(item=item)
    texts, approved = {}, []
    for step, who in walk:
        try:
            take(desk, step, item, who)
        except CopilotError:
            continue
        versions = desk.store.versions(item)
        in_force = [one.number for one in versions if one.state is State.APPROVED]
        approved += [one for one in in_force if one not in approved]
        assert [one.number for one in versions] == list(range(1, len(versions) + 1))
        assert all(texts.setdefault(one.number, one.text) == one.text for one in versions)
        assert in_force == approved[-1:] == [n for n in [desk.store.item(item).in_force] if n]
        assert all(one.decided_by != one.author for one in versions if one.state is State.APPROVED)
        settled = {one.number for one in versions if one.state is State.SUPERSEDED}
        assert settled | set(in_force) | {len(versions)} == texts.keys()
    entries = desk.log.entries()
    assert check(entries) == []
    kept = {one.id: desk.store.versions(one.id) for one in desk.store.items()}
    assert list(contradictions(entries, kept)) == []


def test_a_company_of_one_may_approve_its_own_and_the_log_says_so(tmp_path, blank):
    """Where nobody else can, one person approves what they wrote; that is not hidden."""
    desk = Desk(tmp_path, one_person=True, blank=blank)
    desk.save()
    desk.workflow.submit(ItemId("policy/access-control"), principal=ANN)
    desk.workflow.approve(ItemId("policy/access-control"), principal=ANN)
    assert desk.log.entries()[-1].happening.detail["own_work"] == "a company of one person"
    desk.close()


def test_open_marks_are_what_drafting_calls_open():
    """Each question once, decisions to confirm, and marks that cannot be read."""
    text = (
        f"{OPEN}\nAgain: [open question → Head of IT: Which system …] and [to confirm every year]\n"
    )
    assert review.open_marks(text) == [
        "Head of IT: Which system are requests recorded in?",
        "Head of IT, to confirm: every calendar quarter, in “Accounts are reviewed every calendar "
        "quarter.”",
        "[to confirm every year] (it has no arrow →)",
    ]


def test_decisions_with_the_same_words_are_told_apart():
    """By the sentence or the row that they stand in; the same sentence twice is one."""
    text = (
        "Logs are kept [to confirm → Head of IT: 30 days].[^1] Copies of [open question → Head of IT: "
        "Which data?] are kept [to confirm → Head of IT: 30 days].\n\n"
        "| What | How long |\n|---|---|\n| Mail \\| chat | [to confirm → Head of IT: 30 days] |\n\n"
        "- [to confirm → Head of IT: 30 days]\n\n"
        "Logs are kept [to confirm → Head of IT: 30 days].\n\n[^1]: A note.\n"
    )
    assert review.open_marks(text) == [
        "Head of IT, to confirm: 30 days, in “Logs are kept 30 days.”",
        "Head of IT: Which data?",
        "Head of IT, to confirm: 30 days, in “Copies of … are kept 30 days.”",
        "Head of IT, to confirm: 30 days, in “Mail | chat – 30 days”",
        "Head of IT, to confirm: 30 days",
    ]
