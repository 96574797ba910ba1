"""Everything that this package raises on purpose, as one tree.

CopilotError
 x BadInput                what a person or a file gave us cannot be used as it is
   + InvalidKnowledge      files of `knowledge/` break their schema
   + UnknownCriterion      an id that is no criterion
   + InvalidAudience       a word that cannot name an audience
   + InvalidPeriod         dates that make no period
   + InvalidSettings       copilot.toml or the environment hold something unusable
   + InvalidPrompt         a file of `prompts/` breaks its form
   + InvalidManifest       a manifest, sidecar or front matter that cannot be used
   + UnknownPrincipal      `--as` names nobody
   + NoWorkspace           there is no workspace here
   + InvalidControls       a file of controls, systems or findings cannot be imported
   + UnknownItem           nothing that is reviewed has this name
   + InvalidFinding        a file that describes an auditor's finding cannot be used
   + InvalidProfile        company.yaml cannot be used
   + UnknownPolicyKind     a name that is no kind of policy
   + UnreadableFile        one file cannot be ingested; the reason is for its owner
     + OverLimits          reading it took more than the limits allow
 x WorkspaceBusy           another process is writing this workspace
 x WorkspaceNotWritable    this workspace can be read and not written
 x TruthUnavailable        the database cannot be opened or is of another version
 x IndexUnavailable        a derived index cannot be opened, even after a rebuild
 x EncoderUnavailable      the encoder cannot be made ready
 x EditConflict            somebody else saved a version since the one that was edited
 x NotPermitted            whoever asks may not take this step
   + SignInFailed          somebody could not be signed in
 x SignInUnavailable       the company's sign-in service cannot be reached or used
 x JobStopped              somebody stopped this work, or the service ends
 x WrongStep               the step does not follow from the state that something is in
   + StillOpen             open questions stand in the way of an approval
   + FileInTheWay          a file that we did not write stands where ours would go
   + CitationsLost         an edit would lose citations
 x LogDamaged              the event log is not as it was written
 x UnsupportedClaim        a citation does not hold
 x ServiceUnreachable      the service that `--server` names is not there, or is none of ours
 x CannotExport            a program that makes a form of document is missing or fails
 x ModelUnavailable        a language model gave no usable reply
   + ModelKeyRefused       it does not accept our key, or there is none
   + ModelTimedOut         it did not answer before the deadline
   + ModelBusy             it asks us to come back later
   + ModelFailed           it cannot be reached, or failed on its side, or broke off
   + ModelReplyUnusable    it said nothing, or not what was asked for
     - ModelRefused        it will not answer, or its provider holds the answer back
   + PromptTooLong         the sources are more than it can read
   + ModelMisused          it does not know the request, the model's name or a parameter
   + ModelSuspended        it kept failing, so it is left alone for a while
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


class InvalidPrompt(BadInput):
    """A prompt's file cannot be used, or is filled in with the wrong variables."""


class InvalidManifest(BadInput):
    """A manifest, a sidecar or front matter cannot be used."""


class UnknownPrincipal(BadInput):
    """A person or role that nobody has."""


class NoWorkspace(BadInput):
    """There is no workspace where one was looked for."""


class InvalidProfile(BadInput):
    """A company's profile cannot be used; one line for each problem, `file:line: what is wrong`."""


class UnknownPolicyKind(BadInput):
    """A name that is none of the kinds of policy; the hint names the nearest."""


class InvalidControls(BadInput):
    """A file of controls, systems or findings cannot be imported, so nothing of it is.

    Attributes:
        problems: One line for each problem, with file, sheet, row and column as far as known.
    """

    MOST_PRINTED: ClassVar[int] = 20

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        more = len(problems) - self.MOST_PRINTED
        printed = [*problems[: self.MOST_PRINTED], *([f"and {more:,} more"] if more > 0 else [])]
        super().__init__("\n".join(printed), hint=hint)
        self.problems = tuple(problems)


class InvalidFinding(BadInput):
    """A file that describes an auditor's finding cannot be used.

    Attributes:
        problems: One line for each problem, `file:line: what is wrong`.
    """

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(problems), hint=hint)
        self.problems = tuple(problems)


class UnknownItem(BadInput):
    """Nothing that is reviewed has this name, or whoever asks may not see it."""


class NotThere(BadInput):
    """There is nothing of that name, or it is not for this principal to see."""


class UnreadableFile(BadInput):
    """A file cannot be ingested; message and hint are for the person who owns it."""


class OverLimits(UnreadableFile):
    """Reading a file took more time or memory than allowed; under other limits it may succeed."""


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


class WorkspaceNotWritable(CopilotError):
    """This workspace can be read and not written: it is another user's, or on a read-only disk."""


class TruthUnavailable(CopilotError):
    """The database cannot be opened, or has a schema that this version does not know."""


class IndexUnavailable(CopilotError):
    """A derived index cannot be opened, even after it was built anew."""

    retryable = True


class EncoderUnavailable(CopilotError):
    """The encoder's model cannot be found, converted or loaded."""


class EditConflict(CopilotError):
    """Somebody else saved a version since the one that was edited; nothing was saved."""


class StaleEdit(EditConflict):
    """A change was made on a state that is not the current one; nothing was changed."""


class NotSignedIn(CopilotError):
    """Nobody is known to make this request: there is no session or token, or none that is good."""


class TooManyRequests(CopilotError):
    """Somebody has made more requests than one may.

    Attributes:
        seconds: How long to wait.
    """

    retryable = True

    def __init__(self, message: str, seconds: int, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class ServiceUnreachable(CopilotError):
    """The service that `--server` names is not there, went away, or speaks another form."""

    retryable = True


class NotPermitted(CopilotError):
    """Whoever asks may not take this step."""


class SignInFailed(NotPermitted):
    """Somebody could not be signed in; message and hint are for them, and hold no secret."""


class SignInUnavailable(CopilotError):
    """The company's sign-in service cannot be reached, or says nothing that can be used."""

    retryable = True


class JobStopped(CopilotError):
    """Somebody stopped this work, or the service ends; what it has stored stays."""


class WrongStep(CopilotError):
    """The step does not follow from the state that something is in; nothing was changed."""


class StillOpen(WrongStep):
    """Open questions or decisions to confirm stand in the way of an approval.

    Attributes:
        marks: What is open, in the order of the text.
    """

    def __init__(self, message: str, *, marks: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.marks = tuple(marks)


class FileInTheWay(WrongStep):
    """A file that we did not write, or that was changed since, stands where ours would go."""


class CitationsLost(WrongStep):
    """An edit would lose citations of the version that it was made of; nothing was saved.

    Attributes:
        citations: The footnotes that are gone, each with its number and what it says.
    """

    def __init__(self, message: str, *, citations: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.citations = tuple(citations)


class LogDamaged(CopilotError):
    """The event log is not as it was written; the message names what was found."""


class UnsupportedClaim(CopilotError):
    """A citation does not hold, and so its claim is not shown."""


class CannotConnect(CopilotError):
    """Another service that is needed cannot be reached."""

    retryable = True


class CannotExport(CopilotError):
    """A program that makes a form of document, such as LibreOffice for PDF, is missing or fails."""


class ModelUnavailable(CopilotError):
    """A language model gave no usable reply.

    Attributes:
        reason: A few words for a log line and for a reader, without a key or a document's text.
    """

    reason: ClassVar[str] = "the model cannot be used"


class ModelKeyRefused(ModelUnavailable):
    """The model's provider does not accept our key, or there is none."""

    reason = "the provider does not accept the key"


class ModelTimedOut(ModelUnavailable):
    """The model did not answer before the deadline."""

    retryable = True
    reason = "the model took too long"


class ModelBusy(ModelUnavailable):
    """The model's provider asks us to come back later.

    Attributes:
        retry_after: Seconds that it asks us to wait; nothing if it did not say.
    """

    retryable = True
    reason = "the provider has too many requests"

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ModelFailed(ModelUnavailable):
    """The model cannot be reached, failed on its side, or broke off in the middle."""

    retryable = True
    reason = "the model cannot be reached or failed"


class ModelReplyUnusable(ModelUnavailable):
    """The model said nothing, or something else than was asked for."""

    retryable = True
    reason = "the model gave no usable reply"


class ModelRefused(ModelReplyUnusable):
    """The model will not answer this, or its provider holds the answer back."""

    retryable = False
    reason = "the model refused to answer"


class PromptTooLong(ModelUnavailable):
    """The sources are more than the model can read at once."""

    reason = "the sources are more than the model can read"


class ModelMisused(ModelUnavailable):
    """The provider does not know the request: the model's name, a parameter, the address."""

    reason = "the provider does not accept the request"


class ModelSuspended(ModelUnavailable):
    """The model kept failing, so it is not asked for a while; the message says since when."""

    reason = "the model keeps failing"
