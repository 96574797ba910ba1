"""Settings, the workspace they belong to, and where the product's own data lies."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

import platformdirs
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from copilot.domain.criteria import Category
from copilot.domain.periods import Period, parse_period
from copilot.errors import InvalidPeriod, InvalidSettings, NoWorkspace

SETTINGS_FILE: Final = "copilot.toml"


def _period(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_period(value) if value.strip() else None
    except InvalidPeriod as exc:
        raise ValueError(f"{exc}. {exc.hint}") from exc


def _listed(value: object) -> object:
    return [one.strip() for one in value.split(",")] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Every setting: a key of `copilot.toml`, and `COPILOT_` with the key in capitals.

    The environment is stronger than the file.
    """

    model_config = SettingsConfigDict(
        env_prefix="COPILOT_",
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )

    company: str = ""
    """The company's name, as drafts use it."""
    period: Annotated[Period | None, NoDecode, BeforeValidator(_period)] = None
    """The audit period; evidence outside it is shown and does not count."""
    categories: Annotated[tuple[Category, ...], NoDecode, BeforeValidator(_listed)] = (
        Category.SECURITY,
    )
    """The categories in scope."""
    audit_type: Annotated[str, Field(pattern=r"^[Tt]ype (I|II|i|ii|1|2)$")] = "type II"
    database_url: str = ""
    """Where the truth is kept; a SQLite file of the workspace when empty."""
    principal: str = ""
    """Who asks when `--as` is not given; the operator, who reads everything, when empty."""
    encoder_threads: Annotated[int, Field(ge=0, le=256)] = 0
    """Cores that encoding may use; 0 leaves it to the runtime."""
    parse_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """How long reading one file may take."""
    parse_megabytes: Annotated[int, Field(ge=256)] = 2_048
    """How much memory reading one file may take."""
    file_megabytes: Annotated[int, Field(ge=1)] = 100
    """Larger files are refused."""
    readers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many files are read at the same time."""

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917  pydantic's signature
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values are passed in."""
        return env_settings, init_settings


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with `copilot.toml`, the company's files, and what is made from them."""

    root: Path
    settings: Settings

    @property
    def state(self) -> Path:
        """Where everything that the product makes is kept."""
        return self.root / ".copilot"

    @property
    def database_url(self) -> str:
        """The URL of the truth."""
        return self.settings.database_url or f"sqlite:///{self.state / 'truth.db'}"


def find_workspace(start: Path | None = None) -> Workspace:
    """Return the workspace that `COPILOT_HOME` names, or the nearest one upward.

    Raises:
        NoWorkspace: There is none.
        InvalidSettings: Its settings cannot be used.
    """
    named = os.environ.get("COPILOT_HOME")
    if named:
        root = Path(named).expanduser()
        if not root.is_dir():
            raise NoWorkspace(
                f"COPILOT_HOME names {root}, which is no folder", hint="Run `copilot init DIR`."
            )
        return Workspace(root.resolve(), read_settings(root / SETTINGS_FILE))
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return Workspace(folder, read_settings(folder / SETTINGS_FILE))
    raise NoWorkspace(
        f"no copilot.toml in {here} or above it",
        hint="Run `copilot init DIR` and go there, or set COPILOT_HOME to a workspace.",
    )


def read_settings(file: Path) -> Settings:
    """Return the settings of a file and the environment.

    Raises:
        InvalidSettings: With a line for each setting that cannot be used.
    """
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as exc:
        raise InvalidSettings(f"{file} cannot be read: {exc}") from exc
    try:
        return Settings(**given)
    except ValidationError as exc:
        problems = [_problem(error, file, text) for error in exc.errors(include_url=False)]
        raise InvalidSettings(
            "\n".join(problems), hint="docs/configure.md lists the settings."
        ) from exc


def _problem(error: Any, file: Path, text: str) -> str:
    key = str(error["loc"][0]) if error["loc"] else "?"
    variable = f"COPILOT_{key.upper()}"
    match = re.search(rf"^\s*{re.escape(key)}\s*=", text, re.MULTILINE)
    line = text.count("\n", 0, match.start(0) + len(match[0]) - 1) + 1 if match else 1
    where = variable if variable in os.environ else f"{file.name}:{line}"
    if error["type"] == "extra_forbidden":
        near = get_close_matches(key, Settings.model_fields, n=1)
        meant = f"; did you mean `{near[0]}`?" if near else ""
        return f"{where}: there is no setting `{key}`{meant}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: `{key}`: {message}"


def data_folder(name: str) -> Path:
    """Return the folder `knowledge` or `prompts` that ships with this package.

    A wheel carries them as `copilot/_data/`; a checkout has them beside the package.
    """
    package = Path(__file__).resolve().parent
    shipped = package / "_data" / name
    return shipped if shipped.is_dir() else package.parent / name


def cache_folder() -> Path:
    """Return where things that can be made anew are kept for this user.

    `COPILOT_CACHE_DIR` names another place.
    """
    named = os.environ.get("COPILOT_CACHE_DIR")
    return Path(named) if named else platformdirs.user_cache_path("soc2-copilot", appauthor=False)
