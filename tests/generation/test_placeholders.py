"""What leaves the machine holds placeholders, and what comes back is as it was."""

from __future__ import annotations

import json

import pytest

from copilot.errors import InvalidSettings
from copilot.generation.hiding import HidingRules, read_hidden
from copilot.generation.placeholders import Placeholders
from copilot.people import read_people
from tests.conftest import ROOT
from tests.generation.planted import ADDRESSES, PROSE, SECRETS
from tests.generation.staff import FINDER, ORDINARY, RULES, SHAPE


@pytest.fixture
def placeholders():
    """Return the placeholders of a new conversation."""
    return Placeholders(RULES)


def _values(placeholders, text):
    """Return what was hidden of a text, in order."""
    return [placeholders.restore(one) for one in SHAPE.findall(placeholders.hide(text))]


# What is hidden ------------------------------------------------------------------------------------


def _documents():
    """Return a runbook, a chat, a post-mortem and a ticket, with every plant in one of them."""
    plants = [*SECRETS, *ADDRESSES]
    runbook = "\n\n".join(
        f"## Step {at}\n\n{one.text}" for at, one in enumerate(plants[::4], start=1)
    )
    chat = "\n".join(f"09:{at:02} Mara: {one.text}" for at, one in enumerate(plants[1::4]))
    report = "\n".join(
        f"> {one.text}\n\nThat was closed in CHG-{at}." for at, one in enumerate(plants[2::4])
    )
    ticket = json.dumps(
        [{"ticket": at, "notes": one.text} for at, one in enumerate(plants[3::4])], indent=1
    )
    return {"runbook": runbook, "chat": chat, "report": report, "ticket": ticket}


@pytest.mark.parametrize("kind", ["runbook", "chat", "report", "ticket"])
def test_nothing_planted_is_sent(placeholders, kind):
    """Of sixty secrets and addresses in realistic documents none is left, and all come back."""
    document = _documents()[kind]
    hidden = placeholders.hide(document)
    planted = [one.value for one in (*SECRETS, *ADDRESSES)]
    assert [one for one in planted if one in hidden or json.dumps(one)[1:-1] in hidden] == []
    assert placeholders.restore(hidden) == document
    assert "closed in CHG-3" in hidden or kind != "report"


@pytest.mark.parametrize(
    "plant", [pytest.param(one, id=f"{at} {one}") for at, one in enumerate(ADDRESSES)]
)
def test_an_address_is_hidden_whole(placeholders, plant):
    """E-mail addresses and telephone numbers are replaced as they are written."""
    assert plant.value in _values(placeholders, plant.text)


@pytest.mark.parametrize(
    "text",
    [
        "uses: actions/checkout@v4",
        "npm install react@18.2.0",
        "image@sha256:abc",
        "logo@2x.png",
        "Release 2025-11-10, account 123456789012, CC6.1, +02:00, 10.0.0.1",
        "from 2025-01-01 to 2025-12-31, 1 000 000 rows, +15 % and 14-day terms",
        "+2025-11-10 was added to the list",
        "call 2025-11-10 09:14",
        "ISO/IEC 27001:2022, NIST SP 800-53, RFC 6238",
    ],
)
def test_versions_dates_and_ids_are_no_addresses(placeholders, text):
    """What looks a little like an address or a telephone number stays."""
    assert placeholders.hide(text) == text


@pytest.mark.parametrize("text", [pytest.param(one, id=f"{at}") for at, one in enumerate(PROSE)])
def test_what_is_said_about_passwords_is_sent(placeholders, text):
    """A policy on passwords reaches the model as it stands."""
    assert placeholders.hide(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Approved by Mara Lindqvist.", "Mara Lindqvist"),
        ("approved by mara lindqvist", "mara lindqvist"),
        ("MARA LINDQVIST", "MARA LINDQVIST"),
        ("Lindqvist, Mara", "Lindqvist, Mara"),
        ("Mara\n    Lindqvist", "Mara\n    Lindqvist"),
        ("Mara\u00a0Lindqvist", "Mara\u00a0Lindqvist"),
        ("Mara Lind-\nqvist agreed", "Mara Lind-\nqvist"),
        ("Mara Lind\u00adqvist agreed", "Mara Lind\u00adqvist"),
        ("user mara.lindqvist signed in", "mara.lindqvist"),
        ("mara_lindqvist", "mara_lindqvist"),
        ("MaraLindqvist", "MaraLindqvist"),
        ("Ask Lindqvist’s team", "Lindqvist"),
        ("ask lindqvist", "lindqvist"),
        ("Tomasz said so", "Tomasz"),
        ("Grace Whitlock", "Grace Whitlock"),
        ("Jorg Mu\u0308ller and others", "Jorg Mu\u0308ller"),
        ("jmuller", "jmuller"),
        (r"CORP\tomasz.wilk", "tomasz.wilk"),
        (r"by Mara\nLindqvist", r"Mara\nLindqvist"),
        (r"then:\nTomasz said", "Tomasz"),
        ("Anne-Marie O’Brien", "Anne-Marie O’Brien"),
        ("Jo van der Berg", "Jo van der Berg"),
        ("Simon agreed", "Simon"),
        ("Will Young", "Will Young"),
    ],
)
def test_a_name_is_hidden(placeholders, text, name):
    """People are found by their names in any order and setting, and by distinctive parts of them."""
    assert _values(placeholders, text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "The grace period will end for young companies.",
        "Will it? Young people ask for grace.",
        "a ciso signs; the CISO reviews",
        "Jo",
        "maral, wilks, tomaszow",
        "simon says",
    ],
)
def test_an_ordinary_word_is_no_name(placeholders, text):
    """Words that are names too, roles, and longer words that begin like a name stay."""
    assert placeholders.hide(text) == text


def test_without_people_no_name_is_hidden():
    """A workspace without a people file hides what has a form of its own."""
    placeholders = Placeholders(HidingRules(FINDER))
    assert placeholders.hide("Mara Lindqvist, mara@example.com") == "Mara Lindqvist, [EMAIL_1]"


def test_what_the_company_names_is_hidden(placeholders):
    """The company's own expressions are hidden wherever they match."""
    text = "Project Bluebird, customer HL-123456, order HL-12"
    assert _values(placeholders, text) == ["Bluebird", "HL-123456"]


def test_nothing_is_left_of_what_overlaps(placeholders):
    """An address within a URL with a password is hidden with it, whole."""
    text = "https://mara.lindqvist@example.com:Bluebird" + "-9!x@git.example.com/app"
    assert placeholders.hide(text) == "https://[SECRET_1]/app"


def test_a_secret_is_hidden_where_it_stands_alone(placeholders):
    """What one text gives away as a password is hidden in all of them."""
    word = "wander" + "lust"
    hidden = placeholders.hide_all([f"It was {word} again.", f"password: {word}"])
    assert hidden == ["It was [SECRET_1] again.", "password: [SECRET_1]"]
    assert placeholders.hide(f"{word}?") == "[SECRET_1]?"


def test_the_sample_company_keeps_its_words():
    """Of the sample company's files only people and addresses are hidden, and all come back."""
    folder = ROOT / "examples" / "harbourlight"
    rules = HidingRules(
        FINDER, people=read_people(folder / "people.yaml").values(), ordinary=ORDINARY
    )
    placeholders = Placeholders(rules)
    texts = [
        file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".csv", ".eml", ".html", ".json", ".jsonl", ".md", ".txt", ".yaml"}
    ]
    hidden = placeholders.hide_all(texts)
    assert set(placeholders.counts()) == {"email", "person"}
    assert placeholders.counts()["person"] == 8
    assert [placeholders.restore(one) for one in hidden] == texts


# Which placeholder ---------------------------------------------------------------------------------


def test_the_same_value_has_the_same_placeholder(placeholders):
    """Within a conversation a value keeps its placeholder, whatever comes between."""
    first = placeholders.hide("jo@example.com wrote to ann@example.com")
    second = placeholders.hide("ann@example.com answered jo@example.com")
    assert first == "[EMAIL_1] wrote to [EMAIL_2]"
    assert second == "[EMAIL_2] answered [EMAIL_1]"


def test_spellings_of_one_value_share_its_number(placeholders):
    """Another spelling of a person or an address is told apart by a letter, and comes back."""
    text = "Mara Lindqvist, MARA LINDQVIST, Mara, Jo@example.com, jo@EXAMPLE.com"
    hidden = placeholders.hide(text)
    assert hidden == "[PERSON_1], [PERSON_1b], [PERSON_1c], [EMAIL_1], [EMAIL_1b]"
    assert placeholders.restore(hidden) == text


def test_a_name_of_two_people_is_neither(placeholders):
    """A first name that two people have gets a number of its own."""
    assert (
        placeholders.hide("Simon Ekdahl, Simon Wicks, Simon")
        == "[PERSON_1], [PERSON_2], [PERSON_3]"
    )


def test_numbers_follow_the_conversation(placeholders):
    """A number says in which order values came, and not whose place in the people file it is."""
    assert placeholders.hide("Simon Wicks and Mara Lindqvist") == "[PERSON_1] and [PERSON_2]"


def test_many_spellings_are_told_apart(placeholders):
    """More spellings than the alphabet has letters all come back."""
    text = ", ".join(f"Mara{' ' * wide}Lindqvist" for wide in range(1, 36))
    hidden = placeholders.hide(text)
    assert len(set(SHAPE.findall(hidden))) == 35
    assert placeholders.restore(hidden) == text


def test_conversations_know_nothing_of_each_other(placeholders):
    """A placeholder of one conversation is not restored in another."""
    placeholders.hide("jo@example.com")
    other = Placeholders(RULES)
    other.hide("ann@example.org and ben@example.org")
    assert placeholders.restore("[EMAIL_1] [EMAIL_2]") == "jo@example.com [EMAIL_2]"


def test_counts_hold_no_text(placeholders):
    """What a log may have is how many values of each kind were hidden."""
    placeholders.hide("Mara Lindqvist, jo@example.com, jo@example.com, ann@example.com")
    assert placeholders.counts() == {"email": 2, "person": 1}


# What comes back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "restored"),
    [
        ("“[PERSON_1]” approved it", "“Mara Lindqvist” approved it"),
        ("**[PERSON_1]**, _[EMAIL_1]_.", "**Mara Lindqvist**, _jo@example.com_."),
        ("[PERSON_1]'s", "Mara Lindqvist's"),
        (r"\[PERSON_1\] and \[EMAIL\_1\]", "Mara Lindqvist and jo@example.com"),
        ("(PERSON_1, EMAIL_1)", "(Mara Lindqvist, jo@example.com)"),
        ("[PERSON_1, EMAIL_1]", "[Mara Lindqvist, jo@example.com]"),
        ("[PERSON_9] [SECRET_1] [PERSON_1z]", "[PERSON_9] [SECRET_1] [PERSON_1z]"),
        ("[PERSON_11]", "[PERSON_11]"),
        ("[WHATEVER_1]", "[WHATEVER_1]"),
    ],
)
def test_a_reply_is_restored(placeholders, reply, restored):
    """Placeholders come back within whatever a model sets around them; others stay."""
    placeholders.hide("Mara Lindqvist has jo@example.com")
    assert placeholders.restore(reply) == restored


def test_every_text_of_a_json_value_is_restored(placeholders):
    """Nested replies are restored; values with quotes and line ends stay valid."""
    key = next(one for one in SECRETS if one.kind == "private key").value
    hidden = placeholders.hide(f"Mara Lindqvist has:\n{key}\n")
    reply = json.dumps(
        {"claims": [{"quote": hidden, "source": 1, "sure": True}], "missing": [None, hidden]}
    )
    restored = placeholders.restore_all(json.loads(reply))
    text = f"Mara Lindqvist has:\n{key}\n"
    assert restored == {
        "claims": [{"quote": text, "source": 1, "sure": True}],
        "missing": [None, text],
    }


def test_a_placeholder_that_stands_in_a_source_is_not_ours(placeholders):
    """A document that says `[EMAIL_1]`, or a variable called SECRET_1, means just that."""
    placeholders.hide("jo@example.com, password: " + "hunter" + "2")
    text = r"Fill in [EMAIL_1] and CLIENT_SECRET_1, or EMAIL\_1"
    hidden = placeholders.hide(text)
    assert "EMAIL_1" not in hidden
    assert placeholders.restore(hidden) == text
    assert (
        placeholders.restore(placeholders.hide(placeholders.hide("jo@example.com"))) == "[EMAIL_1]"
    )


# The setting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "problem"),
    [
        (["[a-"], "entry 1 is no regular expression"),
        (["ok", "(x"], "entry 2 is no regular expression"),
        ([""], "entry 1 is no regular expression"),
        ([7], "entry 1 is no regular expression"),
        ([".*"], "matches where nothing stands"),
        (["x?"], "matches where nothing stands"),
        ([r"\s+"], "matches where nothing stands"),
        (["[[a]"], "entry 1 is no regular expression"),
    ],
)
def test_a_useless_expression_is_refused(given_, problem):
    """The setting and its entry are named, and what to do is said."""
    with pytest.raises(InvalidSettings, match=problem) as refused:
        read_hidden(given_)
    assert "`hide`" in str(refused.value)
    assert refused.value.hint
