"""E-mail: who, when, what about, and the words of the message."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING, Final

from copilot.adapters.readers.building import TextBuilder
from copilot.adapters.readers.html import parse_html
from copilot.domain.documents import BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

_SHOWN: Final = ("From", "To", "Cc", "Date", "Subject")


class MailReader:
    """A message saved as .eml."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the message; attachments are named, not read.

        Raises:
            UnreadableFile: It has none of the headers of a message.
        """
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        shown = [(name, _header(message, name)) for name in _SHOWN]
        if not any(value for _, value in shown):
            raise UnreadableFile(
                "this is not an e-mail: it has no From, Date or Subject",
                hint="Save the message from the mail program as .eml.",
            )
        builder = TextBuilder()
        head = "\n".join(f"{name}: {value}" for name, value in shown if value)
        builder.add(BlockKind.TEXT, head, place="header")
        _body(message, builder)
        attachments = [part.get_filename() or "unnamed" for part in message.iter_attachments()]
        notes = (
            (f"attachments not read: {', '.join(attachments)}; save them beside the mail",)
            if attachments
            else ()
        )
        return ParsedDocument(
            text=builder.text,
            blocks=tuple(builder.blocks),
            title=_header(message, "Subject"),
            notes=notes,
        )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, AttributeError):  # the parser of the standard library trips
        return ""  # over some malformed headers; a message without its Cc is still a message


def _body(message: EmailMessage, builder: TextBuilder) -> None:
    part = message.get_body(("plain", "html"))
    if part is None:
        return
    try:
        content = part.get_content()
    except (LookupError, UnicodeDecodeError):
        raw = part.get_payload(decode=True)
        content = raw.decode("latin-1") if isinstance(raw, bytes) else ""
    if part.get_content_subtype() == "html":
        parsed = parse_html(content)
        for block in parsed.blocks:
            text = parsed.text[block.start : block.end]
            builder.add(block.kind, text, level=block.level, context=block.context)
    else:
        for paragraph in content.replace("\r\n", "\n").split("\n\n"):
            builder.add(BlockKind.TEXT, paragraph)
