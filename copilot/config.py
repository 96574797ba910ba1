"""Settings, the workspace they belong to, and where the product's own data lies."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from copilot import setting_values
from copilot.domain.access import EVERYONE, Audience, Role
from copilot.domain.criteria import Category
from copilot.domain.periods import Period
from copilot.errors import InvalidSettings, NoWorkspace

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS_FILE: Final = "copilot.toml"

SERVER: Final = "COPILOT_SERVER"

_OTHER_VARIABLES: Final = frozenset(
    {
        "COPILOT_HOME",
        "COPILOT_CACHE_DIR",
        "COPILOT_DEBUG",
        "COPILOT_TOKEN",
        "COPILOT_TOKEN_FILE",
    }
)
"""Variables that are no settings of a workspace."""


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
    period: Annotated[Period | None, NoDecode, BeforeValidator(setting_values.period)] = None
    """The audit period; evidence outside it is shown and does not count."""
    categories: Annotated[
        tuple[Category, ...], NoDecode, BeforeValidator(setting_values.listed)
    ] = (Category.SECURITY,)
    """The categories in scope."""
    audit_type: Annotated[str, Field(pattern=r"^[Tt]ype (I|II|i|ii|1|2)$")] = "type II"
    database_url: str = ""
    """Where the truth is kept; a SQLite file of the workspace when empty."""
    principal: str = ""
    """Who asks when `--as` is not given; the operator, who reads everything, when empty."""
    encoder: str = ""
    """What turns texts into vectors: a sentence-transformers name or folder, or `openai:MODEL` for a
    server; the bundled model when empty."""
    encoder_base_url: str = ""
    """Where the encoder is served; OpenAI's own when empty."""
    encoder_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0
    """How long a call of an encoder that is served may take."""
    encoder_threads: Annotated[int, Field(ge=0, le=256)] = 0
    """Cores that encoding and a search may use; 0 for all of them."""
    parse_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """How long reading one file may take."""
    parse_megabytes: Annotated[int, Field(ge=256)] = 2_048
    """How much memory reading one file may take."""
    file_megabytes: Annotated[int, Field(ge=1)] = 100
    """Larger files are refused."""
    askers: Annotated[int, Field(ge=0, le=64)] = 0
    """Processes of `copilot serve` that compose answers, some 250 MB each; 0 for one for each core."""
    readers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many files are read at the same time."""
    model: str = ""
    """The language model as provider and name; answers are composed without one when empty."""
    base_url: str = ""
    """Where the model is served, if not at its provider's usual address."""
    api_key_file: str = ""
    """A file with the model's key; the provider's own variable holds it when empty."""
    judge: str = ""
    """A second model that has a say on claims; none when empty."""
    model_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    """How long a whole answer may wait for the model."""
    model_max_tokens: Annotated[int, Field(ge=64, le=32_768)] = 1_500
    """The most tokens that the model may write in one reply."""
    model_map_calls: Annotated[int, Field(ge=0, le=10_000)] = 20
    """How many calls of the model mapping one list may take; with 0 it is not asked."""
    never_send: Annotated[
        tuple[Audience, ...], NoDecode, BeforeValidator(setting_values.audiences)
    ] = ()
    """Audiences whose sources never go to a model on another machine."""
    hide: Annotated[tuple[str, ...], NoDecode, BeforeValidator(setting_values.patterns)] = ()
    """Regular expressions of what is replaced by a placeholder before anything goes to a model."""
    server: Annotated[str, AfterValidator(setting_values.web_address)] = ""
    """The running service that carries out commands, as `--server` does; this machine when empty."""
    public_url: Annotated[str, AfterValidator(setting_values.web_address)] = ""
    """What the service is called by from outside; host and port of `copilot serve` when empty."""
    oidc_issuer: Annotated[str, AfterValidator(setting_values.web_address)] = ""
    """The company's sign-in service, by OpenID Connect; nobody signs in with one when empty."""
    oidc_client_id: str = ""
    """What the sign-in service calls this service."""
    oidc_client_secret_file: str = ""
    """A file with the secret that the sign-in service has given out; `OIDC_CLIENT_SECRET` when empty."""
    oidc_domains: Annotated[tuple[str, ...], NoDecode, BeforeValidator(setting_values.domains)] = ()
    """Domains of addresses whose people may sign in without being listed."""
    oidc_roles: Annotated[
        dict[str, Role], NoDecode, BeforeValidator(setting_values.roles_of_groups)
    ] = {}
    """Roles by groups of the sign-in service."""
    oidc_audiences: Annotated[
        dict[str, frozenset[Audience]],
        NoDecode,
        BeforeValidator(setting_values.audiences_of_groups),
    ] = {}
    """Audiences by groups of the sign-in service."""
    slack_members: Annotated[
        tuple[Audience, ...], NoDecode, BeforeValidator(setting_values.audiences)
    ] = (EVERYONE,)
    """Audiences of full members of the Slack workspace who are not listed as people."""
    slack_channels: Annotated[
        dict[str, frozenset[Audience]],
        NoDecode,
        BeforeValidator(setting_values.audiences_of_groups),
    ] = {}
    """Audiences whose sources may be quoted in a channel, by its id, if all its members hold them."""
    slack_compliance_channel: str = ""
    """The id of the channel that questions are passed on to; nowhere in Slack when empty."""
    slack_digest: bool = False
    """Tell reviewers once a day what waits, in place of a message for each draft."""
    model_price: Annotated[
        tuple[float, float] | None, NoDecode, BeforeValidator(setting_values.prices)
    ] = None
    """What a million tokens cost in US dollars: read, written."""

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
    def api_key_file(self) -> Path | None:
        """The file with the model's key, if one is named; relative to the workspace."""
        named = self.settings.api_key_file.strip()
        return self.root / Path(named).expanduser() if named else None

    @property
    def oidc_client_secret_file(self) -> Path | None:
        """The file with the sign-in service's secret, if one is named; relative to the workspace."""
        named = self.settings.oidc_client_secret_file.strip()
        return self.root / Path(named).expanduser() if named else None

    @property
    def database_url(self) -> str:
        """The URL of the truth."""
        if self.settings.database_url:
            return self.settings.database_url
        file = str(self.state / "truth.db")
        # In a URL these two would mean something else, and another file would be written.
        return f"sqlite:///{file.replace('%', '%25').replace('?', '%3F')}"


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
                f"COPILOT_HOME names {root}, which is no folder",
                hint=f"Run `copilot init {root}`, or set COPILOT_HOME to a workspace.",
            )
        return Workspace(root.resolve(), read_settings(root / SETTINGS_FILE))
    try:
        here = (start or Path.cwd()).resolve()
    except FileNotFoundError as exc:
        raise NoWorkspace("the folder that you are in is gone", hint="Go to another.") from exc
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
        # A mark at the start is what some editors leave; it is no part of the settings.
        text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise InvalidSettings(
            f"{file} is not valid TOML: {exc}",
            hint='A line is KEY = VALUE, with text in quotes: company = "Example Ltd".',
        ) from exc
    except UnicodeDecodeError as exc:
        raise InvalidSettings(
            f"{file} cannot be read: it is not UTF-8", hint="Save it as UTF-8."
        ) from exc
    except OSError as exc:
        raise InvalidSettings(f"{file} cannot be read: {exc.strerror}") from exc
    try:
        return Settings(**given)
    except ValidationError as exc:
        errors = exc.errors(include_url=False)
        unknown = any(error["type"] == "extra_forbidden" for error in errors)
        raise InvalidSettings(
            "\n".join(dict.fromkeys(_problem(error, file, text) for error in errors)),
            hint=f"The settings are {', '.join(Settings.model_fields)}." if unknown else "",
        ) from exc


def misspelt_variables() -> Iterator[str]:
    """Yield a line for each environment variable that looks like a setting and is none.

    Other products use the same beginning, so only near misses are named.
    """
    names = {f"COPILOT_{name.upper()}" for name in Settings.model_fields} | _OTHER_VARIABLES
    for name in sorted(os.environ):
        if name.startswith("COPILOT_") and name.upper() not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.85)
            if near:
                yield f"{name} sets nothing; {near[0]} is a setting."


def _problem(error: Any, file: Path, text: str) -> str:
    """Return one line: where the setting stands, which it is, what it takes."""
    key = str(error["loc"][0]) if error["loc"] else "?"
    variable = f"COPILOT_{key.upper()}"
    if error["type"] != "extra_forbidden" and variable in os.environ:
        where = variable
    else:
        match = re.search(rf"^[ \t\[\"']*{re.escape(key)}[\"'\] \t.]*", text, re.MULTILINE)
        where = f"{file.name}:{text.count(chr(10), 0, match.start()) + 1}" if match else file.name
    if error["type"] == "extra_forbidden":
        near = get_close_matches(key.lower(), Settings.model_fields, n=1)
        meant = f"; did you mean `{near[0]}`?" if near else ""
        return f"{where}: there is no setting `{key}`{meant}"
    return f"{where}: `{key}` {_expected(error, key)}"


def _expected(error: Any, key: str) -> str:
    """Say in plain words what a setting takes; the value itself is shown only where harmless."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "enum":
            return f"has {error['input']!r}; it takes {', '.join(Category)}"
        case "tuple_type":
            return f"takes a list, such as [{', '.join(map(repr, list(Category)[:2]))}]"
        case "string_type":
            return "takes text, in quotes"
        case "string_pattern_mismatch" if key == "audit_type":
            return 'takes "type I" or "type II"'
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            least = "more than" if "gt" in limits else "at least"
            return (
                f"takes at most {limits.get('lt', limits.get('le'))}"
                if limits.keys() & {"lt", "le"}
                else f"takes {least} {limits.get('gt', limits.get('ge'))}"
            )
        case kind if kind.startswith("int_"):
            return "takes a whole number"
        case kind if kind.startswith("float_"):
            return "takes a number"
        case _:
            return f"cannot be used: {str(error['msg']).removeprefix('Value error, ')}"


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
