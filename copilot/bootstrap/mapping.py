"""Wire the mapper: a list of controls in, suggestions out; and what a workspace decided on them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final

from copilot import bootstrap, config, people
from copilot.bootstrap import review as bootstrap_review
from copilot.bootstrap.controls import (
    MAPPING,
    control_encoder,
    read_workspace_controls,
    readable_controls,
)
from copilot.errors import NoWorkspace, UnknownItem
from copilot.made_ahead import MadeAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.controls import Control, ControlId, Suggestions
    from copilot.domain.decisions import MappingDecision
    from copilot.mapping.adapting import Decided
    from copilot.mapping.mapper import Mapper
    from copilot.ports import Encoder
    from copilot.review.control_list import ListedControl
    from copilot.review.mappings import MappingItem, MappingReview

_SUGGESTIONS: Final = "suggestions.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The controls of a list, what is suggested for each, and how the list was read."""

    controls: tuple[Control, ...]
    suggestions: tuple[Suggestions, ...]
    notes: tuple[str, ...] = ()


def map_controls(path: Path, *, columns: Sequence[str] = (), out: Path | None = None) -> Mapped:
    """Return what is suggested for the controls of a list.

    Within a workspace, what its reviewers decided has a say; and so has its language model, if it names
    one, on the order of close suggestions and on reasons.

    Args:
        path: The list.
        columns: Which column is which, as `id=Ref`.
        out: Where to write the controls with their suggestions; the name tells the form.

    Raises:
        InvalidControls: The list cannot be read; with every problem of it.
        EncoderUnavailable: The encoder cannot be made ready.
        InvalidSettings: The workspace names a model that cannot be used.
        InvalidPrompt: The workspace's own prompt breaks the form.
    """
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.adapters.encoders import OnnxEncoder
    from copilot.controls.columns import parse_columns
    from copilot.controls.reading import import_controls
    from copilot.controls.writing import write_controls
    from copilot.mapping.mapper import open_mapper

    named = parse_columns(columns) if columns else None
    with BoundedControlFiles() as files:
        read = import_controls(path, files=files, columns=named)
        decided, controls = _decisions_here()
        encoder = OnnxEncoder(bootstrap.prepare_encoder())
        mapper = open_mapper(config.data_folder("knowledge"), encoder, cache=config.cache_folder())
        _teach(mapper, controls, decided)
        suggestions = tuple(mapper.suggest(list(read.controls)))
        suggestions, said = _reranked(path, read.controls, suggestions, encoder)
        if out is not None:
            write_controls(out, read.controls, suggestions, files=files)
    return Mapped(controls=read.controls, suggestions=suggestions, notes=(*read.notes, *said))


def _reranked(
    path: Path,
    controls: Sequence[Control],
    suggestions: tuple[Suggestions, ...],
    encoder: Encoder,
) -> tuple[tuple[Suggestions, ...], tuple[str, ...]]:
    """Return suggestions as the workspace's model orders them, and what there is to say of that."""
    try:
        workspace = config.find_workspace()
    except NoWorkspace:
        return suggestions, ()
    with bootstrap.Copilot(workspace) as copilot:
        if not copilot.models.configured:
            return suggestions, ()
        model = copilot.models.reranker(copilot.vocabulary, encoder.encode)
        if model is None:
            return suggestions, ()
        if model.remote and (why := _kept_back(copilot, path)):
            return suggestions, (f"{path.name} was not sent to {model.name}: {why}.",)
        found = model.rerank(controls, suggestions, principal=people.operator(()))
    return found.suggestions, found.notes


def _kept_back(copilot: Copilot, path: Path) -> str:
    """Return why a list must not go to a model on another machine; nothing if it may."""
    if not copilot.settings.never_send:
        return ""
    everybody = people.operator(copilot.truth.audiences())
    for source in copilot.truth.sources(principal=everybody):
        if (copilot.workspace.root / source.path).resolve() == path.resolve():
            audience = source.metadata.audience
            kept = audience in copilot.settings.never_send
            return f"its audience, {audience}, is in `never_send`" if kept else ""
    # Nobody has said who may read it, so it may be one of those that are never sent.
    return "`never_send` is set, and it is no file of the workspace that was ingested"


def mapping_review(copilot: Copilot) -> MappingReview:
    """Return the mappings of a workspace's controls, to be decided on.

    Raises:
        InvalidControls: A list of controls cannot be read.
    """
    controls = read_workspace_controls(copilot)
    return _mapping_review(
        copilot,
        controls,
        lambda: _suggested(copilot, controls, lambda: _workspace_mapper(copilot)),
    )


def _mapping_review(
    copilot: Copilot,
    controls: Sequence[Control],
    suggest: Callable[[], Mapping[ControlId, Suggestions]],
) -> MappingReview:
    from copilot.review.mappings import MappingReview

    return MappingReview(
        bootstrap_review.mapping_store(copilot),
        controls=controls,
        suggest=suggest,
        now=bootstrap_review.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """What was suggested last."""

    texts: str = ""
    """Tells the controls apart that it was for."""
    key: str = ""
    """Tells apart all that it rests on."""
    found: Mapping[ControlId, Suggestions] = field(default_factory=dict)


class MappingDesk:
    """The mappings of one workspace for many people at once; any method may be called from any thread.

    The mapper stays in memory, so that after a decision the suggestions are there again at once.
    """

    def __init__(self, copilot: Copilot) -> None:
        self._copilot = copilot
        self._suggesting = Lock()
        self._deciding = Lock()
        self.importing: Final = Lock()
        """Held by whoever takes a list in, from looking at what is there until it is in its place."""
        self._last = _Last()
        self.ahead: Final = MadeAhead(
            self._is_there, lambda: self._suggested(read_workspace_controls(copilot), again=True)
        )
        """Has suggestions made before they are wanted."""

    def prepare(self, *, wait: float = 0.0) -> bool:
        """Have suggestions made in the background unless they are there, and say whether they are.

        The first for a list take seconds, those after a decision come within one: `wait` says how many to
        give them.

        Raises:
            InvalidControls, EncoderUnavailable: They cannot be made.
        """
        return self.ahead.ready(wait=wait)

    def _is_there(self) -> bool:
        return self._last.key == _key(self._copilot, read_workspace_controls(self._copilot))

    def controls(self, *, principal: Principal, again: bool = True) -> list[ListedControl]:
        """Return the controls of the lists that somebody may read, with what they may see of mappings.

        Args:
            principal: Who wants to see them.
            again: Suggest anew if somebody has decided since; see `review`.

        Raises:
            InvalidControls: A list of controls cannot be read.
        """
        from copilot.review.control_list import listed_controls
        from copilot.review.mappings import MappingState

        controls = readable_controls(self._copilot, principal=principal)
        review = self.review(principal=principal, again=again)
        items = review.listed(principal=principal, states=set(MappingState))
        if principal.audits:
            # An auditor sees what the company stands by, not what we make of it.
            items = [replace(one, suggestion=None) for one in items]
        return listed_controls(controls, items)

    def control(self, id_: str, *, principal: Principal, again: bool = True) -> ListedControl:
        """Return one control; the arguments are those of `controls`.

        Raises:
            UnknownItem: There is none, or it stands in a list that is not for the principal.
            InvalidControls: A list of controls cannot be read.
        """
        found = [
            one for one in self.controls(principal=principal, again=again) if one.control.id == id_
        ]
        if not found:
            raise _no_control(id_)
        return found[0]

    def item(self, control: str, criterion: str, *, principal: Principal) -> MappingItem:
        """Return one mapping as it stands.

        Raises:
            UnknownItem: There is no such control, or it is not for the principal.
            UnknownCriterion: There is no such criterion.
            InvalidControls: A list of controls cannot be read.
        """
        if control not in {one.id for one in readable_controls(self._copilot, principal=principal)}:
            raise _no_control(control)
        named = f"mapping/{control}/{criterion}"
        item, _ = self.review(principal=principal, again=False).show(named, principal=principal)
        return replace(item, suggestion=None) if principal.audits else item

    def review(self, *, principal: Principal, again: bool = True) -> MappingReview:
        """Return the mappings of the controls that somebody may read, to be decided on.

        Args:
            principal: Who decides.
            again: Suggest anew if somebody has decided since; without it the suggestions are the last
                that were made for these controls, which are those that people see.

        Raises:
            InvalidControls: A list of controls cannot be read.
        """
        everything = read_workspace_controls(self._copilot)
        return _mapping_review(
            self._copilot,
            readable_controls(self._copilot, principal=principal),
            lambda: self._suggested(everything, again),
        )

    @contextlib.contextmanager
    def deciding(self, *, principal: Principal) -> Iterator[MappingReview]:
        """Yield the mappings to one who decides as `review` does, so that nobody else of this process decides meanwhile.

        Raises:
            InvalidControls: A list of controls cannot be read.
        """
        with self._deciding:
            yield self.review(principal=principal, again=False)

    def _suggested(
        self, controls: Sequence[Control], again: bool
    ) -> Mapping[ControlId, Suggestions]:
        from copilot.mapping.remembering import key_of

        texts = key_of(controls, knowledge="", decisions=0)
        with self._suggesting:
            last = self._last
            key = _key(self._copilot, controls) if again or last.texts != texts else last.key
            if key != last.key:
                found = _suggested(self._copilot, controls, lambda: self._mapper)
                self._last = last = _Last(texts=texts, key=key, found=found)
            return last.found

    @cached_property
    def _mapper(self) -> Mapper:
        return _workspace_mapper(self._copilot)


def _no_control(id_: str) -> UnknownItem:
    return UnknownItem(
        f"there is no control {id_!r}", hint="The page Controls lists those there are."
    )


def _suggested(
    copilot: Copilot, controls: Sequence[Control], mapper_of: Callable[[], Mapper]
) -> Mapping[ControlId, Suggestions]:
    """Return what is suggested for a workspace's controls; the mapper runs only if it must."""
    from copilot.mapping.remembering import KeptSuggestions

    if not controls:
        return {}
    kept = KeptSuggestions(copilot.workspace.state / MAPPING / _SUGGESTIONS)
    key = _key(copilot, controls)
    found = kept.read(key)
    if found is None:
        mapper = mapper_of()
        _teach(mapper, controls, bootstrap_review.mapping_store(copilot).decisions())
        suggestions = mapper.suggest(controls)
        kept.write(key, suggestions)
        found = {one.control: one for one in suggestions}
    return found


def _key(copilot: Copilot, controls: Sequence[Control]) -> str:
    """Return what is another whenever something else might be suggested."""
    from copilot.mapping.remembering import key_of
    from copilot.mapping.statements import digest

    knowledge = digest(config.data_folder("knowledge"))
    decisions = bootstrap_review.mapping_store(copilot).newest()
    return key_of(controls, knowledge=knowledge, decisions=decisions)


def suggest_for(copilot: Copilot, text: str) -> Suggestions:
    """Return what is suggested for a control in somebody's own words, as the workspace's decisions teach."""
    from copilot.domain.controls import Control, ControlId

    mapper = _workspace_mapper(copilot)
    decisions = bootstrap_review.mapping_store(copilot).decisions()
    _teach(mapper, read_workspace_controls(copilot), decisions)
    (suggested,) = mapper.suggest([Control(id=ControlId("described"), description=text)])
    return suggested


def _workspace_mapper(copilot: Copilot) -> Mapper:
    from copilot.mapping.mapper import Mapper, open_learned

    knowledge = config.data_folder("knowledge")
    learned = open_learned(knowledge, copilot.bundled_encoder, cache=config.cache_folder())
    return Mapper(learned, control_encoder(copilot))


def _decisions_here() -> tuple[list[MappingDecision], list[Control]]:
    """Return the decisions of the workspace that the command runs in, and its controls."""
    try:
        workspace = config.find_workspace()
    except NoWorkspace:
        return [], []
    if not (workspace.settings.database_url or workspace.state.is_dir()):
        return [], []  # nothing was ever stored here, and mapping a list stores nothing
    with bootstrap.Copilot(workspace) as copilot:
        decided = bootstrap_review.mapping_store(copilot).decisions()
        return decided, read_workspace_controls(copilot) if decided else []


def _teach(
    mapper: Mapper, controls: Sequence[Control], decisions: Sequence[MappingDecision]
) -> None:
    """Let a mapper learn from what was decided on controls that there still are."""
    from copilot.domain.decisions import standing

    by_control: dict[ControlId, list[MappingDecision]] = {}
    for one in standing(decisions).values():
        by_control.setdefault(one.control, []).append(one)
    known = [one for one in controls if one.id in by_control]
    # What it learned before must not have a say in what it would have proposed.
    mapper.learn(())
    if not known:
        return
    proposed = mapper.suggest(known, explained=0)
    mapper.learn(
        [
            _decided(control, by_control[control.id], suggested)
            for control, suggested in zip(known, proposed, strict=True)
        ]
    )


def _decided(
    control: Control, decisions: Sequence[MappingDecision], suggested: Suggestions
) -> Decided:
    from copilot.domain.decisions import Verdict
    from copilot.mapping.adapting import Decided

    right = [one.criterion for one in decisions if one.verdict is Verdict.ACCEPTED]
    wrong = [one.criterion for one in decisions if one.verdict is not Verdict.ACCEPTED]
    named = {*right, *control.criteria}
    return Decided(
        control=control,
        # What the list declares is right too, unless somebody said here that it is not.
        right=tuple(dict.fromkeys([*right, *(c for c in control.criteria if c not in wrong)])),
        wrong=tuple(wrong),
        complete={*suggested.decided} <= {*named, *wrong},
    )
