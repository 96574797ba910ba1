"""Nothing in the knowledge folder is copied from the material that we learned from."""

from __future__ import annotations

import json

import pytest

from tests.content.prose import words

LONGEST_SHARED_RUN = 6
"""Words in a row that may coincide by chance: set phrases such as "at least once a year by"."""


@pytest.fixture(scope="module")
def others(shared):
    """Return every run of words that the shared files hold, one word longer than allowed."""
    texts = [path.read_text() for path in (shared / "background").glob("*.txt")]
    texts += [path.read_text() for path in (shared / "corpus" / "sourcegraph").rglob("*.md")]
    for path in (shared / "gold" / "mapping").glob("*.jsonl"):
        texts += [json.loads(line)["text"] for line in path.read_text().splitlines()]
    return {run for text in texts for run in runs(text)}


def runs(text):
    """Return every run of words in a text, one word longer than may coincide."""
    found = words(text)
    length = LONGEST_SHARED_RUN + 1
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


@pytest.mark.parametrize("folder", ["tsc", "guidance"])
def test_no_run_of_words_is_shared(knowledge, others, folder):
    """No file of ours shares a run of words with a file of theirs."""
    for path in sorted((knowledge / folder).iterdir()):
        shared_runs = [" ".join(run) for run in runs(path.read_text()) & others]
        assert shared_runs == [], path.name
