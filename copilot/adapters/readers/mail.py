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
    from email.message import EmailMessage, MIMEPart
    from pathlib import Path

_SHOWN: Final = ("From", "To", "Cc", "Date", "Subject")


class MailReader:
    """A message saved as .eml."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the message and its attachments that are text; others are named, not read.

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
        unread = [
            part.get_filename() or "unnamed"
            for part in _attachments(message)
            if not _attached_text(part, builder)
        ]
        notes = (
            (f"attachments not read: {', '.join(unread)}; save them beside the mail",)
            if unread
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
    content = _content(part)
    if not content.strip() and (other := message.get_body(("html",))) is not None:
        # Some programs send an empty plain part beside the real one.
        part, content = other, _content(other)
    _add(content, part.get_content_subtype(), builder)


def _content(part: MIMEPart) -> str:
    try:
        content = part.get_content()
    except (LookupError, UnicodeDecodeError):
        raw = part.get_payload(decode=True)
        content = raw.decode("latin-1") if isinstance(raw, bytes) else ""
    return content if isinstance(content, str) else ""


def _attachments(message: EmailMessage) -> list[MIMEPart]:
    try:
        return list(message.iter_attachments())
    except (AttributeError, KeyError):  # a body that claims several parts and has none
        return []


def _attached_text(part: MIMEPart, builder: TextBuilder) -> bool:
    """Add an attachment that is text; say whether it was."""
    if part.get_content_maintype() != "text" or not (content := _content(part)).strip():
        return False
    builder.add(BlockKind.HEADING, f"Attachment: {part.get_filename() or 'unnamed'}", level=1)
    _add(content, part.get_content_subtype(), builder)
    return True


def _add(content: str, subtype: str, builder: TextBuilder) -> None:
    if subtype == "html":
        parsed = parse_html(content)
        for block in parsed.blocks:
            text = parsed.text[block.start : block.end]
            builder.add(block.kind, text, level=block.level, context=block.context)
    else:
        kind = BlockKind.ROW if subtype == "csv" else BlockKind.TEXT
        between = "\n" if subtype == "csv" else "\n\n"
        for paragraph in content.replace("\r\n", "\n").split(between):
            builder.add(kind, paragraph)
