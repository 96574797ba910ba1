"""Draft a policy: an outline, filled with what the company says of itself and what its sources state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import (
    Bullets,
    Covered,
    Draft,
    DraftSection,
    Paragraph,
    Statement,
    Table,
    lines_of,
)
from copilot.domain.review import ItemId, ItemKind
from copilot.drafting import marks
from copilot.drafting.facts import NOTHING
from copilot.drafting.filling import Filling
from copilot.drafting.outline_checking import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copilot.domain.companies import CompanyProfile
    from copilot.domain.criteria import Catalog
    from copilot.domain.drafts import Block
    from copilot.domain.outlines import Decision, Outline, OutlineSection, Terms
    from copilot.drafting.facts import Facts

TODAY: Final = "What our own documents say of this today:"
"""The words before the facts of a section."""

_INFORMATION_SECURITY: Final = "information-security"
_EXCEPTION: Final = "An exception from this policy is asked for, decided and ended as the information security policy says."
_BREACH: Final = (
    "Whoever sees that this policy is not followed tells the {role:%s} or uses {tool:reporting-channel}. "
    "The {role:%s} looks into it and corrects what went wrong. What follows for a person who broke it on "
    "purpose or again and again is decided by the {role:people}, in line with the law and the contract."
)
_REVIEW: Final = (
    "This policy is reviewed {decide:%s}. The {role:%s} proposes changes, and the {role:%s} approves each "
    "version before it holds. It is kept where everyone it binds can read it, in {tool:documents}, and people "
    "confirm that they have read it {decide:policy-acknowledgement}."
)
_LETTERS: Final = re.compile(r"\w")
_SPEAKS_OF_EXCEPTIONS: Final = re.compile(
    r"exception[s]? (?:from|to|is|are|as)|as an exception", re.IGNORECASE
)
_SPEAKS_OF_BREACHES: Final = re.compile(
    r"\bdisciplin|\bdismiss\w* (?:or|and) the end|\bsanction", re.IGNORECASE
)


def draft_policy(
    outline: Outline,
    profile: CompanyProfile,
    *,
    terms: Terms,
    catalog: Catalog,
    facts: Facts = NOTHING,
) -> Draft:
    """Return the draft of a policy.

    Every statement of fact has a checked citation. Everything else is the outline's own text, in which
    what the company has not said is an open question or a decision to confirm.

    Args:
        outline: What a policy of its kind has to say.
        profile: What the company says of itself; may be empty.
        terms: The roles, tools and decisions that the outline names.
        catalog: The criteria, for their points of focus, and the kinds of policies.
        facts: What the company's sources state.

    Raises:
        InvalidKnowledge: The outline names a role, tool or decision that there is not.
    """
    filling = Filling(profile, terms, facts=facts)
    sections = [
        DraftSection(heading="Purpose", blocks=(Paragraph(filling.line(outline.purpose)),)),
        DraftSection(heading="Scope", blocks=(Paragraph(filling.line(outline.scope)),)),
        DraftSection(heading="Roles and duties", blocks=(_duties(outline, filling),)),
        *(_section(one, filling, facts) for one in outline.sections),
        *_exceptions(outline, filling),
        _review(outline, filling),
        DraftSection(heading="Records", blocks=(_records(outline, filling),)),
    ]
    return Draft(
        id=ItemId(f"{ItemKind.POLICY.value}/{outline.kind}"),
        kind=ItemKind.POLICY,
        title=outline.title,
        company=profile.name,
        sections=tuple(sections),
        coverage=tuple(coverage(outline, catalog)),
        owner=filling.post(outline.owner),
        approver=filling.post(outline.approver),
        outline=f"{outline.kind} {outline.version}",
        notes=(*filling.notes, *facts.notes),
    )


def decisions_of(outline: Outline, terms: Terms) -> list[Decision]:
    """Return the decisions that the draft of an outline speaks of, each once."""
    texts = [outline.purpose, outline.scope, *(duty.does for duty in outline.duties)]
    for section in outline.sections:
        for block in section.text:
            texts += [block] if isinstance(block, str) else block
    places = (place for text in texts for place in PLACE.findall(text))
    named = [own for sort, own in places if sort == "decide"]
    wanted = dict.fromkeys((*named, outline.review, "policy-acknowledgement"))
    return [terms.decisions[own] for own in wanted if own in terms.decisions]


def coverage(outline: Outline, catalog: Catalog) -> Iterator[Covered]:
    """Yield how an outline deals with each point of focus of the criteria that it claims, in order."""
    titles: Mapping[str, str] = {one.id: one.title for one in catalog.policy_kinds}
    for criterion in outline.criteria:
        for point in catalog[criterion].points_of_focus:
            elsewhere = outline.elsewhere.get(point.id, "")
            yield Covered(
                criterion=criterion,
                point=point.id,
                name=point.name,
                sections=tuple(one.heading for one in outline.sections if point.id in one.answers),
                elsewhere=titles.get(elsewhere, elsewhere),
            )


def _section(outlined: OutlineSection, filling: Filling, facts: Facts) -> DraftSection:
    blocks: list[Block] = [
        Paragraph(filling.line(block))
        if isinstance(block, str)
        else Bullets(tuple(filling.line(item) for item in block))
        for block in outlined.text
    ]
    rules = _plain(
        " ".join(one.text for block in blocks for line in lines_of(block) for one in line)
    )
    found = [
        one
        for one in facts.by_section.get(outlined.heading, ())
        if not all(_plain(citation.quote) in rules for citation in one.citations)
    ]
    if found:
        blocks.append(Paragraph((Statement(text=TODAY),)))
        blocks.append(Bullets(tuple((one,) for one in found)))
    return DraftSection(heading=outlined.heading, blocks=tuple(blocks), answers=outlined.answers)


def _plain(text: str) -> str:
    """Return the letters of a text: a policy that was drafted here states the same rules already."""
    return "".join(_LETTERS.findall(text.casefold()))


def _duties(outline: Outline, filling: Filling) -> Table:
    rows = []
    for duty in outline.duties:
        held = filling.holder(duty.role)
        named = f"{filling.post(duty.role)}{f' ({held})' if held else ''}"
        does = f"{duty.does[:1].upper()}{duty.does[1:]}"
        rows.append(((Statement(text=marks.literal(named)),), filling.line(does)))
    return Table(("Role", "Duty under this policy"), tuple(rows))


def _exceptions(outline: Outline, filling: Filling) -> Iterator[DraftSection]:
    """Yield what holds where the policy is not followed, unless the outline says so itself."""
    said = " ".join(
        text
        for section in outline.sections
        for block in section.text
        for text in ((block,) if isinstance(block, str) else block)
    )
    texts = []
    if outline.kind != _INFORMATION_SECURITY and not _SPEAKS_OF_EXCEPTIONS.search(said):
        texts.append(_EXCEPTION)
    if not _SPEAKS_OF_BREACHES.search(said):
        texts.append(_BREACH % (outline.owner, outline.owner))
    if texts:
        blocks = tuple(Paragraph(filling.line(one)) for one in texts)
        yield DraftSection(heading="Exceptions and breaches", blocks=blocks)


def _review(outline: Outline, filling: Filling) -> DraftSection:
    rows = []
    for task, role in (("Keeps this policy", outline.owner), ("Approves it", outline.approver)):
        title = filling.post(role)
        held = filling.holder(role)
        person = marks.literal(held) if held else filling.ask(role, f"Who is the {title}?")
        cells = (task, marks.literal(title), person)
        rows.append(tuple((Statement(text=cell),) for cell in cells))
    text = _REVIEW % (outline.review, outline.owner, outline.approver)
    blocks = (Table(("Task", "Role", "Person"), tuple(rows)), Paragraph(filling.line(text)))
    return DraftSection(heading="Owner, approval and review", blocks=blocks)


def _records(outline: Outline, filling: Filling) -> Table:
    rows = tuple(
        (filling.line(one.record), (Statement(text=one.frequency.value),))
        for one in outline.records
    )
    return Table(("Record that shows it is followed", "How often it comes into being"), rows)
