"""Approvals that were cut off between the database and the folder of policies, finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.domain.review import ItemKind

if TYPE_CHECKING:
    from copilot.domain.review import ItemId
    from copilot.review.ports import PolicyShelf, ReviewStore


def finish_approvals(store: ReviewStore, shelf: PolicyShelf) -> list[ItemId]:
    """Put files into their place whose approval was kept; throw away those of approvals that were not.

    A file is written before its approval is kept, and put into its place after that. Whoever was killed
    in between left it where it is found here. Nobody prepares a file meanwhile.

    Returns:
        The policies whose files were put into their place.

    Raises:
        WorkspaceNotWritable: The database can only be read.
    """
    if not shelf.left():
        return []
    finished: list[ItemId] = []
    with store.changing() as change:
        policies = [
            one.id
            for one in store.items()
            if one.kind is ItemKind.POLICY and one.in_force is not None
        ]
        kept = {change.published(one): one for one in policies}
        for left in shelf.left():
            id_ = kept.get(left.sha256)
            if id_ is not None and shelf.found(id_) != left.sha256:
                left.put(id_)
                finished.append(id_)
            else:
                left.drop()
    return finished
