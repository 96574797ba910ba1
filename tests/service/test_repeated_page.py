"""What several people ask, on the page of the review."""

from __future__ import annotations

from copilot.bootstrap import review
from copilot.domain.access import Role
from copilot.domain.answers import Abstained, Reason


def test_reviewers_see_what_several_people_asked_and_not_who(served, clients):
    """With a link to each item that was passed on; nobody else sees the page."""
    service = served.service
    for who, question in (
        ("grace.whitlock", "Do we have cyber insurance?"),
        ("tomasz.wilk", "Do we have an insurance against cyber attacks?"),
    ):
        answer = Abstained(
            question=question,
            reason=Reason.NO_SUPPORT,
            explanation="Nothing speaks of it.",
            next_steps=(),
            searched=3,
        )
        principal = service.register.find(who).principal()
        passed = review.pass_on(service.copilot, answer, principal=principal)
    page = clients[Role.COMPLIANCE].get("/review").text
    section = page.partition('id="repeated"')[2].partition("</section>")[0]
    assert "Do we have cyber insurance?" in section
    assert "2 people, 2 times" in section
    assert f'href="/drafts/{passed.item.id}"' in section
    assert "grace" not in section
    assert clients[Role.EMPLOYEE].get("/review").status_code == 403
