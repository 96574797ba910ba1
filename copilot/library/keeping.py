"""The library: take a file in, say what it is, put it away; each for those who may, and logged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.documents import SourcePath, may_read
from copilot.domain.event_log import Happening
from copilot.errors import BadInput, FileInTheWay, NotPermitted, NotThere, OverLimits, WrongStep
from copilot.library import describing
from copilot.library.changing import Change
from copilot.library.describing import Description
from copilot.library.names import safe_name
from copilot.library.places import check_folder, file_at, is_place, parse_folder, sidecars_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from copilot.domain.access import Principal
    from copilot.domain.documents import Refusal, Source
    from copilot.library.changing import Changing
    from copilot.library.describing import Overruled
    from copilot.ports import Truth

ADDED: Final = "added a source"
REPLACED: Final = "replaced a source"
DESCRIBED: Final = "described a source"
REMOVED: Final = "removed a source"
"""What the event log calls these steps."""

MEGABYTE: Final = 1_000_000

ELSEWHERE: Final = "it is described where it stands, outside the folders of the workspace"

Check = Callable[[str], None]
"""Is given the state that something is in, and raises if that is not what somebody saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file that somebody gives."""

    name: str
    """What it is called elsewhere."""
    folder: str
    """Where it goes: `policies`, `evidence`, `controls` or `findings`."""
    content: Iterable[bytes]
    said: Mapping[str, object] = field(default_factory=dict)
    """What they say about it, by the names of `Metadata`."""
    replace: bool = False
    """Whether a file of that name may go for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that was taken in and waits to be ingested."""

    path: SourcePath
    size: int
    sha256: str
    replaced: bool


class SourceLibrary:
    """The files of one workspace, for people who work with them."""

    def __init__(
        self,
        root: Path,
        *,
        truth: Truth,
        changing: Changing,
        largest: int,
        held: Callable[[SourcePath], str],
    ) -> None:
        """Take the parts.

        Args:
            root: The workspace.
            truth: What was ingested.
            changing: Changes files.
            largest: Bytes that a file may have.
            held: Returns why a file must stay as it is, such as that it is an approved policy; empty if
                it need not.
        """
        self._root = root
        self._truth = truth
        self._changing = changing
        self._largest = largest
        self._held = held

    def settle(self) -> None:
        """Finish or drop what a process left half done that was killed while it changed something.

        Raises:
            WorkspaceNotWritable: The workspace can only be read.
        """
        with self._changing.alone():
            pass

    def put(self, given: Given, *, principal: Principal) -> Kept:
        """Take a file in; it is there whole with what is said about it, or not at all.

        Raises:
            BadInput: The name, the folder or what is said cannot be used, or the file is empty.
            OverLimits: It is larger than allowed.
            FileInTheWay: A file of that name is there and is not to be replaced.
            NotPermitted: The principal may not give files, or not replace that one.
            WorkspaceNotWritable: The workspace cannot be written, or its disk is full.
        """
        _check_gives(principal)
        folder = parse_folder(given.folder)
        path = SourcePath(f"{folder}/{safe_name(given.name)}")
        check_folder(self._root, folder)
        self._described(path, None, given.said)  # before anything is received
        with self._changing.receiving(folder) as part:
            size, digest = self._receive(given.content, part)
            with self._changing.alone():
                there, source = self._before(path, given, principal)
                about = self._described(path, source, given.said) if given.said else None
                self._changing.carry_out(
                    Change(path=path, file=part, about=about),
                    Happening(
                        who=principal.id,
                        action=REPLACED if there else ADDED,
                        about=path,
                        detail={"bytes": str(size), "sha256": digest},
                    ),
                )
        return Kept(path=path, size=size, sha256=digest, replaced=there)

    def describe(
        self, path: str, wanted: Mapping[str, object], *, principal: Principal, check: Check
    ) -> tuple[Description, list[Overruled]]:
        """Say something else about a file, and return what is said now and what holds all the same.

        Args:
            path: The file.
            wanted: Fields and their values; one without a value is emptied, one that is not named stays.
            principal: Who says so.
            check: Is given the state that the description is in, and raises if it is not the one that
                the principal saw.

        Raises:
            NotThere: There is no such file, or it is not for the principal.
            NotPermitted: They may not say what files are.
            BadInput: A value cannot be used.
        """
        _check_edits(principal)
        with self._changing.alone():
            file, source, before = self._found(path, principal)
            check(before.state)
            text, overruled = describing.described_anew(file, before.path, source, wanted)
            self._changing.carry_out(
                Change(path=before.path, about=text),
                Happening(
                    who=principal.id,
                    action=DESCRIBED,
                    about=path,
                    detail={"fields": ", ".join(sorted(wanted))},
                ),
            )
            return describing.describe(file, before.path, source), overruled

    def remove(self, path: str, *, principal: Principal, check: Check) -> None:
        """Put a file away, with what is said about it; it can be had back from the workspace's state.

        Args:
            path: The file.
            principal: Who wants it to go.
            check: As in `describe`.

        Raises:
            NotThere: There is no such file, or it is not for the principal.
            NotPermitted: They may not remove files.
            WrongStep: The file has to stay.
        """
        _check_edits(principal)
        with self._changing.alone():
            _, _, before = self._found(path, principal)
            check(before.state)
            self._check_free(before.path)
            self._changing.carry_out(
                Change(path=before.path, gone=True),
                Happening(who=principal.id, action=REMOVED, about=path),
            )

    def description(self, path: str, *, principal: Principal) -> Description:
        """Return what is said about a file now.

        Raises:
            NotThere: There is no such file, or it is not for the principal.
        """
        source = self.source(path, principal=principal)
        if source is not None and not is_place(path):
            # Of the catalog, or of a folder elsewhere that is ingested too.
            return Description(
                path=source.path, metadata=source.metadata, said_by={}, state="", problem=ELSEWHERE
            )
        return self._found(path, principal)[2]

    def refused(self, refusals: Iterable[Refusal], *, principal: Principal) -> list[Refusal]:
        """Return the files that were refused, of those that somebody may know of.

        What was refused has not got as far as having an audience: those who review see it, unless what
        is said about it already keeps it from them.
        """
        if not principal.reviews:
            return []
        return [one for one in refusals if self._may_know(SourcePath(one.path), principal)]

    def source(self, path: str, *, principal: Principal) -> Source | None:
        """Return a source as it was ingested; nothing if it never was, or is not for the principal."""
        sources = self._truth.sources(principal=principal)
        return next((one for one in sources if one.path == path), None)

    # What stands in the way

    def _found(self, path: str, principal: Principal) -> tuple[Path, Source | None, Description]:
        """Return a file, what was ingested of it, and what is said about it now.

        One that was never ingested, since it is new or was refused, is there for those who review.
        """
        source = self.source(path, principal=principal)
        file = file_at(self._root, SourcePath(path))
        known = source is not None or (
            principal.reviews and SourcePath(path) not in self._truth.fingerprints()
        )
        if file is not None and known:
            description = describing.describe(file, SourcePath(path), source)
            if may_read(principal, description.metadata):
                return file, source, description
        raise NotThere(
            f"there is no file {path[:200]!r}", hint="The library lists those that you may read."
        )

    def _may_know(self, path: SourcePath, principal: Principal) -> bool:
        file = file_at(self._root, path)
        return file is None or may_read(principal, describing.describe(file, path, None).metadata)

    def _before(
        self, path: SourcePath, given: Given, principal: Principal
    ) -> tuple[bool, Source | None]:
        """Say whether a file is there that goes for another, and return what was ingested of it.

        Raises:
            FileInTheWay: It must not go, or what is said about another file would hold for this one.
        """
        file = self._root / path
        if not os.path.lexists(file):
            if given.said and sidecars_of(file):
                raise FileInTheWay(
                    f"something is said already about a file called {path}",
                    hint="Give the file another name.",
                )
            return False, None
        if not given.replace:
            raise FileInTheWay(
                f"{path} is there already",
                hint="Give the file another name, or have somebody who may replace the other.",
            )
        _check_edits(principal)
        self._check_free(path)
        try:
            _, source, _ = self._found(path, principal)
        except NotThere as exc:
            raise FileInTheWay(
                f"{path} is there already and not yours to replace",
                hint="Give the file another name.",
            ) from exc
        return True, source

    def _described(
        self, path: SourcePath, source: Source | None, said: Mapping[str, object]
    ) -> str:
        text, _ = describing.described_anew(self._root / path, path, source, said)
        return text

    def _receive(self, content: Iterable[bytes], part: Path) -> tuple[int, str]:
        """Write what comes into a file, and return its size and its SHA-256."""
        size, digest = 0, hashlib.sha256()
        with part.open("wb") as file:
            for chunk in content:
                size += len(chunk)
                if size > self._largest:
                    megabytes = self._largest // MEGABYTE
                    raise OverLimits(
                        f"the file is larger than {megabytes:,} MB",
                        hint="Make it smaller, or raise `file_megabytes` in copilot.toml.",
                    )
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise BadInput("the file is empty", hint="Save it again where it comes from.")
        return size, digest.hexdigest()

    def _check_free(self, path: SourcePath) -> None:
        if why := self._held(path):
            raise WrongStep(
                f"{path} stays as it is: {why}",
                hint="Make a new version of it under drafts; its approval replaces the file.",
            )


def _check_gives(principal: Principal) -> None:
    if not principal.reviews and principal.role is not Role.ENGINEER:
        raise NotPermitted(
            f"{principal.id} may not add files: the role is {principal.role}",
            hint="The roles engineer, compliance and admin may.",
        )


def _check_edits(principal: Principal) -> None:
    if not principal.reviews:
        raise NotPermitted(
            f"{principal.id} may not change files: the role is {principal.role}",
            hint="The roles compliance and admin may.",
        )
