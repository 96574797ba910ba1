"""Which column of a table is what, by its name: recognised loosely, or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from copilot.errors import BadInput

CONTROL_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (
        "control id", "id", "control ref", "control reference", "control reference number",
        "control number", "control no", "control #", "control code", "ref", "reference", "ref no",
        "reference number", "ref number", "number", "no", "nr", "num", "#", "code", "identifier",
        "key", "uid", "kontroll id", "kontrollnummer", "kontroll nr", "kennung", "nummer",
        "identifiant", "numero", "reference du controle", "numero de controle", "identificador",
        "codigo", "numero de control", "id de control",
    ),
    "title": (
        "control title", "control name", "title", "name", "control", "short name", "titel",
        "kontrolle", "kontrollname", "bezeichnung", "titre", "intitule", "nom", "nom du controle",
        "controle", "titulo", "nombre", "nombre del control",
    ),
    "description": (
        "control description", "control activity", "control activities", "activity", "description",
        "text", "control statement", "statement", "control text", "control wording", "details",
        "detail", "control detail", "control procedure", "what we do", "control specification",
        "beschreibung", "kontrollbeschreibung", "kontrollaktivitat", "massnahme", "kontrollhandlung",
        "description du controle", "activite", "activite de controle", "descripcion",
        "descripcion del control", "actividad", "actividad de control",
    ),
    "owner": (
        "control owner", "owner", "responsible", "control performer", "performer", "performed by",
        "responsible party", "responsible person", "responsible team", "accountable",
        "process owner", "owned by", "verantwortlich", "verantwortlicher", "verantwortliche",
        "kontrollverantwortlicher", "eigentumer", "proprietaire", "responsable",
        "responsable del control", "propietario",
    ),
    "frequency": (
        "control frequency", "frequency", "cadence", "how often", "periodicity", "interval",
        "haufigkeit", "frequenz", "turnus", "rhythmus", "frequence", "periodicite", "frecuencia",
        "periodicidad",
    ),
    "system": (
        "system", "systems", "application", "applications", "tool", "tools", "platform",
        "in scope system", "in scope systems", "system s", "tooling", "systeme", "anwendung",
        "werkzeug", "outil", "sistema", "aplicacion", "herramienta",
    ),
    "criteria": (
        "criteria", "criterion", "tsc", "trust services criteria", "trust service criteria",
        "trust services criterion", "tsc criteria", "tsc reference", "tsc ref", "tsc mapping",
        "soc 2", "soc2", "soc 2 criteria", "soc2 criteria", "soc 2 mapping", "soc2 mapping",
        "common criteria", "mapped criteria", "criteria mapping", "mapping", "mappings", "tsp",
        "kriterien", "kriterium", "zuordnung", "criteres", "critere", "criterios", "criterio",
    ),
    "kind": ("kind",),
}  # fmt: skip
"""Names of each field, folded, the more telling before the less."""

SYSTEM_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("system id", "id", "asset id", "identifier", "ref", "key"),
    "name": (
        "system name", "name", "system", "application", "asset", "component", "service", "tool",
        "bezeichnung", "nom", "nombre",
    ),
    "type": ("system type", "type", "kind of system", "category", "typ", "tipo"),
    "holds": (
        "what it holds", "holds", "data held", "data", "data stored", "stores", "contains",
        "information held", "information", "daten", "donnees", "datos",
    ),
    "owner": ("system owner", *CONTROL_NAMES["owner"]),
    "settings": (
        "settings", "configuration", "setup", "set up", "how it is set up", "config",
        "einstellungen", "konfiguration", "parametres", "configuracion",
    ),
    "description": ("description", "purpose", "beschreibung", "descripcion"),
}  # fmt: skip

CONTROL_ITSELF: Final = frozenset({"control", "kontrolle", "controle"})
"""What a column is called that may hold the id of a control as well as its title."""

OUR_OWN: Final = frozenset(
    {"suggested", "confidence", "reason", "suggestions", "decided", "source"}
)
"""What we write beside a control and do not read back: suggestions are not the company's word."""

_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "criteria": frozenset("tsc criteria criterion tsp kriterien criteres criterios".split()),
    "frequency": frozenset("frequency cadence haufigkeit frequence frecuencia periodicity".split()),
    "owner": frozenset("owner performer responsible verantwortlich responsable".split()),
    "description": frozenset("description activity statement beschreibung descripcion".split()),
    "id": frozenset("id ref number no # nr".split()),
    "title": frozenset("title name titel titre titulo".split()),
    "system": frozenset("system application tool".split()),
}
"""Words that tell a field in a longer name, in the order in which they are looked for."""

_OTHER_THINGS: Final = frozenset(
    "risk test tests testing objective evidence status comment comments date type policy vendor "
    "auditor audit reviewer gap finding remediation ticket last next iso nist cis pci hipaa".split()
)
"""A longer name with one of these is about something else than the control: `Risk description`."""

_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PUNCTUATION: Final = re.compile(r"[^\w#]+|_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each field stands in a table."""

    at: Mapping[str, int]
    """Places count from 0."""
    unused: tuple[int, ...]
    """Named columns that are no field."""
    names: tuple[str, ...]

    def __contains__(self, field: object) -> bool:
        return field in self.at

    def name(self, field: str) -> str:
        """Return what the table calls a field."""
        return self.names[self.at[field]] if field in self.at else field


def folded(name: str) -> str:
    """Return a name in lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("#", " # "))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_PUNCTUATION.sub(" ", bare).split())


def recognise(
    header: Sequence[str],
    names: Mapping[str, Sequence[str]],
    given: Mapping[str, str] | None = None,
) -> Columns:
    """Return which column is which field.

    Args:
        header: The cells that may be names.
        names: What each field is called, folded.
        given: Columns that somebody named; these are taken as they are said, if they are there.
    """
    at: dict[str, int] = {}
    for field, wanted in (given or {}).items():
        place = next((at for at, name in enumerate(header) if folded(name) == folded(wanted)), None)
        if place is not None:
            at[field] = place
    taken = set(at.values())
    claims = sorted(
        (rank, place, field)
        for place, name in enumerate(header)
        if place not in taken
        for rank, field in _claims(name, names)
    )
    for _, place, field in claims:
        if field not in at and place not in taken:
            at[field] = place
            taken.add(place)
    unused = tuple(
        place for place, name in enumerate(header) if name.strip() and place not in taken
    )
    return Columns(at=at, unused=unused, names=tuple(name.strip() for name in header))


def parse_columns(texts: Iterable[str]) -> dict[str, str]:
    """Read `id=Ref,description=Activity`, once or several times.

    Raises:
        BadInput: A piece has no `=`, or names no field.
    """
    found: dict[str, str] = {}
    last = ""
    for piece in (piece for text in texts for piece in text.split(",")):
        field, equals, name = (part.strip() for part in piece.partition("="))
        if equals and field.lower() in ALL_FIELDS and name:
            last = field.lower()
            found[last] = name
        elif last and not equals:
            found[last] += f",{piece}"  # a comma within the name of a column
        else:
            raise BadInput(
                f"{piece.strip()!r} names no column",
                hint="Write --columns id=Ref,description=Activity; fields are "
                f"{', '.join(ALL_FIELDS)}.",
            )
    return found


ALL_FIELDS: Final = tuple(dict.fromkeys((*CONTROL_NAMES, *SYSTEM_NAMES)))
"""Every field that `--columns` may name."""


def _claims(name: str, names: Mapping[str, Sequence[str]]) -> list[tuple[int, str]]:
    """Return the fields that a column may be, each with a rank: the lower the surer."""
    for penalty, text in ((0, folded(name)), (100, folded(_BRACKETS.sub(" ", name)))):
        exact = [
            (penalty + rank.index(text), field) for field, rank in names.items() if text in rank
        ]
        if exact:
            return exact
    words = folded(name).split()
    if not words or len(words) > 6 or _OTHER_THINGS & set(words):
        return []
    telling = (field for field, marks in _WORDS.items() if marks & set(words) and field in names)
    return [(200, field) for field in telling][:1]
