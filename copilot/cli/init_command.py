"""`copilot init`: make a workspace, plain or from the answers to a handful of questions."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from copilot import config
from copilot.cli.console import shown, write
from copilot.domain.companies import PROFILE_FILE, CompanyProfile
from copilot.errors import BadInput
from copilot.ingestion.folders import WORKSPACE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copilot.cli.init_questions import Chosen

_TEMPLATE: Final = """\
# Settings of this workspace. Each is also an environment variable: COPILOT_ and the key in capitals.
company = ""
# period = "2026-01-01..2026-12-31"
categories = ["security"]
audit_type = "type II"
"""


def init(
    place: Annotated[str, typer.Argument(metavar="DIR", help="Where the workspace is made.")],
    guided: Annotated[
        bool,
        typer.Option(
            "--guided", help="Ask what most drafts need, suggest a scope, and fill in the files."
        ),
    ] = False,
) -> None:
    """Make a workspace: settings, the company's profile, and folders for its files."""
    from copilot.drafting import outlines, profile_writing

    if not place.strip():
        # As a path it would be the folder that one stands in.
        raise BadInput(
            "the name of the folder is empty", hint="For example: copilot init our-audit"
        )
    folder = Path(place)
    _refuse_taken(folder, guided=guided)
    terms = outlines.load_terms(config.data_folder("knowledge") / "policies")
    profile, settings = CompanyProfile(), _TEMPLATE
    if guided:
        from copilot.cli.init_questions import ask_everything

        chosen = ask_everything(terms)
        profile, settings = chosen.profile, _settings(chosen)
    files = {
        folder / PROFILE_FILE: profile_writing.profile_text(profile, terms=terms),
        # The last, since it makes the folder a workspace.
        folder / config.SETTINGS_FILE: settings,
    }
    with _all_or_nothing() as made:
        _make(folder, files, made)
    _print_next(folder, profile)


def _refuse_taken(folder: Path, *, guided: bool) -> None:
    if (folder / config.SETTINGS_FILE).exists():
        raise BadInput(f"{folder} is a workspace already", hint="Nothing was changed.")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file", hint="Name a folder.")
    if guided and (folder / PROFILE_FILE).exists():
        raise BadInput(
            f"{folder / PROFILE_FILE} is there already, and would be replaced by your answers",
            hint="Move it away, or run `copilot init` without --guided, which keeps it.",
        )


def _settings(chosen: Chosen) -> str:
    """Return `copilot.toml` as chosen; JSON's texts and lists are TOML's too."""
    listed = ", ".join(f'"{one}"' for one in chosen.categories)
    period = f'period = "{chosen.period}"' if chosen.period else _TEMPLATE.splitlines()[2]
    return "\n".join(
        [
            _TEMPLATE.splitlines()[0],
            f"company = {json.dumps(chosen.profile.name, ensure_ascii=False)}",
            period,
            f"categories = [{listed}]",
            f'audit_type = "{chosen.audit_type}"',
            "",
        ]
    )


@contextlib.contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    """Yield a list for what is being made; if it is not finished, all of it is taken away again."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            # A folder that somebody has put something into meanwhile stays.
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _make(folder: Path, files: Mapping[Path, str], made: list[Path]) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for path in (*reversed(missing), *(folder / name for name in WORKSPACE_FOLDERS)):
        if not path.exists():
            path.mkdir()
            made.append(path)
    for path, text in files.items():
        if not path.exists():
            made.append(path)
            path.write_text(text, encoding="utf-8")


def _print_next(folder: Path, profile: CompanyProfile) -> None:
    named = "this folder" if folder.resolve() == Path.cwd() else f"[bold]{shown(str(folder))}[/]"
    write(f"Made a workspace in {named}.")
    if not profile.name:
        write(f"Say in its [bold]{PROFILE_FILE}[/] who you are; drafts are filled from it.")
    write("Put policies and evidence into its folders, go there, and run:")
    write()
    write("[bold]copilot ingest[/]", indent=2)
    write('[bold]copilot ask "How do I prove that we review access?"[/]', indent=2)
