// Ask: answers that come claim by claim, citations that open beside them, feedback, passing on.
"use strict";

const ask = document.getElementById("ask");
const talk = document.getElementById("talk");
const box = document.getElementById("question");
const send = document.getElementById("send");
const pane = new SourcePane(document.getElementById("source"),
  [document.querySelector(".talking"), document.querySelector(".top")]);

const BASIS = { catalog: "What SOC 2 asks", policy: "What we say we do", evidence: "What we hold" };
const STATES = { answered: ["Answered", "good"], partial: ["Partly answered", "warn"], abstained: ["Not found", ""] };
let running = null;

/** What was asked before the answer that came with the page. */
const before = JSON.parse(talk.querySelector("[data-body]")?.dataset.body ?? '{"earlier": []}').earlier;

/** The questions of this conversation, oldest first. */
const questions = () =>
  [...before, ...[...talk.querySelectorAll(".answer[data-question]")].map((one) => one.dataset.question)];

/** The scope as the form has it, to be put into an address. */
const scope = () => new URLSearchParams([...new FormData(ask)].filter(([name]) => ["category", "period"].includes(name)));
const usual = talk.dataset.scope;

const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// Reading an answer as it comes

/** Yield the events of a stream: each a line with its name and one with its data. */
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let kept = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    kept += value;
    const whole = kept.split("\n\n");
    kept = whole.pop();
    for (const one of whole) {
      const data = one.split("\n").find((line) => line.startsWith("data: "));
      if (data) yield JSON.parse(data.slice(6));
    }
  }
}

class Answer {
  constructor(body) {
    this.body = body;
    this.cited = 0;
    this.links = [];
    this.basis = null;
    const id = `question-${talk.childElementCount + 1}`;
    this.badge = el("span", { class: "badge" }, "Searching");
    this.doing = el("span", { class: "doing" }, "the sources that you may read …");
    this.claims = el("ol", { class: "claims" });
    this.after = el("div", { class: "after" });
    this.element = el("article", { class: "answer running", "aria-labelledby": id, "data-question": body.question },
      el("h2", { id, tabindex: "-1" }, body.question),
      el("p", { class: "state", role: "status" }, this.badge, " ", this.doing),
      this.claims, this.after);
  }

  take(said) {
    switch (said.event) {
      case "status": this.doing.textContent = `${said.said} …`; break;
      case "claim": this.claim(said.claim); break;
      case "withheld": this.claims.append(withheldItem(said.withheld)); break;
      case "problem": throw new Failed(said.problem, said.problem.status);
      case "done": this.done(said.answer); break;
    }
  }

  claim(claim) {
    const item = el("li", { class: "claim" });
    if (claim.basis !== this.basis) item.append(el("h3", {}, BASIS[claim.basis]));
    this.basis = claim.basis;
    const { lead, names, rows } = toldRecords(claim.text);
    const links = el("p", lead ? {} : { class: "cited" }, lead);
    for (const citation of claim.citations) links.append("\u00a0", this.link(citation));
    if (lead) item.append(links);
    if (rows.length) item.append(recordTable(names, rows));
    if (!lead) item.append(links);
    this.claims.append(item);
    this.doing.textContent = `${plural(this.claims.querySelectorAll(".claim").length, "claim")} checked …`;
  }

  link(citation) {
    this.cited += 1;
    const link = el("a", {
      class: "cite", href: sourceHref(citation), "data-cited": String(this.cited),
      "aria-label": `Source ${this.cited}: ${[citation.title, whereOf(citation)].filter(Boolean).join(", ")}`,
    }, String(this.cited));
    cited.set(link, citation);
    this.links.push(link);
    return link;
  }

  done(answer) {
    this.element.classList.remove("running");
    const [name, kind] = STATES[answer.status];
    this.badge.className = `badge ${kind}`;
    this.badge.textContent = name;
    this.doing.textContent = stateWords(answer);
    if (answer.status === "abstained") {
      this.claims.remove();
      this.after.append(el("p", { class: "lead" }, answer.missing.join(" ")));
    }
    this.after.append(...parts(answer, this.links));
    finish(this.element, answer, this.body);
  }

  fail(problem) {
    this.element.classList.remove("running");
    this.badge.className = "badge bad";
    this.badge.textContent = "No answer";
    this.doing.textContent = "";
    this.after.append(el("p", { class: "notice bad" }, problem.message));
    delete this.element.dataset.question;
  }
}

/** The citation behind each link. */
const cited = new WeakMap();

function stateWords(answer) {
  const searched = `${plural(answer.searched, "source")} searched`;
  if (answer.status === "abstained") return searched;
  const lacking = answer.missing.length ? `${answer.missing.length} missing, named below · ` : "";
  return `${lacking}${plural(answer.claims.length, "claim")}, each checked against its source · ${searched}`;
}

function withheldItem(withheld) {
  return el("li", { class: "withheld" },
    el("p", {}, el("span", { class: "badge bad" }, "Withheld"), " ", el("del", {}, withheld.text)),
    el("p", { class: "hint" }, `${withheld.outcome}: ${withheld.why}`));
}

function listed(title, items) {
  if (!items.length) return null;
  return el("section", {}, el("h3", {}, title), el("ul", {}, ...items.map((one) => el("li", {}, one))));
}

/** What comes after the claims: what is missing, what to do, the criteria, the sources. */
function parts(answer, links) {
  const whole = answer.status !== "abstained";
  return [
    answer.reason && whole ? el("p", { class: "notice warn" }, `${answer.reason}.`) : null,
    whole ? listed("Missing", answer.missing) : null,
    listed(whole ? "Next steps" : "What you can do", answer.next_steps),
    answer.criteria.length ? el("section", { class: "criteria" }, el("h3", {}, "Criteria"),
      el("ul", { class: "plain" }, ...answer.criteria.map((one) => el("li", {},
        el("span", { class: "badge accent" }, one.id), " ", el("strong", {}, one.title), " ",
        el("span", { class: "muted" }, one.why))))) : null,
    links.length ? el("section", { class: "sources" }, el("h3", {}, "Sources"),
      el("ol", {}, ...links.map((link) => sourceItem(link)))) : null,
    el("p", { class: "made muted" }, madeWords(answer)),
    ...answer.notes.map((note) => el("p", { class: "notice warn" }, note)),
  ].filter(Boolean);
}

function sourceItem(link) {
  const citation = cited.get(link);
  const again = el("a", { href: link.href, "data-cited": link.dataset.cited }, citation.title);
  cited.set(again, citation);
  const where = [citation.source, whereOf(citation)].filter(Boolean).join(" · ");
  return el("li", {}, again, " ", el("span", { class: "muted" }, where),
    el("q", { class: "quote" }, flat(citation.quote)));
}

function madeWords(answer) {
  const said = [];
  if (answer.asked_as) said.push(`Asked as “${answer.asked_as}”.`);
  if (answer.status !== "abstained") {
    said.push(answer.mode === "generated"
      ? `Written by ${answer.generation.model}; every claim was checked against its quotes.`
      : "Composed from the catalog and from quotes, without a language model.");
    if (answer.mode_reason) said.push(`${answer.mode_reason}.`);
    said.push("For a person to review: open the sources before you rely on it.");
  }
  return said.join(" ");
}

// What can be done with an answer

/** Add the buttons that an answer is for, once it is whole. */
function finish(article, answer, body) {
  const form = el("div", { class: "more" });
  const button = (label, work, kind = "second") =>
    el("button", { type: "button", class: `${kind} small`, onclick: (event) => work(event.currentTarget, form) }, label);
  const rate = (helpful) => (pressed, place) => (helpful
    ? during(pressed, () => rated(answer, true, "", pressed))
    : askReason(answer, place, pressed));
  article.append(
    el("div", { class: "buttons actions" },
      button("Helpful", rate(true)), button("Not helpful", rate(false)),
      answer.claims.length ? button("Copy with citations", (pressed) => during(pressed, () => copied(answer))) : null,
      talk.dataset.passOn ? button("Pass on to compliance", (pressed, place) => passOn(body, place, pressed)) : null),
    form);
}

async function rated(answer, helpful, reason, pressed) {
  await api("POST", "/api/v1/feedback", { question: answer.question, status: answer.status, helpful, reason });
  for (const one of pressed.parentElement.querySelectorAll("[aria-pressed]")) one.removeAttribute("aria-pressed");
  pressed.setAttribute("aria-pressed", "true");
  say(helpful ? "Thank you: noted as helpful." : "Thank you: compliance will see what was wrong.");
}

/** A small form below an answer; `work` gets what was written. */
function smallForm(place, pressed, { label, hint, action, required, work }) {
  const id = `note-${Math.random().toString(36).slice(2, 8)}`;
  const text = el("textarea", { id, maxlength: "4000", rows: "3", required, "aria-describedby": `${id}-hint` });
  const close = () => { place.replaceChildren(); pressed.focus(); };
  const done = el("button", { type: "submit", class: "small" }, action);
  place.replaceChildren(el("form", {
    class: "sheet", onkeydown: (event) => {
      if (event.key === "Escape") { event.stopPropagation(); close(); }
    },
    onsubmit: (event) => {
      event.preventDefault();
      during(done, async () => { await work(text.value.trim()); close(); });
    },
  },
  el("label", { for: id }, label), text, el("p", { class: "hint", id: `${id}-hint` }, hint),
  el("div", { class: "buttons" }, done,
    el("button", { type: "button", class: "quiet small", onclick: close }, "Cancel"))));
  text.focus();
}

function askReason(answer, place, pressed) {
  smallForm(place, pressed, {
    label: "What was wrong or missing?", hint: "Those who review see it, with your question and your name.",
    action: "Send", required: true, work: (reason) => rated(answer, false, reason, pressed),
  });
}

function passOn(body, place, pressed) {
  smallForm(place, pressed, {
    label: "What should compliance know? (may be left empty)",
    hint: `Your question and this answer go to ${talk.dataset.passOn}. They answer it under Review; you find the answer under Drafts.`,
    action: "Pass on", required: false,
    work: async (note) => {
      const passed = await api("POST", "/api/v1/passed-on", { ...body, note });
      say(passed.again ? `This waits as ${passed.item} already; a comment was added.` : `Passed on as ${passed.item}.`);
    },
  });
}

/** The answer as Markdown, each citation a footnote. */
function markdownOf(answer) {
  const notes = [];
  const lines = [`**${answer.question}**`, ""];
  let basis = null;
  for (const claim of answer.claims) {
    if (claim.basis !== basis) lines.push(`*${BASIS[claim.basis]}*`, "");
    basis = claim.basis;
    const marks = claim.citations.map((one) => {
      const where = [one.source, whereOf(one), `characters ${one.start}–${one.end}`].filter(Boolean).join(", ");
      notes.push(`[^${notes.length + 1}]: “${flat(one.quote)}” — ${one.title}, ${where}`);
      return `[^${notes.length}]`;
    });
    lines.push(`- ${flat(claim.text)}${marks.join("")}`, "");
  }
  if (answer.missing.length) lines.push("*Missing*", "", ...answer.missing.map((one) => `- ${one}`), "");
  return [...lines, ...notes].join("\n");
}

async function copied(answer) {
  const text = markdownOf(answer);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without TLS a browser has no clipboard for scripts; what is selected it copies all the same.
    const area = el("textarea", { class: "off-screen", readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say("Copied with its citations.");
}

// Asking

function bodyOf(form, question) {
  const given = new FormData(form);
  return {
    question, earlier: questions().slice(-12), category: given.getAll("category"), period: given.get("period").trim(),
  };
}

async function asking(question) {
  const body = bodyOf(ask, question);
  const answer = new Answer(body);
  talk.append(answer.element);
  document.querySelector(".asking").classList.add("started");
  answer.element.scrollIntoView({ block: "start" });
  box.value = "";
  box.placeholder = "Ask a follow-up";
  const stopping = (running = new AbortController());
  send.textContent = "Stop";
  try {
    const response = await fetch("/api/v1/ask/stream", {
      method: "POST", signal: stopping.signal, body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    });
    await check(response);
    for await (const said of eventsOf(response)) {
      answer.take(said);
      if (said.event === "done") remember();
    }
    if (answer.element.classList.contains("running")) throw new Failed({ detail: "The answer broke off.", hint: "Ask again." }, 0);
  } catch (problem) {
    const stopped = stopping.signal.aborted;
    answer.fail(stopped ? { message: "Stopped." } : problem instanceof Failed ? problem
      : { message: "The service cannot be reached. Try again in a moment." });
    if (!stopped && !box.value) box.value = question;
  } finally {
    running = null;
    send.textContent = "Ask";
  }
}

/** Let the address lead to this conversation's last answer. */
function remember() {
  const all = questions();
  const query = new URLSearchParams({ q: all.at(-1) });
  for (const one of all.slice(0, -1).slice(-12)) query.append("earlier", one);
  if (scope().toString() !== usual) for (const [name, value] of scope()) query.append(name, value);
  history.replaceState(null, "", `/?${query}`);
}

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) {
    running.abort();
    return;
  }
  const question = box.value.trim();
  if (question) asking(question);
  else box.focus();
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!running) ask.requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  }
});

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const suggested = event.target.closest("[data-suggested]");
  if (suggested && plain && !running) {
    event.preventDefault();
    asking(suggested.textContent.trim());
    return;
  }
  const link = event.target.closest("[data-cited]");
  if (link && plain && cited.has(link)) {
    event.preventDefault();
    const links = [...link.closest(".answer").querySelectorAll("a.cite")];
    pane.open(cited.get(link), link, links);
  }
});

// An answer that came with the page
for (const article of talk.querySelectorAll("[data-answer]")) {
  const answer = JSON.parse(article.dataset.answer);
  const all = answer.claims.flatMap((claim) => claim.citations);
  for (const link of article.querySelectorAll("[data-cited]")) cited.set(link, all[link.dataset.cited - 1]);
  const { question, earlier, category, period } = JSON.parse(article.dataset.body);
  finish(article, answer, { question, earlier, category, period });
}
if (!talk.childElementCount) box.focus({ preventScroll: true });
