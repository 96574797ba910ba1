"""The page Evidence and policies in a browser: from a click to the database."""

from __future__ import annotations

import json

import pytest

from copilot.domain.access import Role

SOURCES = "/api/v1/sources"

_DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: "text/plain"}));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.querySelector("#give").dispatchEvent(
      new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
  }
}"""


def chosen(name, text):
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


@pytest.fixture
def sources(clients):
    """Return the paths of the library, before and after something happens."""

    def listed(text=""):
        found = clients[Role.COMPLIANCE].get(SOURCES, params={"text": text, "limit": 200})
        return {one["path"]: one for one in found.json()["items"]}

    return listed


def forget(clients, path):
    gone = clients[Role.COMPLIANCE].delete(f"{SOURCES}/{path}", headers={"If-Match": "*"})
    job = gone.json()["id"]
    with clients[Role.COMPLIANCE].stream("GET", f"/api/v1/jobs/{job}/events") as stream:
        last = [line for line in stream.iter_lines() if line.startswith("data: ")][-1]
    assert json.loads(last[6:])["state"] == "done"


def test_files_are_added_described_and_removed(page_of, sources):
    """Each file says what became of it; a description is saved; a removal asks first."""
    page = page_of(path="/library")
    page.get_by_text("What they are").click()
    page.get_by_label("Period", exact=True).fill("2025-04")
    page.get_by_role("button", name="Files", exact=True).set_input_files(
        [chosen("Quokka count.txt", "Quokkas were counted."), chosen("manifest.yaml", "x")]
    )
    page.get_by_role("button", name="Add the files").click()
    given = page.get_by_label("Files that you added")
    given.get_by_text("in use").wait_for(timeout=60_000)
    given.get_by_text("not added").wait_for()
    assert sources("quokka")["evidence/Quokka count.txt"]["period"] == "2025-04-01..2025-04-30"

    page.get_by_role("link", name="Show the new list").click()
    page.get_by_label("Words in title or path").fill("quokka")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Describe Quokka count").click()
    page.get_by_label("Owner").fill("Mara Lindqvist")
    page.get_by_label("Criteria").fill("CC6.2; CC6.3")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The index is up to date.").wait_for(timeout=60_000)
    found = sources("quokka")["evidence/Quokka count.txt"]
    assert (found["owner"], found["criteria"]) == ("Mara Lindqvist", ["CC6.2", "CC6.3"])

    page.get_by_role("button", name="Remove the file").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Remove the file").click()
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url("**/library")
    page.locator("#jobs [data-badge]", has_text="done").first.wait_for(timeout=60_000)
    assert sources("quokka") == {}


def test_the_main_story_takes_no_mouse(page_of, sources, clients):
    """A file is chosen, added and found with the keyboard."""
    page = page_of(Role.ENGINEER, path="/library")
    page.get_by_role("button", name="Files", exact=True).set_input_files(
        [chosen("Wombat.txt", "Wombats dig.")]
    )
    page.get_by_label("Folder").focus()
    page.keyboard.type("policies")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Add the files"
    page.keyboard.press("Enter")
    page.get_by_label("Files that you added").get_by_text("in use").wait_for(timeout=60_000)
    page.get_by_label("Words in title or path").focus()
    page.keyboard.type("wombat")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Wombat", exact=True).wait_for()
    assert list(sources("wombat")) == ["policies/Wombat.txt"]
    forget(clients, "policies/Wombat.txt")


def test_a_file_that_is_dropped_is_added_and_its_name_is_only_a_name(page_of, sources, clients):
    """What looks like markup in a name is text, wherever it is shown."""
    page = page_of(path="/library")
    name = "<img src=x onerror=alert(1)>.txt"
    page.evaluate(_DROP, [name, "<script>alert(2)</script> Numbats sleep."])
    page.get_by_label("Files that you added").get_by_text("in use").wait_for(timeout=60_000)
    page.goto(page.url + "?text=onerror")
    page.get_by_role("row", name=name).wait_for()
    assert page.locator("main img").count() == 0
    page.get_by_role("link", name="Describe").click()
    page.get_by_role("heading", name="onerror").wait_for()
    (path,) = sources("onerror")
    forget(clients, path)


def test_two_editors_in_two_windows_do_not_overwrite_each_other(page_of, clients):
    """The second one is told, and what the first one said stays."""
    path = "/library/about?path=policies/access-control.md"
    one, other = page_of(path=path), page_of(Role.ADMIN, path=path)
    one.get_by_label("Owner").fill("First")
    one.get_by_role("button", name="Save").click()
    one.get_by_text("The index is up to date.").wait_for(timeout=60_000)
    other.get_by_label("Owner").fill("Second")
    other.get_by_role("button", name="Save").click()
    other.get_by_text("it was changed since you read it").wait_for()
    one.get_by_label("Owner").fill("")  # what the file itself says holds again
    one.get_by_role("button", name="Save").click()
    one.get_by_text("The index is up to date.").wait_for(timeout=60_000)


def test_the_list_is_filtered_without_scripts(page_of):
    """A form and links lead through it; on a phone nothing is wider than the screen."""
    page = page_of(
        path="/library", java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page.get_by_label("Kind").select_option("evidence")
    page.get_by_label("Freshness").select_option("no-period")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator("table.files tbody tr")
    assert 0 < rows.count() < 10
    assert page.get_by_text("no period", exact=True).count() == rows.count()
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Next", exact=True).click()
    assert rows.count() > 10
    width = page.locator("body").bounding_box()["width"]
    assert all(
        box["x"] + box["width"] <= width for box in map(_box, page.locator("main > *").all())
    )


def _box(element):
    return element.bounding_box()


def test_who_only_reads_is_offered_nothing_else(page_of):
    """An employee sees what they may read, with no way to change it."""
    page = page_of(Role.EMPLOYEE, path="/library")
    assert page.get_by_role("button", name="Add the files").count() == 0
    assert page.get_by_role("link", name="Describe").count() == 0
    page.get_by_role("link", name="About").first.click()
    assert page.get_by_role("button", name="Save").count() == 0
