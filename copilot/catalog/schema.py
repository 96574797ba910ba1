"""What a file of `knowledge/` must look like, and what is said when it does not.

Bounds on length come from reading the pages aloud: shorter says nothing, longer is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from copilot.domain.criteria import Category, Frequency, Voice, parse_criterion
from copilot.errors import UnknownCriterion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails


def _criterion(text: str) -> str:
    try:
        known = parse_criterion(text)
    except UnknownCriterion as exc:
        raise ValueError(f"{exc}. {exc.hint}") from exc
    if known != text:
        raise ValueError(f"write the id as {known}")
    return text


def unbroken(text: str) -> str:
    """Return prose as it is; the door for every text of `knowledge/`.

    Raises:
        ValueError: It has line breaks or doubled spaces.
    """
    if text != " ".join(text.split()):
        raise ValueError("holds a blank line or doubled spaces; use a folded block (>-)")
    return text


Id = Annotated[str, AfterValidator(_criterion)]
Short = Annotated[str, Field(min_length=3, max_length=120), AfterValidator(unbroken)]
Text = Annotated[str, Field(min_length=20, max_length=900), AfterValidator(unbroken)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class _PointOfFocus(_Model):
    id: str
    name: Short
    text: Text
    only_for: list[Category] = []


class _Audit(_Model):
    inquiry: Text
    questions: Annotated[list[Text], Field(min_length=3)]
    observation: Text
    inspection: Text
    requests: Annotated[
        list[Annotated[str, Field(min_length=8, max_length=200)]], Field(min_length=3)
    ]
    reperformance: Text
    population: Text
    sample: Text


class _Evidence(_Model):
    record: Short
    system: Short
    frequency: Frequency
    good: Text
    weak: Text


class _ExampleControl(_Model):
    text: Text
    owner: Short
    frequency: Frequency
    style: Voice
    also: list[Id] = []


class _Gap(_Model):
    gap: Annotated[str, Field(min_length=10, max_length=200), AfterValidator(unbroken)]
    first_step: Text


class _Neighbour(_Model):
    criterion: Id
    difference: Text


class _Criterion(_Model):
    id: Id
    title: Short
    statement: Text
    why: Text
    prove: Text
    asked_as: Annotated[
        list[Annotated[str, Field(min_length=10, max_length=160)]], Field(min_length=4)
    ]
    points_of_focus: Annotated[list[_PointOfFocus], Field(min_length=1)]
    audit: _Audit
    evidence: Annotated[list[_Evidence], Field(min_length=3)]
    example_controls: Annotated[list[_ExampleControl], Field(min_length=8)]
    gaps: Annotated[list[_Gap], Field(min_length=3)]
    policies: Annotated[list[str], Field(min_length=1)]
    neighbours: list[_Neighbour] = []


class SeriesFile(_Model):
    """A file of `knowledge/tsc/`."""

    series: Annotated[str, Field(pattern=r"^(CC[1-9]|A|C|PI|P)$")]
    title: Short
    category: Category
    summary: Text
    criteria: Annotated[list[_Criterion], Field(min_length=1)]


class PolicyKindFile(_Model):
    """`knowledge/policy-kinds.yaml`, under the key `kinds`."""

    class Kind(_Model):
        """One kind of policy."""

        id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
        title: Short

    kinds: Annotated[list[Kind], Field(min_length=1)]


class TermsFile(_Model):
    """`knowledge/terms.yaml`: groups of words that mean the same."""

    groups: Annotated[
        list[Annotated[list[Annotated[str, Field(min_length=2)]], Field(min_length=1)]],
        Field(min_length=1),
    ]


class FrontMatter(_Model):
    """The front matter of a page in `knowledge/guidance/`."""

    class Question(_Model):
        """A question and the heading that it is answered under."""

        question: Annotated[str, Field(min_length=10, max_length=160)]
        section: Short

    title: Short
    summary: Text
    criteria: list[Id] = []
    questions: Annotated[list[Question], Field(min_length=1)]


def problems_of(model: type[BaseModel], value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the path and a plain sentence for everything in `value` that `model` refuses."""
    try:
        model.model_validate(value)
    except ValidationError as exc:
        for error in exc.errors(include_url=False):
            yield error["loc"], _sentence(error)


_SENTENCES: Final = {
    "missing": "the field {where} is missing",
    "extra_forbidden": "there is no field {where}",
    "string_type": "{where} must be text, not {given}",
    "list_type": "{where} must be a list, not {given}",
    "model_type": "{where} must be a mapping, not {given}",
    "string_too_short": "{where} is too short: at least {min_length} characters",
    "string_too_long": "{where} is too long: at most {max_length} characters",
    "too_short": "{where} has {actual_length} items, at least {min_length} are needed",
    "enum": "{where} is {given}, not one of {expected}",
    "value_error": "{where}: {error}",
}


def _sentence(error: ErrorDetails) -> str:
    where = f"`{error['loc'][-1]}`" if error["loc"] else "the file"
    template = _SENTENCES.get(error["type"])
    if template is None:
        return f"{where}: {error['msg']}"
    given = repr(str(error["input"])[:60])
    return template.format(where=where, given=given, **error.get("ctx", {}))
