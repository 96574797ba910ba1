"""The wheel: what travels in it, and whether it runs where nothing else is."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from tests.cli.conftest import environment
from tests.workspaces import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the wheel of this checkout."""
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    folder = tmp_path_factory.mktemp("dist")
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_knowledge_and_prompts_travel_in_the_wheel(wheel):
    """Every file of the two folders is there."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    for folder in (ROOT / "knowledge", ROOT / "prompts"):
        files = {path for path in folder.rglob("*") if path.is_file()}
        assert files
        assert {f"copilot/_data/{path.relative_to(ROOT)}" for path in files} <= packed


def test_the_pages_travel_in_the_wheel(wheel):
    """Templates, styles and scripts are there, beside the modules."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    for name, ending in (("templates", "html"), ("static", "js"), ("static", "css")):
        files = set((ROOT / "copilot" / "service" / name).glob(f"*.{ending}"))
        assert files
        assert {path.relative_to(ROOT).as_posix() for path in files} <= packed


def test_the_catalog_is_read_from_an_unpacked_wheel(wheel, document, tmp_path):
    """An empty folder and the wheel are enough."""
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    done = subprocess.run(
        [sys.executable, "-m", "copilot", "catalog", "CC6.1", "--json"],
        cwd=elsewhere,
        env=environment(PYTHONPATH=str(site), COPILOT_CACHE_DIR=str(tmp_path / "cache")),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert document(done)["criteria"][0]["id"] == "CC6.1"
    where = subprocess.run(
        [
            sys.executable,
            "-c",
            "from copilot import config; print(config.data_folder('knowledge'))",
        ],
        cwd=elsewhere,
        env=environment(PYTHONPATH=str(site)),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert where.stdout.strip() == str(site / "copilot" / "_data" / "knowledge")
