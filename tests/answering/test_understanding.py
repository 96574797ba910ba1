"""Questions as people write them: misspelt, in other words, after a sum of money."""

from __future__ import annotations

import re

import pytest

from copilot import bootstrap
from copilot.answering.composing import NOTHING_SPEAKS_OF
from copilot.answering.expecting import demanded, fitting, meets
from copilot.answering.people import named_in
from copilot.answering.questions import read_question
from copilot.answering.spelling import corrected
from copilot.catalog.loading import load_alike_words, load_common_words, load_everyday_words
from copilot.domain.answers import Abstained, Reason, Status
from copilot.domain.periods import parse_period
from copilot.wording import Vocabulary, coverage, spoken_of


@pytest.fixture(scope="module")
def vocabulary(knowledge):
    """Return the field's words and the language's, as the product reads them."""
    return Vocabulary(
        bootstrap.load_catalog(knowledge).terms,
        load_common_words(knowledge),
        load_alike_words(knowledge),
        everyday=load_everyday_words(knowledge),
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("is the exersise done", "is the exercise done"),  # codespell:ignore exersise
        (
            "the vulnerabilites of May",  # codespell:ignore vulnerabilites
            "the vulnerabilities of May",
        ),  # codespell:ignore vulnerabilites
        ("which databse was it", "which database was it"),  # codespell:ignore databse
    ],
)
def test_a_typing_error_is_put_right_by_what_was_read(vocabulary, typed, meant):
    """A word that stands nowhere is taken for the nearest one in the passages."""
    passages = ["An exercise on the database found no vulnerabilities."]

    assert corrected(typed, passages, vocabulary) == meant


def test_a_word_that_is_known_is_left_alone(vocabulary):
    """Common words, the field's terms, names with digits and words of the passages stay."""
    text = "Did Zorblax sign the NDA for libxml2 on mybox.example?"

    assert corrected(text, ["Zorblax is a vendor. Zorblat is another."], vocabulary) == text


def test_no_correction_comes_from_what_was_not_read(vocabulary):
    """A word of a file that the asker may not read is never put into their question."""
    typed = "what about projekt Halcyonn"

    assert "halcyon" in corrected(typed, ["The Halcyon contract."], vocabulary).lower()
    assert corrected(typed, ["Another contract."], vocabulary).endswith("Halcyonn")


def test_a_word_of_nearly_the_same_meaning_counts_in_part(vocabulary):
    """`newspaper` speaks of journalists, less than `journalist` does; a check of words is exact."""
    asked = vocabulary.asked("journalist")
    other = vocabulary.concepts("newspaper")

    assert 0 < spoken_of(asked, other) < spoken_of(asked, vocabulary.concepts("journalists"))
    assert coverage(vocabulary.asked("hacker"), vocabulary.concepts("thief")) == 0


@pytest.mark.parametrize(
    ("question", "answer", "none"),
    [
        ("How much do we pay for Slack?", "It costs 1,200 EUR a year", "Slack is paid yearly"),
        ("What is the phone number of the desk?", "+44 20 7946 0000", "call the desk, room 12"),
        ("What is the name of the firm that tested Berthly?", "by Saltmarsh Security", "by a firm"),
        ("Give me the DEL ticket of May", "DEL-14 was closed", "IT-14 was closed"),
    ],
)
def test_some_answers_have_a_form_of_their_own(question, answer, none):
    """A price is a sum of money, a number to call has digits, a firm's name is a name."""
    (pattern,) = demanded(question)

    assert pattern.search(answer)
    assert not pattern.search(none)


@pytest.mark.parametrize(
    ("question", "answer", "none"),
    [
        (
            "do we encrypt laptops",
            "The disk of each laptop is encrypted.",
            "This policy covers the encryption of laptops and phones.",
        ),
        (
            "What does the encryption policy cover?",
            "This policy covers the encryption of laptops and phones.",
            "The disk of each laptop is encrypted.",
        ),
        (
            "where are backups stored",
            "Backups are stored in Stockholm.",
            "Backups are stored for a year.",
        ),
    ],
)
def test_some_words_fit_a_question_better(question, answer, none):
    """What a document covers says nothing on the matter, unless that is asked; `where` wants a place."""
    assert meets(answer, fitting(question))
    assert not meets(none, fitting(question))


@pytest.mark.parametrize(
    ("question", "forecast"),
    [
        ("What's the weather like in Malmö?", True),
        ("will the weather be any good tomorrow", True),
        ("What do we do about floods and extreme weather?", False),
        ("Who watches the temperature of the server room?", False),
    ],
)
def test_small_talk_about_the_weather_asks_for_a_forecast(question, forecast):
    """No record of compliance is one; what weather does to a building is a risk, and asked about."""
    assert bool(demanded(question)) is forecast


@pytest.mark.parametrize(
    "question",
    [
        "what does Petra Kowalska take home a month?",
        "why did Liam Byrne leave, was he fired?",
        "does Ana Duarte have children",
        "is Ivo Petrov in a trade union?",
    ],
)
def test_what_is_private_is_seen_however_it_is_asked(question):
    """Pay, dismissal, family and membership of a named person are nobody's business here."""
    assert read_question(question).private


@pytest.mark.parametrize(
    "question",
    [
        "When was Petra Kowalska's access removed?",
        "Did Liam Byrne finish the security training?",
        "How long do we keep medical data of customers?",
        "What does the Access Control policy say about passwords?",
        "Who approves that a contractor is paid?",
    ],
)
def test_work_matters_are_not_private(question):
    """Records of a person's access or training are what an audit is about."""
    assert not read_question(question).private


def test_a_misspelt_private_question_is_refused_as_private(ask):
    """A typing error opens no door."""
    answer = ask(
        "Karin Ahlgren's home adress please, a parcel goes to her"  # codespell:ignore adress
    )  # codespell:ignore adress

    assert isinstance(answer, Abstained)
    assert answer.reason is Reason.PERSONAL_DATA


def test_a_time_without_a_record_is_named(ask):
    """Who asks for a meeting of which there are no minutes is told so."""
    answer = ask("what did the board decide at its December meeting")

    assert any(
        re.fullmatch(r"No record of “Board minutes” for December 2025\.", line)
        for line in answer.missing
    )


def test_words_for_what_is_done_weigh_less_than_things(knowledge):
    """That no file says "tick off" tells little; that none says "kubernetes" tells all."""
    asking = Vocabulary([], load_common_words(knowledge), everyday=load_everyday_words(knowledge))
    question = "who ticked the kubernetes box in a sensible way"

    assert asking.asked_by(question)["tick"] == asking.asked(question)["tick"] / 2
    assert asking.asked_by(question)["sensibl"] == asking.asked(question)["sensibl"] / 2
    assert asking.asked_by(question)["kubernet"] == asking.asked(question)["kubernet"]


def test_everyday_words_that_are_names_keep_their_weight(vocabulary):
    """A product that is called like a verb is still the thing that was asked about."""
    assert vocabulary.asked_by("who owns the Monday board")["monday"] == pytest.approx(
        vocabulary.asked("who owns the Monday board")["monday"]
    )


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("is freja sundin on sick leave", ("Freja Sundin",)),
        ("what is Freja Sundin’s private mobile", ("Freja Sundin",)),
        ("is the access review done", ()),
        ("what does the security lead earn", ()),
        ("is anna berg ill", ()),
    ],
)
def test_people_are_recognised_however_they_are_typed(question, named):
    """Only by passages that the asker may read, and no title is taken for somebody."""
    passages = [
        "Freja Sundin, Security Lead, closed the Access Review.",
        "An access review is due.",
    ]

    assert named_in(question, passages) == named


@pytest.mark.parametrize(
    "question",
    [
        "is freja sundin on sick leave",
        "tell me callum reyes's private mobile",
        "did anything bad come up in oskar falk's criminal check",
    ],
)
def test_private_questions_in_small_letters_are_refused_as_such(ask, question):
    """Nobody's sick leave is told because it was asked for in haste."""
    answer = ask(question)

    assert isinstance(answer, Abstained)
    assert answer.reason is Reason.PERSONAL_DATA


def test_what_to_do_about_something_private_is_no_private_question():
    """Who asks what to do about a request for bank details asks for nobody's."""
    assert not read_question(
        "someone mails to change their bank account number, what do I do"
    ).private
    assert read_question("what is their bank account number").private


def test_a_likely_answer_still_says_what_nothing_speaks_of(ask):
    """An answer about reviews and their owners does not hide that no file has a word of payroll."""
    answer = ask("who audits the payroll run")

    assert not isinstance(answer, Abstained)
    assert answer.status is Status.PARTIAL
    assert any(NOTHING_SPEAKS_OF in line and "payroll" in line for line in answer.missing)


def test_a_criterion_that_the_question_names_is_there_because_of_that(ask):
    """Whoever asks what CC6.2 is needs no other reason to be told of it."""
    (first, *_) = ask("What does CC6.2 ask?").criteria
    assert (first.id, first.why) == ("CC6.2", "is named in the question")


@pytest.mark.parametrize(
    "question", ["good pizza near the Gothenburg office", "who won the football on Saturday?"]
)
def test_what_no_record_of_compliance_holds_is_off_topic(ask, question):
    """Whatever else the question has in common with the files: here the office, and a winner."""
    answer = ask(question)
    assert isinstance(answer, Abstained)
    assert answer.reason is Reason.OFF_TOPIC


def test_a_word_for_what_is_done_is_not_named_as_missing(ask):
    """Nothing speaks of “plug”, and the answer speaks of what it means."""
    answer = ask("can I plug in a memory stick")
    assert not isinstance(answer, Abstained)
    assert not any(line.startswith(NOTHING_SPEAKS_OF) for line in answer.missing)


def test_a_quarter_without_a_year_is_one_of_the_audit_period():
    """Without a year to go by it stays a word."""
    assert read_question("what was revoked in the q2 review?", year=2025).period == parse_period(
        "2025-Q2"
    )
    assert read_question("what was revoked in the q2 review?").period is None


@pytest.mark.parametrize(
    ("question", "foreign"),
    [
        ("Wie oft prüfen wir die Zugriffsrechte unserer Mitarbeiter?", True),
        ("Wer genehmigt Änderungen an der Firewall?", True),
        ("À quelle fréquence vérifions-nous les droits d'accès ?", True),
        ("Does Priya Raghunathan still have Kandji and BambooHR?", False),
        ("hw ofen do we loook at acess to AWS", False),
    ],
)
def test_whoever_asks_in_another_language_is_told_so(ask, question, foreign):
    """Names and slips do not make a question foreign."""
    steps = ask(question).next_steps
    assert any("in English" in one for one in steps) is foreign
