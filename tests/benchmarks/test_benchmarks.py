"""Every benchmark runs, and what it writes has the shape that its readers count on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.common import ROOT, SHARED, Bound, percentile
from benchmarks.gold import Span, covered
from benchmarks.texts import paragraphs


def run(name: str, folder: Path, *options: str) -> Any:
    """Run one benchmark as a person would and return the JSON it wrote."""
    file = folder / "result.json"
    subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--quick", "--json", str(file), *options],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "options", "columns", "bounds"),
    [
        pytest.param(
            "ingest",
            ["--no-langchain"],
            {"what", "texts", "texts a second", "lowest", "highest", "CPU s", "peak MB"},
            {"rate against bare encoder, median", "rate against bare encoder, best run of each"},
            id="ingest",
        ),
        pytest.param(
            "query",
            ["--folder", "FOLDER", "--passages", "60", "120", "--rounds", "1"],
            {"passages", "part", "p50 ms", "p95 ms", "best ms"},
            {"p50 ms", "p95 ms", "p50, large against small"},
            id="query",
        ),
        pytest.param(
            "cold",
            ["--folder", "SAMPLE", "--repetitions", "1"],
            {"command", "seconds", "lowest", "highest", "CPU s", "peak MB"},
            {"copilot ask, s", "copilot ask, MB"},
            id="cold",
        ),
        pytest.param(
            "unchanged",
            ["--files", "20"],
            {"how", "seconds", "lowest", "highest"},
            {"in a warm process, s", "copilot ingest, a new process, s"},
            id="unchanged",
        ),
        pytest.param(
            "readiness",
            [],
            {"step", "median ms", "p95 ms", "best ms"},
            {"readiness after one decision, ms", "against the first of the process"},
            id="readiness",
        ),
    ],
)
def test_a_benchmark_writes_what_it_measured(
    tmp_path, sample_folder, name, options, columns, bounds
):
    """A quick run ends well, and its JSON has a row for each thing measured and every bound."""
    folders = {"FOLDER": str(tmp_path / "kept"), "SAMPLE": str(sample_folder)}
    found = run(name, tmp_path, *(folders.get(one, one) for one in options))
    assert (found["benchmark"], found["quick"]) == (name, True)
    assert len(found["rows"]) > 1
    assert all(columns <= row.keys() for row in found["rows"])
    assert {bound["what"] for bound in found["bounds"]} == bounds
    assert all(
        bound["measured"] > 0 and isinstance(bound["met"], bool) for bound in found["bounds"]
    )
    assert {"cores", "system", "processor", "python"} <= found["machine"].keys()


def test_quality_rates_three_rankings(tmp_path, shared):
    """Dense, lexical and fused are rated side by side on the same questions."""
    found = run("quality", tmp_path, "--sets", "policyqa")
    assert [row["ranking"] for row in found["rows"]] == ["dense", "lexical", "fused"]
    assert len({row["questions"] for row in found["rows"]}) == 1
    assert all(0 < row["recall@10"] <= 1 for row in found["rows"])


@pytest.mark.skipif(SHARED.is_dir(), reason="the gold data is here")
def test_quality_says_that_the_gold_data_is_absent(tmp_path):
    """Without the shared data there is nothing to rate, and that is said."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run("quality", tmp_path)
    assert b"not part of the project" in caught.value.stderr


@pytest.mark.parametrize(
    ("found", "share"),
    [
        pytest.param([], 0.0, id="nothing found"),
        pytest.param([("a", 0, 30)], 1.0, id="whole"),
        pytest.param([("a", 15, 40)], 0.5, id="half"),
        pytest.param([("a", 0, 15), ("a", 12, 20)], 1.0, id="two that overlap count once"),
        pytest.param([("b", 0, 30)], 0.0, id="another source"),
    ],
)
def test_recall_is_the_share_of_the_span_that_was_found(found, share):
    """Recall counts the characters of the gold span within what was found, each once."""
    assert covered((Span("a", 10, 20),), [Span(*one) for one in found]) == share


@pytest.mark.parametrize(
    ("bound", "met"),
    [
        pytest.param(Bound(what="rate", measured=0.9, at_least=0.85), True, id="enough"),
        pytest.param(Bound(what="rate", measured=0.8, at_least=0.85), False, id="too slow"),
        pytest.param(Bound(what="time", measured=3.5, at_most=3.0), False, id="too long"),
    ],
)
def test_a_bound_says_whether_it_is_met(bound, met):
    """A figure on the wrong side of its bound is never shown as met."""
    assert bound.met is met


def test_a_percentile_is_a_measured_value():
    """The p95 of a hundred values is the one that 95 of them are below."""
    assert percentile(range(100), 0.95) == 95


def test_generated_text_is_the_same_each_time():
    """The same seed gives the same paragraphs, and no two paragraphs are alike."""
    made = list(paragraphs(50, seed=1))
    assert made == list(paragraphs(50, seed=1))
    assert len(set(made)) == 50
