"""Every citation that is shown holds, by our own check and by a second opinion from the files."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.citations.checking import check_citation, check_claims
from copilot.citations.quotes import find_quote, fold
from copilot.domain.access import principal
from copilot.domain.answers import Basis, Claim
from copilot.errors import UnsupportedClaim
from tests.answering.independent import bare, letters_of
from tests.answering.looking_up import wrong_citations
from tests.workspaces import open_workspace


def test_citations_over_a_real_companys_handbook_hold(shared, catalog, tmp_path):
    """Over fifty pages that a real company published; for the sample company see `tests/golden/`."""
    (tmp_path / "copilot.toml").write_text("")
    shutil.copytree(shared / "corpus" / "sourcegraph" / "content", tmp_path / "policies")
    with open_workspace(tmp_path) as copilot:
        copilot.ingest()
        with copilot.answering() as answering:
            answers = [
                answering.ask(
                    question,
                    principal=copilot.principal(None),
                    period=None,
                    scope=copilot.settings.categories,
                )
                for one in catalog
                if one.id.startswith("CC")
                for question in one.asked_as[:2]
            ]
    wrong, count = wrong_citations(answers, tmp_path)

    assert count > 100
    assert wrong == []


@pytest.fixture
def citation(ask):
    """Return a citation of a policy that was checked and held."""
    answer = ask("How long must a password be?")
    claims = [claim for claim in answer.claims if claim.basis is Basis.POLICY]
    return claims[0].citations[0]


def changed(citation, **fields):
    """Return the citation with other fields, unchecked."""
    return replace(citation, verified=False, **fields)


def test_a_true_citation_passes_again(sample, citation):
    """What held once holds again."""
    asker = sample.principal(None)

    assert check_citation(changed(citation), truth=sample.truth, principal=asker).verified


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda c: {"quote": c.quote.replace("a", "e")}, id="a letter changed"),
        pytest.param(lambda c: {"quote": c.quote[:-4]}, id="cut short"),
        pytest.param(lambda c: {"quote": ""}, id="empty"),
        pytest.param(lambda c: {"quote": "a"}, id="one letter"),
        pytest.param(lambda c: {"start": c.start + 1}, id="begins later"),
        pytest.param(lambda c: {"end": c.end + 40}, id="ends later"),
        pytest.param(lambda c: {"end": 10**9}, id="beyond the end"),
        pytest.param(lambda c: {"start": -1}, id="before the beginning"),
        pytest.param(lambda c: {"start": c.end, "end": c.start}, id="turned round"),
        pytest.param(lambda c: {"source": "policies/absent.md"}, id="no such source"),
        pytest.param(lambda c: {"source": "../../etc/passwd"}, id="a path out of the workspace"),
        pytest.param(lambda c: {"page": 7}, id="a page in a source without pages"),
    ],
)
def test_a_changed_citation_fails(sample, citation, change):
    """Nothing about a citation can be altered without its being noticed."""
    asker = sample.principal(None)

    with pytest.raises(UnsupportedClaim):
        check_citation(changed(citation, **change(citation)), truth=sample.truth, principal=asker)


def test_a_citation_of_what_may_not_be_read_fails(sample, ask):
    """The check applies the audience, and its message tells nothing of the source."""
    answer = ask("How do I prove that we review access?")
    evidence = next(
        c for claim in answer.claims for c in claim.citations if "evidence/" in c.source
    )

    with pytest.raises(UnsupportedClaim, match="not among the sources") as caught:
        check_citation(evidence, truth=sample.truth, principal=principal("employee"))

    assert evidence.title not in str(caught.value)


def test_a_claim_with_one_bad_citation_is_withheld_whole(sample, citation):
    """A second source that does not hold is not quietly dropped from its claim."""
    bad = changed(citation, quote=f"not {citation.quote}")
    claim = Claim(text="x", basis=Basis.POLICY, citations=(citation, bad))
    kept, withheld = check_claims([claim], truth=sample.truth, principal=sample.principal(None))

    assert kept == []
    assert len(withheld) == 1


def test_a_claim_without_citation_is_withheld(sample):
    """An assertion is not a claim."""
    claim = Claim(text="All is well.", basis=Basis.POLICY, citations=())
    kept, withheld = check_claims([claim], truth=sample.truth, principal=sample.principal(None))

    assert (kept, withheld) == ([], ["a claim without a citation"])


@pytest.mark.parametrize(
    ("stored", "quote"),
    [
        pytest.param("access is   re-\nviewed each\tquarter", "access is reviewed each quarter", id="hyphen"),
        pytest.param("the ﬁrst oﬃcer", "the first officer", id="ligatures"),
        pytest.param("soft\u00adware  is\u200b signed", "software is signed", id="soft hyphen"),
        pytest.param("a well-known\nmethod of work", "a well-known method of work", id="a real hyphen"),
        pytest.param("line one\r\n\r\nline two", "line one line two", id="line ends"),
    ],
)  # fmt: skip
def test_layout_is_folded_away(stored, quote):
    """A quote is found whatever the page did to its words, at the offsets of the stored text."""
    start, end = find_quote(stored, quote)

    assert fold(stored[start:end]).text == quote


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(st.text("abcdefgh ﬁé-", min_size=1, max_size=8), min_size=6, max_size=30),
    gaps=st.lists(st.sampled_from([" ", "\n", "  \n", "\t", "-\n"]), min_size=30, max_size=30),
    data=st.data(),
)
def test_any_stretch_of_a_text_is_found_in_it(words, gaps, data):
    """Whatever is quoted from a text stands in it, at offsets that fold to the same words."""
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=False))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    wanted = fold(text[start:end]).text
    found = find_quote(text, text[start:end], near=start)

    # A stretch that begins or ends inside a broken word folds differently on its own.
    if found is not None:
        assert fold(text[found[0] : found[1]]).text == wanted
    elif len(wanted) >= 8:
        assert wanted not in fold(text).text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_folding_keeps_a_way_back(text):
    """Every folded character comes from where its offset says, and offsets never go back."""
    folded = fold(text)

    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert fold(folded.text).text == folded.text


def test_the_second_opinion_is_not_blind(tmp_path):
    """The independent reader does tell a wrong quote from a right one."""
    path = tmp_path / "policy.md"
    path.write_text("Access is reviewed each quarter.")

    assert bare("reviewed *each* quarter") in letters_of(path)
    assert bare("reviewed each month") not in letters_of(path)
