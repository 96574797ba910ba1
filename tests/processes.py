"""How tests run functions of ours in processes of their own."""

from __future__ import annotations

import multiprocessing


def context():
    """Return the way to start them: as forks of a server that has imported what they need, and no more.

    A fork of the tests' own process would have the locks of its threads, and nobody to let go of them.
    """
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(
        ["tests.retrieval.changing", "tests.retrieval.ingesting", "tests.review.desks"]
    )
    return made
