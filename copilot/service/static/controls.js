// The list of controls: decisions by button or key, and many at once.
"use strict";

const region = document.getElementById("controls");
const reasonDialog = document.getElementById("reason");
const bulkDialog = document.getElementById("bulk-preview");
const keysDialog = document.getElementById("keys");
const WORDS = { accepted: "Accepted", rejected: "Rejected", replaced: "Replaced" };

function rows() {
  return [...document.querySelectorAll("tr.mapping")];
}

function current() {
  return document.activeElement?.closest("tr.mapping");
}

function go(row) {
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  go(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.max(0, Math.min(all.length - 1, at + by))]);
}

/** Go to the next mapping that waits: after this place, or else from the top. */
function nextWaiting(after) {
  const all = rows();
  const waits = (row) => "waits" in row.dataset;
  go(all.slice(after + 1).find(waits) ?? all.slice(0, Math.max(0, after)).find(waits) ?? all[Math.min(after, all.length - 1)]);
}

function place(row) {
  return `/api/v1/mappings/${row.dataset.mapping}`;
}

/** Show a control as it stands now. The rows come from the server, as those of the page did. */
async function renew(body) {
  const response = await fetch(`/controls/one?control=${encodeURIComponent(body.dataset.control)}`);
  await check(response);
  const found = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("tbody");
  const fresh = document.adoptNode(found);
  body.replaceWith(fresh);
  return fresh;
}

async function decide(row, verdict, more = {}) {
  const at = rows().indexOf(row);
  const body = row.closest("tbody");
  const { criterion, etag } = row.dataset;
  row.setAttribute("aria-busy", "true");
  try {
    await api("POST", `${place(row)}/decision`, { verdict, ...more }, { "If-Match": etag });
  } catch (problem) {
    row.removeAttribute("aria-busy");
    if (problem.status !== 412) throw problem;
    await renew(body);
    go(rows()[at]);
    throw new Error("Somebody else has decided on it meanwhile: this is how it stands now.");
  }
  const fresh = await renew(body);
  const instead = more.instead ? ` by ${more.instead.toUpperCase()}` : "";
  say(`${WORDS[verdict]}: ${criterion} for ${fresh.dataset.control}${instead}.`);
  nextWaiting(at);
}

async function accept(row) {
  try {
    await decide(row, "accepted");
  } catch (problem) {
    say(problem.message, "bad");
  }
}

function ask(row, verdict) {
  const replacing = verdict === "replaced";
  const form = reasonDialog.querySelector("form");
  const problem = form.querySelector(".problem");
  const instead = document.getElementById("instead");
  form.reset();
  problem.hidden = true;
  document.getElementById("reason-title").textContent = replacing ? "Replace" : "Reject";
  document.getElementById("reason-about").textContent = `${row.dataset.criterion} for ${row.closest("tbody").dataset.control}`;
  document.getElementById("instead-field").hidden = !replacing;
  instead.required = replacing;
  const button = form.querySelector('button[value="do"]');
  button.textContent = replacing ? "Replace" : "Reject";
  form.onsubmit = async (event) => {
    event.preventDefault();
    const more = { reason: document.getElementById("why").value };
    if (replacing) more.instead = instead.value;
    button.disabled = true;
    try {
      await decide(row, verdict, more);
      reasonDialog.close();
      nextWaiting(Math.max(0, rows().indexOf(current()) - 1));
    } catch (failed) {
      problem.textContent = failed.message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  };
  reasonDialog.returnTo = row;
  reasonDialog.showModal();
  (replacing ? instead : document.getElementById("why")).focus();
}

reasonDialog.addEventListener("close", () => {
  if (reasonDialog.returnTo?.isConnected) go(reasonDialog.returnTo);
});

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
}

region?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-decide]");
  if (!button) return;
  const row = button.closest("tr.mapping");
  if (button.dataset.decide === "accepted") accept(row);
  else ask(row, button.dataset.decide);
});

// Many at once

document.getElementById("bulk")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const above = Number(document.getElementById("above").value) / 100;
  during(event.submitter, async () => {
    const found = (await api("GET", `/api/v1/mappings/bulk?above=${above}`)).mappings;
    if (!found.length) {
      say(`Nothing that waits is ${Math.round(100 * above)} % sure or more.`);
      return;
    }
    previewBulk(above, found, api.etag);
  });
});

function previewBulk(above, found, etag) {
  const form = bulkDialog.querySelector("form");
  const problem = form.querySelector(".problem");
  const button = form.querySelector('button[value="do"]');
  form.reset();
  problem.hidden = true;
  const one = found.length === 1;
  document.getElementById("bulk-about").textContent = `${one ? "One mapping waits" : `${found.length} mappings wait`} with at least ${Math.round(100 * above)} %. Each is accepted in your name.`;
  bulkDialog.querySelector("tbody").replaceChildren(...found.map((each) =>
    el("tr", {}, el("th", { scope: "row" }, each.control), el("td", {}, each.criterion, el("span", { class: "reason" }, each.reason)), el("td", { class: "nowrap" }, `${Math.round(100 * each.confidence)} %`))));
  button.textContent = `Accept ${found.length}`;
  form.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await api("POST", "/api/v1/mappings/bulk", { above, reason: document.getElementById("bulk-why").value }, { "If-Match": etag });
      location.reload();
    } catch (failed) {
      problem.textContent = failed.message;
      problem.hidden = false;
      button.disabled = false;
    }
  };
  bulkDialog.showModal();
}

// Keys

const keysOn = document.getElementById("keys-on");
const KEPT = "controls-keys";
keysOn.checked = localStorage.getItem(KEPT) !== "off";
keysOn.addEventListener("change", () => localStorage.setItem(KEPT, keysOn.checked ? "on" : "off"));
document.querySelector("[data-keys]")?.addEventListener("click", () => keysDialog.showModal());

function press(row, verdict) {
  if (row?.querySelector(`[data-decide="${verdict}"]`)) {
    if (verdict === "accepted") accept(row);
    else ask(row, verdict);
  }
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => nextWaiting(rows().indexOf(current())),
  a: (row) => press(row, "accepted"),
  r: (row) => press(row, "rejected"),
  e: (row) => press(row, "replaced"),
  o: (row) => {
    const details = row?.querySelector("details");
    if (details) details.open = !details.open;
  },
  "?": () => keysDialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea")) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && current()) {
    event.preventDefault();
    step(arrow);
  } else if (keysOn.checked && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key](current());
  }
});
