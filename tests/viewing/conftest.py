"""A small workspace with a file of every format, ingested, and what opens its sources."""

from __future__ import annotations

import json
import shutil
from email.message import EmailMessage

import docx
import openpyxl
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from copilot.bootstrap import viewing as bootstrap_viewing
from copilot.domain.access import Role, principal
from copilot.domain.documents import SourcePath
from copilot.domain.views import Spot
from tests.once import once
from tests.viewing.opened import quoted_text
from tests.workspaces import open_workspace

POLICY = """---
title: Access policy
---

# Access policy

Everyone has **one** account. Nobody shares it.

## Reviews

- Every quarter the owner reviews all accounts.
- Findings are mended within ten days.

| Role | Who approves |
|---|---|
| Administrator | Head of IT |
| Reader | Team lead |

### Leavers

Accounts are closed on the last day, before 18:00.

Laptops come back on the same day.

<!-- This is shown to nobody who reads the page. -->

## Open
"""

CSV = "\n".join(
    (
        "account,decision,note",
        'ann,keep,"asked, and said ""yes"""',
        "bob,revoke,",
        "",
        'cyd,keep,"two',
        'lines"',
        "",
    )
)


def make_files(root):
    """Write one file of every format that is read."""
    for name in ("policies", "evidence"):
        (root / name).mkdir(parents=True)
    (root / "copilot.toml").write_text('company = "Small"\n')
    (root / "policies" / "access.md").write_text(POLICY)
    (root / "policies" / "secret.md").write_text(
        "---\naudience: hr\n---\n\n# Pay\n\nNobody else reads this sentence about pay.\n"
    )
    evidence = root / "evidence"
    (evidence / "review.csv").write_text(CSV)
    lines = (f"2025-11-{day:02} 02:10:00   job=daily  state=COMPLETED" for day in range(1, 29))
    (evidence / "backup.log").write_text("\n".join(lines) + "\n")
    (evidence / "long.txt").write_text(
        "\n\n".join(f"Paragraph {n}: {'some words of it ' * 12}" for n in range(130)) + "\n"
    )
    (evidence / "settings.json").write_text(
        json.dumps(
            [{"bucket": f"b{n}", "encrypted": True, "key": f"k-{n}"} for n in range(30)], indent=1
        )
    )
    (evidence / "page.html").write_text(
        "<h1>Uptime</h1><p>Berthly was up for 99.97 % of the year.</p>"
        "<table><tr><th>Month</th><th>Uptime</th></tr><tr><td>January</td><td>99.99 %</td></tr>"
        "<tr><td>February</td><td>99.95 %</td></tr></table><ul><li>First item</li><li>Second</li></ul>"
    )
    _mail(evidence / "mail.eml")
    _word(evidence / "minutes.docx")
    _workbook(evidence / "inventory.xlsx")
    _pdf(evidence / "report.pdf")


def _mail(file):
    message = EmailMessage()
    message["From"] = "Priya <priya@small.example>"
    message["To"] = "Jo <jo@small.example>"
    message["Subject"] = "Phishing on Tuesday"
    message.set_content(
        "Hello Jo,\n\nthe link was opened by two people.\nBoth changed their passwords.\n"
    )
    file.write_bytes(message.as_bytes())


def _word(file):
    document = docx.Document()
    document.add_heading("Board minutes", 1)
    document.add_paragraph("The board read the report and asked three questions.")
    document.add_heading("Decisions", 2)
    document.add_paragraph("Money for a second engineer was granted.", style="List Bullet")
    document.add_paragraph("The next meeting is in June.", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (one for row in table.rows for one in row.cells),
        ("Task", "Owner", "Test", "Ann"),
        strict=True,
    ):
        cell.text = text
    document.save(file)


def _workbook(file):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Laptops"
    sheet.append(["Serial", "Holder", "Encrypted"])
    for number in range(40):
        sheet.append([f"SN-{number:03}", f"Person {number}", "yes"])
    other = book.create_sheet("Servers")
    other.append(["Name", "Owner"])
    other.append(["db-1", "Platform"])
    book.save(file)


def _pdf(file):
    styles = getSampleStyleSheet()
    body, title = styles["BodyText"], styles["Heading1"]
    long = (
        "The tester found that sessions end after fifteen minutes without any input from the user. "
    )
    rows = [
        ["System", "Method", "Kept for"],
        ["Database", "Snapshot", "35 days"],
        ["Files", "Copy", "90 days"],
    ]
    SimpleDocTemplate(str(file), pagesize=A4).build(
        [
            Paragraph("Test report", title),
            Paragraph(long * 3, body),
            PageBreak(),
            Paragraph("Retention", title),
            Paragraph("Copies are kept as follows.", body),
            Table(rows),
            Paragraph("Copies are kept as follows, again.", body),
        ]
    )


def build_small(folder):
    """Make the small workspace in `folder` and ingest it, without the catalog."""
    make_files(folder)
    with open_workspace(folder) as copilot:
        copilot.ingest([folder / "policies", folder / "evidence"])


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory):
    """Return the small workspace; for reading only."""
    made = once(tmp_path_factory, "small-of-every-format", build_small)
    # A copy for each process of the run: each has its index open.
    return shutil.copytree(made, tmp_path_factory.mktemp("small") / "small")


@pytest.fixture(scope="session")
def small(small_folder):
    """Return the small workspace, wired."""
    with open_workspace(small_folder) as copilot:
        yield copilot


@pytest.fixture(scope="session")
def viewing(small):
    """Return what opens the sources of the small workspace."""
    made, close = bootstrap_viewing.viewing(small)
    yield made
    close()


@pytest.fixture(scope="session")
def reader():
    """Return somebody who reads all but what is for HR."""
    return principal("jo", role=Role.COMPLIANCE, audiences=["compliance"])


@pytest.fixture(scope="session")
def hr():
    """Return somebody who reads what is for HR, too."""
    return principal("bea", role=Role.EMPLOYEE, audiences=["hr"])


@pytest.fixture(scope="session")
def open_at(small, viewing, reader):
    """Return a function that opens a source at words of it, which must stand there."""

    def opening(path, words, **spot):
        text = small.truth.text_of(SourcePath(path), principal=reader)
        start = text.index(words)
        opened = viewing.open(
            Spot(path=SourcePath(path), start=start, end=start + len(words), **spot),
            principal=reader,
        )
        return opened, quoted_text(opened)

    return opening
