// Drafts: starting one, closing what is open, the steps of the review, sources that open over the text.
"use strict";

const HINTS = {
  "urn:soc2-copilot:problem:stale-edit": "Somebody was quicker. Reload the page to see what changed.",
  "urn:soc2-copilot:problem:still-open": "Close what is open, then approve.",
  "urn:soc2-copilot:problem:file-in-the-way": "Compare the two files first.",
};

/** What a person is told of a problem: what happened, and what to do on this page. */
function told(failed) {
  const problem = failed.problem ?? { detail: failed.message };
  const first = String(problem.detail).split("\n")[0];
  const hint = HINTS[problem.type] ?? (String(problem.hint ?? "").includes("`") ? "" : problem.hint ?? "");
  return `${first[0].toUpperCase()}${first.slice(1)}${/[.!?:]$/.test(first) ? "" : "."} ${hint}`.trim();
}

/** Run something for a button; a failure is said in words that fit a page. */
function trying(button, work) {
  return during(button, async () => {
    try {
      return await work();
    } catch (failed) {
      throw failed instanceof Failed ? new Error(told(failed)) : failed;
    }
  });
}

/** Fetch this page again and put its content in place of the old, so that nothing jumps. */
async function refresh(focus) {
  const response = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  await check(response);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const typed = document.querySelector("#comment")?.value;
  document.getElementById("main").replaceChildren(...fresh.getElementById("main").childNodes);
  const comment = document.querySelector("#comment");
  if (comment && typed) comment.value = typed;
  const target = (focus && document.querySelector(focus)) || document.querySelector("#open, h1");
  target?.setAttribute("tabindex", "-1");
  target?.focus({ preventScroll: !focus });
}

// Starting a draft

async function start(button, path, body) {
  if (button.dataset.again && !confirm("There is a draft of this already. Drafting it anew adds a version to it; the others stay. Go on?")) return;
  const dialog = document.getElementById("drafting");
  dialog.showModal();
  await trying(button, async () => {
    try {
      const made = await api("POST", `/api/v1/drafts/${path}`, { ...body, again: Boolean(button.dataset.again) });
      location.href = `/drafts/${made.item}`;
    } catch (failed) {
      dialog.close();
      throw failed;
    }
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-draft]");
  if (!button) return;
  const bodies = { policy: { kind: button.dataset.kind }, response: { path: button.dataset.path }, description: {} };
  start(button, button.dataset.draft, bodies[button.dataset.draft]);
});

document.getElementById("kind-filter")?.addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const kind of document.querySelectorAll(".kind-list > li")) {
    kind.hidden = !words.every((one) => kind.dataset.words.toLowerCase().includes(one));
    shown += !kind.hidden;
  }
  document.getElementById("no-kind").hidden = shown > 0;
});

// A finding, field by field

/** Say above a form what is wrong, and again beside each field that a line is about. */
function showWrong(form, above, lines) {
  form.querySelectorAll(".wrong").forEach((one) => one.remove());
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  above.replaceChildren(...lines.map((line) => {
    const [, name, what] = /^(\w+): (.+)$/s.exec(line) ?? [];
    const field = name && form.elements[name];
    if (!field) return el("p", {}, line);
    const said = what === "Field required" ? "This is needed." : what;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${name}-wrong ${name}-hint`);
    field.after(el("p", { class: "wrong", id: `${name}-wrong` }, said));
    field.closest("details")?.setAttribute("open", "");
    return el("p", {}, el("a", { href: `#${name}` }, form.querySelector(`label[for="${name}"]`).firstChild.textContent.trim()), `: ${said}`);
  }));
}

document.getElementById("finding")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const given = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
  const { action, action_owner: owner, due, done_on, evidence, disputes, ...finding } = given;
  if (action) finding.remediation = [JSON.parse(JSON.stringify({ action, owner, due, done_on, evidence }))];
  if (disputes) finding.disputes = disputes.split("\n").map((one) => one.trim()).filter(Boolean);
  const problem = document.getElementById("finding-problem");
  const dialog = document.getElementById("drafting");
  problem.hidden = true;
  during(form.querySelector("button"), async () => {
    dialog.showModal();
    try {
      let body = { finding };
      if (form.dataset.keeps) body = { path: (await api("POST", "/api/v1/findings", finding)).path };
      location.href = `/drafts/${(await api("POST", "/api/v1/drafts/response", body)).item}`;
    } catch (failed) {
      dialog.close();
      const lines = failed.problem?.errors?.length ? failed.problem.errors : [failed.message];
      showWrong(form, problem, lines.map((one) => one.replaceAll("`", "")));
      problem.hidden = false;
      problem.focus();
    }
  });
});

// An item: its address, and requests that say which version was seen

const shownItem = () => document.querySelector("[data-item]").dataset;

function stepOn(of, path, body) {
  return api("POST", `/api/v1/review/${of.item}/${path}`, body, { "If-Match": of.etag });
}

/** Ask in a dialog; give back what was typed, or null. */
function asked({ title, words, label, required = false, yes, extra }) {
  const dialog = document.getElementById("step");
  const field = label && el("textarea", { id: "step-text", rows: "3", maxlength: "1000", required });
  const form = el("form", { method: "dialog" },
    el("h2", { id: "step-title", class: "first" }, title),
    ...words.map((one) => el("p", {}, one)),
    label ? el("label", { for: "step-text" }, label) : null, field || null, extra ?? null,
    el("div", { class: "buttons" }, el("button", { value: "yes" }, yes), el("button", { type: "button", class: "quiet", onclick: () => dialog.close("") }, "Cancel")));
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? field?.value.trim() ?? "" : null), { once: true });
  });
}

const DONE = { submit: "It is in review now.", approve: "Approved. It is in force.", "request-changes": "Given back to its author." };

async function approve(of, note, replace = false) {
  try {
    await stepOn(of, "approve", { note, replace_file: replace });
  } catch (failed) {
    if (failed.problem?.type !== "urn:soc2-copilot:problem:file-in-the-way" || replace) throw failed;
    const words = [told(failed), "Writing over it puts the approved version in its place. The file that stands there now is lost unless you have it elsewhere."];
    if ((await asked({ title: "Another file stands there", words, yes: "Write over it" })) === null) return false;
    await approve(of, note, true);
  }
  return true;
}

/** Take a step on an item; give back whether it was taken. */
async function takeStep(step, of) {
  if (step === "submit") {
    await stepOn(of, "submit");
    return true;
  }
  if (step === "approve") {
    const words = [`You put version ${of.version} in force, as you read it here.`];
    const note = await asked({ title: "Approve", words, label: "A note, if you like", yes: "Approve" });
    return note === null ? false : approve(of, note);
  }
  const reason = await asked({ title: "Request changes", words: [`Version ${of.version} goes back to its author.`], label: "What has to change", required: true, yes: "Request changes" });
  if (!reason) return false;
  await stepOn(of, "request-changes", { reason });
  return true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".draft [data-step]");
  if (!button) return;
  trying(button, async () => {
    if (!(await takeStep(button.dataset.step, shownItem()))) return;
    say(DONE[button.dataset.step]);
    await refresh("h1");
  });
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-comment]");
  if (!form) return;
  event.preventDefault();
  trying(form.querySelector("button"), async () => {
    await api("POST", `/api/v1/review/${shownItem().item}/comments`, { text: form.elements.text.value });
    form.elements.text.value = "";
    await refresh("#comment");
  });
});

// What is open: a form where the button was

const CLOSING = {
  answer: { label: "The answer, in plain words", yes: "Save the answer", path: "answers", body: (question, text) => ({ question, text }) },
  instead: { label: "What was decided, in plain words", yes: "Save the decision", path: "confirmations", body: (number, instead) => ({ questions: [number], instead }) },
  waive: { label: "Why it need not be answered", yes: "Waive it", path: "waivers", body: (question, reason) => ({ question, reason }) },
};

function closeOne(button, path, body, number) {
  return trying(button, async () => {
    await stepOn(shownItem(), path, body);
    say(path === "waivers" ? "Waived." : "Saved as a new version.");
    await refresh(number && document.getElementById(`q-${number}`) ? `#q-${number}` : "#open");
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (!button) return;
  const entry = button.closest("[data-number]");
  const number = Number(entry.dataset.number);
  if (button.dataset.close === "confirm") {
    closeOne(button, "confirmations", { questions: [number] }, number);
    return;
  }
  entry.querySelector("form")?.remove();
  const how = CLOSING[button.dataset.close];
  const field = el("textarea", { id: `close-${number}`, rows: "2", maxlength: "4000", required: true });
  const form = el("form", {
    onsubmit: (submitted) => {
      submitted.preventDefault();
      closeOne(form.querySelector("button"), how.path, how.body(number, field.value.trim()), number);
    },
  }, el("label", { for: field.id }, how.label), field,
  el("div", { class: "buttons compact" }, el("button", {}, how.yes), el("button", { type: "button", class: "quiet", onclick: () => { form.remove(); button.focus(); } }, "Cancel")));
  entry.append(form);
  field.focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-confirm-all]");
  if (!button) return;
  const words = ["Each stands as it is proposed. What is left open are the questions."];
  if ((await asked({ title: `Confirm ${button.dataset.confirmAll} decisions`, words, yes: "Confirm them all" })) === null) return;
  closeOne(button, "confirmations", { questions: [] });
});

// Sources: over the text, or on a page of their own for whoever wants that

function spotOf(link) {
  const given = new URL(link.href).searchParams;
  const spot = { source: given.get("path") };
  for (const name of ["start", "end", "page"]) if (given.has(name)) spot[name] = Number(given.get(name));
  return spot;
}

async function openSource(spot) {
  const body = document.getElementById("source-body");
  const view = await fetchSource(spot);
  document.getElementById("source-title").textContent = view.title ?? spot.source;
  body.replaceChildren(openedSource(view, (changes) => openSource({ ...spot, ...changes }).catch((failed) => say(told(failed), "bad"))));
  const dialog = document.getElementById("source");
  if (!dialog.open) dialog.showModal();
  body.querySelector("mark")?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[data-cite][href^="/sources/view"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || typeof fetchSource !== "function") return;
  event.preventDefault();
  openSource(spotOf(link)).catch((failed) => say(failed instanceof Failed ? told(failed) : String(failed), "bad"));
});

document.addEventListener("click", (event) => event.target.closest("[data-shut]")?.closest("dialog").close());
