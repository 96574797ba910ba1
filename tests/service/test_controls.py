"""Controls over HTTP: what is suggested, decisions on it, and lists that are taken in."""

from __future__ import annotations

import csv
import io
import time

import httpx
import pytest

from copilot.bootstrap.review import event_log, mapping_store
from copilot.domain.decisions import Verdict, standing
from copilot.domain.jobs import JobKind
from tests.service.conftest import serving
from tests.service.lists import ANN, AUD, CONTROLS, ED, EMP, as_csv, small_company


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Return a service over a small company, whose controls wait to be mapped."""
    with serving(small_company(tmp_path_factory.mktemp("lists") / "smallco")) as running:
        ingest(running)
        yield running


def ingest(served):
    """Ingest the lists of a company."""
    ann = served.service.register.find(ANN).principal()
    ended(
        served,
        served.service.jobs.submit(JobKind.INGEST, {"paths": ["controls"]}, principal=ann).id,
    )


def ended(served, job):
    """Wait until a job is over; it must have gone well."""
    reader = served.service.register.find(ANN).principal()
    until = time.monotonic() + 180
    while time.monotonic() < until:
        found = served.service.jobs.job(job, reader)
        if found.over:
            assert found.state == "done", found.problem
            return
        time.sleep(0.05)
    pytest.fail("the job does not end")


@pytest.fixture
def ann(company):
    """Return a client of somebody of compliance."""
    with company.client(ANN) as client:
        client.base_url = f"{company.url}/api/v1/"
        yield client


def as_person(company, person):
    """Return a client of somebody."""
    client = company.client(person)
    client.base_url = f"{company.url}/api/v1/"
    return client


def waiting(client, control):
    """Return the first mapping of a control that waits."""
    found = client.get(f"controls/{control}").json()["mappings"]
    return next(one for one in found if one["state"] == "suggested")


def decide(client, mapping, verdict, **more):
    """Decide on a mapping as it was seen."""
    return client.post(
        f"mappings/{mapping['control']}/{mapping['criterion']}/decision",
        json={"verdict": verdict, **more},
        headers={"If-Match": mapping["etag"]},
    )


def sent(client, content, name="controls.csv", *, to="preview", etag=None, **fields):
    """Send a list."""
    headers = {"If-Match": etag} if etag else {}
    return client.post(
        f"controls/{to}", files={"file": (name, content)}, data=fields, headers=headers
    )


def decisions(company):
    """Return what was decided last, by control and criterion."""
    return standing(mapping_store(company.service.copilot).decisions())


def test_controls_come_with_what_is_suggested_and_why(ann):
    """The surest first, each with a reason, what it rests on, and an ETag to decide with."""
    found = ann.get("controls/AC-01").json()
    first = found["mappings"][0]
    assert found["states"] == ["undecided"]
    assert first["criterion"] in {"CC6.2", "CC6.3"}
    assert first["reason"]
    assert first["because"][0]["quote"]
    assert ann.get(f"mappings/AC-01/{first['criterion']}").headers["etag"] == first["etag"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"owner": "ann hill"}, {"AC-01", "BK-01"}),
        ({"words": "production released"}, {"CM-01"}),
        ({"criterion": "cc8.1"}, {"CM-01"}),
        ({"state": "decided", "owner": "Ann Hill"}, set()),
    ],
)
def test_controls_are_narrowed_down(ann, asked, expected):
    """By owner, by words, by a criterion that they serve or may serve, by what there is to do."""
    assert {one["id"] for one in ann.get("controls", params=asked).json()["items"]} == expected


def test_a_long_list_comes_in_parts(ann):
    """The cursor of one part gives the next."""
    first = ann.get("controls", params={"limit": 3}).json()
    rest = ann.get("controls", params={"limit": 3, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [*CONTROLS]
    assert rest["next"] is None


def test_an_employee_sees_no_controls_and_an_engineer_decides_nothing(company, ann):
    """Roles hold at every route."""
    with as_person(company, EMP) as emp, as_person(company, ED) as ed:
        assert emp.get("controls").status_code == 403
        assert decide(ed, waiting(ann, "BK-01"), "accepted").status_code == 403


def test_an_auditor_sees_what_the_company_stands_by(company, ann):
    """No suggestion of ours, nor how sure we are of what was accepted."""
    mapping = waiting(ann, "BK-01")
    with as_person(company, AUD) as aud:
        assert aud.get("controls/BK-01").json()["mappings"] == []
        path = f"mappings/BK-01/{mapping['criterion']}"
        assert aud.get(path).status_code == 404
        assert decide(ann, mapping, "accepted").status_code == 200
        seen = aud.get(path).json()
    assert (seen["state"], seen["confidence"]) == ("accepted", None)


def test_a_decision_says_which_state_it_was_made_on(company, ann):
    """Without an ETag it is refused, with an old one too, and a second time it is a wrong step."""
    mapping = waiting(ann, "AC-01")
    path = f"mappings/AC-01/{mapping['criterion']}/decision"
    assert ann.post(path, json={"verdict": "accepted"}).status_code == 428
    done = decide(ann, mapping, "accepted", reason="Read it.")
    assert done.status_code == 200
    assert done.json()["mappings"][0]["state"] == "accepted"
    assert decide(ann, mapping, "rejected", reason="No.").status_code == 412
    again = mapping | {"etag": done.headers["etag"]}
    assert decide(ann, again, "accepted").status_code == 409
    kept = decisions(company)["AC-01", mapping["criterion"]]
    assert (kept.verdict, kept.who, kept.reason) == (Verdict.ACCEPTED, ANN, "Read it.")
    newest = event_log(company.service.copilot).entries()[-1].happening
    assert newest.about == f"mapping/AC-01/{mapping['criterion']}"


def test_turning_down_takes_a_reason_and_may_name_another(company, ann):
    """Another criterion in its place is accepted in the same step."""
    mapping = waiting(ann, "CM-01")
    assert decide(ann, mapping, "rejected", reason=" ").status_code == 422
    assert decide(ann, mapping, "replaced", instead="CC9.9", reason="x").status_code == 422
    done = decide(ann, mapping, "replaced", instead="CC7.1", reason="It is about weaknesses.")
    assert [one["state"] for one in done.json()["mappings"]] == ["replaced", "accepted"]
    assert decisions(company)["CM-01", "CC7.1"].verdict is Verdict.ACCEPTED


def test_many_are_accepted_as_they_were_previewed(company, ann):
    """If somebody decided meanwhile, nothing is; else all of them are."""
    seen = ann.get("mappings/bulk", params={"above": 0.05, "control": "AC-02"})
    names = [one["criterion"] for one in seen.json()["mappings"]]
    assert len(names) > 1
    decide(ann, seen.json()["mappings"][-1], "rejected", reason="Not this one.")
    body, header = {"above": 0.05, "control": "AC-02"}, {"If-Match": seen.headers["etag"]}
    assert ann.post("mappings/bulk", json=body, headers=header).status_code == 412
    fresh = ann.get("mappings/bulk", params=body)
    header = {"If-Match": fresh.headers["etag"]}
    done = ann.post("mappings/bulk", json=body, headers=header)
    assert {one["state"] for one in done.json()["mappings"]} == {"accepted"}
    accepted = {one["criterion"] for one in done.json()["mappings"]}
    assert accepted == {one["criterion"] for one in fresh.json()["mappings"]}
    assert all(decisions(company)["AC-02", one].verdict is Verdict.ACCEPTED for one in accepted)


def test_the_matrix_and_the_exports_have_what_was_decided(ann):
    """An accepted criterion stands among those of the control, in every form."""
    decide(ann, waiting(ann, "AC-01"), "accepted")
    cells = ann.get("mappings/matrix").json()["cells"]
    serves = {
        one["criterion"]
        for one in cells
        if one["state"] == "accepted" and one["control"] == "AC-01"
    }
    assert serves
    rows = csv.DictReader(io.StringIO(ann.get("mappings/export?form=csv").text.lstrip("\ufeff")))
    assert serves <= set(next(one for one in rows if one["id"] == "AC-01")["criteria"].split(";"))
    for form, start in (("xlsx", b"PK"), ("json", b"{"), ("oscal", b"{")):
        answer = ann.get(f"mappings/export?form={form}")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.content.startswith(start)


def test_a_decision_counts_for_readiness_at_once(ann):
    """What was read before is not read again once it is out of date."""
    before = ann.get("readiness/criteria/CC1.1").json()["controls"]
    mapping = ann.get("mappings/BK-01/CC1.1").json()
    decide(ann, mapping, "accepted")
    after = ann.get("readiness/criteria/CC1.1").json()["controls"]
    assert (before, [one["id"] for one in after]) == ([], ["BK-01"])


def test_a_preview_says_what_would_change_and_writes_nothing(company, ann):
    """Field by field, and which controls would be gone."""
    list_ = company.folder / "controls" / "controls.csv"
    before = list_.read_bytes()
    new = {id_: said for id_, said in CONTROLS.items() if id_ != "AC-02"}
    new["AC-01"] = new["AC-01"].replace("Ann Hill", "Cy Dale")
    new["PH-01"] = "Doors; Doors are locked at night.; Ben Roe; daily"
    found = sent(ann, as_csv(new), name="from the audit tool.csv").json()
    assert (found["name"], found["replaces"]) == ("controls.csv", "controls.csv")
    assert [one["id"] for one in found["added"]] == ["PH-01"]
    assert [one["id"] for one in found["removed"]] == ["AC-02"]
    assert [(one["id"], one["fields"]) for one in found["changed"]] == [
        ("AC-01", [{"field": "owner", "before": "Ann Hill", "after": "Cy Dale"}])
    ]
    assert found["unchanged"] == 2
    assert list_.read_bytes() == before


def test_problems_of_a_list_are_named_with_their_rows(ann):
    """All of them at once; nothing can be imported meanwhile."""
    found = sent(ann, as_csv(AC_01="CC6.12", BK_01="CC99.1")).json()
    assert [line.split(",")[1] for line in found["problems"]] == [" row 2", " row 5"]
    answer = sent(ann, as_csv(AC_01="CC6.12"), to="import", etag='"x"')
    assert answer.status_code == 422


def test_what_is_imported_is_what_was_previewed(company, ann):
    """Another file than that, or another list by now, is refused; the jobs then go on by themselves."""
    new = CONTROLS | {
        "PH-01": "Doors; Doors of the server room are locked at night.; Ben Roe; daily"
    }
    seen = sent(ann, as_csv(new))
    etag = seen.headers["etag"]
    assert sent(ann, as_csv(new), to="import").status_code == 428
    assert sent(ann, as_csv(), to="import", etag=etag).status_code == 412
    done = sent(ann, as_csv(new), to="import", etag=etag)
    assert done.status_code == 201
    assert (done.json()["path"], done.json()["added"]) == ("controls/controls.csv", 1)
    ended(company, done.json()["jobs"][-1])
    assert ann.get("controls/PH-01").json()["states"] == ["undecided"]
    assert sent(ann, as_csv(new), to="import", etag=etag).status_code == 412
    logged = [one.happening for one in event_log(company.service.copilot).entries()]
    assert any(one.who == ANN and one.about == "controls/controls.csv" for one in logged)


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", ".evil.csv"])
def test_a_name_leads_nowhere_else(ann, name):
    """Whatever it is called, a list stays in the folder of lists."""
    found = sent(ann, as_csv({"ZZ-01": "Doors; Doors are locked.; Ed; daily"}), name=name).json()
    assert found["name"] == "evil.csv"


@pytest.mark.parametrize("name", ["manifest.yaml", "controls.csv.meta.yaml", "manifest.csv"])
def test_a_list_does_not_pass_for_something_else(ann, name):
    """What says something about other files is no list."""
    content = b'{"id": "ZZ-01", "title": "Doors"}' if "yaml" in name else b"id,title\nZZ-01,Doors\n"
    assert sent(ann, content, name=name).status_code == 422


def test_an_engineer_adds_lists_and_replaces_none(company):
    """A new one is theirs to add; columns that they name are kept under the usual names."""
    content = b"Ref,Wording,Who\nX-1,Laptops are encrypted.,Ed\n"
    told = {"columns": ["id=Ref", "description=Wording", "owner=Who"]}
    with as_person(company, ED) as ed:
        seen = sent(ed, as_csv())
        assert sent(ed, as_csv(), to="import", etag=seen.headers["etag"]).status_code == 403
        seen = sent(ed, content, name="laptops.csv", **told)
        assert seen.json()["rewritten"]
        done = sent(ed, content, name="laptops.csv", to="import", etag=seen.headers["etag"], **told)
        assert done.status_code == 201
        ended(company, done.json()["jobs"][0])
        assert ed.get("controls/X-1").json()["owner"] == "Ed"


def test_a_list_for_others_is_not_there(company, ann):
    """Its controls are neither listed nor shown nor decided on, nor is its name told."""
    folder = company.folder / "controls"
    (folder / "people.csv").write_bytes(
        as_csv({"HR-01": "Checks; New hires are checked.; Ann; per event"})
    )
    (folder / "people.csv.meta.yaml").write_text("audience: compliance\n")
    ingest(company)
    assert ann.get("controls/HR-01").status_code == 200
    with as_person(company, ED) as ed:
        assert "HR-01" not in {one["id"] for one in ed.get("controls").json()["items"]}
        theirs, absent = ed.get("controls/HR-01"), ed.get("controls/HR-02")
        assert theirs.status_code == absent.status_code == 404
        assert theirs.json()["detail"].replace("HR-01", "HR-02") == absent.json()["detail"]
        assert ed.get("mappings/HR-01/CC1.1").status_code == 404
        found = sent(ed, as_csv({"HR-01": "x; y.; z; daily"}), name="mine.csv").json()
    assert found["problems"] == ["mine.csv, row 2: HR-01 stands in another list as well"]


def test_a_list_that_cannot_be_read_can_be_replaced(company, ann):
    """The page says what is wrong with it, and another one takes its place."""
    broken = company.folder / "controls" / "broken.csv"
    broken.write_text("id,title,criteria\nQ-1,Doors,CC99\n")
    page = httpx.get(
        f"{company.url}/controls",
        headers={"Accept": "text/html", "Cookie": f"copilot-session={company.session(ANN)}"},
    )
    assert "CC99" in page.text
    content = b"id,title\nQ-1,Doors are locked\n"
    seen = sent(ann, content, name="broken.csv")
    done = sent(ann, content, name="broken.csv", to="import", etag=seen.headers["etag"])
    assert done.json()["replaced"]
    assert ann.get("controls/Q-1").status_code == 200
