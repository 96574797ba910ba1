"""People of an invented company, and the rules by which it hides what it sends."""

from __future__ import annotations

import re

from copilot.adapters.secret_finding import DetectSecretsFinder
from copilot.catalog.loading import load_common_words
from copilot.domain.access import EVERYONE, Principal, Role
from copilot.generation.hiding import HidingRules, read_hidden
from tests.conftest import ROOT

SHAPE = re.compile(r"\[[A-Z]+_\d+[a-z]*\]")
"""A placeholder."""

_STAFF = (
    ("mara.lindqvist", "Mara Lindqvist"),
    ("tomasz.wilk", "Tomasz Wilk"),
    ("grace.whitlock", "Grace Whitlock"),
    ("will.young", "Will Young"),
    ("jmuller", "Dr. Jörg Müller (contractor)"),
    ("amob", "Anne-Marie O'Brien"),
    ("jo", "van der Berg, Jo"),
    ("simon.ekdahl", "Simon Ekdahl"),
    ("simon.wicks", "Simon Wicks"),
    ("ciso", "ciso"),
    ("-", "-"),
)
PEOPLE = [
    Principal(id=id_, name=name, role=Role.EMPLOYEE, audiences=frozenset({EVERYONE}))
    for id_, name in _STAFF
]
ORDINARY = load_common_words(ROOT / "knowledge")
FINDER = DetectSecretsFinder(ordinary=ORDINARY)
RULES = HidingRules(
    FINDER, patterns=read_hidden([r"HL-\d{6}", "(?i)bluebird"]), people=PEOPLE, ordinary=ORDINARY
)
