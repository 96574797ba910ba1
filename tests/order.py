"""In which order files are run, so that the processes of a run end at about the same time.

Each file runs in one process. One that takes long and comes last would keep its process busy while the
others have nothing to do.
"""

from __future__ import annotations

LONG = (
    "retrieval/test_audience.py",
    "service/test_fuzz.py",
    "service/test_jobs.py",
    "service/test_sources.py",
    "service/test_ask_model.py",
    "bots/test_slack_socket.py",
    "service/test_drafts_page.py",
    "library/test_keeping.py",
    "service/test_library_page.py",
    "bots/test_slack_answers.py",
    "golden/test_harbourlight.py",
    "generated/test_injections.py",
    "benchmarks/test_benchmarks.py",
    "cli/test_ingest_command.py",
    "mapping/test_mapper.py",
    "generated/test_dishonest.py",
    "cli/test_terminal.py",
    "cli/test_read_only.py",
    "cli/test_postgres.py",
    "cli/test_encoder_setting.py",
    "generated/test_failing.py",
    "answering/test_citations.py",
    "checking/test_checking.py",
    "generation/test_instructions.py",
    "retrieval/test_crash.py",
    "cli/test_outcomes.py",
    "cli/test_reading_commands.py",
    "gate/test_corpus.py",
    "cli/test_review_command.py",
    "generated/test_leaving.py",
    "retrieval/test_following.py",
    "mapping/test_reranking.py",
    "responses/test_responses.py",
)
"""Files that take ten seconds or more, longest first; the first does not need the sample company, which
another process makes meanwhile."""


def longest_first(items, *, root):
    """Put the tests of long files in front, by how long they take; the rest stays as it is."""
    places = {root / "tests" / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
