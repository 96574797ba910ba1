"""Prompts: versioned files that are filled in strictly.

A prompt is a Markdown file with a front matter of `name`, `version` and `variables`, and two sections,
`# System` and `# User`. A variable is written `$name`; a dollar sign is written `$$`. Values are put in
once and never read as a template themselves, so that a document cannot fill in another variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.domain.prompting import RenderedPrompt
from copilot.errors import InvalidPrompt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_FRONT: Final = re.compile(r"\A\ufeff?---\r?\n(.*?)\r?\n---\r?\n(.*)\Z", re.DOTALL)
_PARTS: Final = re.compile(r"\A\s*# System\s*\n(.*?)\n# User\s*\n(.*)\Z", re.DOTALL)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,59}")
_KEYS: Final = frozenset({"name", "version", "variables"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One file of prompts."""

    name: str
    version: str
    """A number, or a company's own mark such as `2-acme`."""
    variables: frozenset[str]
    system: str
    user: str

    def render(self, values: Mapping[str, str]) -> RenderedPrompt:
        """Return the prompt with its variables filled in.

        Raises:
            InvalidPrompt: A value is missing or surplus.
        """
        if wrong := values.keys() ^ self.variables:
            missing = ", ".join(sorted(self.variables - values.keys()))
            surplus = ", ".join(sorted(values.keys() - self.variables))
            said = [f"without a value for {missing}"] * bool(missing)
            said += [f"with a value for {surplus}, which it does not have"] * bool(surplus)
            raise InvalidPrompt(
                f"prompt {self.name}@{self.version} was filled in {' and '.join(said)}",
                hint=f"wrong: {', '.join(sorted(wrong))}",
            )
        return RenderedPrompt(
            system=Template(self.system).substitute(values).strip(),
            user=Template(self.user).substitute(values).strip(),
            source=f"{self.name}@{self.version}",
        )


class Prompts:
    """The prompts of the product, each of which a workspace may replace with its own."""

    def __init__(self, shipped: Path, own: Path | None = None) -> None:
        """Name the folders.

        Args:
            shipped: The product's prompts.
            own: The workspace's; a file of the same name there is used instead.
        """
        self._shipped = shipped
        self._own = own

    def load(self, name: str) -> Prompt:
        """Return a prompt.

        Raises:
            InvalidPrompt: Its file breaks the form, or the workspace's own declares other variables
                than the product's, which is what will be filled in.
        """
        shipped = read_prompt(self._shipped / f"{name}.md")
        own = self._own / f"{name}.md" if self._own else None
        if own is None or not own.is_file():
            return shipped
        prompt = read_prompt(own)
        if prompt.name != shipped.name:
            raise InvalidPrompt(f"{own}: `name` is {prompt.name}, and must be {shipped.name}")
        if surplus := prompt.variables - shipped.variables:
            raise _unknown(own, surplus, shipped.variables)
        if missing := shipped.variables - prompt.variables:
            raise InvalidPrompt(
                f"{own}: the variable {_listed(missing)} is missing",
                hint="Each variable of the product's prompt must be used, as it carries the question, "
                "the sources or the rules of the check.",
            )
        return prompt

    def names(self) -> Sequence[str]:
        """Return the names of the prompts that there are."""
        return sorted(one.stem for one in self._shipped.glob("*.md") if one.stem != "README")

    def own_names(self) -> Sequence[str]:
        """Return the names of the files in the workspace's folder, whether they replace one or not."""
        return sorted(one.stem for one in self._own.glob("*.md")) if self._own else []


def read_prompt(file: Path) -> Prompt:
    """Return the prompt of a file.

    Raises:
        InvalidPrompt: It cannot be read or breaks the form; file and line are named.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise InvalidPrompt(f"{file} cannot be read: {why}") from exc
    match = _FRONT.match(text)
    if match is None:
        raise InvalidPrompt(
            f"{file}:1: a prompt begins with its front matter between two lines of `---`",
            hint="It has name, version and variables.",
        )
    about = _about(file, match[1])
    line = 1 + text.count("\n", 0, match.start(2))
    parts = _PARTS.match(match[2])
    if parts is None:
        raise InvalidPrompt(f"{file}:{line}: the text must have `# System` and then `# User`")
    variables = frozenset(str(one) for one in about["variables"])
    _check_used(file, line, match[2], variables)
    return Prompt(
        name=str(about["name"]),
        version=str(about["version"]),
        variables=variables,
        system=parts[1].strip(),
        user=parts[2].strip(),
    )


def _about(file: Path, front: str) -> dict[str, Any]:
    try:
        about = yaml.safe_load(front)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise InvalidPrompt(f"{file}:{line}: the front matter is not valid YAML") from exc
    if not isinstance(about, dict) or about.keys() != _KEYS:
        raise InvalidPrompt(
            f"{file}:2: the front matter has name, version and variables, no others"
        )
    if not _NAME.fullmatch(str(about["name"])):
        raise InvalidPrompt(f"{file}:2: `name` is lower-case words with dashes")
    if not str(about["version"] or "").strip():
        raise InvalidPrompt(f"{file}:2: `version` is empty")
    if not isinstance(about["variables"], list):
        raise InvalidPrompt(f"{file}:2: `variables` is a list of names")
    return about


def _check_used(file: Path, line: int, body: str, declared: frozenset[str]) -> None:
    used: set[str] = set()
    for match in Template.pattern.finditer(body):
        at = line + body.count("\n", 0, match.start())
        if match["invalid"] is not None:
            raise InvalidPrompt(f"{file}:{at}: a dollar sign in the text is written `$$`")
        name = match["named"] or match["braced"]
        if name is None:
            continue
        if name not in declared:
            raise InvalidPrompt(
                f"{file}:{at}: the variable `${name}` is not declared",
                hint=f"Declared are {_listed(declared)}.",
            )
        used.add(name)
    if unused := declared - used:
        raise InvalidPrompt(f"{file}:2: {_listed(unused)} is declared and not used")


def _unknown(file: Path, surplus: frozenset[str], known: frozenset[str]) -> InvalidPrompt:
    return InvalidPrompt(
        f"{file}:2: there is no variable {_listed(surplus)} for this prompt",
        hint=f"It has {_listed(known)}.",
    )


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
