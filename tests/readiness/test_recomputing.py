"""Readiness again in one process: what has changed counts, whoever changed it."""

from __future__ import annotations

import dataclasses

from copilot import bootstrap, config
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.bootstrap import review as bootstrap_review
from copilot.bootstrap.controls import read_workspace_controls
from copilot.bootstrap.readiness import assess_workspace
from copilot.domain.access import EVERYONE, Audience, principal
from copilot.domain.criteria import CriterionId
from copilot.domain.documents import Metadata, SourceKind, SourcePath
from copilot.domain.indexing import Fingerprint
from copilot.review.mappings import MappingReview

RECORD = Metadata(kind=SourceKind.EVIDENCE, title="Review", audience=EVERYONE, controls=("AC-01",))
ANYONE = principal("anyone")


def put(truth, metadata, *, about="about"):
    """Store a record without passages."""
    truth.put(
        SourcePath("evidence/review.csv"),
        metadata=metadata,
        fingerprint=Fingerprint(1, 1, "content", about),
        document=("Reviewed.", ()),
        passages=[],
        encoded={},
        encoder="none",
    )


def test_sources_are_read_again_when_somebody_else_changed_them(tmp_path):
    """What one connection remembers is held against the database each time."""
    url = f"sqlite:///{tmp_path / 'truth.db'}"
    mine, theirs = SqlTruth(connect(url)), SqlTruth(connect(url))
    put(theirs, RECORD)
    assert [one.metadata.title for one in mine.sources(principal=ANYONE)] == ["Review"]
    put(theirs, dataclasses.replace(RECORD, title="Access review"), about="other")
    assert [one.metadata.title for one in mine.sources(principal=ANYONE)] == ["Access review"]
    put(theirs, dataclasses.replace(RECORD, audience=Audience("hr")))
    assert mine.sources(principal=ANYONE) == []
    theirs.remove([SourcePath("evidence/review.csv")])
    assert mine.sources(principal=principal("hr", audiences=["hr"])) == []
    mine.close()
    theirs.close()


def test_a_decision_and_a_changed_list_count_at_once(tmp_path):
    """In the same process, without anything being told of it."""
    (tmp_path / "copilot.toml").write_text('company = "Harbour"\n')
    (tmp_path / "controls").mkdir()
    file = tmp_path / "controls" / "list.csv"
    file.write_text("id,title,description\nAC-01,Access review,Owners review accounts.\n")
    with bootstrap.Copilot(config.find_workspace(tmp_path)) as copilot:
        operator = copilot.principal(None)

        def serving():
            found = assess_workspace(copilot, principal=operator)
            return [
                (one.id, [each.control.id for each in one.controls])
                for one in found.covered
                if one.controls
            ], len(found.in_doubt)

        assert serving() == ([], 0)
        review = MappingReview(
            bootstrap_review.mapping_store(copilot),
            controls=read_workspace_controls(copilot),
            suggest=dict,
            now=bootstrap_review.now,
        )
        review.accept(["mapping/AC-01/CC6.2"], principal=operator)
        assert serving() == ([(CriterionId("CC6.2"), ["AC-01"])], 0)
        file.write_text("id,title,description\nAC-01,Access review,Nobody reviews anything.\n")
        assert serving() == ([(CriterionId("CC6.2"), ["AC-01"])], 1)
