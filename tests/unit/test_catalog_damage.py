"""A damaged knowledge folder is refused with a line for every problem, never with a traceback."""

from __future__ import annotations

import re
import shutil

import pytest

from copilot.catalog import checking, loading, marked_yaml
from copilot.errors import InvalidKnowledge

FILE = "tsc/C.yaml"


@pytest.fixture(scope="module", autouse=True)
def _parse_each_text_once():
    """Twenty damages to one file of thirteen: the other twelve need not be parsed twenty times."""
    parse, known = marked_yaml.parse, {}

    def remembering(text):
        if text not in known:
            known[text] = parse(text)
        return known[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marked_yaml, "parse", remembering)
        yield


@pytest.fixture
def folder(knowledge, tmp_path):
    """Return a copy of the knowledge folder that may be damaged."""
    return shutil.copytree(knowledge, tmp_path / "knowledge")


def line(pattern, replacement, count=1):
    """Return a damage that replaces a pattern at the beginning of lines."""
    return lambda text: re.sub(rf"(?m)^{pattern}", replacement, text, count=count)


DAMAGES = [
    pytest.param(line("title: .*", "title: 42"), r"`title` must be text, not '42'", id="number for text"),
    pytest.param(line("title: .*", "title: yes"), r"`title` must be text", id="boolean for text"),
    pytest.param(line("title: .*", "title: [a, b]"), r"`title` must be text", id="list for text"),
    pytest.param(line("    asked_as:\n(?:      - .*\n)+", "    asked_as: one\n"),
                 r"`asked_as` must be a list", id="text for list"),
    pytest.param(line("    audit:\n(?:      .*\n)+", "    audit: all\n"),
                 r"`audit` must be a mapping", id="text for mapping"),
    pytest.param(line("  - id: C1.1", "  - id: C1.9"), r"'C1.9' is not a criterion. The nearest are", id="unknown id"),
    pytest.param(line("  - id: C1.1", "  - id: c1.1"), r"write the id as C1.1", id="id in lower case"),
    pytest.param(line("  - id: C1.2", "  - id: C1.1"), r"C1.1 stands in tsc/C.yaml:\d+ already", id="criterion twice"),
    pytest.param(line("  - id: C1.2", "  - id: CC1.2"), r"CC1.2 does not belong to C", id="criterion of another series"),
    pytest.param(line("title: .*\n", ""), r"the field `title` is missing", id="missing field"),
    pytest.param(line("title: (.*)", r"tilte: \1"), r"there is no field `tilte`", id="misspelt field"),
    pytest.param(line("title: (.*)", r"title: \1\ntitle: Again"), r"`title` stands here a second time", id="field twice"),
    pytest.param(line("title: (.*)", r"title:\t\1\n\tx: y"), r"a tab where only spaces may indent", id="tab"),
    pytest.param(line("title: (.*)", r"title: &here \1"), r"anchors and aliases", id="anchor"),
    pytest.param(line("title: (.*)", r"title: !!python/name:os.system \1"), r"the tag .* is not used", id="tag"),
    pytest.param(line("title: .*", "title: one: two"), r"not valid YAML: mapping values", id="colon in plain text"),
    pytest.param(line("title: .*", 'title: "open'), r"not valid YAML", id="open quotation mark"),
    pytest.param(line("summary: >-\n(?:  .*\n)+", "summary: Short.\n"), r"`summary` is too short", id="text too short"),
    pytest.param(line("summary: >-\n(?:  .*\n)+", f"summary: {'long ' * 300}\n"), r"`summary` is too long", id="text too long"),
    pytest.param(line("        style: .*", "        style: poetic"), r"`style` is 'poetic', not one of", id="unknown style"),
    pytest.param(line("        frequency: .*", "        frequency: often"), r"`frequency` is 'often', not one of", id="unknown frequency"),
    pytest.param(line("      - id: C1.1-2", "      - id: C1.1-7"), r"the id is C1.1-7, expected C1.1-2", id="point out of order"),
    pytest.param(line("      - id: C1.2-1\n(?:        .*\n)+", ""), r"1 points of focus, the edition has 2", id="point missing"),
    pytest.param(line("    policies: .*", "    policies: [secrecy]"), r"'secrecy' is not in policy-kinds.yaml", id="unknown policy kind"),
    pytest.param(line("category: .*", "category: privacy"), r"C belongs to confidentiality", id="wrong category"),
    pytest.param(line("series: .*", "series: PI"), r"`series` is PI, the file's name says C", id="wrong series"),
    pytest.param(lambda text: "", r"tsc/C.yaml:1: the file is empty", id="empty"),
    pytest.param(lambda text: "- a\n- b\n", r"`?the file`? must be a mapping", id="list for the whole"),
    pytest.param(lambda text: text[: len(text) // 2], r"tsc/C.yaml:\d+: ", id="cut in the middle"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "expected"), DAMAGES)
def test_a_damaged_file_is_named_with_its_line(folder, damage, expected):
    """The message says which file and line, and what is wrong there."""
    path = folder / FILE
    text = path.read_text()
    damaged = damage(text)
    assert damaged != text
    path.write_text(damaged)

    with pytest.raises(InvalidKnowledge) as caught:
        loading.load(folder)

    assert any(re.search(expected, problem) for problem in caught.value.problems), caught.value
    assert all(re.match(r"[\w/.-]+:\d+: \S", problem) for problem in caught.value.problems)


def test_bytes_that_are_not_utf8_are_named_with_their_line(folder):
    """A file in another encoding is not guessed at."""
    path = folder / FILE
    raw = path.read_bytes()
    at = raw.index(b"\n", 500) + 1
    path.write_bytes(raw[:at] + b"\xff" + raw[at:])

    with pytest.raises(InvalidKnowledge, match=rf"{FILE}:\d+: byte 0xff is not UTF-8"):
        loading.load(folder)


def test_a_missing_file_is_named(folder):
    """Every series has a file."""
    (folder / FILE).unlink()

    with pytest.raises(InvalidKnowledge, match=f"{FILE}:1: the file is missing"):
        loading.load(folder)


def test_a_file_that_does_not_belong_is_named(folder):
    """A misplaced file is not quietly ignored."""
    (folder / "tsc" / "CC10.yaml").write_text("series: CC10\n")

    with pytest.raises(InvalidKnowledge, match=r"tsc/CC10.yaml:1: not a file of criteria"):
        loading.load(folder)


def test_a_text_copied_to_another_place_is_named(folder):
    """The same sentence under two criteria is an error of whoever pasted it."""
    texts = (folder / "tsc" / "A.yaml").read_text(), (folder / FILE).read_text()
    why = re.search(r"    why: >-\n((?:      .*\n)+)", texts[0])[1]
    changed = re.sub(r"    why: >-\n(?:      .*\n)+", f"    why: >-\n{why}", texts[1], count=1)
    (folder / FILE).write_text(changed)

    with pytest.raises(InvalidKnowledge, match=rf"{FILE}:\d+: the same text as tsc/A.yaml:\d+"):
        loading.load(folder)


def test_every_problem_of_a_file_is_reported_at_once(folder):
    """Nobody has to run the check again to learn of the next mistake."""
    path = folder / FILE
    text = path.read_text()
    for damage in (DAMAGES[0], DAMAGES[18], DAMAGES[19]):
        text = damage.values[0](text)
    path.write_text(text)

    with pytest.raises(InvalidKnowledge) as caught:
        loading.load(folder)

    assert len(caught.value.problems) >= 3


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        pytest.param(lambda t: t.replace("---\n", "", 1), "no front matter", id="no front matter"),
        pytest.param(lambda t: t.replace("\n## ", "\n## Un", 1), "no heading `## ", id="section renamed"),
        pytest.param(lambda t: t.replace("summary:", "sumary:", 1), "no field `sumary`", id="misspelt field"),
    ],
)  # fmt: skip
def test_a_damaged_page_is_named_with_its_line(folder, damage, expected):
    """Guidance is held to its form as well."""
    path = next(
        page for page in sorted((folder / "guidance").glob("*.md"))
        if any(q in page.read_text() for q in ["section: " + page.read_text().split("\n## ", 1)[1].split("\n")[0]])
    )  # fmt: skip
    path.write_text(damage(path.read_text()))

    with pytest.raises(InvalidKnowledge, match=rf"guidance/{path.name}:\d+: .*{expected}"):
        loading.load(folder)


def test_the_compiled_form_refreshes_itself(folder, tmp_path):
    """A correction shows at the next load; a mistake is refused although an older form is stored."""
    cache = tmp_path / "cache"
    first = loading.load(folder, cache=cache)
    path = folder / FILE
    path.write_text(path.read_text().replace("title: ", "title: Changed ", 1))

    assert loading.load(folder, cache=cache) != first
    assert loading.load(folder, cache=cache) == loading.load(folder)

    path.write_text("nonsense")
    with pytest.raises(InvalidKnowledge):
        loading.load(folder, cache=cache)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"fingerprint": 1}', b"\xff\xfe"])
def test_a_damaged_compiled_form_is_made_anew(folder, tmp_path, content):
    """The cache is never a reason to fail."""
    cache = tmp_path / "cache"
    expected = loading.load(folder, cache=cache)
    (stored,) = cache.iterdir()
    stored.write_bytes(content)

    assert loading.load(folder, cache=cache) == expected


def test_a_cache_that_cannot_be_written_costs_only_time(folder, tmp_path):
    """A file stands where the cache folder should be."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")

    assert len(loading.load(folder, cache=blocked).criteria) == 61


def test_series_are_in_the_editions_order():
    """The list of files that the check goes by."""
    assert checking.SERIES_FILES[0] == "tsc/CC1.yaml"
    assert len(checking.SERIES_FILES) == 13
