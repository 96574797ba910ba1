"""Wire the system description: the company's profile, its settings and its sources in, a draft out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot import config
from copilot.bootstrap.drafting import company_profile, load_terms, readers_of_drafts
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from copilot.bootstrap.drafting import Searching
    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.drafts import Draft

_NOTHING_READ: Final = "No source that reviewers may read has been ingested, so nothing is cited."


def draft_description(
    copilot: Copilot, *, principal: Principal, searching: Searching | None = None
) -> Draft:
    """Return the draft of the system description.

    Args:
        copilot: The workspace, wired.
        principal: Who has it drafted. Only sources that they may read are quoted, and of those only
            what reviewers of drafts may read as well.
        searching: What opens the indexes, where they are open already; the workspace itself by default.

    Raises:
        InvalidProfile: `company.yaml` cannot be used.
        InvalidKnowledge: What a description has to say breaks its form.
    """
    from copilot.answering.stating import Stating
    from copilot.citations.support import Support
    from copilot.drafting.description import asked_of, decisions_in, describe
    from copilot.drafting.description_lists import ReportScope
    from copilot.drafting.description_outline import load_description
    from copilot.drafting.facts import FactFinder
    from copilot.drafting.system_records import SystemRecords

    terms = load_terms()
    outline = load_description(config.data_folder("knowledge") / "policies", terms=terms)
    profile = company_profile(copilot, terms)
    settings, truth, vocabulary = copilot.settings, copilot.truth, copilot.vocabulary
    scope = ReportScope(
        categories=settings.categories, audit_type=settings.audit_type, period=settings.period
    )
    reader = readers_of_drafts(principal)
    sources = truth.sources(principal=reader)
    if all(one.metadata.kind is SourceKind.CATALOG for one in sources):
        draft = describe(profile, outline=outline, terms=terms, scope=scope)
        return replace(draft, notes=(*draft.notes, _NOTHING_READ))
    with (searching or copilot.searching)() as search:
        stating = Stating(truth=truth, search=search, vocabulary=vocabulary)
        facts = FactFinder(stating=stating, truth=truth).facts(
            asked_of(outline), decisions_in(outline, terms), principal=reader
        )
        records = SystemRecords(
            truth=truth,
            search=search,
            vocabulary=vocabulary,
            support=Support(vocabulary, search.encode_all, company=profile.name),
            principal=reader,
        )
        return describe(
            profile, outline=outline, terms=terms, scope=scope, facts=facts, records=records
        )
