"""The gate on real parts: the field's vocabulary and the bundled encoder."""

from __future__ import annotations

import pytest

from copilot import bootstrap, config
from copilot.adapters.encoders import OnnxEncoder
from copilot.catalog import loading
from copilot.citations.gate import Gate
from copilot.citations.given import GivenSource, Proposed, Quoted
from copilot.citations.support import Support
from copilot.domain.access import EVERYONE, principal
from copilot.domain.documents import Metadata, Passage, PassageId, Source, SourceKind, SourcePath
from copilot.wording import Vocabulary
from tests.gate.measuring import Texts

ASKER = principal("asker")


@pytest.fixture(scope="session")
def vocabulary(catalog):
    """Return the field's words and the language's common ones."""
    folder = config.data_folder("knowledge")
    common, alike = loading.load_common_words(folder), loading.load_alike_words(folder)
    return Vocabulary(catalog.terms, common, alike)


@pytest.fixture(scope="session")
def support(vocabulary):
    """Return what judges whether quotes carry a claim, with the real encoder."""
    encoder = OnnxEncoder(bootstrap.prepare_encoder(), threads=1)
    return Support(vocabulary, encoder.encode, company="Harbourlight")


def passage(text, *, path="policies/policy.md", audience=EVERYONE, context=""):
    """Return a passage that is a whole source."""
    kind = SourceKind.EVIDENCE if path.startswith("evidence/") else SourceKind.POLICY
    metadata = Metadata(title="Policy", kind=kind, audience=audience)
    return Passage(
        id=PassageId(path),
        source=Source(path=SourcePath(path), metadata=metadata),
        start=0,
        end=len(text),
        text=text,
        page=None,
        place="",
        heading=(),
        context=context,
    )


def _path(quote, number):
    """Return where a quote would stand: rows in a table, entries in a file of settings."""
    if "\n" in quote or quote.startswith("{"):
        return f"evidence/{number}.{'yaml' if ': ' in quote.splitlines()[0] else 'csv'}"
    return f"policies/{number}.md"


@pytest.fixture(scope="session")
def check(support):
    """Return a function that puts a claim with quotes of its sources through the gate."""

    def checking(claim, *quotes, sources=None, asker=ASKER):
        texts = sources or [
            passage(quote, path=f"policies/{n}.md") for n, quote in enumerate(quotes)
        ]
        given = [GivenSource(number, one) for number, one in enumerate(texts, 1)]
        gate = Gate(truth=Texts(texts), support=support)
        quoted = tuple(Quoted(min(n, len(given)), words) for n, words in enumerate(quotes, 1))
        return gate.check(Proposed(claim, quoted), given=given, principal=asker)

    return checking
