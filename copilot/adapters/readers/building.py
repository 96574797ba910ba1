"""Put a document's text together and remember where its parts stand."""

from __future__ import annotations

from copilot.domain.documents import Block, BlockKind


class TextBuilder:
    """Collects the text of a document whose file is not text itself."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        page: int | None = None,
        place: str = "",
        context: str = "",
    ) -> None:
        """Append a block; empty text is left out."""
        text = text.strip()
        if not text:
            return
        between = "\n" if self._together(kind) else "\n\n"
        if self._parts:
            self._parts.append(between)
            self._length += len(between)
        block = Block(
            kind=kind,
            start=self._length,
            end=self._length + len(text),
            level=level,
            page=page,
            place=place,
            context=context,
        )
        self.blocks.append(block)
        self._parts.append(text)
        self._length += len(text)

    @property
    def text(self) -> str:
        """All that was added."""
        return "".join(self._parts)

    def _together(self, kind: BlockKind) -> bool:
        return (
            bool(self.blocks)
            and kind in {BlockKind.ROW, BlockKind.ITEM}
            and self.blocks[-1].kind == kind
        )
