"""Wire the mapper: a list of controls in, suggestions out; and what a workspace decided on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot import bootstrap, bootstrap_review, config, people
from copilot.bootstrap_controls import MAPPING, control_encoder, read_workspace_controls
from copilot.errors import NoWorkspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.bootstrap import Copilot
    from copilot.domain.controls import Control, ControlId, Suggestions
    from copilot.domain.decisions import MappingDecision
    from copilot.mapping.adapting import Decided
    from copilot.mapping.mapper import Mapper
    from copilot.ports import Encoder
    from copilot.review.mappings import MappingReview

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
    from copilot.review.mappings import MappingReview

    controls = read_workspace_controls(copilot)
    return MappingReview(
        bootstrap_review.mapping_store(copilot),
        controls=controls,
        suggest=lambda: _suggested(copilot, controls),
        now=bootstrap_review.now,
    )


def _suggested(copilot: Copilot, controls: Sequence[Control]) -> dict[ControlId, Suggestions]:
    """Return what is suggested for a workspace's controls; the mapper runs only if it must."""
    from copilot.mapping.mapper import Mapper, open_learned
    from copilot.mapping.remembering import KeptSuggestions, key_of
    from copilot.mapping.statements import digest

    if not controls:
        return {}
    store = bootstrap_review.mapping_store(copilot)
    knowledge, folder = config.data_folder("knowledge"), copilot.workspace.state / MAPPING
    kept = KeptSuggestions(folder / _SUGGESTIONS)
    key = key_of(controls, knowledge=digest(knowledge), decisions=store.newest())
    found = kept.read(key)
    if found is None:
        encoder = control_encoder(copilot)
        learned = open_learned(knowledge, copilot.bundled_encoder, cache=config.cache_folder())
        mapper = Mapper(learned, encoder)
        _teach(mapper, controls, store.decisions())
        suggestions = mapper.suggest(controls)
        kept.write(key, suggestions)
        found = {one.control: one for one in suggestions}
    return found


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
