"""Wire the mapper: a list of controls in, suggestions out; it needs no workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot import bootstrap, config

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.domain.controls import Control, Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The controls of a list, what is suggested for each, and how the list was read."""

    controls: tuple[Control, ...]
    suggestions: tuple[Suggestions, ...]
    notes: tuple[str, ...] = ()


def map_controls(path: Path, *, columns: Sequence[str] = (), out: Path | None = None) -> Mapped:
    """Return what is suggested for the controls of a list.

    Args:
        path: The list.
        columns: Which column is which, as `id=Ref`.
        out: Where to write the controls with their suggestions; the name tells the form.

    Raises:
        InvalidControls: The list cannot be read; with every problem of it.
        EncoderUnavailable: The encoder cannot be made ready.
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
        encoder = OnnxEncoder(bootstrap.prepare_encoder())
        mapper = open_mapper(config.data_folder("knowledge"), encoder, cache=config.cache_folder())
        suggestions = tuple(mapper.suggest(list(read.controls)))
        if out is not None:
            write_controls(out, read.controls, suggestions, files=files)
    return Mapped(controls=read.controls, suggestions=suggestions, notes=read.notes)
