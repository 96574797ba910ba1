"""Nobody learns anything of what they may not read: non-interference, by random questions.

Each random company is stored twice: once whole, and once for each reader with only what that reader
may read. Whatever the reader asks, both must answer alike, to the last score.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import shutil
from dataclasses import asdict, is_dataclass
from datetime import date
from functools import cache, partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from copilot import bootstrap, config
from copilot.answering.asking import Answering
from copilot.catalog import loading
from copilot.domain.access import EVERYONE, principal
from copilot.domain.answers import Answered
from copilot.domain.criteria import Category
from copilot.domain.documents import Metadata, SourceKind
from copilot.domain.indexing import Filters
from copilot.domain.periods import Period
from copilot.errors import CopilotError
from copilot.ingestion.catalog_passages import cut_series
from copilot.retrieval import ranking
from copilot.wording import Vocabulary
from tests.retrieval.workspace import Workspace, store

GROUPS = ("hr", "compliance", "engineering")
READERS = [frozenset(held) for size in range(4) for held in itertools.combinations(GROUPS, size)]
WORDS = (
    "access review quarter laptop encryption incident backup vendor password merger layoff salary "
    "training owner evidence system customer deletion the is of Mallory AC-07 SEC-12 CC6.1 CC6.2 "
    "A1.2 within three days 30 12 months monthly"
).split()
PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))
QUESTIONS = (
    "How do I prove that we {}?",
    "What is {}?",
    "Do we have {}?",
    "Who owns {}?",
    "What is the status of {} for Q2 2026?",
    "{}",
    'What about "{}"?',
)

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@st.composite
def sources(draw):
    """Return a random source: what `put` takes."""
    kind = draw(st.sampled_from(["policy", "policy", "evidence", "control", "finding"]))
    return {
        "texts": draw(st.lists(words, min_size=1, max_size=4)),
        "kind": kind,
        "audience": draw(st.sampled_from(("everyone", *GROUPS))),
        "criteria": draw(st.lists(st.sampled_from(["CC6.1", "CC6.2", "A1.2"]), max_size=2)),
        "controls": draw(st.lists(st.sampled_from(["AC-07", "SEC-12"]), max_size=1)),
        "period": draw(
            st.sampled_from([None, ((2026, 1, 1), (2026, 3, 31)), ((2020, 1, 1), (2020, 2, 1))])
        ),
        "context": draw(words),
    }


companies = st.lists(sources(), min_size=3, max_size=14)


def build(folder, company, held=None):
    """Store the sources that a reader may read, or all of them."""
    made = Workspace(folder)
    for number, source in enumerate(company):
        if held is None or source["audience"] in held | {"everyone"}:
            about = {key: value for key, value in source.items() if key != "texts"}
            made.put(
                f"{source['kind']}/{source['audience']}-{number}.md", *source["texts"], **about
            )
    made.catch_up()
    return made


def shown(value):
    """Return everything in an answer that can be seen, without the ids that are not shown."""
    if is_dataclass(value):
        value = asdict(value)
    if isinstance(value, dict):
        return {
            key: shown(one) for key, one in value.items() if key != "id" or isinstance(one, str)
        }
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    return round(value, 5) if isinstance(value, float) else value


def outcome(call):
    """Return what a call shows, be it an answer or an error's words."""
    try:
        return shown(call())
    except CopilotError as exc:
        return [type(exc).__name__, str(exc), exc.hint]


def random_search(dice):
    """Return a random query with random options, as a person could give them."""
    some = " ".join(dice.choices(WORDS, k=dice.randint(1, 5)))
    query = dice.choice(["{}", '"{}"', "{} AC-07", "CC6.1 {}", 'review "{}" SEC-12']).format(some)
    filters = Filters(
        kinds=frozenset(dice.sample(list(SourceKind), dice.choice([0, 0, 1, 2]))),
        criteria=frozenset(dice.sample(["CC6.1", "CC6.2"], dice.choice([0, 0, 0, 1]))),
        period=dice.choice([None, None, PERIOD]),
    )
    return query, {"filters": filters, "limit": dice.choice([1, 3, 10])}


def random_question(dice):
    """Return a random question."""
    some = " ".join(dice.choices(WORDS, k=dice.randint(1, 5)))
    return dice.choice(QUESTIONS).format(some)


@pytest.fixture(scope="module")
def base(tmp_path_factory, knowledge):
    """Return a workspace that holds the criteria which questions name, for others to start from."""
    folder = tmp_path_factory.mktemp("base") / "workspace"
    made = Workspace(folder)
    for name, left_out in (("CC6", "\n  - id: CC6.3\n"), ("A", "\n  - id: A1.3\n")):
        whole = (knowledge / "tsc" / f"{name}.yaml").read_text(encoding="utf-8")
        text, cut, _ = whole.partition(left_out)
        assert cut
        store(
            made.truth,
            made.encoder,
            f"knowledge/tsc/{name}.yaml",
            text,
            list(cut_series(text)),
            Metadata(kind=SourceKind.CATALOG, title=name, audience=EVERYONE),
        )
    made.catch_up()
    made.close()
    return folder


@contextlib.contextmanager
def companies_for(base, folder, company, readers):
    """Yield the whole workspace, and each reader with a workspace of what they may read."""
    with contextlib.ExitStack() as stack:

        def made(name, held=None):
            shutil.copytree(base, folder / name)
            built = build(folder / name, company, held)
            stack.callback(built.close)
            return built

        whole = made("whole")
        yield [(held, whole, made("-".join(sorted(held)) or "nobody", held)) for held in readers]


@contextlib.contextmanager
def ranked_in_either_way(dice):
    """Compare all that passes a filter, or ask the index for it, as is done where much passes."""
    with pytest.MonkeyPatch.context() as patch:
        if dice.random() < 0.5:
            patch.setattr(ranking, "_FEW", 0)
            patch.setattr(ranking, "_SQUARE", 0)
        yield


def the_same(held, searches, dice):
    """Hold random searches of one reader in two workspaces against each other."""
    asker = principal("asker", audiences=held)
    for _ in range(SEARCHES):
        query, options = random_search(dice)
        with ranked_in_either_way(dice):
            found, expected = (
                outcome(partial(one.search, query, principal=asker, **options)) for one in searches
            )
        assert found == expected
        audiences = {hit["passage"]["source"]["metadata"]["audience"] for hit in found}
        assert audiences <= asker.audiences


def the_same_answers(held, answerings, dice):
    """Hold random questions of one reader in two workspaces against each other."""
    asked = {"principal": principal("asker", audiences=held), "scope": [Category.SECURITY]}
    for _ in range(QUESTIONS_ASKED):
        question, period = random_question(dice), dice.choice([None, PERIOD])
        answer, expected = (
            outcome(partial(one.ask, question, period=period, **asked)) for one in answerings
        )
        assert answer == expected


COMPANIES = 5
SEARCHES = 110
QUESTIONS_ASKED = 30
"""Of each of three readers in each company: 2,100 comparisons in all."""

thorough = settings(
    max_examples=COMPANIES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # an example is a whole company: making it smaller takes too long
    suppress_health_check=list(HealthCheck),
)
some_readers = st.lists(st.sampled_from(READERS), min_size=3, max_size=3, unique=True)


@thorough
@given(company=companies, readers=some_readers, seed=st.integers(0, 2**32))
def test_nothing_tells_of_what_may_not_be_read(tmp_path_factory, base, company, readers, seed):
    """What is found and answered is what a company without the rest would find and answer.

    For searches: passages, titles, file names, order and scores. For answers: claims, counts, what is
    missing, next steps and refusals.
    """
    dice = random.Random(seed)  # noqa: S311  nothing secret
    folder = tmp_path_factory.mktemp("company")
    with companies_for(base, folder, company, readers) as workspaces:
        for held, whole, alone in workspaces:
            with whole.searching() as one, alone.searching() as other:
                the_same(held, (one, other), dice)
                answerings = [answering(whole, one), answering(alone, other)]
                the_same_answers(held, answerings, dice)


@cache
def catalog_and_words():
    """Return what every answering shares."""
    catalog = bootstrap.load_catalog()
    common = loading.load_common_words(config.data_folder("knowledge"))
    return catalog, Vocabulary(catalog.terms, common)


def answering(workspace, search):
    """Return answering over one workspace."""
    catalog, vocabulary = catalog_and_words()
    return Answering(catalog=catalog, truth=workspace.truth, search=search, vocabulary=vocabulary)


def test_the_questions_are_answered_at_all(tmp_path, base):
    """The comparison is worth something: most of what is asked there gets more than a refusal."""
    dice = random.Random(3)  # noqa: S311
    company = [
        {
            "texts": ["access review is done within 30 days"],
            "kind": "policy",
            "audience": "everyone",
        },
        {"texts": ["laptop encryption is monthly evidence"], "kind": "evidence", "audience": "hr"},
    ]
    readers = [frozenset({"hr"})]
    with (
        companies_for(base, tmp_path, company, readers) as [(held, whole, _)],
        whole.searching() as search,
    ):
        catalog = bootstrap.load_catalog()
        answering = Answering(
            catalog=catalog,
            truth=whole.truth,
            search=search,
            vocabulary=Vocabulary(catalog.terms),
        )
        answers = [
            answering.ask(
                random_question(dice),
                principal=principal("asker", audiences=held),
                period=PERIOD,
                scope=[Category.SECURITY],
            )
            for _ in range(60)
        ]
    assert sum(isinstance(one, Answered) for one in answers) > 15
