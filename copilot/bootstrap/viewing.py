"""Wire what opens sources, and what keeps people's feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot import config
from copilot.ingestion.elsewhere import Elsewhere
from copilot.ingestion.folders import WORKSPACE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copilot.adapters.sql.feedback import SqlFeedback
    from copilot.bootstrap.process import Copilot
    from copilot.viewing.opening import Viewing


def viewing(copilot: Copilot) -> tuple[Viewing, Callable[[], None]]:
    """Return what opens the sources of a workspace, and what ends the processes that it starts."""
    from copilot.adapters.originals import FolderOriginals
    from copilot.adapters.page_cache import FolderPictureCache
    from copilot.adapters.pdf_pages import PdfPages
    from copilot.adapters.sql.opening import SqlStoredSources
    from copilot.viewing.opening import Viewing

    pages = PdfPages()
    made = Viewing(
        SqlStoredSources(copilot.database),
        originals=FolderOriginals(lambda: _roots(copilot)),
        pages=pages,
        cache=FolderPictureCache(copilot.workspace.state / "pages"),
    )
    return made, pages.close


def feedback(copilot: Copilot) -> SqlFeedback:
    """Return what people said of the answers of a workspace."""
    from copilot.adapters.sql.feedback import SqlFeedback

    return SqlFeedback(copilot.database)


def _roots(copilot: Copilot) -> dict[str, Path]:
    """Return what is ingested, by the label that paths of its sources begin with."""
    elsewhere = Elsewhere(copilot.workspace.state / "folders.json")
    knowledge = config.data_folder("knowledge")
    return {
        **{name: copilot.workspace.root / name for name in WORKSPACE_FOLDERS},
        **{f"knowledge/{part}": knowledge / part for part in ("tsc", "guidance")},
        **{root.label: root.path for root in elsewhere.roots()},
    }
