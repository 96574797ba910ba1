"""Read an auditor's finding from YAML, and say with its line what is wrong with it."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from copilot.catalog import marked_yaml
from copilot.catalog.schema import problems_of
from copilot.domain.controls import ControlId
from copilot.domain.criteria import parse_criterion
from copilot.domain.findings import Decision, Finding, FindingForm, FindingKindId, Remediation
from copilot.errors import InvalidFinding, UnknownCriterion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from copilot.catalog.marked_yaml import MarkedYaml
    from copilot.catalog.marked_yaml import Path as At

LARGEST: Final = 200_000
"""Bytes; a finding is a page or two."""

_ID: Final = re.compile(r"\w[\w.-]*")
_HINT: Final = "`copilot draft response --template` prints a file with every field explained."

TEMPLATE: Final = """\
# An auditor's finding, and what management has to say to it so far. What is left out becomes an open
# question in the draft. Say nothing here that no record shows: the next audit looks every promise up.
id: F-2026-01
control: AC-03
criterion: CC6.2
# exception: the control did not operate as designed, and management accepts that
# observation: advice of the auditor, no exception was found
# disagreement: management disputes the facts
kind: exception

# What the auditor wrote.
test: >-
  What the auditor did to test the control.
population: all occurrences of the control in the period, and where the list came from
sample: 0 of 0 items
exceptions: >-
  Which items failed, what was expected, what was seen.
auditor_wording: >-
  The sentences of the auditor's draft report.
raised_on: 2026-01-31

# What management knows. Each line is optional.
# about: late-access-review        # what it is about, where the words alone do not tell
# status: open
# owner: Jo Berg                   # if it is not the owner of the control
# cause: >-
#   Why it happened: the step of the process that failed, without naming a person.
# effect: >-
#   What was looked at, and what was found.
# remediation:
#   - action: What is done, so that somebody else can check it
#     owner: Jo Berg
#     due: 2026-03-31
#     evidence: The record that will show that it was done
#     done_on: 2026-03-15          # only once it is done

# For an observation: was the advice accepted or declined, and why?
# decision: declined
# reason: >-
#   Why.

# For a disagreement: why, and each fact that speaks against the finding. A fact stands in the draft
# only if a source shows it; otherwise the draft asks for the record.
# disputes:
#   - The approval was recorded in the ticket on the day after the deployment.
"""


def _number_as_text(value: object) -> object:
    """Let `sample: 25` be what it looks like; nothing else that is not text is taken for text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _of_list(value: object, known: Collection[str], what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"it must be text, not {value!r}")  # noqa: TRY004  pydantic reports this one
    word = value.strip().lower()
    if word not in known:
        near = get_close_matches(word, known, n=1)
        meant = f"; did you mean {near[0]}?" if near else f". It is one of {', '.join(known)}."
        raise ValueError(f"{value!r} is no {what}{meant}")
    return word


Text = Annotated[str, Field(max_length=4_000)]
_Amount = Annotated[Text, BeforeValidator(_number_as_text)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Remediation(_Model):
    action: Annotated[str, Field(min_length=1, max_length=1_000)]
    owner: Text | None = None
    due: date | None = None
    evidence: Text | None = None
    done_on: date | None = None

    @field_validator("due", "done_on", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return _as_day(value)


class _Finding(_Model):
    id: Annotated[str, Field(max_length=60)]
    control: Annotated[str, Field(min_length=1, max_length=60)]
    criterion: str
    kind: FindingForm = FindingForm.EXCEPTION
    about: Text | None = None
    test: Text | None = None
    population: _Amount | None = None
    sample: _Amount | None = None
    exceptions: _Amount | None = None
    auditor_wording: Text | None = None
    raised_on: date | None = None
    status: Text | None = None
    owner: Text | None = None
    cause: Text | None = None
    effect: Text | None = None
    remediation: list[_Remediation] | None = None
    decision: Decision | None = None
    reason: Text | None = None
    disputes: list[Annotated[str, Field(min_length=1, max_length=1_000)]] | None = None

    @field_validator("id")
    @classmethod
    def _plain_id(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"{value!r} is no id; use letters, digits, dots and dashes")
        return value

    @field_validator("criterion")
    @classmethod
    def _known_criterion(cls, value: str) -> str:
        try:
            return parse_criterion(value)
        except UnknownCriterion as exc:
            raise ValueError(f"{exc}. {exc.hint}") from exc

    @field_validator("kind", "decision", mode="before")
    @classmethod
    def _known_word(cls, value: object, info: ValidationInfo) -> object:
        if info.field_name == "kind":
            return _of_list(value, list(FindingForm), "kind of finding")
        return None if value is None else _of_list(value, list(Decision), "decision")

    @field_validator("raised_on", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return _as_day(value)


def _as_day(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"a date is written as 2026-03-31, not {value!r}")  # noqa: TRY004  as above
    try:
        return date.fromisoformat(value.strip())
    except ValueError as exc:
        raise ValueError(f"{value!r} is no date; write it as 2026-03-31") from exc


def describes_finding(file: Path) -> bool:
    """Say whether a YAML file means to describe a finding: it names a control or a criterion."""
    try:
        text = file.read_bytes()[:LARGEST].decode("utf-8", "replace")
    except OSError:
        return True  # reading it says what is wrong
    return re.search(r"^(?:control|criterion):", text, re.MULTILINE) is not None


def read_finding(file: Path, *, kinds: Collection[str] = ()) -> Finding:
    """Return the finding that a file describes.

    Args:
        file: YAML, as `TEMPLATE` has it.
        kinds: What a finding may be `about`; anything if there are none.

    Raises:
        InvalidFinding: With one line for each problem, and the line that it is on.
    """
    try:
        raw = file.read_bytes()
    except OSError as exc:
        raise InvalidFinding([f"{file}: it cannot be read: {exc.strerror}"], hint=_HINT) from exc
    if len(raw) > LARGEST:
        raise InvalidFinding([f"{file}: {len(raw):,} bytes are no finding"], hint=_HINT)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        raise InvalidFinding(
            [f"{file}:{line}: byte 0x{raw[exc.start]:02x} is not UTF-8"], hint="Save it as UTF-8."
        ) from exc
    return parse_finding(text, name=str(file), kinds=kinds)


def parse_finding(text: str, *, name: str, kinds: Collection[str] = ()) -> Finding:
    """Return the finding that a YAML text describes; `name` is what problems call the text.

    Raises:
        InvalidFinding: With one line for each problem, and the line that it is on.
    """
    try:
        parsed = marked_yaml.parse(text)
    except RecursionError as exc:
        raise InvalidFinding([f"{name}: it is nested too deeply"], hint=_HINT) from exc
    problems = list(parsed.problems) or list(_problems(parsed, kinds))
    if problems:
        lines = [f"{name}:{line}: {said}" for line, said in sorted(set(problems))]
        raise InvalidFinding(lines, hint=_HINT)
    given = {key: one for key, one in parsed.value.items() if one is not None}
    return _finding(_Finding.model_validate(given))


def _problems(parsed: MarkedYaml, kinds: Collection[str]) -> Iterator[tuple[int, str]]:
    value = parsed.value
    if not isinstance(value, dict):
        yield 1, "a finding is a list of fields, such as `control: AC-03`"
        return
    given = {key: one for key, one in value.items() if one is not None}
    for path, said in problems_of(_Finding, given):
        yield parsed.line_of(path), f"{said}{_nearest(path, said)}"
    if not value.get("exceptions") and not value.get("auditor_wording"):
        yield 1, "a finding says what was found, in `exceptions` or `auditor_wording`"
    about = value.get("about")
    if isinstance(about, str) and kinds and about.strip().lower() not in kinds:
        nearest = get_close_matches(about.strip().lower(), kinds, n=1, cutoff=0.4)
        meant = f"; did you mean {nearest[0]}?" if nearest else ""
        yield parsed.line_of(("about",)), f"{about!r} is not what a finding can be about{meant}"


def _nearest(path: At, said: str) -> str:
    """Return what somebody may have meant who wrote a field that there is not."""
    if not said.startswith("there is no field"):
        return ""
    model = _Finding if len(path) == 1 else _Remediation
    near = get_close_matches(str(path[-1]).lower(), model.model_fields, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _finding(read: _Finding) -> Finding:
    plain: dict[str, Any] = {
        field: " ".join(value.split()) if isinstance(value, str) else ""
        for field in ("test", "population", "sample", "exceptions", "auditor_wording", "status",
                      "owner", "cause", "effect", "reason")
        for value in (getattr(read, field),)
    }  # fmt: skip
    return Finding(
        id=read.id,
        control=ControlId(read.control),
        criterion=parse_criterion(read.criterion),
        form=read.kind,
        about=FindingKindId(read.about.lower()) if read.about else None,
        raised_on=read.raised_on,
        remediation=tuple(_item(one) for one in read.remediation or ()),
        decision=read.decision,
        disputes=tuple(" ".join(one.split()) for one in read.disputes or ()),
        **plain,
    )


def _item(read: _Remediation) -> Remediation:
    return Remediation(
        action=" ".join(read.action.split()),
        owner=read.owner or "",
        due=read.due,
        evidence=" ".join((read.evidence or "").split()),
        done_on=read.done_on,
    )
