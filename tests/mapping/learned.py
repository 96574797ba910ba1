"""The mapper learns once in a run of the tests: where its cache is damaged, and so has to."""

from __future__ import annotations

import os
import pickle
import shutil

from copilot import bootstrap, config
from copilot.adapters.encoders import OnnxEncoder
from copilot.domain.controls import Control, ControlId
from copilot.mapping.keeping import Kept
from copilot.mapping.mapper import open_mapper
from copilot.mapping.statements import digest

TRIED = tuple(
    Control(id=ControlId(f"C-{number}"), description=text)
    for number, text in enumerate(
        (
            "Customer databases and their backups are encrypted with keys that rotate every year.",
            "Visitors sign in at reception.",
            "",
        )
    )
)
DAMAGED = b"PK\x03\x04" + bytes(5_000)
"""The beginning of an archive, without its end."""

_SAID = "said.pickle"


def learn(folder):
    """Have a mapper learn with a damaged cache in `folder`; keep what it then suggests beside it."""
    knowledge, encoder = config.data_folder("knowledge"), OnnxEncoder(bootstrap.prepare_encoder())
    folder.mkdir()
    kept = _file(folder, encoder)
    kept.write_bytes(DAMAGED)
    mapper = open_mapper(knowledge, encoder, cache=folder)
    (folder / _SAID).write_bytes(pickle.dumps(mapper.suggest(TRIED)))
    if not known(encoder):
        _hand_over(kept, config.cache_folder())


def said(folder):
    """Return what the mapper that learned suggested for `TRIED`."""
    return pickle.loads((folder / _SAID).read_bytes())  # noqa: S301  our own


def known(encoder):
    """Say whether this machine's cache has what a mapper would learn."""
    knowledge = config.data_folder("knowledge")
    return Kept(config.cache_folder(), knowledge, encoder.name).read(digest(knowledge)) is not None


def _file(folder, encoder):
    return Kept(folder, config.data_folder("knowledge"), encoder.name)._path


def _hand_over(file, cache):
    cache.mkdir(parents=True, exist_ok=True)
    copy = shutil.copy(file, cache / f"{file.name}.{os.getpid()}")
    os.replace(copy, cache / file.name)
