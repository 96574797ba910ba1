"""`copilot catalog`, `search` and `doctor`."""

from __future__ import annotations

import json
import shutil

import pytest

from copilot.domain.criteria import Category
from tests.workspaces import ROOT

CRITERIA = 61


def test_the_whole_catalog_is_one_document(copilot, document, tmp_path):
    """All criteria, with no workspace anywhere."""
    read = document(copilot("catalog", "--json", cwd=tmp_path))
    assert len(read["criteria"]) == CRITERIA
    assert {one["category"] for one in read["criteria"]} == set(Category)


@pytest.mark.parametrize("typed", ["CC6.1", "cc6.1"])
def test_one_criterion_is_a_list_of_one(copilot, document, tmp_path, typed):
    """The shape does not depend on how many were asked for."""
    (only,) = document(copilot("catalog", typed, "--json", cwd=tmp_path))["criteria"]
    assert only["id"] == "CC6.1"
    assert only["points_of_focus"]
    assert only["example_controls"]


def test_another_knowledge_folder_can_be_checked(copilot, document, tmp_path):
    """Whoever edits the guidance sees each mistake with its file."""
    folder = shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    file = folder / "tsc" / "CC6.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("CC6.1", "CC6.x"), encoding="utf-8")
    done = copilot("catalog", "--folder", str(folder), "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "CC6.yaml:" in document(done)["error"]["message"]


def test_queries_of_a_file_give_a_line_each(copilot, company, tmp_path):
    """A mark at the start, blank lines and line ends of Windows are no queries."""
    file = tmp_path / "queries.txt"
    file.write_bytes("\ufeffaccess review\r\n\r\n“backup” tests\r\n".encode())
    done = copilot("search", "--queries", str(file), "-k", "2", cwd=company)
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["query"] for one in read] == ["access review", "“backup” tests"]
    assert all(len(one["results"]) <= 2 for one in read)


def test_queries_may_come_through_a_pipe(copilot, company):
    """`-` is stdin; a blank line is no query."""
    done = copilot("search", "--queries", "-", "-k", "1", cwd=company, text="one\n\ntwo\n")
    assert [json.loads(line)["query"] for line in done.stdout.splitlines()] == ["one", "two"]


@pytest.mark.parametrize("name", ["gone.txt", "."])
def test_a_file_of_queries_that_cannot_be_read_is_a_wrong_use(copilot, company, name):
    """Exit 2, and the reason in words."""
    done = copilot("search", "--queries", name, cwd=company)
    assert done.returncode == 2
    assert f"{name} cannot be read: " in done.stderr


def test_a_result_names_its_place(copilot, document, company):
    """Every key of the contract, best first, and a quoted phrase is in each result."""
    read = document(copilot("search", '"calendar quarter"', "-k", "3", "--json", cwd=company))
    results = read["results"]
    assert results[0].keys() >= {"source", "title", "kind", "page", "start", "end", "score", "text"}
    assert all("calendar quarter" in " ".join(one["text"].split()).lower() for one in results)
    assert [one["score"] for one in results] == sorted((r["score"] for r in results), reverse=True)


def test_a_search_of_nothing_says_where_to_look(copilot, empty):
    """No result is no failure."""
    done = copilot("search", "access", cwd=empty)
    assert done.returncode == 0
    assert "copilot doctor" in done.stdout


def test_the_doctor_finds_the_sample_company_sound(copilot, document, company):
    """Exit 0; what is missing is a note with its list."""
    done = copilot("doctor", "--json", cwd=company)
    findings = {one["what"]: one for one in document(done)["findings"]}
    assert done.returncode == 0
    assert findings["index"]["health"] == "good"
    assert any("Q3 2025" in line for line in findings["missing records"]["details"])


def test_the_doctor_finds_a_broken_index_and_mends_it(copilot, document, own_company):
    """Exit 1 with the command that helps; that command helps."""
    for folder in (own_company / ".copilot" / "index").glob("generation-*/words"):
        shutil.rmtree(folder)
    ill = copilot("doctor", cwd=own_company)
    assert ill.returncode == 1
    assert "copilot doctor --mend" in ill.stdout
    mended = copilot("doctor", "--mend", "--json", cwd=own_company)
    findings = {one["what"]: one["said"] for one in document(mended)["findings"]}
    assert mended.returncode == 0
    assert findings["index"].startswith("built anew")


def test_the_doctor_survives_a_database_that_is_none(copilot, document, empty):
    """Where nothing can be examined, that is the finding."""
    (empty / ".copilot").mkdir()
    (empty / ".copilot" / "truth.db").write_text("no database" * 100)
    done = copilot("doctor", "--json", cwd=empty)
    findings = document(done)["findings"]
    broken = [one["what"] for one in findings if one["health"] == "broken"]
    assert (done.returncode, broken) == (1, ["database"])


def test_the_doctor_reads_people_and_variables(copilot, document, empty):
    """A mistake in people.yaml is broken; a misspelt variable is a note."""
    (empty / "people.yaml").write_text("people: [{id: jo, role: boss}]")
    done = copilot("doctor", "--json", cwd=empty, COPILOT_PERIODS="2026")
    findings = {one["what"]: one for one in document(done)["findings"]}
    assert (done.returncode, findings["people"]["health"]) == (1, "broken")
    assert "COPILOT_PERIOD " in findings["environment"]["details"][0]
