// The queue: decide with the keyboard, and answer what was passed on.
"use strict";

const KEPT = "controls-keys"; // One choice for the pages that have such keys.
const keysOn = () => localStorage.getItem(KEPT) !== "off";

function showChoice() {
  const box = document.getElementById("keys-on");
  box.checked = keysOn();
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
}

const queued = () => [...document.querySelectorAll("[data-queued]")];
const current = () => document.activeElement?.closest("[data-queued]");

function move(step) {
  const all = queued();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

async function decide(entry, step, button) {
  const place = queued().indexOf(entry);
  await trying(button ?? entry, async () => {
    if (!(await takeStep(step, entry.dataset))) {
      entry.focus();
      return;
    }
    say(DONE[step]);
    await refresh("h1");
    showChoice();
    const left = queued();
    left[Math.min(place, left.length - 1)]?.focus();
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-queue]");
  if (button) decide(button.closest("[data-queued]"), button.dataset.queue, button);
});

document.addEventListener("keydown", (event) => {
  if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, dialog") || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    move(event.key === "j" ? 1 : -1);
    return;
  }
  const entry = current();
  if (!entry) return;
  if (event.key === "Enter" && event.target === entry) location.href = `/drafts/${entry.dataset.item}`;
  const step = { a: "approve", c: "request-changes" }[event.key];
  if (!step) return;
  event.preventDefault();
  const button = entry.querySelector(`[data-queue="${step}"]`);
  if (button) decide(entry, step, button);
  else say(entry.querySelector("[data-why]")?.textContent ?? "This cannot be done now.", "bad");
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-answer]");
  if (!form) return;
  event.preventDefault();
  const entry = form.closest("[data-queued]");
  trying(form.querySelector("button"), async () => {
    const body = { question: Number(form.dataset.answer), text: form.elements.text.value.trim() };
    const saved = await stepOn(entry.dataset, "answers", body);
    await stepOn({ item: saved.id, etag: `"${saved.version}"` }, "submit");
    say("Answered. Somebody else has to approve the answer before the asker sees it.");
    await refresh("#questions");
    showChoice();
  });
});

showChoice();
