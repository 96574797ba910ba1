"""Many people ask one process at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.spelling import _slipped_once, _slips
from copilot.wording import Hearing, coverage, spoken_of

QUESTIONS = (
    "How do I prove that we review access?",
    "who rotates encryptoin kays",
    "How often are backups restored in a test?",
    "When was the last penetration test?",
    "Is SEC-118 closed?",
    "What does CC6.1 require?",
    "Do we encrypt laptops?",
    "How many holiday days do we get on Mars?",
)
WHO = (None, "grace.whitlock", "mara.lindqvist", "eleanor.finch")
ASKERS = 8


def test_answers_are_the_same_however_many_ask_at_once(sample, answering):
    """Eight threads that ask different questions as different people get what each of them gets alone."""
    cases = [(question, who) for question in QUESTIONS for who in WHO]

    def asked(case):
        question, who = case
        return answering.ask(
            question,
            principal=sample.principal(who),
            period=sample.settings.period,
            scope=sample.settings.categories,
        )

    together = Barrier(ASKERS)

    def asked_by(number):
        together.wait(timeout=60)
        return {case: asked(case) for case in [*cases[number:], *cases[:number]][: 2 * ASKERS]}

    with ThreadPoolExecutor(ASKERS) as pool:
        answers = list(pool.map(asked_by, range(0, len(cases), len(cases) // ASKERS)))
    alone = {case: asked(case) for case in cases}
    assert set().union(*answers) == set(cases)
    assert all(answer == alone[case] for one in answers for case, answer in one.items())


@given(
    said=st.sets(st.sampled_from("access accounts review restored pentest badge joiner".split()))
)
def test_a_question_hears_the_same_of_a_text_however_often(sample, said):
    """What is remembered for one question is what would be worked out again."""
    asked = sample.vocabulary.asked_by("Who reviews access rights after a restore of the backups?")
    hearing = Hearing(asked)
    concepts = sample.vocabulary.meant(" ".join(sorted(said)))
    for _ in range(2):
        assert hearing.share(concepts) == spoken_of(asked, concepts)
        assert hearing.coverage(concepts) == coverage(asked, concepts)


@pytest.mark.parametrize("letters", ["ab", "abc"])
@given(data=st.data())
def test_one_slip_is_what_counting_slips_finds(letters, data):
    """The short way to recognise a single slip agrees with the long one."""
    words = st.text(letters, min_size=2, max_size=7).map("x".__add__)
    one, other = data.draw(words), data.draw(words)
    assert _slipped_once(one, other) == (_slips(one, other, 1) <= 1)
