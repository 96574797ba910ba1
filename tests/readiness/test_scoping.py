"""Advice on what to begin with: it follows what customers ask for and what was promised to them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.criteria import Category
from copilot.readiness.scoping import (
    AuditType,
    Circumstances,
    Framework,
    Market,
    Request,
    advise,
    first_framework,
    report_type,
)

UNSURE = st.sampled_from([None, False, True])
ANY = st.builds(
    Circumstances,
    asked_for=st.sampled_from([None, *Request]),
    market=st.sampled_from([None, *Market]),
    uptime=UNSURE,
    confidential=UNSURE,
    individuals=UNSURE,
    results=UNSURE,
    soon=UNSURE,
    running=UNSURE,
)


@pytest.mark.parametrize(
    ("asked_for", "market", "first"),
    [
        pytest.param(Request.SOC_2, Market.EUROPE, Framework.SOC_2, id="customers name SOC 2"),
        pytest.param(Request.ISO_27001, Market.NORTH_AMERICA, Framework.ISO_27001, id="they name ISO"),
        pytest.param(Request.BOTH, Market.NORTH_AMERICA, Framework.SOC_2, id="both, America"),
        pytest.param(Request.BOTH, Market.EUROPE, Framework.ISO_27001, id="both, Europe"),
        pytest.param(Request.BOTH, None, Framework.SOC_2, id="both, nobody knows where"),
        pytest.param(Request.NEITHER, Market.EUROPE, Framework.ISO_27001, id="no demand, Europe"),
        pytest.param(Request.NEITHER, Market.ELSEWHERE, Framework.ISO_27001, id="no demand, Asia"),
        pytest.param(None, Market.NORTH_AMERICA, Framework.SOC_2, id="no demand, America"),
        pytest.param(None, None, Framework.SOC_2, id="nothing is known"),
    ],
)  # fmt: skip
def test_what_customers_name_comes_first(asked_for, market, first):
    """The demand by name decides, then the market, then the time that it takes."""
    assert first_framework(Circumstances(asked_for=asked_for, market=market))[0] is first


@pytest.mark.parametrize(
    ("field", "category"),
    [
        ("uptime", Category.AVAILABILITY),
        ("confidential", Category.CONFIDENTIALITY),
        ("results", Category.PROCESSING_INTEGRITY),
        ("individuals", Category.PRIVACY),
    ],
)
def test_a_promise_brings_its_category_in(field, category):
    """Each category is advised exactly where what it measures was promised."""
    assert advise(Circumstances(**{field: True})).scope == (Category.SECURITY, category)
    assert advise(Circumstances(**{field: False})).scope == (Category.SECURITY,)


@pytest.mark.parametrize(
    ("soon", "running", "expected"),
    [
        (True, True, AuditType.TYPE_I),
        (True, None, AuditType.TYPE_I),
        (False, True, AuditType.TYPE_II),
        (False, False, AuditType.TYPE_I),
        (None, None, AuditType.TYPE_II),
    ],
)
def test_the_type_follows_time_and_records(soon, running, expected):
    """A deal that cannot wait or controls without records make a type I the first report."""
    assert report_type(Circumstances(soon=soon, running=running))[0] is expected


@settings(deadline=None)
@given(circumstances=ANY)
def test_security_is_always_in_scope_and_everything_has_a_reason(circumstances):
    """Whatever is known, security is in and all five categories are spoken of, each with its reason."""
    advice = advise(circumstances)
    assert advice.scope[0] is Category.SECURITY
    assert [one.category for one in advice.categories] == list(Category)
    assert all(one.why for one in advice.categories)
    assert advice.why_first
    assert advice.why_type


def test_what_nobody_knows_is_never_advised():
    """A category is not taken into scope for want of an answer, and the reason says what to find out."""
    for one in advise(Circumstances()).categories[1:]:
        assert not one.advised
    reasons = {one.why for one in advise(Circumstances()).categories}
    assert len(reasons) == len(list(Category))


def test_yes_no_and_unknown_give_different_reasons():
    """The reason for a category depends on the answer to its question."""
    for field, at in zip(("uptime", "confidential", "results", "individuals"), itertools.count(1)):
        said = {
            advise(Circumstances(**{field: to})).categories[at].why for to in (True, False, None)
        }
        assert len(said) == 3
