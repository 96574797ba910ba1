// The editor of a draft: what is open while one types, unsaved text kept, conflicts shown side by side.
"use strict";

const form = document.getElementById("editor");
const text = document.getElementById("text");
const note = document.getElementById("note");
const item = form.dataset.item;
const KEY = `draft ${item}`;
const PAUSE = 400;
const served = text.value;
let base = Number(form.dataset.base);
let lettingGo = false;

// Unsaved text

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function keep() {
  const mark = document.getElementById("kept");
  if (text.value === served && base === Number(form.dataset.base)) {
    sessionStorage.removeItem(KEY);
    mark.textContent = "";
    return;
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ base, text: text.value, note: note.value, at: Date.now() }));
    mark.textContent = "Not saved yet; kept in this tab.";
  } catch {
    mark.textContent = "Not saved yet.";
  }
}

function giveBack() {
  const before = kept();
  if (!before || before.text === served) return;
  if (before.base !== base) {
    const newest = base;
    base = before.base;
    text.value = before.text;
    note.value = before.note;
    conflict({ number: newest, text: served, author: "" });
    return;
  }
  text.value = before.text;
  note.value = before.note;
  const returned = document.getElementById("returned");
  const at = new Date(before.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  returned.append(`Your unsaved text of ${at} is back. `, el("button", {
    type: "button", class: "linkish",
    onclick: () => {
      text.value = served;
      keep();
      look();
      returned.hidden = true;
      text.focus();
    },
  }, "Discard it"));
  returned.hidden = false;
}

// What is open

let timer;
let asking = 0;

function later() {
  keep();
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
}

async function look() {
  const mine = ++asking;
  // It changes nothing, so it needs no key under which it could be sent again.
  const response = await fetch(`/api/v1/review/${item}/check?base=${base}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify({ text: text.value }),
  }).catch(() => null);
  if (!response?.ok || mine !== asking) return;
  const found = await response.json();
  if (mine !== asking) return;
  showOpen(found.questions);
  showCitations(found);
}

function showOpen(questions) {
  document.getElementById("open-count").textContent = questions.filter((one) => !one.waived).length;
  document.getElementById("open-list").replaceChildren(...questions.map((one) =>
    el("li", { class: one.waived ? "check done" : "check" },
      el("button", { type: "button", class: "linkish", "data-at": one.places[0].start, "data-to": one.places[0].end }, one.words),
      one.role ? " " : "", one.role ? el("span", { class: "role" }, one.role) : "")));
}

function showCitations({ lost, undefined: strays }) {
  const line = document.getElementById("citations");
  const total = Number(line.dataset.total);
  line.textContent = lost.length ? `${lost.length} of ${total} citations are gone from the text:` : `All ${total} citations of version ${base} are in the text.`;
  if (strays.length) line.textContent += ` The text refers to footnotes that it does not have: ${strays.join(", ")}.`;
  document.getElementById("lost-list").replaceChildren(...lost.map((one) =>
    el("li", { class: "check" }, el("p", {}, el("strong", {}, `${one.label} `), el("q", {}, one.citation.quote)),
      el("div", { class: "buttons compact" }, el("button", { type: "button", class: "second", onclick: () => insert(one) }, "Insert at the cursor")))));
}

/** Put a footnote back: its number at the cursor, and what it says at the end if that is gone. */
function insert(note) {
  const defined = new RegExp(`^ {0,3}\\[\\^${note.label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\]:`, "m");
  text.focus();
  text.setRangeText(`[^${note.label}]`, text.selectionEnd, text.selectionEnd, "end");
  if (!defined.test(text.value)) {
    const at = text.selectionEnd;
    text.value = `${text.value.replace(/\n*$/, "\n")}\n[^${note.label}]: ${note.text}\n`;
    text.setSelectionRange(at, at);
  }
  later();
}

document.getElementById("open-list").addEventListener("click", (event) => {
  const button = event.target.closest("[data-at]");
  if (!button) return;
  // Offsets count characters; a text field counts UTF-16 units.
  const characters = [...text.value];
  const unit = (offset) => characters.slice(0, offset).join("").length;
  text.focus();
  text.setSelectionRange(unit(Number(button.dataset.at)), unit(Number(button.dataset.to)));
});

// Saving

async function save() {
  const saved = await api("POST", `/api/v1/review/${item}/versions`,
    { text: text.value, note: note.value, let_citations_go: lettingGo }, { "If-Match": `"${base}"` });
  sessionStorage.removeItem(KEY);
  location.href = `/drafts/${saved.id}`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  during(document.getElementById("save"), async () => {
    try {
      await save();
    } catch (failed) {
      const type = failed.problem?.type ?? "";
      if (type.endsWith(":citations-lost")) losing(failed.problem.errors);
      else if (type.endsWith(":stale-edit")) await behind(failed.problem.detail);
      else throw failed;
    }
  });
});

function losing(lines) {
  document.getElementById("losing-list").replaceChildren(...lines.map((one) => el("li", {}, one)));
  document.getElementById("losing").showModal();
}

document.querySelector("[data-back]").addEventListener("click", () => {
  document.getElementById("losing").close();
  text.focus();
});

document.querySelector("[data-let-go]").addEventListener("click", () => {
  document.getElementById("losing").close();
  lettingGo = true;
  form.requestSubmit();
});

async function behind(said) {
  const newest = await api("GET", `/api/v1/review/${item}`);
  conflict({ number: newest.version.number, text: newest.version.text, author: said });
}

/** Show somebody else's version beside what was typed; nothing is lost, and saving goes on top of it. */
function conflict({ number, text: theirs, author }) {
  const box = document.getElementById("conflict");
  const mine = base;
  box.replaceChildren(
    el("p", {}, el("strong", {}, "Somebody saved a version while you were editing.")),
    author ? el("p", { class: "sentence" }, `${author}.`) : "",
    el("p", {}, `Yours, made of version ${mine}, is in the field below, unsaved. Take over what you need from version ${number}, or from `,
      el("a", { href: `/drafts/${item}/changes?older=${mine}&newer=${number}`, target: "_blank", rel: "noopener" }, "what changed in it"), "."),
    el("div", { class: "both" },
      el("div", {}, el("label", { for: "theirs" }, `Version ${number}`), el("textarea", { id: "theirs", class: "mono", rows: "12", readonly: true }, theirs)),
      el("div", {}, el("label", { for: "mine" }, "Yours"), el("textarea", { id: "mine", class: "mono", rows: "12", readonly: true }, text.value))),
    el("div", { class: "buttons" }, el("button", {
      type: "button",
      onclick: () => {
        base = number;
        document.getElementById("base").textContent = number;
        box.hidden = true;
        keep();
        look();
        text.focus();
      },
    }, `Go on, on top of version ${number}`)));
  box.hidden = false;
  box.focus();
}

text.addEventListener("input", later);
note.addEventListener("input", keep);
form.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.requestSubmit();
  }
});
giveBack();
if (text.value !== served) look();
