"""Suggested mappings before people: accepted, rejected, or replaced by another criterion, with reasons.

A decision is keyed by the control's id and the criterion, so it survives a new import of the list. It
keeps a hash of what the control said, and is flagged once the control says something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Audience, Role
from copilot.domain.criteria import CRITERION_IDS, CriterionId, parse_criterion
from copilot.domain.decisions import MappingDecision, Verdict, hash_of_control, standing
from copilot.domain.event_log import Happening
from copilot.errors import BadInput, NotPermitted, UnknownItem, WrongStep

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from copilot.domain.access import Principal
    from copilot.domain.controls import Control, ControlId, Suggestion, Suggestions
    from copilot.review.ports import MappingStore

PREFIX: Final = "mapping"
_COMPLIANCE: Final = Audience("compliance")
_PLACE: Final = {criterion: at for at, criterion in enumerate(CRITERION_IDS)}


class MappingState(StrEnum):
    """Where a mapping stands."""

    SUGGESTED = "suggested"
    """It waits for somebody to decide."""
    DECLARED = "declared"
    """The company's own list names it, and nobody decided on it here."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"


_SETTLED: Final = frozenset({MappingState.DECLARED, MappingState.ACCEPTED})
"""What the company stands by, which is all that an auditor sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingItem:
    """One control and one criterion, with what is suggested and what was decided."""

    control_id: ControlId
    criterion: CriterionId
    control: Control | None = None
    """Nothing if no list has it any more."""
    suggestion: Suggestion | None = None
    decision: MappingDecision | None = None

    @property
    def id(self) -> str:
        """Such as `mapping/AC-01/CC6.2`."""
        return f"{PREFIX}/{self.control_id}/{self.criterion}"

    @property
    def state(self) -> MappingState:
        """Where it stands."""
        if self.decision is not None:
            return MappingState(self.decision.verdict.value)
        declared = self.control is not None and self.criterion in self.control.criteria
        return MappingState.DECLARED if declared else MappingState.SUGGESTED

    @property
    def changed(self) -> bool:
        """Whether the control says something else than when this was decided."""
        if self.decision is None or self.control is None:
            return False
        return self.decision.control_hash != hash_of_control(self.control)

    @property
    def gone(self) -> bool:
        """Whether this was decided on a control that no list has any more."""
        return self.control is None


class MappingReview:
    """Decides on the mappings of one workspace."""

    def __init__(
        self,
        store: MappingStore,
        *,
        controls: Sequence[Control],
        suggest: Callable[[], Mapping[ControlId, Suggestions]],
        now: Callable[[], datetime],
    ) -> None:
        """Take the parts.

        Args:
            store: Where decisions are kept.
            controls: The controls of the workspace.
            suggest: Returns what is suggested for them; asked when it is first needed.
            now: The time, in UTC.
        """
        self._store = store
        self._controls = {one.id: one for one in controls}
        self._suggest = suggest
        self._suggested: Mapping[ControlId, Suggestions] | None = None
        self._now = now

    def listed(
        self, *, principal: Principal, states: Collection[MappingState] = ()
    ) -> list[MappingItem]:
        """Return what is decided, declared or proposed, by control.

        Args:
            principal: Who wants to see it; those who neither review nor map see nothing.
            states: Only these; everything but what is declared, if nothing is said.
        """
        if not _sees(principal):
            return []
        wanted = set(states) or set(MappingState) - {MappingState.DECLARED}
        if principal.audits:
            wanted &= _SETTLED
        return [one for one in self._all(proposed=True) if one.state in wanted]

    def show(
        self, named: str, *, principal: Principal
    ) -> tuple[MappingItem, list[MappingDecision]]:
        """Return a mapping and every decision on it, oldest first.

        Raises:
            UnknownItem: There is no such control, or the principal sees no mappings.
            UnknownCriterion: There is no such criterion.
        """
        if not _sees(principal):
            raise _unknown(named, self._controls)
        control, criterion = self._parsed(named)
        history = [
            one
            for one in self._store.decisions()
            if (one.control, one.criterion) == (control, criterion)
        ]
        item = self._item(control, criterion, history[-1] if history else None)
        if principal.audits and item.state not in _SETTLED:
            raise _unknown(named, self._controls)
        return item, history

    def accept(
        self,
        named: Sequence[str],
        *,
        principal: Principal,
        note: str = "",
        above: float | None = None,
    ) -> list[MappingDecision]:
        """Accept mappings; all of them, or none if one of them cannot be accepted.

        Args:
            named: Mappings, such as `mapping/AC-01/CC6.2`; with `above` also `mapping` for all
                controls and `mapping/AC-01` for one.
            principal: Who decides.
            note: Why; need not be said.
            above: Accept what is suggested with at least this confidence and is not yet decided.

        Raises:
            NotPermitted: The principal does not decide.
            UnknownItem, UnknownCriterion: There is no such mapping.
            WrongStep: It is accepted already, and its control says what it said then.
        """
        _check(principal, "accept")
        items = [item for one in named for item in self._meant(one, above)]
        for one in items:
            if one.state is MappingState.ACCEPTED and not one.changed:
                raise WrongStep(f"{one.id} is accepted already")
        decided = [
            self._decision(one, Verdict.ACCEPTED, principal, reason=note.strip())
            for one in {item.id: item for item in items}.values()
        ]
        return self._record(decided, principal)

    def meant(self, named: str, *, above: float, principal: Principal) -> list[MappingItem]:
        """Return what `accept` would accept; the arguments and errors are the same."""
        _check(principal, "accept")
        return list(self._meant(named, above))

    def reject(self, named: str, *, principal: Principal, reason: str) -> list[MappingDecision]:
        """Decide that a control does not serve a criterion; what the list declares stays declared.

        Raises:
            NotPermitted, UnknownItem, UnknownCriterion, WrongStep: It cannot be done.
            BadInput: There is no reason.
        """
        _check(principal, "reject")
        item = self._named(named)
        if item.state is MappingState.REJECTED and not item.changed:
            raise WrongStep(f"{item.id} is rejected already")
        decision = self._decision(item, Verdict.REJECTED, principal, reason=_reason(reason))
        return self._record([decision], principal)

    def replace(
        self, named: str, instead: str, *, principal: Principal, reason: str
    ) -> list[MappingDecision]:
        """Reject one criterion for a control and accept another.

        Raises:
            NotPermitted, UnknownItem, UnknownCriterion, WrongStep: It cannot be done.
            BadInput: There is no reason, or both are the same.
        """
        _check(principal, "replace")
        item, other = self._named(named), parse_criterion(instead)
        if other == item.criterion:
            raise BadInput(f"{item.id} would be replaced by itself", hint="Name another criterion.")
        why = _reason(reason)
        new = self._item(item.control_id, other, None)
        rejected = self._decision(item, Verdict.REPLACED, principal, reason=why)
        return self._record(
            [
                replace(rejected, instead=other),
                self._decision(new, Verdict.ACCEPTED, principal, reason=why),
            ],
            principal,
        )

    def _record(
        self, decided: Sequence[MappingDecision], principal: Principal
    ) -> list[MappingDecision]:
        self._store.record([(one, _happening(one, principal)) for one in decided])
        return list(decided)

    def _decision(
        self, item: MappingItem, verdict: Verdict, principal: Principal, *, reason: str
    ) -> MappingDecision:
        if item.control is None:
            raise _unknown(item.id, self._controls)
        return MappingDecision(
            control=item.control_id,
            criterion=item.criterion,
            verdict=verdict,
            who=principal.id,
            at=self._now(),
            control_hash=hash_of_control(item.control),
            confidence=item.suggestion.confidence if item.suggestion else None,
            reason=reason,
        )

    def _meant(self, named: str, above: float | None) -> Iterator[MappingItem]:
        """Yield the mappings that are meant by a name, which may stand for many of them."""
        rest = named.strip().partition("/")[2]
        whole = named.strip().lower() == PREFIX or self._control(rest) is not None
        if not whole:
            item = self._named(named)
            if above is None or (item.suggestion and item.suggestion.confidence >= above):
                yield item
            return
        if above is None:
            raise BadInput(
                f"{named} stands for many mappings",
                hint="Say from which confidence on they are accepted, such as --above 0.8, or name "
                "one of them.",
            )
        only = self._control(rest)
        for one in self._all(proposed=False):
            sure = one.suggestion is not None and one.suggestion.confidence >= above
            waits = one.state is MappingState.SUGGESTED
            if sure and waits and only in {None, one.control_id} and self._proposes(one.control_id):
                yield one

    def _named(self, named: str) -> MappingItem:
        control, criterion = self._parsed(named)
        latest = standing(self._store.decisions()).get((control, criterion))
        return self._item(control, criterion, latest)

    def _parsed(self, named: str) -> tuple[ControlId, CriterionId]:
        kind, _, rest = named.strip().partition("/")
        control, _, criterion = rest.rpartition("/")
        if kind.lower() != PREFIX or not control:
            raise _unknown(named, self._controls)
        known = self._control(control)
        if known is None:
            decided = {one.control for one in self._store.decisions()}
            known = next((one for one in decided if one == control), None)
        if known is None:
            raise _unknown(named, self._controls)
        return known, parse_criterion(criterion)

    def _control(self, text: str) -> ControlId | None:
        """Return the id of a control as its list writes it."""
        folded = text.strip().casefold()
        return next((one for one in self._controls if one.casefold() == folded), None)

    def _all(self, *, proposed: bool) -> Iterator[MappingItem]:
        """Yield mappings by control: decided, declared, and suggested.

        Args:
            proposed: Of what is suggested only what the mapper would propose, not the whole ranking.
        """
        latest = standing(self._store.decisions())
        gone = sorted({control for control, _ in latest} - self._controls.keys())
        decided: dict[ControlId, list[CriterionId]] = {}
        for control_id, criterion in latest:
            decided.setdefault(control_id, []).append(criterion)
        for id_ in [*self._controls, *gone]:
            control = self._controls.get(id_)
            suggestions = self._suggestions.get(id_) if control else None
            ranked = {one.criterion: one for one in suggestions.ranked} if suggestions else {}
            offered = suggestions.decided if suggestions and proposed else ranked
            own = control.criteria if control else ()
            named = {*decided.get(id_, ()), *own, *offered}
            for criterion in sorted(named, key=lambda one: _rank(one, ranked)):
                yield MappingItem(
                    control_id=id_,
                    criterion=criterion,
                    control=control,
                    suggestion=ranked.get(criterion),
                    decision=latest.get((id_, criterion)),
                )

    def _item(
        self, control: ControlId, criterion: CriterionId, decision: MappingDecision | None
    ) -> MappingItem:
        suggestions = self._suggestions.get(control)
        found = (
            [one for one in suggestions.ranked if one.criterion == criterion] if suggestions else []
        )
        return MappingItem(
            control_id=control,
            criterion=criterion,
            control=self._controls.get(control),
            suggestion=found[0] if found else None,
            decision=decision,
        )

    def _proposes(self, control: ControlId) -> bool:
        suggestions = self._suggestions.get(control)
        return suggestions is not None and bool(suggestions.decided)

    @property
    def _suggestions(self) -> Mapping[ControlId, Suggestions]:
        if self._suggested is None:
            self._suggested = self._suggest()
        return self._suggested


def in_doubt(
    controls: Sequence[Control], decisions: Sequence[MappingDecision]
) -> list[MappingDecision]:
    """Return the accepted mappings whose control says something else than when they were accepted."""
    known = {one.id: one for one in controls}
    held = [one for one in standing(decisions).values() if one.verdict is Verdict.ACCEPTED]
    return [
        one
        for one in held
        if one.control in known and one.control_hash != hash_of_control(known[one.control])
    ]


def _rank(criterion: CriterionId, ranked: Mapping[CriterionId, Suggestion]) -> tuple[float, int]:
    suggestion = ranked.get(criterion)
    return -suggestion.confidence if suggestion else 0.0, _PLACE[criterion]


def _happening(decision: MappingDecision, principal: Principal) -> Happening:
    sure = {} if decision.confidence is None else {"confidence": f"{decision.confidence:.2f}"}
    why = {"reason": decision.reason} if decision.reason else {}
    other = {"instead": str(decision.instead)} if decision.instead else {}
    return Happening(
        who=principal.id,
        action=f"{decision.verdict.value} a mapping",
        about=f"{PREFIX}/{decision.control}/{decision.criterion}",
        detail={**sure, **why, **other, "control_sha256": decision.control_hash},
    )


def _sees(principal: Principal) -> bool:
    works = principal.role in {Role.ENGINEER, Role.AUDITOR}
    return principal.reviews or works or principal.may_read(_COMPLIANCE)


def _check(principal: Principal, what: str) -> None:
    if not principal.reviews:
        raise NotPermitted(
            f"{principal.id} cannot {what} mappings: the role is {principal.role}",
            hint="The roles compliance and admin decide; people.yaml says who has them.",
        )


def _reason(text: str) -> str:
    if not text.strip():
        raise BadInput("a mapping is turned down for a reason", hint="Say why it does not fit.")
    return text.strip()


def _unknown(named: str, controls: Mapping[ControlId, Control]) -> UnknownItem:
    example = next(iter(controls), "AC-01")
    return UnknownItem(
        f"there is no mapping {named!r}",
        hint=f"A mapping is named by control and criterion, such as {PREFIX}/{example}/CC6.2; the "
        "controls are those of the lists in controls/.",
    )
