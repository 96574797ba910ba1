"""Keys, tokens and passwords are found, and what policies say about them is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from copilot.adapters.secret_finding import DetectSecretsFinder
from copilot.catalog.loading import load_common_words
from tests.conftest import ROOT
from tests.generation.planted import PROSE, SECRETS

_TEXT = {".csv", ".eml", ".html", ".json", ".jsonl", ".md", ".toml", ".txt", ".yaml"}


@pytest.fixture(scope="module")
def finder(knowledge):
    """Return a finder that knows the common words, as the product has it."""
    return DetectSecretsFinder(ordinary=load_common_words(knowledge))


def _found(finder, text):
    return [text[one.start : one.end] for one in finder.find(text)]


def _in_folder(finder, folder):
    """Return every find in the text files of a folder, and how many files there are."""
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in _TEXT]
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    return [found for text in texts for found in _found(finder, text)], len(files)


@pytest.mark.parametrize(
    "plant", [pytest.param(one, id=f"{at} {one}") for at, one in enumerate(SECRETS)]
)
def test_a_secret_is_found_whole(finder, plant):
    """Every planted secret is covered by one find."""
    assert any(plant.value in found for found in _found(finder, plant.text))


def test_there_are_plants_enough():
    """The plants are at least forty of at least fifteen kinds."""
    assert len(SECRETS) >= 40
    assert len({one.kind for one in SECRETS}) >= 15


@pytest.mark.parametrize("text", [pytest.param(one, id=f"{at}") for at, one in enumerate(PROSE)])
def test_what_is_said_about_passwords_is_no_secret(finder, text):
    """Rules, lengths, methods, references, hashes of files and ids of cloud resources stay."""
    assert _found(finder, text) == []


def test_the_sample_company_holds_no_secret(finder):
    """Nothing of the sample company's files is taken for a secret."""
    found, files = _in_folder(finder, ROOT / "examples" / "harbourlight")
    assert files > 50
    assert found == []


@pytest.mark.parametrize("folder", ["sourcegraph", "prowler"])
def test_published_policies_and_findings_hold_no_secret(finder, shared, folder):
    """Nothing in a real handbook, or in real cloud findings, is taken for a secret."""
    found, files = _in_folder(finder, shared / "corpus" / folder)
    assert files
    assert found == []


def test_our_own_knowledge_holds_no_secret(finder, knowledge):
    """Nothing of the criteria and guidance is taken for a secret."""
    found, files = _in_folder(finder, knowledge)
    assert files
    assert found == []


@pytest.mark.parametrize("kept", ["start", "end", "middle"])
def test_a_part_of_a_private_key_is_a_secret(finder, kept):
    """A passage may hold the beginning, the end or the middle of a key; its lines are all found."""
    plant = next(one for one in SECRETS if one.kind == "private key")
    lines = plant.value.splitlines()
    part = {"start": lines[:5], "end": lines[-6:], "middle": lines[2:7]}[kept]
    text = "\n".join(["Before it.", *part, "", "After it, plain words."])
    found = "\n".join(_found(finder, text))
    assert all(line in found for line in part)
    assert "plain words" not in found


def test_a_certificate_is_public(finder):
    """The lines of a certificate look like those of a key, and are none."""
    plant = next(one for one in SECRETS if one.kind == "private key")
    assert _found(finder, plant.value.replace("RSA PRIVATE KEY", "CERTIFICATE")) == []


def test_finds_do_not_overlap(finder):
    """What several rules find is one find."""
    text = "\n".join(one.text for one in SECRETS)
    found = finder.find(text)
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_places_hold_where_lower_case_is_longer(finder):
    """A letter that becomes two in lower case moves nothing."""
    text = "İİİİ password: " + "hunter" + "2"
    assert _found(finder, text) == ["hunter2"]


def test_a_common_word_is_no_password(finder):
    """A lone word after `password:` is a password only if it is not one of the common words."""
    assert _found(finder, "Password: corporate") == []
    assert _found(DetectSecretsFinder(), "Password: corporate") == ["corporate"]


def test_the_settings_of_detect_secrets_stay(finder):
    """They are global, and a program that uses it for itself is not disturbed."""
    from detect_secrets.settings import get_settings  # noqa: PLC0415

    before = get_settings().json()
    finder.find("\n".join(one.text for one in SECRETS))
    assert get_settings().json() == before
