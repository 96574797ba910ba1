"""Models that read the numbered sources they are given, and answer honestly or not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.models.behaviours import Reply
from tests.models.sources import numbered_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.models.behaviours import Behaviour, Request, Step

_SENTENCE = re.compile(r"[^\s#|>*-][^.!?\n|]{30,300}[.!?](?=\s|$)")


def sentences(sources: Mapping[int, str]) -> list[tuple[int, str]]:
    """Return whole sentences of the sources with the number of their source, one for each source."""
    found = []
    for number, text in sources.items():
        match = _SENTENCE.search(text)
        if match:
            found.append((number, match[0]))
    return found


def claim(
    text: str, source: int, quote: str, also: Iterable[tuple[int, str]] = ()
) -> dict[str, Any]:
    """Return a claim in the form that a model is asked for."""
    more = [{"source": number, "quote": words} for number, words in also]
    return {"claim": text, "source": source, "quote": quote, "also": more}


def answers(
    make: Callable[[Mapping[int, str], Request], list[dict[str, Any]]],
    *,
    missing: Iterable[str] = (),
    piece: int = 40,
    delay: float = 0.0,
    **more: Any,
) -> Behaviour:
    """Reply with the claims that `make` makes of the sources, in pieces."""

    def behave(request: Request) -> Reply:
        claims = make(numbered_sources(request.user), request)
        text = json.dumps({"claims": claims, "missing": list(missing)}, ensure_ascii=False)
        script: list[Step] = []
        for start in range(0, len(text), piece):
            script += (
                [text[start : start + piece], delay] if delay else [text[start : start + piece]]
            )
        return Reply(script=script, **more)

    return behave


def honestly(sources: Mapping[int, str], _: Request) -> list[dict[str, Any]]:
    """Say what stands in the sources, word for word."""
    return [claim(words, number, words) for number, words in sentences(sources)]
