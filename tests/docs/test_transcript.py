"""The transcript of the README quotes what stands in the sample company's files."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, blocks

SOURCE = re.compile(r"\[(\d+)\] [^(]+ \(([^,)]+),[^()]* characters (\d+)–(\d+)\)")


def words(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def transcript() -> tuple[str, str]:
    """Return the transcript, its claims and its list of sources as running text."""
    [block] = blocks(ROOT / "README.md", "console")
    claims, _, sources = block.partition("\nSources\n")
    return words(claims), words(sources)


def test_every_source_of_the_transcript_holds_what_is_quoted():
    """Whoever opens a file of the README at the offsets finds the words that the README shows.

    After a change to one of those files, ask the question again and paste what is printed.
    """
    claims, sources = transcript()
    cited = SOURCE.findall(sources)
    assert len(cited) >= 3

    for number, path, start, end in cited:
        folder = ROOT if path.startswith("knowledge/") else ROOT / "examples" / "harbourlight"
        text = (folder / path).read_text()
        quote = words(text[int(start) : int(end)])
        said = claims.partition(f"[{number}]")[0].rpartition("]")[2]
        # A row of a table is told with the names of its columns between its cells.
        parts = quote.split(",") if path.endswith(".csv") else [quote]
        assert all(part in said for part in parts)


def test_every_number_in_the_transcript_has_its_source():
    """No claim is shown without the place that it comes from."""
    claims, sources = transcript()

    assert re.findall(r"\[(\d+)\]", claims) == [match[0] for match in SOURCE.findall(sources)]
