// Take a list of controls in: look first, then import what was looked at.
"use strict";

const form = document.getElementById("import");
const input = document.getElementById("file");
const drop = document.getElementById("drop");
const preview = document.getElementById("preview");
const MOST = 200;

function body() {
  const sent = new FormData();
  sent.append("file", input.files[0]);
  for (const one of document.getElementById("columns").value.split(",")) {
    if (one.trim()) sent.append("columns", one.trim());
  }
  sent.append("in_place_of", document.getElementById("place").value);
  return sent;
}

function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

function listed(title, items, render) {
  if (!items.length) return null;
  const more = items.length > MOST ? [el("p", { class: "hint" }, `and ${items.length - MOST} more`)] : [];
  return el("div", {}, el("h3", {}, title), ...render(title, items.slice(0, MOST)), ...more);
}

/** Tell the words that two texts share from those that only one has: a longest common run of words. */
function differing(before, after) {
  const [old, now] = [before, after].map((text) => text.split(/(\s+)/));
  if (old.length * now.length > 250000) return [[[before, false]], [[after, false]]];
  const long = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      long[i][j] = old[i] === now[j] ? long[i + 1][j + 1] + 1 : Math.max(long[i + 1][j], long[i][j + 1]);
    }
  }
  const kept = [old.map(() => false), now.map(() => false)];
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    if (old[i] === now[j]) {
      kept[0][i] = kept[1][j] = true;
      i += 1;
      j += 1;
    } else if (long[i + 1][j] >= long[i][j + 1]) i += 1;
    else j += 1;
  }
  return [old, now].map((words, side) => words.map((word, at) => [word, kept[side][at]]));
}

/** Show a text with its own words marked. */
function marked(name, words) {
  const runs = [];
  for (const [word, same] of words) {
    const last = runs.at(-1);
    if (last && last[1] === same) last[0] += word;
    else runs.push([word, same]);
  }
  return runs.map(([text, same]) => (same || !text.trim() ? text : el(name, {}, text)));
}

function sides(field) {
  if (!field.before || !field.after) {
    const nothing = () => el("span", { class: "muted" }, "nothing");
    return [field.before ? [el("del", {}, field.before)] : [nothing()], field.after ? [el("ins", {}, field.after)] : [nothing()]];
  }
  const [old, now] = differing(field.before, field.after);
  return [marked("del", old), marked("ins", now)];
}

function table(name, head, lines) {
  return [el("div", { class: "table diff", tabindex: "0", role: "region", "aria-label": name },
    el("table", {},
      el("thead", {}, el("tr", {}, ...head.map((one) => el("th", { scope: "col" }, one)))),
      el("tbody", {}, ...lines)))];
}

function brief(name, items) {
  return table(name, ["Control", "Title", "Owner", "Criteria"], items.map((one) => el("tr", {},
    el("th", { scope: "row" }, one.id), el("td", {}, one.title), el("td", {}, one.owner), el("td", {}, one.criteria.join(", ")))));
}

function changes(name, items) {
  return table(name, ["Control", "Field", "Now", "In the new list"], items.flatMap((one) => one.fields.map((field, at) => {
    const [old, now] = sides(field);
    return el("tr", {},
      at ? null : el("th", { scope: "rowgroup", rowspan: one.fields.length }, one.id),
      el("td", {}, field.field), el("td", {}, ...old), el("td", {}, ...now));
  })));
}

function counts(found) {
  const count = (kind, number, text) => el("li", { class: number ? kind : "" }, el("b", {}, String(number)), text);
  return el("ul", { class: "counts" },
    count("added", found.added.length, "new"),
    count("changed", found.changed.length, "changed"),
    count("removed", found.removed.length, "gone"),
    count("", found.unchanged, "as before"));
}

function lines(kind, title, texts, hint = "") {
  if (!texts.length) return null;
  return el("div", { class: `notice ${kind}` }, el("p", {}, el("strong", {}, title)),
    el("ul", {}, ...texts.slice(0, MOST).map((one) => el("li", {}, one))), hint ? el("p", {}, hint) : null);
}

function where(found) {
  if (found.replaces) return `It takes the place of ${found.replaces}; the list that is there now is put away, not lost.`;
  return `It becomes a new list, ${found.name}.`;
}

function show(found, etag) {
  const parts = [el("h2", {}, found.problems.length ? "It cannot be imported as it is" : "What it would change")];
  if (found.problems.length) {
    parts.push(lines("bad", plural(found.problems.length, "problem"), found.problems, found.hint));
  } else {
    parts.push(el("p", {}, where(found), found.rewritten ? ` It is kept as ${found.name}, in the usual columns.` : ""), counts(found));
    if (found.removed.length) {
      parts.push(el("div", { class: "notice warn" }, `${plural(found.removed.length, "control")} will be gone: not in the new list. What was decided is kept, and counts again for a control that comes back.`));
    }
    parts.push(action(found, etag));
    parts.push(lines("", "Worth knowing", found.notes));
    parts.push(listed("Changed", found.changed, changes));
    parts.push(listed("New", found.added, brief));
    parts.push(listed("Gone", found.removed, brief));
  }
  preview.replaceChildren(...parts.filter(Boolean));
  preview.hidden = false;
  preview.focus();
}

function action(found, etag) {
  const nothing = !found.added.length && !found.changed.length && !found.removed.length;
  if (found.replaces && !form.dataset.mayReplace) {
    return el("p", { class: "notice warn" }, "To replace a list takes somebody of compliance: ask them to import it.");
  }
  if (nothing && found.replaces) return el("p", { class: "notice" }, "It says what the list says already.");
  const button = el("button", { type: "button" }, found.replaces ? "Import in its place" : "Import");
  button.addEventListener("click", () => during(button, async () => {
    const done = await api("POST", "/api/v1/controls/import", body(), { "If-Match": etag });
    follow(done);
  }));
  return el("div", { class: "buttons" }, button);
}

/** Say what was imported, and follow the jobs until the suggestions are there. */
async function follow(done) {
  const state = el("p", { role: "status" }, "The list is being ingested and mapped …");
  preview.replaceChildren(
    el("h2", {}, "Imported"),
    el("p", {}, `${done.path}: ${done.added} new, ${done.changed} changed, ${done.removed} gone.`),
    state, el("p", {}, el("a", { class: "button", href: "/controls" }, "Show the controls")));
  preview.focus();
  for (const job of done.jobs) {
    const ended = await over(job);
    if (ended?.state === "failed") {
      state.textContent = `${ended.problem} ${ended.hint ?? ""}`;
      return;
    }
  }
  state.textContent = "Its controls are ingested, and criteria are suggested for them.";
}

async function over(id) {
  for (;;) {
    const job = await api("GET", `/api/v1/jobs/${id}`).catch(() => null);
    if (!job || ["done", "failed", "stopped"].includes(job.state)) return job;
    await new Promise((wake) => { setTimeout(wake, 400); });
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  during(event.submitter ?? form.querySelector("button"), async () => {
    const found = await api("POST", "/api/v1/controls/preview", body());
    show(found, api.etag);
  });
});

input.addEventListener("change", () => { preview.hidden = true; });
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change"));
    }
  });
}
