"""`copilot map`: suggestions for a list of controls, with nothing else around it."""

from __future__ import annotations

import pytest

CONTROLS = """\
id,title,description
AC-01,Access review,Every quarter system owners review all accounts and remove what is not needed.
XX-01,Lunch,Tuesday: lentil soup with bread; Wednesday: baked potatoes.
"""


@pytest.mark.usefixtures("mapper_known")
def test_each_control_gets_ranked_criteria_with_reasons(copilot, document, tmp_path):
    """The contract: best first, at least ten, quotes of the catalog, and what it would propose."""
    (tmp_path / "list.csv").write_text(CONTROLS)
    done = copilot("map", "list.csv", "--json", cwd=tmp_path)
    review, lunch = document(done)["controls"]

    confidences = [one["confidence"] for one in review["suggestions"]]
    assert len(confidences) >= 10
    assert confidences == sorted(confidences, reverse=True)
    assert review["suggestions"][0]["criterion"] in {"CC6.2", "CC6.3"}
    assert review["suggestions"][0]["because"][0]["source"].startswith("knowledge/tsc/")
    assert review["decided"]
    assert lunch["decided"] == []


def test_a_list_with_mistakes_is_refused_whole(copilot, tmp_path):
    """Every problem is named with its row, and nothing is written."""
    (tmp_path / "list.csv").write_text("id,title\nAC-01,One\nAC-01,Two\n")
    done = copilot("map", "list.csv", "--out", "out.csv", cwd=tmp_path)

    assert done.returncode == 2
    assert "AC-01" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()
