"""Policies with a model: what it says passes the gate or is withheld, and nothing else of it survives."""

import re
import shutil
from dataclasses import replace

import pytest

from copilot.adapters.chat_addresses import PROVIDERS
from copilot.bootstrap import drafting as bootstrap_drafting
from copilot.citations.checking import check_citation
from copilot.domain.drafts import PolicyKindId
from copilot.drafting import marks, markup
from copilot.drafting.outlines import load_outline
from copilot.drafting.section_facts import PROMPT
from tests.generated.liars import LIARS, NEVER, whole_sentences
from tests.generated.talking import KEY, variables
from tests.generated.talking import talking as talking_to
from tests.models.behaviours import fails, says
from tests.models.server import ModelServer
from tests.models.voices import answers, claim, honestly
from tests.workspaces import ROOT

INVENTED = {
    "name": "The Head of Platform, Zebulon Quist, signs off every backup.",
    "date": "The last restore took place on 31 February 2031.",
    "tool": "All backups are made with Veeamotron and watched in Snapkeeper.",
    "figure": "Backups are kept for 4321 days and tested 77 times a year.",
    "mark": "[open question → Zebulon Quist: Is it?] [to confirm → Veeamotron: 4321 days]",
    "markdown": "# Zebulon Quist\\n\\n[^9] <b>Veeamotron</b> | 4321 |",
}
STRANGE = ("Zebulon", "Quist", "2031", "Veeamotron", "Snapkeeper", "4321", "77")


@pytest.fixture(scope="module")
def server():
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="module")
def talking(server, sample, sample_folder, tmp_path_factory):
    """Yield a copy of the sample company's workspace that has a model."""
    folder = shutil.copytree(sample_folder, tmp_path_factory.mktemp("drafting") / "harbourlight")
    with pytest.MonkeyPatch.context() as patch:
        for provider in PROVIDERS.values():
            for name in (*provider.keys, *provider.urls):
                patch.delenv(name, raising=False)
        patch.setenv("OPENAI_API_KEY", KEY)
        for name, value in variables(server).items():
            patch.setenv(name, value)
        with talking_to(folder, sample) as talk:
            yield talk.copilot


@pytest.fixture(scope="module")
def outline(catalog):
    """Return an outline of one section: what is tested is the same for each of them."""
    folder = ROOT / "knowledge" / "policies"
    terms = bootstrap_drafting.load_terms()
    whole = load_outline(folder, PolicyKindId("backup"), terms=terms, catalog=catalog)
    return replace(whole, sections=whole.sections[:1])


@pytest.fixture(scope="module")
def drafted(talking, outline):
    """Return a function that drafts the policy."""

    def drafting(named=None):
        reader = talking.principal(named)
        (draft,) = bootstrap_drafting.draft_outlines(talking, [outline], principal=reader)
        return draft

    return drafting


@pytest.fixture(scope="module")
def plain(drafted, server):
    """Return the draft with a model that says nothing."""
    server.default = says({"claims": [], "missing": []})
    return drafted()


def rules(draft):
    """What a draft says besides its facts."""
    return [one.text for one in draft.statements() if not one.citations]


@pytest.mark.parametrize("about", INVENTED)
def test_nothing_that_a_model_invents_survives(server, drafted, plain, about):
    """Neither in the sections nor in a mark, a heading or a footnote; with a true quote or a false one."""
    told = INVENTED[about]

    def make(sources, _):
        lies = list(whole_sentences(sources))[:3]
        return [
            *(claim(told, number, words) for number, words in lies),
            *(claim(f"{words[:-1]}: {told}", number, words) for number, words in lies),
            claim(told, 1, told),
        ]

    server.default = answers(make)
    draft = drafted()
    text = markup.write(draft)
    assert not [word for word in STRANGE if re.search(rf"\b{word}\b", text)]
    assert rules(draft) == rules(plain)
    assert any(one.startswith("Withheld for “") for one in draft.notes)


@pytest.mark.parametrize("name", ["inventing_quotes", "altering_numbers", "dropping_negations", "dressing_up"])  # fmt: skip
def test_a_liar_changes_nothing_but_the_notes(server, drafted, plain, name):
    """The draft is the one without a model: its quotes stand in the place of the lies."""
    server.default = answers(lambda sources, _: list(LIARS[name](sources))[:6])
    draft = drafted()
    assert draft.sections == plain.sections
    assert NEVER not in markup.write(draft)


@pytest.fixture(scope="module")
def honest(drafted, server):
    """Return the draft with an honest model, and what was sent to it."""
    before = len(server.requests)
    server.default = answers(honestly)
    return drafted(), server.requests[before:]


def test_an_honest_model_is_cited(talking, honest):
    """Its facts stand in their sections, each with a quote that holds."""
    draft, requests = honest
    facts = [one for one in draft.statements() if one.citations and not marks.find(one.text)]
    assert facts
    everything = talking.principal(None)
    for citation in markup.read(markup.write(draft)).citations:
        assert check_citation(citation, truth=talking.truth, principal=everything)
    assert "One section of a policy is being drafted" in requests[-1].system
    assert "begin source 1" in requests[-1].user


def test_the_model_is_never_given_the_rules(honest):
    """It cannot rewrite what it does not see, and it sees the sources only."""
    draft, requests = honest
    sent = " ".join(one.user for one in requests)
    long = [text for text in rules(draft) if len(text) > 60]
    assert long
    assert not [text for text in long if text in sent]


def test_the_prompt_is_named_in_the_log_of_calls(talking, honest):
    """Each call says which wording was used."""
    assert any(one.prompt.startswith(f"{PROMPT}@") for one in talking.models.calls.calls())


def test_a_model_that_fails_leaves_quotes_and_a_note(server, drafted, plain):
    """The draft is complete without it."""
    server.default = fails(400, "no such model")
    draft = drafted()
    assert draft.sections == plain.sections
    assert any("Quotes stand in its place" in one for one in draft.notes)


def test_what_was_withheld_is_told_to_reviewers_only(server, talking, drafted):
    """Somebody else learns how much it was."""
    server.default = answers(lambda sources, _: [claim(NEVER, min(sources), NEVER)])
    told = [one for one in drafted("audience:everyone").notes if "ithheld" in one]
    assert told
    assert not any(NEVER in one for one in told)
    assert any(NEVER in one for one in drafted().notes)
