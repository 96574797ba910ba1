"""Policies written for a test: a file, read as the product reads it and cut as it is ingested."""

from __future__ import annotations

from pathlib import Path

from copilot.adapters.readers import registry
from copilot.checking.policy_file import policy_file
from copilot.domain.access import EVERYONE
from copilot.domain.documents import Metadata, Source, SourceKind, SourcePath
from copilot.ingestion.chunking import cut

PAIRS = Path(__file__).with_name("conflicts.yaml")


def written(folder, text, name="policy.md", *, owner=""):
    """Return a policy that stands in a file of that name."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    document = registry.read(path, name)
    source = Source(
        path=SourcePath(name),
        metadata=Metadata(
            kind=SourceKind.POLICY, title=document.title or name, audience=EVERYONE, owner=owner
        ),
    )
    return policy_file(document, source, cut(document, title=source.metadata.title))


def of_pair(folder, said, name):
    """Return the policy that one side of a pair in `conflicts.yaml` stands for."""
    title, heading, words = (part.strip() for part in said.split(" | ", 2))
    text = f"# {title}\n\n## 1. Purpose\n\nThis is why we have it.\n\n## 2. {heading}\n\n{words}\n"
    return written(folder, text, name)
