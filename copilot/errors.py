"""Everything that this package raises on purpose, as one tree.

CopilotError
 x BadInput                what a person or a file gave us cannot be used as it is
   + InvalidKnowledge      files of `knowledge/` break their schema
   + UnknownCriterion      an id that is no criterion
   + InvalidAudience       a word that cannot name an audience
   + InvalidPeriod         dates that make no period
   + InvalidSettings       copilot.toml or the environment hold something unusable
   + InvalidManifest       a manifest, sidecar or front matter that cannot be used
   + UnknownPrincipal      `--as` names nobody
   + NoWorkspace           there is no workspace here
   + UnreadableFile        one file cannot be ingested; the reason is for its owner
 x WorkspaceBusy           another process is writing this workspace
 x TruthUnavailable        the database cannot be opened or is of another version
 x IndexUnavailable        a derived index cannot be opened, even after a rebuild
 x EncoderUnavailable      the encoder cannot be made ready
 x UnsupportedClaim        a citation does not hold
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class CopilotError(Exception):
    """Base of everything this package raises on purpose.

    Attributes:
        hint: What the reader can do next; empty when there is nothing better than the message.
        retryable: Whether the same call may succeed later without a change.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class BadInput(CopilotError):
    """What a person or a file gave us cannot be used as it is."""


class UnknownCriterion(BadInput):
    """An id that is none of the 61 criteria."""


class InvalidAudience(BadInput):
    """A word that cannot name an audience."""


class InvalidPeriod(BadInput):
    """Dates that make no period."""


class InvalidSettings(BadInput):
    """`copilot.toml` or the environment hold something unusable."""


class InvalidManifest(BadInput):
    """A manifest, a sidecar or front matter cannot be used."""


class UnknownPrincipal(BadInput):
    """A person or role that nobody has."""


class NoWorkspace(BadInput):
    """There is no workspace where one was looked for."""


class UnreadableFile(BadInput):
    """A file cannot be ingested; message and hint are for the person who owns it."""


class InvalidKnowledge(BadInput):
    """One or more files of the knowledge folder break their schema.

    Attributes:
        problems: One line for each problem, `file:line: what is wrong`.
    """

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(problems), hint=hint)
        self.problems = tuple(problems)


class WorkspaceBusy(CopilotError):
    """Another process is writing this workspace; it is named with its id."""

    retryable = True


class TruthUnavailable(CopilotError):
    """The database cannot be opened, or has a schema that this version does not know."""


class IndexUnavailable(CopilotError):
    """A derived index cannot be opened, even after it was built anew."""

    retryable = True


class EncoderUnavailable(CopilotError):
    """The encoder's model cannot be found, converted or loaded."""


class UnsupportedClaim(CopilotError):
    """A citation does not hold, and so its claim is not shown."""
