"""The mapper over the shipped knowledge, learned once; the gold sets, read once."""

from __future__ import annotations

import json

import pytest

from copilot import bootstrap, config
from copilot.adapters.encoders import OnnxEncoder
from copilot.domain.controls import Control, ControlId
from copilot.domain.criteria import CriterionId
from copilot.mapping.mapper import open_mapper


@pytest.fixture(scope="session")
def encoder():
    """Return the bundled encoder."""
    return OnnxEncoder(bootstrap.prepare_encoder())


@pytest.fixture(scope="session")
def mapper(knowledge, encoder, mapper_known):
    """Return the mapper as it ships; nothing may teach it."""
    return open_mapper(knowledge, encoder, cache=config.cache_folder())


@pytest.fixture(scope="session")
def gold(shared):
    """Return a function that reads one gold set: its controls, and what is right for each."""

    def reading(name):
        lines = (shared / "gold" / "mapping" / f"{name}.jsonl").read_text().splitlines()
        rows = [json.loads(line) for line in lines]
        controls = [
            Control(id=ControlId(row["id"]), title=row["title"], description=row["text"])
            for row in rows
        ]
        return controls, [tuple(CriterionId(one) for one in row["criteria"]) for row in rows]

    return reading


@pytest.fixture
def control():
    """Return a function that makes a control of a text."""

    def making(text, id_="C-1"):
        return Control(id=ControlId(id_), description=text)

    return making
